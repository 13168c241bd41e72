/** The spec of a Compound v2 pool, or of a fork, in a snapshot. */
import { z } from 'zod'
import type { KindSpec } from '../../model/index.ts'

const ratio = (what: string, lowest = 0, highest = 1) => z.number().min(lowest).max(highest).describe(what)
const units = (what: string) => z.number().min(0).max(1e30).describe(what)
const flag = (what: string) => z.boolean().default(false).describe(what)

const market = z
  .strictObject({
    asset: z.string().min(1).describe('id of the asset'),
    collateral_factor: ratio('what may be borrowed per USD of this supply'),
    liquidation_threshold: ratio('weight in the liquidation test; absent: the collateral factor, as in Compound').optional(),
    reserve_factor: ratio('part of the interest that goes to reserves').default(0),
    base_rate: ratio('rate at utilisation 0, a year', 0, 10.512).default(0),
    slope: ratio('rise per unit of utilisation up to the kink, a year', 0, 100).default(0),
    kink: ratio('utilisation at the kink').default(1),
    jump: ratio('rise per unit of utilisation beyond, a year', 0, 100).default(0),
    borrow_cap: units('most units that may be owed; 0 none').default(0),
    cash: units('units in the pool'),
    reserves: units('units of it that belong to the protocol').default(0),
    other_debt: units('units owed by accounts that are not listed: earns interest, is never liquidated').default(0),
    mint_paused: flag('nothing is supplied'),
    borrow_paused: flag('nothing is lent'),
    forced_liquidation: flag('debts here may be repaid by liquidators up to the whole, without shortfall (Venus)'),
    oracle: z
      .union([z.string().min(1), z.looseObject({ kind: z.string().min(1) })])
      .describe('id of an oracle of the snapshot, or an oracle spec; it answers in USD per unit'),
  })
  .refine((m) => m.liquidation_threshold === undefined || m.collateral_factor <= m.liquidation_threshold, {
    path: ['collateral_factor'],
    message: 'at most liquidation_threshold',
  })
  .refine((m) => m.base_rate + m.slope * m.kink + m.jump * (1 - m.kink) <= 10.512, {
    path: ['jump'],
    message: 'at most 10.512 a year at utilisation 1 (0.0005 % a block): beyond that the contract refuses everything',
  })

const f64 = z.instanceof(Float64Array)
const i32 = z.instanceof(Int32Array)

export const schema = z.strictObject({
  kind: z.literal('compound-v2').describe('compound-v2'),
  id: z.string().min(1).describe('name of the pool'),
  flash_fee: ratio('fee of a flash loan, of the amount').default(0),
  close_factor: ratio('part of a debt that one call may repay', 0.05, 1).default(0.5),
  incentive: ratio('collateral value seized per unit repaid, 1.08 for a bonus of 8 %', 1, 1.5).default(1.08),
  seize_share: ratio('part of what is seized that goes to reserves').default(0.028),
  treasury_share: ratio('part of the bonus that goes to the treasury (Venus)').default(0),
  seize_paused: flag('nothing is seized: no liquidation'),
  markets: z.array(market).min(1).max(64).describe('in the order of the pool'),
  accounts: z
    .strictObject({ owner: i32.describe('position in the actors of the snapshot; −1 nobody who acts') })
    .describe('one row an account'),
  positions: z
    .strictObject({
      account: i32.describe('row in accounts'),
      market: i32.describe('position in markets'),
      supply: f64.describe('units supplied, interest included'),
      debt: f64.describe('units owed, interest included'),
      entered: i32.optional().describe('1 the supply is collateral, 0 not; absent: all of it is'),
    })
    .describe('one row per account and market, in any order'),
})

export type CompoundV2Spec = z.infer<typeof schema>
export type OracleSpec = string | KindSpec
