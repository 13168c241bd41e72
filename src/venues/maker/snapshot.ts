/** What a snapshot says about a vault book. */
import { z } from 'zod'

const ratio = (low: number, high: number) => z.number().min(low).max(high)
const amount = z.number().min(0).max(1e18)
const duration_ms = z.number().int().min(1).max(31_536_000_000)

export const curveSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('linear'),
      tau_ms: duration_ms.describe('time from the starting price to 0'),
    }),
    z.strictObject({
      kind: z.literal('stairstep'),
      cut: ratio(0.01, 0.999999).describe('factor per step, 0.99'),
      step_ms: duration_ms.describe('length of a step, 90000'),
    }),
    z.strictObject({
      kind: z.literal('exponential'),
      cut: ratio(0.01, 0.999999999).describe('factor per second'),
    }),
  ])
  .describe('how the price of an auction falls')
export type Curve = z.infer<typeof curveSchema>

export const ilkSchema = z.strictObject({
  id: z.string().min(1).describe('name of the collateral type, ETH-A'),
  asset: z.string().min(1).describe('id of the collateral asset'),
  liquidation_ratio: ratio(1, 100).describe('mat: least collateral value per debt, 1.45'),
  stability_fee: ratio(0, 10).describe('annual, compounding every second, 0.0525'),
  line: amount.default(1e18).describe('debt ceiling in DAI'),
  dust: amount.default(0).describe('least debt of a vault that has any, in DAI'),
  chop: ratio(0, 1).default(0.13).describe('liquidation penalty'),
  hole: amount.default(1e18).describe('most debt with penalty of this type at auction at once, in DAI'),
  buf: ratio(0.01, 10).default(1.1).describe('starting price over the oracle price'),
  tail_ms: duration_ms.default(7_200_000).describe('age after which an auction must be restarted'),
  cusp: ratio(0, 0.999999).default(0.45).describe('share of the starting price below which it must be restarted'),
  chip: ratio(0, 1).default(0.001).describe('reward for starting an auction, share of its debt with penalty'),
  tip: amount.default(250).describe('flat reward for starting an auction, in DAI'),
  stopped: z
    .number()
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe('circuit breaker: 1 no new auctions, 2 no restarts either, 3 no bids either'),
  curve: curveSchema.default({ kind: 'stairstep', cut: 0.99, step_ms: 90_000 }),
  oracle: z
    .union([
      z.string().min(1),
      z.looseObject({ kind: z.string().min(1).describe('kind of oracle'), id: z.string().min(1).describe('its name') }),
    ])
    .describe('price of the collateral in DAI: an oracle of the snapshot by id, or one written in place'),
})
export type IlkSpec = z.infer<typeof ilkSchema>

const floats = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a column of f64')
const integers = z.custom<Int32Array>((value) => value instanceof Int32Array, 'a column of i32')

export const schema = z.strictObject({
  kind: z.literal('maker'),
  id: z.string().min(1).describe('name of the venue'),
  dai: z.string().min(1).describe('id of the asset that vaults owe; its unit is the unit of account'),
  hole_usd: amount.default(1e18).describe('Hole: most debt with penalty at auction at once over all types, in DAI'),
  surplus: amount.default(0).describe('DAI in the surplus buffer at the start'),
  wait_ms: z
    .number()
    .int()
    .min(0)
    .max(31_536_000_000)
    .default(561_600_000)
    .describe('how long seized debt is queued before proceeds may be burnt against it, 156 h'),
  ilks: z.array(ilkSchema).min(1).max(256).describe('collateral types'),
  accounts: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 nobody'),
      ilk: integers.describe('position in `ilks`'),
      collateral: floats.describe('ink: units of the collateral asset locked'),
      debt: floats.describe('DAI owed at the start, fees included'),
    })
    .describe('one row a vault'),
})
export type MakerSpec = z.infer<typeof schema>
