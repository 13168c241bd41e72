import { z } from 'zod'
import type { Kind, Oracle } from '../model/index.ts'

const schema = z.strictObject({
  kind: z.literal('fixed'),
  id: z.string().min(1).describe('name of the oracle'),
  price: z.number().positive().max(1e15).describe('the answer, always; in the unit of account per unit'),
})
export type FixedSpec = z.infer<typeof schema>

/** A price that nothing moves: hard-coded stablecoins, the unit of account. Its displacement is zero, so it hides a depeg. */
export const fixed: Kind<FixedSpec, Oracle> = {
  id: 'fixed',
  title: 'Fixed price',
  source: 'Aave FixedPriceAdapter (GHO at 1 USD) and other hard-coded feeds',
  schema,
  open: (spec) => ({ read: (_time_ms, _view, out) => out.fixed(spec.price) }),
}
