/** What a snapshot says about a cluster of vaults that lend to each other's depositors. */
import { z } from 'zod'

const ratio = (low: number, high: number) => z.number().min(low).max(high)
const amount = z.number().min(0).max(1e18)
const floats = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a column of f64')
const integers = z.custom<Int32Array>((value) => value instanceof Int32Array, 'a column of i32')

export const ltvSchema = z
  .strictObject({
    collateral: z.string().min(1).describe('id of the vault whose shares count as collateral'),
    borrow_ltv: ratio(0, 1).describe('share of the bid value that may be owed after an action of the owner'),
    liquidation_ltv: ratio(0, 1).describe('share of the mid value at which the account is liquidated; where a ramp ends'),
    initial_ltv: ratio(0, 1).optional().describe('liquidation LTV where a ramp begins'),
    ramp_end_ms: z.number().int().min(0).max(1e14).optional().describe('time at which the ramp ends'),
    ramp_ms: z.number().int().min(1).max(1e12).optional().describe('length of the ramp'),
  })
  .refine((ltv) => ltv.borrow_ltv <= ltv.liquidation_ltv, { path: ['borrow_ltv'], message: 'at most the liquidation LTV' })
  .refine((ltv) => ltv.initial_ltv === undefined || ltv.initial_ltv >= ltv.liquidation_ltv, {
    path: ['initial_ltv'],
    message: 'at least the liquidation LTV: ramps go down',
  })
  .refine(
    (ltv) =>
      (ltv.initial_ltv === undefined) === (ltv.ramp_end_ms === undefined) &&
      (ltv.initial_ltv === undefined) === (ltv.ramp_ms === undefined),
    { path: ['initial_ltv'], message: 'a ramp needs initial_ltv, ramp_end_ms and ramp_ms' },
  )

export const vaultSchema = z.strictObject({
  id: z.string().min(1).describe('name of the vault'),
  asset: z.string().min(1).describe('id of its asset; one vault an asset'),
  oracle: z
    .union([
      z.string().min(1),
      z.looseObject({ kind: z.string().min(1).describe('kind of oracle'), id: z.string().min(1).describe('its name') }),
    ])
    .describe('mid price in the unit of account: an oracle of the snapshot by id, or one written in place'),
  half_spread: ratio(0, 0.5).default(0).describe('distance of bid and ask from the mid, a ratio of it'),
  cash: amount.describe('units of the asset in the vault'),
  other_debt: amount.default(0).describe('units owed by accounts that are not listed'),
  max_liquidation_discount: ratio(0, 0.5)
    .default(0)
    .describe('most discount a liquidator gets; 0, as after creation, gives none'),
  cool_off_ms: z
    .number()
    .int()
    .min(0)
    .max(1e12)
    .default(0)
    .describe('how long after its last status check an account cannot be liquidated'),
  socialise: z.boolean().default(true).describe('debt left without collateral is taken off the suppliers at once'),
  supply_cap: amount.default(0).describe('most units supplied, 0 none'),
  borrow_cap: amount.default(0).describe('most units owed, 0 none'),
  interest_fee: ratio(0, 1).default(0.1).describe('share of the interest kept as fee shares'),
  base_rate: ratio(0, 10).default(0).describe('annual rate at utilisation 0'),
  kink: ratio(0.01, 0.99).default(0.9).describe('utilisation at which the slope changes'),
  kink_rate: ratio(0, 10).default(0.05).describe('annual rate at the kink'),
  max_rate: ratio(0, 100).default(0.5).describe('annual rate at utilisation 1'),
  paused: z.boolean().default(false).describe('hooks refuse every operation'),
  ltvs: z.array(ltvSchema).max(64).default([]).describe('collateral that its borrowers may have'),
})
export type VaultSpec = z.infer<typeof vaultSchema>

export const schema = z.strictObject({
  kind: z.literal('euler-v2'),
  id: z.string().min(1).describe('name of the venue'),
  vaults: z.array(vaultSchema).min(1).max(128).describe('vaults, all in one unit of account'),
  accounts: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 nobody'),
      vault: integers.describe('position in `vaults` of the one it borrows from, −1 none'),
      debt: floats.describe('units owed there'),
    })
    .describe('one row an account'),
  supplies: z
    .strictObject({
      account: integers.describe('row of the account'),
      vault: integers.describe('position in `vaults`'),
      amount: floats.describe('units supplied, which serve as collateral'),
    })
    .describe('one row a supply'),
})
export type EulerV2Spec = z.infer<typeof schema>
