/** What a snapshot says of an exchange. Amounts in units of the coin they settle in; prices in quote per base unit. */
import { z } from 'zod'
import { SHAPES } from './instrument.ts'
import { MARK_PARTS } from './marks.ts'
import { rules } from './rules.ts'

const tier = z.strictObject({
  floor: z.number().min(0).describe('Notional from which the bracket applies, coins; the first is 0, they ascend'),
  rate: z.number().min(0).max(0.99).describe('Maintenance margin rate, a ratio; rates do not fall'),
  cum: z.number().min(0).optional().describe('Maintenance amount deducted, coins; absent: what makes the margin continuous'),
  initial: z.number().min(0).max(1).optional().describe('Initial margin rate, a ratio; absent: by the leverage'),
  max_leverage: z
    .number()
    .min(1)
    .max(1000)
    .optional()
    .describe('Highest leverage in the bracket; absent: initial margin is twice the maintenance rate'),
})

const curve = z.strictObject({
  base: z.number().min(0).max(1).describe('Rate of the smallest position, a ratio'),
  slope: z.number().min(0).max(1).describe('Rate added per unit of size, or of its square root'),
  power: z
    .union([z.literal(1), z.literal(0.5)])
    .default(1)
    .describe('1: with size; 0.5: with its square root'),
  most: z.number().min(0).max(1).default(1).describe('Highest rate, a ratio'),
})

const funding = z.strictObject({
  interval_ms: z.number().int().min(1000).max(86_400_000).default(28_800_000).describe('Between payments, ms; 8 hours'),
  interest: z.number().min(-0.01).max(0.01).default(0.0001).describe('Interest part per `per_ms`, a ratio; 0.01 %'),
  clamp: z.number().min(0).max(0.1).default(0.0005).describe('Damping around the premium per `per_ms`, a ratio; 0.05 %'),
  cap: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Largest rate of one interval, a ratio; absent: 0.75 × the first maintenance rate (assumed)'),
  last: z.number().min(-1).max(1).optional().describe('Rate at the last payment, a ratio; absent: the interest part'),
  formula: z
    .enum(['damped', 'dead_band', 'plain'])
    .default('damped')
    .describe(
      'damped: premium + clamp(interest − premium, ±clamp); dead_band: what of the premium lies beyond ±clamp; plain: premium + interest',
    ),
  average: z
    .enum(['linear', 'mean', 'last'])
    .default('linear')
    .describe('Premium of an interval: sample k weighs k; all alike; the last'),
  premium: z
    .enum(['impact', 'fair', 'mark', 'mid'])
    .default('impact')
    .describe(
      'Premium over the index: of the prices at which the impact notional fills; fair: what of them lies beyond the mark, and the mark’s own; of the mark; of the mid',
    ),
  paid_on: z.enum(['mark', 'index']).default('mark').describe('Price of the notional that pays'),
  per_ms: z.number().min(1).max(86_400_000).default(28_800_000).describe('Time the premium is a rate of, ms; 8 hours'),
})

const oracle = z.union([
  z.string().min(1).describe('Oracle of the snapshot'),
  z.looseObject({ kind: z.string().min(1).describe('Kind of oracle'), id: z.string().min(1).describe('Its name') }),
])

const mark = z.strictObject({
  parts: z
    .array(z.enum(MARK_PARTS))
    .min(1)
    .max(5)
    .default(['premium', 'basis', 'last'])
    .describe('The mark is the median of these; premium: index and funding; basis: index and mean basis; last; external; index'),
  ma_window_ms: z.number().int().min(1).max(3_600_000).default(30_000).describe('Window of the average basis, ms'),
  ema_ms: z
    .number()
    .min(0)
    .max(3_600_000)
    .default(0)
    .describe('Above 0: an exponential mean of the basis with this time constant, ms'),
  clamp: z.number().min(0).max(1).optional().describe('Furthest the mean basis may be from the index, a ratio; absent: no limit'),
  external: oracle.optional().describe('Price of other exchanges, in quote per base unit'),
})

const contract = z.strictObject({
  market: z.string().min(1).describe('Market on which it trades; it settles at this venue'),
  shape: z
    .enum(SHAPES)
    .default('linear')
    .describe(
      'linear: settles in the quote; inverse: in the base, face in quote units; quanto: in a third coin at a fixed multiplier',
    ),
  multiplier: z.number().positive().default(1).describe('quanto: coins per quote unit of price and base unit of size'),
  coin: z.string().min(1).optional().describe('Asset it settles in; absent: the collateral'),
  tiers: z.array(tier).min(1).max(64).describe('Maintenance margin brackets'),
  slab: z
    .boolean()
    .default(false)
    .describe('true: the rate of the bracket counts for the whole position, and jumps; false: continuous'),
  sized: z
    .boolean()
    .default(false)
    .describe('true, of slab brackets: floors are sizes in the units of positions (face of inverse contracts), not notional'),
  maintenance_curve: curve.optional().describe('Maintenance rate that grows with size, instead of the brackets’ rates'),
  initial_curve: curve.optional().describe('Initial rate that grows with size'),
  interest_low: z
    .number()
    .min(0)
    .optional()
    .describe('Open interest from which the initial rate rises, units of account; absent: never'),
  interest_high: z.number().positive().optional().describe('Open interest at which the initial rate is 1, units of account'),
  liquidation_fee: z.number().min(0).max(0.2).default(0.0125).describe('Fee on liquidated notional, a ratio, into the fund'),
  take_bound: z.number().min(0).max(0.9).default(0.05).describe('Furthest an order may go from the mark, a ratio'),
  taker_fee: z.number().min(0).max(0.05).default(0.0005).describe('Fee on voluntary taker fills, a ratio'),
  maker_fee: z.number().min(-0.01).max(0.05).default(0).describe('Fee on maker fills, a ratio; negative: a rebate'),
  max_leverage: z.number().min(1).max(1000).optional().describe('Highest leverage users may take; absent: as the brackets say'),
  index: oracle.describe('Price index in quote per base unit: an oracle by id, or one written in place'),
  impact_notional: z
    .number()
    .positive()
    .optional()
    .describe('Notional at which impact prices are taken, quote units; absent: 200 ÷ the first initial margin rate'),
  funding: funding.prefault({}).describe('Funding rate and payments'),
  mark: mark.prefault({}).describe('Mark price'),
  fund: z.string().min(1).optional().describe('Insurance fund that stands behind it; absent: the first of its coin'),
  fund_accept: z
    .strictObject({
      max_notional: z.number().min(0).optional().describe('Most notional the fund holds in this contract, coins'),
    })
    .prefault({})
    .describe('What the insurance fund takes over; absent: as far as its leverage goes'),
})

const coin = z.strictObject({
  asset: z.string().min(1).describe('Asset that counts as margin'),
  price: oracle.optional().describe('Its price in the unit of account, apart from any spot market; absent: it is the unit'),
  weights: z
    .array(
      z.strictObject({
        floor: z.number().min(0).describe('Amount from which the weight applies; the first is 0, they ascend'),
        weight: z.number().min(0).max(1).describe('Collateral weight of the band, a ratio; 0 beyond a cap'),
      }),
    )
    .min(1)
    .max(64)
    .default([{ floor: 0, weight: 1 }])
    .describe('Haircuts by band of the amount held'),
  by: z.enum(['amount', 'value']).default('amount').describe('Floors in units of the coin, or of account'),
  owed: z.number().min(1).max(2).default(1).describe('Weight of what is owed in it, a ratio'),
  loan_rate: z.number().min(0).max(1).default(0).describe('Maintenance margin rate of loans in it, a ratio (portfolio margin)'),
})

const accounts = z.strictObject({
  owner: z.instanceof(Int32Array).describe('Position in the list of actors; −1 nobody who acts'),
  isolated: z.instanceof(Int32Array).describe('1 isolated: exactly one contract; 0 cross, or as `mode` says'),
  mode: z
    .instanceof(Int32Array)
    .optional()
    .describe('0 cross in one coin; 1 isolated; 2 all coins with haircuts; 3 the same with loans that need margin'),
  coin: z.instanceof(Int32Array).optional().describe('Position among the coins of a row that has one; absent: the collateral'),
  wallet: z.instanceof(Float64Array).describe('Wallet balance in the row’s coin (pooled rows: in the collateral), coins, ≥ 0'),
})

const positions = z.strictObject({
  account: z.instanceof(Int32Array).describe('Position in accounts'),
  contract: z.instanceof(Int32Array).describe('Position in contracts'),
  quantity: z.instanceof(Float64Array).describe('Long +, short −: base units; face in quote units for inverse contracts'),
  entry: z.instanceof(Float64Array).describe('Mean entry price, > 0'),
})

const balances = z.strictObject({
  account: z.instanceof(Int32Array).describe('Position in accounts; a row that pools coins'),
  coin: z.instanceof(Int32Array).describe('Position in coins'),
  amount: z.instanceof(Float64Array).describe('Coins held beside `wallet`, loans not taken off, ≥ 0'),
  loan: z.instanceof(Float64Array).describe('Coins owed, ≥ 0'),
})

/** The schema of a kind. Fields of its own may be added with `extend`. */
export function exchange_schema<K extends string>(kind: K) {
  return z.strictObject({
    kind: z.literal(kind).describe(kind),
    id: z.string().min(1).describe('Name of the exchange, unique'),
    collateral: z
      .string()
      .min(1)
      .describe('Asset in which margin, fund and fees are kept; the first coin where there are several'),
    coins: z
      .array(coin)
      .min(1)
      .max(64)
      .optional()
      .describe('Margin assets of accounts that pool several; the first is the collateral'),
    fund: z.number().min(0).default(0).describe('First insurance fund, coins of the collateral'),
    funds: z
      .array(
        z.strictObject({
          id: z.string().min(1).describe('Name of the fund'),
          coin: z.string().min(1).optional().describe('Asset it is kept in; absent: the collateral'),
          balance: z.number().min(0).describe('Balance, coins'),
        }),
      )
      .max(4096)
      .default([])
      .describe('Further insurance funds and backstop vaults'),
    rules: rules.optional().describe('What it does with a scope in breach; absent: as the kind is published'),
    contracts: z.array(contract).min(1).max(4096).describe('Perpetual contracts'),
    accounts: accounts.optional().describe('One row per margin scope, columns of equal length'),
    positions: positions.optional().describe('One row per position, columns of equal length'),
    balances: balances.optional().describe('Coins of rows that pool several, beside the collateral'),
  })
}

export type ExchangeSpec = z.infer<ReturnType<typeof exchange_schema>>
export type ContractSpec = ExchangeSpec['contracts'][number]
export type CoinSpec = NonNullable<ExchangeSpec['coins']>[number]
