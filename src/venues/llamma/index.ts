/** Loans against bands that are sold little by little. */
import type { Kind } from '../../model/index.ts'
import { type LlammaSpec, schema } from './snapshot.ts'
import { Llamma } from './venue.ts'

export { goldenRows } from './reference-rows.ts'

export const llamma: Kind<LlammaSpec, Llamma> = {
  id: 'llamma',
  title: 'crvUSD / LlamaLend (LLAMMA bands)',
  source: 'curvefi/curve-stablecoin AMM and controller (2023 to 2025)',
  schema,
  open: (spec, builder) => new Llamma(spec, builder),
}
