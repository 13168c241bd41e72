/** The spec of an Aave v3 pool in a snapshot. */
import { z } from 'zod'
import type { KindSpec } from '../../model/index.ts'
import { VERSIONS } from './rules.ts'

const ratio = (what: string, lowest = 0, highest = 1) => z.number().min(lowest).max(highest).describe(what)
const units = (what: string) => z.number().min(0).max(1e30).describe(what)
const flag = (what: string, otherwise: boolean) => z.boolean().default(otherwise).describe(what)
const asset = z.string().min(1).describe('id of an asset')

const oracle = z
  .union([z.string().min(1), z.looseObject({ kind: z.string().min(1) })])
  .describe('id of an oracle of the snapshot, or an oracle spec; it answers in USD per unit')

const reserve = z
  .strictObject({
    asset,
    decimals: z.number().int().min(6).max(27).default(18).describe('decimals of the token; only the reference counts in them'),
    ltv: ratio('loan-to-value: what may be borrowed per USD of this collateral; 0 backs no new loan'),
    liquidation_threshold: ratio('weight of this collateral in the health factor; 0 is no collateral'),
    liquidation_bonus: ratio('what a liquidator gets beyond the debt repaid, 0.05 for 5 %').default(0),
    protocol_fee: ratio("the treasury's part of the bonus").default(0),
    reserve_factor: ratio("the treasury's part of the interest").default(0),
    supply_cap: units('most units that may be supplied; 0 no cap').default(0),
    borrow_cap: units('most units that may be borrowed; 0 no cap').default(0),
    base_rate: ratio('borrow rate at usage 0, a year', 0, 10).default(0),
    optimal_usage: ratio('usage at the kink of the rate', 0.01, 0.99).default(0.8),
    slope1: ratio('what the rate rises to the kink, a year', 0, 10).default(0),
    slope2: ratio('what it rises beyond, a year', 0, 10).default(0),
    cash: units('units in the pool'),
    other_debt: units('units owed by accounts that are not listed: earns interest, counts in usage, is never liquidated').default(
      0,
    ),
    deficit: units('units that nobody owes any more (3.3+)').default(0),
    oracle,
    active: flag('the reserve works at all', true),
    frozen: flag('no new supply or loan; repaying, withdrawing and liquidating go on', false),
    paused: flag('nothing goes, liquidation included', false),
    borrowable: flag('may be borrowed outside e-modes', true),
    collateral: flag('a listed supply counts as collateral unless `positions.as_collateral` says otherwise', true),
    debt_ceiling: units(
      'isolation mode (until 3.6): most units owed against this collateral, which must then be the only one; 0 none',
    ).default(0),
    borrowable_in_isolation: flag('may be borrowed against isolated collateral (until 3.6)', false),
    siloed: flag('must be the only debt of an account (until 3.6)', false),
  })
  .refine((r) => r.ltv <= r.liquidation_threshold, {
    path: ['ltv'],
    message: 'at most liquidation_threshold',
  })
  .refine((r) => r.liquidation_threshold * (1 + r.liquidation_bonus) <= 1 + 1e-12, {
    path: ['liquidation_bonus'],
    message: 'at most 1 / liquidation_threshold − 1: at the threshold the collateral must reach for debt and bonus',
  })

const emode = z
  .strictObject({
    label: z.string().min(1).describe('name of the category'),
    ltv: ratio('loan-to-value of its collateral'),
    liquidation_threshold: ratio('threshold of its collateral'),
    liquidation_bonus: ratio('bonus on its collateral'),
    collateral: z.array(asset).describe('assets to which these apply'),
    borrowable: z.array(asset).describe('the only assets its accounts may borrow'),
    ltv_zero: z.array(asset).default([]).describe('collateral that backs no new loan (3.6+)'),
    isolated: flag('collateral outside the category backs no new loan (3.7)', false),
  })
  .refine((e) => e.ltv <= e.liquidation_threshold, { path: ['ltv'], message: 'at most liquidation_threshold' })

const f64 = z.instanceof(Float64Array)
const i32 = z.instanceof(Int32Array)

const schema = z.strictObject({
  kind: z.literal('aave-v3').describe('aave-v3'),
  id: z.string().min(1).describe('name of the pool'),
  version: z.enum(VERSIONS).default('3.7').describe('version of the protocol'),
  flash_fee: ratio('fee of a flash loan, of the amount').default(0.0005),
  grace_s: z
    .number()
    .min(0)
    .max(14_400)
    .default(0)
    .describe('after a reserve is unpaused, seconds in which nothing of it is liquidated (3.1+)'),
  sentinel: flag(
    'a sequencer sentinel guards the pool (until 3.6): fault `sentinel:<id>` stops loans, and liquidations from 0.95 up',
    false,
  ),
  reserves: z.array(reserve).min(1).max(128).describe('in the order of the pool'),
  emodes: z.array(emode).max(255).default([]).describe('category k of an account is the k-th of these'),
  accounts: z
    .strictObject({
      owner: i32.describe('position in the actors of the snapshot; −1 nobody who acts'),
      emode: i32.optional().describe('0 none, else the category, counted from 1; absent: none anywhere'),
    })
    .describe('one row an account'),
  positions: z
    .strictObject({
      account: i32.describe('row in accounts'),
      reserve: i32.describe('position in reserves'),
      collateral: f64.describe('units supplied, interest included'),
      debt: f64.describe('units owed, interest included'),
      as_collateral: i32
        .optional()
        .describe('1 the supply is enabled as collateral, 0 not; absent: as `reserves[].collateral` says'),
    })
    .describe('one row per account and reserve, in any order'),
})

/** What a snapshot may leave out is filled in. */
export type AaveV3Spec = z.infer<typeof schema>
export type ReserveSpec = AaveV3Spec['reserves'][number]
export type OracleSpec = string | KindSpec
export { schema }
