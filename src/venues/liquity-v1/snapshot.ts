/** What a snapshot says about a book of troves with a stability pool. */
import { z } from 'zod'

const ratio = (low: number, high: number) => z.number().min(low).max(high)
const amount = z.number().min(0).max(1e18)
const floats = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a column of f64')
const integers = z.custom<Int32Array>((value) => value instanceof Int32Array, 'a column of i32')
const oracle = z.union([
  z.string().min(1),
  z.looseObject({ kind: z.string().min(1).describe('kind of oracle'), id: z.string().min(1).describe('its name') }),
])

export const schema = z.strictObject({
  kind: z.literal('liquity-v1'),
  id: z.string().min(1).describe('name of the venue'),
  asset: z.string().min(1).describe('id of the collateral asset'),
  lusd: z.string().min(1).describe('id of the asset that troves owe; its unit is the unit of account'),
  oracle: oracle.describe('price of the collateral in LUSD: an oracle of the snapshot by id, or one written in place'),
  fallback_oracle: oracle
    .optional()
    .describe(
      'second oracle: the two are weighed by the five states of the feed. Without it the first is believed whenever it answers',
    ),
  frozen_after_ms: z.number().int().min(0).max(1e12).default(14_400_000).describe('an oracle halted for longer is frozen, 4 h'),
  minimum_ratio: ratio(1, 10).default(1.1).describe('MCR: a trove below this ratio of collateral to debt may be liquidated'),
  critical_ratio: ratio(1, 10).default(1.5).describe('CCR: below this total ratio the system is in recovery mode'),
  gas_compensation: amount.default(200).describe('LUSD set aside in every trove for its liquidator, part of its debt'),
  collateral_compensation: ratio(0, 0.1).default(0.005).describe('share of the collateral that goes to the liquidator'),
  min_net_debt: amount.default(1800).describe('least debt of an open trove without gas compensation'),
  base_rate: ratio(0, 1).default(0).describe('base rate of fees at the start'),
  fee_floor: ratio(0, 1).default(0.005).describe('what borrowing and redemption fees have above the base rate'),
  borrow_fee_max: ratio(0, 1).default(0.05).describe('most that borrowing costs, of what is borrowed'),
  beta: ratio(0.1, 100).default(2).describe('base rate rises by the share of the supply that is redeemed, over this'),
  redeemable_after_ms: z
    .number()
    .int()
    .min(0)
    .max(1e14)
    .default(0)
    .describe('time from which redemptions are possible (launch + 14 days)'),
  gain_market: z
    .string()
    .min(1)
    .optional()
    .describe(
      'spot market on which stability depositors sell collateral gains as they come; without, gains wait to be withdrawn',
    ),
  accounts: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 nobody'),
      collateral: floats.describe('units of the collateral asset'),
      debt: floats.describe('LUSD owed, gas compensation included; 0 a closed trove'),
    })
    .describe('one row a trove'),
  deposits: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 everybody who is not listed'),
      amount: floats.describe('LUSD in the stability pool'),
    })
    .default({ owner: new Int32Array(0), amount: new Float64Array(0) })
    .describe('one row a depositor of the stability pool; account rows after those of the troves'),
})
export type LiquityV1Spec = z.infer<typeof schema>
