/** The spec of a set of Morpho Blue markets in a snapshot. */
import { z } from 'zod'
import type { KindSpec } from '../../model/index.ts'

const ratio = (what: string, lowest = 0, highest = 1) => z.number().min(lowest).max(highest).describe(what)
const units = (what: string) => z.number().min(0).max(1e30).describe(what)
const asset = (what: string) => z.string().min(1).describe(what)
const oracle = (what: string) => z.union([z.string().min(1), z.looseObject({ kind: z.string().min(1) })]).describe(what)

const pre_liquidation = z
  .strictObject({
    pre_lltv: ratio('loan-to-value above which an account that opted in may be pre-liquidated'),
    factor_low: ratio('collateral value per unit repaid just above pre_lltv', 1, 2),
    factor_high: ratio('the same just below the market’s own limit', 1, 2),
    part_low: ratio('share of the debt that one call may repay just above pre_lltv', 0.001, 10),
    part_high: ratio('the same just below the market’s own limit; more than 1 is all', 0.001, 10),
  })
  .refine((p) => p.factor_low <= p.factor_high, { path: ['factor_low'], message: 'at most factor_high' })
  .refine((p) => p.part_low <= p.part_high, { path: ['part_low'], message: 'at most part_high' })

const market = z
  .strictObject({
    loan: asset('id of the asset that is lent'),
    collateral: asset('id of the asset that secures it'),
    lltv: ratio('loan-to-value at which an account is liquidated and up to which it may borrow', 0, 0.999),
    loan_decimals: z
      .number()
      .int()
      .min(0)
      .max(27)
      .default(18)
      .describe('decimals of the loan: its virtual share is one smallest unit'),
    fee: ratio('the fee recipient’s part of the interest', 0, 0.25).default(0),
    irm: z.enum(['adaptive', 'none']).default('adaptive').describe('adaptive curve, or no interest at all'),
    rate_at_target: ratio('rate at utilisation 90 % now, a year', 0.001, 2).default(0.04),
    supply: units('units supplied by everybody, listed or not; what is not lent is cash'),
    other_debt: units('units owed by accounts that are not listed: earns interest, is never liquidated').default(0),
    collateral_oracle: oracle('answers in USD per unit of collateral; 0 is an answer, no answer blocks'),
    loan_oracle: oracle('answers in USD per unit of the loan; absent: the price at the start, always').optional(),
    pre_liquidation: pre_liquidation.optional(),
  })
  .refine((m) => m.loan !== m.collateral, { path: ['collateral'], message: 'another asset than the loan' })
  .refine((m) => m.pre_liquidation === undefined || m.pre_liquidation.pre_lltv < m.lltv, {
    path: ['pre_liquidation', 'pre_lltv'],
    message: 'below lltv',
  })
  .refine((m) => m.pre_liquidation === undefined || m.pre_liquidation.factor_high * m.lltv <= 1 + 1e-12, {
    path: ['pre_liquidation', 'factor_high'],
    message: 'at most 1 / lltv',
  })

const f64 = z.instanceof(Float64Array)
const i32 = z.instanceof(Int32Array)

export const schema = z.strictObject({
  kind: z.literal('morpho-blue').describe('morpho-blue'),
  id: z.string().min(1).describe('name of the venue'),
  flash_fee: ratio('fee of a flash loan, of the amount').default(0),
  markets: z.array(market).min(1).max(1024).describe('isolated markets'),
  accounts: z
    .strictObject({
      owner: i32.describe('position in the actors of the snapshot; −1 nobody who acts'),
      market: i32.describe('position in markets'),
      collateral: f64.describe('units of collateral'),
      debt: f64.describe('units owed, interest included'),
      supply: f64.optional().describe('units of the loan supplied, interest included; absent: none'),
      pre_liquidation: i32.optional().describe('1 the account has opted in, 0 not; absent: nobody has'),
    })
    .describe('one row an account and market'),
})

export type MorphoBlueSpec = z.infer<typeof schema>
export type OracleSpec = string | KindSpec
