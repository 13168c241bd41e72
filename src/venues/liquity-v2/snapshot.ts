/** What a snapshot says about BOLD: branches of troves with their stability pools. */
import { z } from 'zod'

const ratio = (low: number, high: number) => z.number().min(low).max(high)
const amount = z.number().min(0).max(1e18)
const floats = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a column of f64')
const integers = z.custom<Int32Array>((value) => value instanceof Int32Array, 'a column of i32')
const oracle = z.union([
  z.string().min(1),
  z.looseObject({ kind: z.string().min(1).describe('kind of oracle'), id: z.string().min(1).describe('its name') }),
])

export const branchSchema = z.strictObject({
  id: z.string().min(1).describe('name of the branch'),
  asset: z.string().min(1).describe('id of its collateral'),
  oracle: oracle.describe('price of the collateral in BOLD: an oracle of the snapshot by id, or one written in place'),
  fallback_oracle: oracle
    .optional()
    .describe('asked after the first has failed, which shuts the branch down; never above the last good price'),
  stale_after_ms: z
    .number()
    .int()
    .min(0)
    .max(1e12)
    .default(86_400_000)
    .describe('how long the oracle may be halted before it counts as failed: 24 h, 48 h for the rate of rETH'),
  minimum_ratio: ratio(1, 10).default(1.1).describe('MCR: a trove below this ratio of collateral to debt may be liquidated'),
  critical_ratio: ratio(1, 10).default(1.5).describe('CCR: no borrowing or withdrawal while the branch is below it'),
  shutdown_ratio: ratio(1, 10).default(1.1).describe('SCR: a branch below it is shut down'),
  pool_penalty: ratio(0, 1).default(0.05).describe('most that the stability pool gets over the debt it burns'),
  redistribution_penalty: ratio(0, 1).default(0.1).describe('most that other troves get over the debt they take on'),
  gain_market: z
    .string()
    .min(1)
    .optional()
    .describe(
      'spot market on which stability depositors sell collateral gains as they come; without, gains wait to be withdrawn',
    ),
})
export type BranchSpec = z.infer<typeof branchSchema>

export const schema = z.strictObject({
  kind: z.literal('liquity-v2'),
  id: z.string().min(1).describe('name of the venue'),
  bold: z.string().min(1).describe('id of the asset that troves owe; its unit is the unit of account'),
  gas_asset: z.string().min(1).describe('id of the asset of the gas compensation, WETH'),
  gas_compensation: amount.default(0.0375).describe('units set aside for the liquidator of every trove'),
  collateral_compensation: ratio(0, 0.1).default(0.005).describe('share of the pool’s collateral that goes to the liquidator'),
  collateral_compensation_max: amount.default(2).describe('most units of it'),
  min_debt: amount.default(2000).describe('least debt of a trove; one redeemed below it is a zombie'),
  min_pool: amount.default(1).describe('BOLD that always stays in a stability pool'),
  pool_share: ratio(0, 1).default(0.75).describe('share of the interest that goes to stability depositors'),
  upfront_ms: z
    .number()
    .int()
    .min(0)
    .max(1e12)
    .default(604_800_000)
    .describe('time for which average interest on new debt is paid at once'),
  base_rate: ratio(0, 1).default(0).describe('base rate of redemption fees at the start (1 at deployment)'),
  fee_floor: ratio(0, 1).default(0.005).describe('what the redemption fee has above the base rate'),
  urgent_bonus: ratio(0, 0.5).default(0.02).describe('what a redemption in a branch that is shut down gets over face value'),
  branches: z.array(branchSchema).min(1).max(16).describe('collateral branches'),
  accounts: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 nobody'),
      branch: integers.describe('position in `branches`'),
      collateral: floats.describe('units of the collateral asset'),
      debt: floats.describe('BOLD owed; 0 without collateral a closed trove, with it a zombie'),
      rate: floats.describe('annual interest that the owner has chosen, 0.005 to 2.5'),
    })
    .describe('one row a trove'),
  deposits: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 everybody who is not listed'),
      branch: integers.describe('position in `branches`'),
      amount: floats.describe('BOLD in the stability pool'),
    })
    .default({ owner: new Int32Array(0), branch: new Int32Array(0), amount: new Float64Array(0) })
    .describe('one row a depositor of a stability pool; account rows after those of the troves'),
})
export type LiquityV2Spec = z.infer<typeof schema>
