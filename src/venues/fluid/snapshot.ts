/** The spec of a set of Fluid vaults and the liquidity layer below them. */
import { z } from 'zod'
import type { KindSpec } from '../../model/index.ts'

const ratio = (what: string, lowest = 0, highest = 1) => z.number().min(lowest).max(highest).describe(what)
const units = (what: string) => z.number().min(0).max(1e30).describe(what)
const name = (what: string) => z.string().min(1).describe(what)
const oracle = (what: string) => z.union([z.string().min(1), z.looseObject({ kind: z.string().min(1) })]).describe(what)

const expansion = z.strictObject({
  share: ratio('share of the whole by which the limit gives way within the duration'),
  duration_s: z.number().min(1).max(1e8).describe('time in which it does, seconds'),
  base: units('units below which there is no limit'),
})

const curve = z.strictObject({
  kink: ratio('utilisation at which the slope changes', 0.01, 0.99),
  base: ratio('rate at utilisation 0, a year', 0, 10),
  at_kink: ratio('rate at the kink, a year', 0, 10),
  at_full: ratio('rate at utilisation 1, a year', 0, 10),
})

const pool = z.strictObject({
  asset: name('id of the asset'),
  decimals: z
    .number()
    .int()
    .min(0)
    .max(27)
    .default(18)
    .describe('decimals of the token: ticks and least amounts are in smallest units'),
  supply: units('units supplied by everybody but the accounts').default(0),
  other_debt: units('units owed by everybody but the accounts: earns interest, is never liquidated').default(0),
  fee: ratio('the layer’s part of the interest').default(0.1),
  curve: curve
    .default({ kink: 0.9, base: 0, at_kink: 0, at_full: 0 })
    .describe('borrow rate by utilisation; absent: no interest'),
  oracle: oracle('answers in USD per unit; 0 or no answer blocks'),
})

const vault = z
  .strictObject({
    id: name('name of the vault'),
    collateral: name('asset that secures'),
    debt: name('asset that is owed'),
    collateral_factor: ratio('debt over collateral up to which may be borrowed', 0.001, 0.997),
    liquidation_threshold: ratio('debt over collateral above which a position is liquidated', 0.001, 0.997),
    max_limit: ratio('debt over collateral above which a position is absorbed', 0.001, 0.997),
    penalty: ratio('collateral value above par that a liquidator gets', 0, 0.1023),
    withdrawal_gap: ratio(
      'share of the vault’s supply kept for liquidators when owners withdraw; only with withdrawal_limit',
    ).default(0),
    withdrawal_limit: expansion.optional().describe('what of the vault’s supply may leave the layer; absent: no limit'),
    borrow_limit: expansion
      .extend({ most: units('units that the vault can never owe more than') })
      .optional()
      .describe('what the vault may owe the layer in all; absent: no limit'),
  })
  .refine((v) => v.collateral !== v.debt, { path: ['debt'], message: 'another asset than the collateral' })
  .refine((v) => v.collateral_factor <= v.liquidation_threshold, {
    path: ['collateral_factor'],
    message: 'at most liquidation_threshold',
  })
  .refine((v) => v.liquidation_threshold <= v.max_limit, { path: ['liquidation_threshold'], message: 'at most max_limit' })
  .refine((v) => v.max_limit * (1 + v.penalty) <= 0.997, {
    path: ['penalty'],
    message: 'max_limit · (1 + penalty) is at most 0.997',
  })

const f64 = z.instanceof(Float64Array)
const i32 = z.instanceof(Int32Array)

export const schema = z.strictObject({
  kind: z.literal('fluid').describe('fluid'),
  id: name('name of the venue'),
  flash_fee: ratio('fee of a flash loan, of the amount').default(0),
  absorber: z
    .enum(['bots', 'offers'])
    .default('bots')
    .describe(
      'who absorbs what is above the maximum limit. bots: someone does at once; offers: only an agent that takes the offer, or a liquidation',
    ),
  pools: z.array(pool).min(1).max(256).describe('assets of the liquidity layer'),
  vaults: z.array(vault).min(1).max(1024).describe('vaults'),
  accounts: z
    .strictObject({
      owner: i32.describe('position in the actors of the snapshot; −1 nobody who acts'),
      vault: i32.describe('position in vaults'),
      collateral: f64.describe('units of collateral, interest included'),
      debt: f64.describe('units owed, interest included'),
    })
    .describe('one row a position'),
})

export type FluidSpec = z.infer<typeof schema>
export type OracleSpec = string | KindSpec
