/** What a snapshot says of one exchange. Amounts in units of the collateral; prices in collateral per base unit. */
import { z } from 'zod'

const tier = z.strictObject({
  floor: z.number().min(0).describe('Notional from which the bracket applies, collateral units; the first is 0, they ascend'),
  rate: z.number().min(0).max(0.99).describe('Maintenance margin rate, a ratio; rates do not fall'),
  cum: z
    .number()
    .min(0)
    .optional()
    .describe('Maintenance amount deducted, collateral units; absent: what makes the margin continuous'),
  max_leverage: z
    .number()
    .min(1)
    .max(1000)
    .optional()
    .describe('Highest leverage in the bracket; absent: initial margin is twice the maintenance rate'),
})

const funding = z.strictObject({
  interval_ms: z.number().int().min(60_000).max(86_400_000).default(28_800_000).describe('Between payments, ms; 8 hours'),
  interest: z.number().min(-0.01).max(0.01).default(0.0001).describe('Interest part per 8 hours, a ratio; 0.01 %'),
  clamp: z.number().min(0).max(0.1).default(0.0005).describe('Damping around the premium per 8 hours, a ratio; 0.05 %'),
  cap: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Largest rate of one interval, a ratio; absent: 0.75 × the first maintenance rate (assumed)'),
  last: z.number().min(-1).max(1).optional().describe('Rate at the last payment, a ratio; absent: the interest part'),
})

const contract = z.strictObject({
  market: z.string().min(1).describe('Market on which it trades; it settles at this venue and is quoted in the collateral'),
  tiers: z.array(tier).min(1).max(32).describe('Maintenance margin brackets'),
  liquidation_fee: z.number().min(0).max(0.2).default(0.0125).describe('Fee on liquidated notional, a ratio, into the fund'),
  take_bound: z.number().min(0).max(0.9).default(0.05).describe('Furthest an order may go from the mark, a ratio'),
  taker_fee: z.number().min(0).max(0.05).default(0.0005).describe('Fee on voluntary taker fills, a ratio'),
  max_leverage: z.number().min(1).max(1000).optional().describe('Highest leverage users may take; absent: as the brackets say'),
  index: z
    .union([
      z.string().min(1).describe('Oracle of the snapshot'),
      z.looseObject({ kind: z.string().min(1).describe('Kind of oracle'), id: z.string().min(1).describe('Its name') }),
    ])
    .describe('Price index in collateral per base unit: an oracle by id, or one written in place'),
  funding: funding.prefault({}).describe('Funding rate and payments'),
  mark: z
    .strictObject({
      ma_window_ms: z
        .number()
        .int()
        .min(1)
        .max(3_600_000)
        .default(30_000)
        .describe('Window of the average basis in the mark price, ms'),
    })
    .prefault({})
    .describe('Mark price'),
  fund_accept: z
    .strictObject({
      max_notional: z.number().min(0).optional().describe('Most notional the fund holds in this contract, collateral units'),
    })
    .prefault({})
    .describe('What the insurance fund takes over; absent: as far as its leverage goes'),
})

const accounts = z.strictObject({
  owner: z.instanceof(Int32Array).describe('Position in the list of actors; −1 nobody who acts'),
  isolated: z.instanceof(Int32Array).describe('1 isolated: exactly one contract; 0 cross'),
  wallet: z.instanceof(Float64Array).describe('Wallet balance, collateral units, ≥ 0'),
})

const positions = z.strictObject({
  account: z.instanceof(Int32Array).describe('Position in accounts'),
  contract: z.instanceof(Int32Array).describe('Position in contracts'),
  quantity: z.instanceof(Float64Array).describe('Base units, long +, short −'),
  entry: z.instanceof(Float64Array).describe('Mean entry price, > 0'),
})

export const schema = z.strictObject({
  kind: z.literal('binance-usdm').describe('binance-usdm'),
  id: z.string().min(1).describe('Name of the exchange, unique'),
  collateral: z.string().min(1).describe('Asset in which margin, fund and fees are kept'),
  fund: z.number().min(0).default(0).describe('Insurance fund, collateral units'),
  fund_reserve: z.number().min(0).default(0).describe('Equity the fund keeps: it takes nothing over below it, collateral units'),
  fund_leverage: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Most notional the fund takes over in all, ÷ its equity; beyond it, winners are deleveraged (1: assumed)'),
  strict: z.boolean().default(false).describe('Liquidated only above a margin ratio of 100 % (true), or at it (false)'),
  fee_from: z
    .enum(['remaining', 'first'])
    .default('remaining')
    .describe('Liquidation fee out of what remains after closing, or out of the wallet before the rest is closed'),
  contracts: z.array(contract).min(1).max(4096).describe('Perpetual contracts'),
  accounts: accounts.optional().describe('One row per margin scope, columns of equal length'),
  positions: positions.optional().describe('One row per position, columns of equal length'),
})
export type Spec = z.infer<typeof schema>
export type ContractSpec = Spec['contracts'][number]
