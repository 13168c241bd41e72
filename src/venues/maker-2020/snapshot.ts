/** What a snapshot says about a vault book of 2020. */
import { z } from 'zod'

const ratio = (low: number, high: number) => z.number().min(low).max(high)
const amount = z.number().min(0).max(1e18)
const duration_ms = z.number().int().min(1).max(31_536_000_000)

export const cutSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('lump'),
      lump: z.number().gt(0).max(1e18).describe('most collateral of one auction, in units of the asset; 50 ETH until 2020-03-12'),
    }),
    z.strictObject({
      kind: z.literal('dunk'),
      dunk: z.number().gt(0).max(1e18).describe('most debt with penalty of one auction, in DAI; 50000 later'),
    }),
  ])
  .describe('how large one auction may be: by collateral as on 2020-03-12, or by debt, as in the Cat after it')
export type Cut = z.infer<typeof cutSchema>

export const ilkSchema = z.strictObject({
  id: z.string().min(1).describe('name of the collateral type, ETH-A'),
  asset: z.string().min(1).describe('id of the collateral asset'),
  liquidation_ratio: ratio(1, 100).describe('mat: least collateral value per debt, 1.5'),
  stability_fee: ratio(0, 10).describe('annual, compounding every second, 0.08'),
  line: amount.default(1e18).describe('debt ceiling in DAI'),
  dust: amount.default(0).describe('least debt of a vault that has any, in DAI'),
  chop: ratio(0, 1).default(0.13).describe('liquidation penalty'),
  cut: cutSchema.default({ kind: 'lump', lump: 50 }),
  beg: ratio(0, 1).default(0.05).describe('least increase of a bid, least decrease of a lot'),
  ttl_ms: duration_ms.default(10_800_000).describe('how long a bid stands before it has won, 3 h; 10 min on 2020-03-12'),
  tau_ms: duration_ms.default(172_800_000).describe('longest life of an auction, 2 d; 3 d on 2020-03-12'),
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
  kind: z.literal('maker-2020'),
  id: z.string().min(1).describe('name of the venue'),
  dai: z.string().min(1).describe('id of the asset that vaults owe; its unit is the unit of account'),
  box: amount.default(1e18).describe('most debt with penalty at auction at once over all types, in DAI; binds types cut by debt'),
  surplus: amount.default(0).describe('DAI in the surplus buffer at the start'),
  wait_ms: z
    .number()
    .int()
    .min(0)
    .max(31_536_000_000)
    .default(172_800_000)
    .describe('how long seized debt is queued before proceeds may be burnt against it, 2 d; 156 h after 2020-03-12'),
  unnamed_max: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(1000)
    .describe(
      'most chores a tick (starts, restarts, late settlements) that keepers without name do, as nothing is paid for them',
    ),
  deal_grace_ms: z
    .number()
    .int()
    .min(0)
    .max(31_536_000_000)
    .default(3_600_000)
    .describe('how long a won auction waits for its winner before keepers without name settle it'),
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
export type Maker2020Spec = z.infer<typeof schema>
