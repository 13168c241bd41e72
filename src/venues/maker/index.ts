/** Vaults with Dutch auctions. */
import type { Kind } from '../../model/index.ts'
import { type MakerSpec, schema } from './snapshot.ts'
import { Maker } from './venue.ts'

export const maker: Kind<MakerSpec, Maker> = {
  id: 'maker',
  title: 'Maker / Sky vaults (Liquidations 2.0)',
  source:
    'makerdao/dss fa4f663 (vat, jug, spot, dog, clip, abaci, vow); parameters sky-ecosystem/spells-mainnet src/test/config.sol',
  schema,
  open: (spec, builder) => new Maker(spec, builder),
}
