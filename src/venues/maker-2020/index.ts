/** Vaults with English auctions, as on 2020-03-12. */
import type { Kind } from '../../model/index.ts'
import { type Maker2020Spec, schema } from './snapshot.ts'
import { Maker2020 } from './venue.ts'

export { goldenRows } from './reference-rows.ts'

export const maker2020: Kind<Maker2020Spec, Maker2020> = {
  id: 'maker-2020',
  title: 'Maker vaults of 2020 (Cat and Flip, English auctions)',
  source: 'makerdao/dss 1.0 and 1.1 (vat, jug, spot, cat, flip, vow); parameters of the governance spells of 2020-03-12 to 16',
  schema,
  open: (spec, builder) => new Maker2020(spec, builder),
}
