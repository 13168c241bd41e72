/** The spec of one Compound v3 market in a snapshot. */
import { z } from 'zod'
import type { KindSpec } from '../../model/index.ts'

const ratio = (what: string, lowest = 0, highest = 1) => z.number().min(lowest).max(highest).describe(what)
const units = (what: string) => z.number().min(0).max(1e30).describe(what)
const flag = (what: string) => z.boolean().default(false).describe(what)
const oracle = z
  .union([z.string().min(1), z.looseObject({ kind: z.string().min(1) })])
  .describe('id of an oracle of the snapshot, or an oracle spec; it answers in USD per unit')

const curve = z
  .strictObject({
    base: ratio('rate at utilisation 0, a year', 0, 10),
    low: ratio('rise per unit of utilisation up to the kink, a year', 0, 100),
    kink: ratio('utilisation at the kink'),
    high: ratio('rise per unit of utilisation beyond, a year', 0, 100),
  })
  .describe('a two-slope curve')

const collateral = z
  .strictObject({
    asset: z.string().min(1).describe('id of the asset'),
    borrow_factor: ratio('what may be borrowed per USD'),
    liquidate_factor: ratio('weight in the liquidation test'),
    liquidation_factor: ratio('what an absorbed account is credited per USD'),
    supply_cap: units('most units accounts may hold; 0 none at all').optional(),
    inventory: units('units that belong to the protocol, for sale').default(0),
    other_supply: units('units of accounts that are not listed: never borrowed against').default(0),
    oracle,
  })
  .refine((c) => c.borrow_factor <= c.liquidate_factor, { path: ['borrow_factor'], message: 'at most liquidate_factor' })

const f64 = z.instanceof(Float64Array)
const i32 = z.instanceof(Int32Array)

export const schema = z.strictObject({
  kind: z.literal('compound-v3').describe('compound-v3'),
  id: z.string().min(1).describe('name of the market'),
  base: z.string().min(1).describe('id of the asset that is lent'),
  base_oracle: oracle,
  flash_fee: ratio('fee of a flash loan, of the amount').default(0),
  borrow_min: units('least debt a borrower may have after borrowing').default(0),
  store_front_factor: ratio('part of the haircut that buyers of collateral get').default(0.5),
  target_reserves: units('collateral is for sale while reserves are below, base units').default(0),
  borrow_curve: curve,
  supply_curve: curve,
  cash: units('base units held'),
  supply: units('base units supplied by everybody, listed or not'),
  other_debt: units('base units owed by accounts that are not listed: earns interest, is never absorbed').default(0),
  collaterals: z.array(collateral).min(1).max(24).describe('in the order of the market'),
  absorber: z
    .enum(['bots', 'offers'])
    .default('bots')
    .describe('bots: someone absorbs at once, at his own cost; offers: only an agent that takes the offer does'),
  absorb_min_usd: units('bots leave smaller debts alone, USD').default(0),
  absorb_reward: units('base units that an absorber is paid from outside the protocol').default(0),
  pause_supply: flag('nothing comes in: neither supply nor repayment'),
  pause_withdraw: flag('nothing goes out: neither withdrawals nor loans'),
  pause_absorb: flag('no account is absorbed'),
  pause_buy: flag('no collateral is sold'),
  accounts: z
    .strictObject({
      owner: i32.describe('position in the actors of the snapshot; −1 nobody who acts'),
      base: f64.describe('base units supplied (+) or owed (−), interest included'),
    })
    .describe('one row an account'),
  positions: z
    .strictObject({
      account: i32.describe('row in accounts'),
      collateral: i32.describe('position in collaterals'),
      amount: f64.describe('units'),
    })
    .describe('one row per account and collateral, in any order'),
})

export type CompoundV3Spec = z.infer<typeof schema>
export type OracleSpec = string | KindSpec
