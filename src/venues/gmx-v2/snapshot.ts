/** What a snapshot says of GMX v2. Amounts in units of their token, sizes in USD; rates a year. */
import { z } from 'zod'

const f64 = z.instanceof(Float64Array)
const i32 = z.instanceof(Int32Array)
const ratio = z.number().min(0).max(1)
const oracle = z.union([
  z.string().min(1).describe('Oracle of the snapshot'),
  z.looseObject({ kind: z.string().min(1).describe('Kind of oracle'), id: z.string().min(1).describe('Its name') }),
])

const contract = z.strictObject({
  id: z.string().min(1).describe('Name of the market, unique'),
  index: z.string().min(1).describe('Asset whose price is traded'),
  long: z.string().min(1).describe('Token that backs longs: their profit is paid in it'),
  short: z.string().min(1).describe('Token that backs shorts'),
  index_oracle: oracle.describe('USD price of the index'),
  long_oracle: oracle.describe('USD price of the long token'),
  short_oracle: oracle.describe('USD price of the short token'),
  long_amount: z.number().min(0).describe('Long tokens in the pool'),
  short_amount: z.number().min(0).describe('Short tokens in the pool'),
  impact_pool: z.number().min(0).default(0).describe('Impact pool, index tokens: what positive impact is paid from'),
  virtual: z.string().min(1).optional().describe('Name of the virtual inventory it shares; absent: none'),
  impact_positive: z.number().min(0).max(1).describe('Factor of impact that restores balance'),
  impact_negative: z.number().min(0).max(1).describe('Factor of impact that upsets it'),
  impact_exponent: z.number().min(1).max(4).describe('Exponent of the imbalance'),
  most_positive_impact: ratio.describe('Most positive impact, a ratio of the size'),
  most_negative_impact: ratio.describe('Most negative impact of a decrease, a ratio of the size'),
  fee_positive: ratio.describe('Position fee where the impact is positive, a ratio of the size'),
  fee_negative: ratio.describe('Position fee otherwise, a ratio of the size'),
  liquidation_fee: ratio.describe('Fee of a liquidation, a ratio of the size'),
  least_collateral_usd: z.number().positive().describe('Least collateral of a position, USD'),
  collateral_factor: ratio.describe('Least collateral of who opens or withdraws, a ratio of the size'),
  liquidation_factor: ratio.describe('Least collateral of an open position, a ratio of the size'),
  interest_multiplier: z.number().min(0).max(1).describe('Collateral factor asked ÷ USD of open interest of the side'),
  most_interest_usd: z.number().min(0).describe('Most open interest a side, USD'),
  reserve_factor: z.number().min(0).max(100).describe('Most that positions reserve, a ratio of the pool of their side'),
  borrow_base: z.number().min(0).max(100).describe('Borrowing rate a year ÷ usage'),
  borrow_above: z.number().min(0).max(100).describe('Borrowing rate a year at usage 1'),
  borrow_optimal: z.number().min(0).max(0.9999).describe('Usage of the kink, a ratio'),
  funding_most: z.number().min(0).max(100).describe('Highest funding rate a year'),
  funding_least: z.number().min(0).max(100).describe('Lowest funding rate a year that applies'),
  funding_rise_ms: z.number().positive().describe('From 0 to the highest rate at a skew of 1, ms'),
  funding_fall_ms: z.number().positive().describe('From the highest rate to 0, ms'),
  funding_stable: ratio.describe('Skew above which the rate rises, a ratio'),
  funding_falling: ratio.describe('Skew below which it falls, a ratio; at most the stable one'),
  funding_exponent: z.number().min(1).max(4).default(1).describe('Exponent of the skew'),
  pnl_traders: z.number().min(0).max(1).describe('Most that traders of a side may win, a ratio of its pool'),
  pnl_adl: z.number().min(0).max(1).describe('Profit ÷ pool above which winners are deleveraged, a ratio'),
  pnl_after: z.number().min(0).max(0.99).describe('Profit ÷ pool that deleveraging leaves, a ratio'),
})
export type ContractSpec = z.infer<typeof contract>

export const schema = z.strictObject({
  kind: z.literal('gmx-v2').describe('gmx-v2'),
  id: z.string().min(1).describe('Name of the venue, unique'),
  contracts: z.array(contract).min(1).max(500).describe('Markets, each with its pool'),
  accounts: z
    .strictObject({
      owner: i32.describe('Position in the actors of the snapshot; −1 nobody who acts'),
      contract: i32.describe('Position in `contracts`'),
      side: i32.describe('1 long, −1 short'),
      coin: i32.describe('Collateral: 0 the long token, 1 the short token'),
      collateral: f64.describe('Units of it'),
      size: f64.describe('USD at entry'),
      tokens: f64.describe('Index tokens'),
    })
    .describe('Positions, one a row'),
})
export type GmxSpec = z.infer<typeof schema>
