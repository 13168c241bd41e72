/** What a snapshot says of the exchange: the fields of every exchange, its options, portfolio margin and liquidity support. */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

const surface = z.strictObject({
  asset: z.string().min(1).describe('Underlying: a coin that has a price'),
  atm: z.number().min(0.01).max(10).describe('Vol at the forward at the start, a year'),
  skew: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe('Relative change of vol per unit of ln(strike ÷ forward) ÷ (vol · √T); negative: puts are dearer'),
  smile: z.number().min(0).max(1).default(0).describe('The same per unit squared'),
  fear: z.number().min(0).max(50).default(0).describe('Rise of vol per unit of fall of ln price: σ + fear · max(0, −return)'),
  pull_per_day: z.number().min(0).max(1000).default(0).describe('Pull of vol towards realised vol, a day'),
  memory_ms: z.number().min(1).max(1e11).default(86_400_000).describe('Memory of realised vol and of the peak price, ms'),
  steepening: z.number().min(0).max(50).default(0).describe('Fall of the skew per unit of drawdown from the remembered peak'),
  vega_depth: z
    .number()
    .positive()
    .optional()
    .describe('Vega (USD per point of vol) bought by the exchange that lifts vol by a point; absent: no impact'),
})

const series = z.strictObject({
  asset: z.string().min(1).describe('Underlying'),
  shape: z
    .enum(['inverse', 'linear'])
    .default('inverse')
    .describe('inverse: premium and payout in the underlying coin; linear: in the collateral'),
  expiry_ms: z.number().positive().describe('Settlement, ms since 1970'),
  strike: z.number().positive().describe('Strike, collateral per unit'),
  type: z.enum(['call', 'put']).describe('call or put'),
})

const positions = z.strictObject({
  account: z.instanceof(Int32Array).describe('Position in accounts; a row of mode 2 or 3'),
  series: z.instanceof(Int32Array).describe('Position in series'),
  quantity: z
    .instanceof(Float64Array)
    .describe('Long +, short −, units of the underlying; what it cost is in the wallet already'),
})

const portfolio = z.strictObject({
  range: z.number().gt(0).lt(1).describe('Largest regular move of the price, a ratio'),
  steps: z.number().int().min(1).max(20).describe('Steps from 0 to the largest move, on each side'),
  tails: z
    .array(z.number().gt(-1).max(100))
    .max(64)
    .describe('Moves beyond it, with vol up; each counts by range ÷ its size, ratios'),
  vol_up: z.number().min(0).max(10).describe('Rise of vol at 30 days, a ratio'),
  vol_down: z.number().min(0).max(1).describe('Fall of vol at 30 days, a ratio'),
  short_power: z.number().min(0).max(2).describe('Power of 30 days ÷ time to expiry, up to 30 days'),
  long_power: z.number().min(0).max(2).describe('The same beyond 30 days'),
  floor_s: z.number().min(0).describe('Least time to expiry in it, s'),
  option_contingency: z.number().min(0).max(1).describe('Asked per net short option of a strike, a ratio of the index'),
  futures_contingency: z.number().min(0).max(1).describe('Asked for contracts that hedge one another, a ratio of what is hedged'),
  initial_factor: z.number().min(1).max(10).describe('Initial ÷ maintenance margin'),
})

const option_terms = z.strictObject({
  initial: z.number().min(0).max(1).describe('Short options: initial margin at the money, a ratio of the index'),
  initial_least: z.number().min(0).max(1).describe('… and far out of it'),
  maintenance: z.number().min(0).max(1).describe('Maintenance margin of short options, a ratio of the index'),
  settlement_ms: z.number().min(0).describe('Time before expiry over which the settlement price is averaged, ms'),
  vol_spread: z.number().min(0).max(2).describe('Half spread of liquidation orders in options, vol'),
  liquidation_fee: z.number().min(0).max(0.1).describe('Fee on options closed by the exchange, a ratio of the index'),
  per_block: z.number().positive().describe('Most options closed per account in a block of `block_ms`, units'),
})

const options = z.strictObject({
  surfaces: z.array(surface).min(1).max(64).describe('Vol by underlying'),
  series: z.array(series).min(1).max(4096).describe('Listed options'),
  positions: positions.optional().describe('Who holds them; what nobody modelled holds is held by outside'),
})

const support_terms = z.strictObject({
  spread: z.number().min(0).max(0.2).describe('Better than the mark for who takes a position over, a ratio'),
  adl_spread: z.number().min(0).max(0.2).describe('The same for who is deleveraged, a ratio'),
  commission: z.number().min(0).max(0.1).describe('Paid by the liquidated account to who takes its position over, a ratio'),
  notional_factor: z.number().min(0).max(100).describe('Most notional of a participant in all, ÷ its equity'),
  window_ms: z.number().positive().describe('Fixed window in which a participant’s share of a group is used up, ms'),
})

const support = z.strictObject({
  groups: z
    .array(z.array(z.string().min(1)).min(1).describe('Markets of its contracts'))
    .min(1)
    .max(16)
    .describe('Groups of linear contracts by liquidity'),
  participants: z
    .array(
      z.strictObject({
        account: z.number().int().min(0).describe('Position in accounts'),
        shares: z.array(z.number().min(0).max(10)).min(1).max(16).describe('Share of its equity per window by group, ratios'),
      }),
    )
    .max(1024)
    .describe('Accounts that take positions over; they may only close otherwise'),
})

export const schema = exchange_schema('deribit').extend({
  pace: z
    .number()
    .positive()
    .describe('Most notional of contracts closed per account in a block, units of account (of the collateral)'),
  block_ms: z.number().min(1).max(3_600_000).describe('Length of a block, ms'),
  options: options.optional().describe('Options, and who holds them'),
  option_terms: option_terms.optional().describe('Margin of single options (mode 2), settlement and liquidation of options'),
  portfolio: portfolio.optional().describe('Scenarios of portfolio margin (mode 3)'),
  support_terms: support_terms.optional().describe('Terms of liquidity support'),
  support: support
    .optional()
    .describe(
      'Linear contracts: positions in breach go to participants, then by deleveraging to the other side; absent: to the book',
    ),
})
export type Spec = z.infer<typeof schema>
export type SurfaceSpec = NonNullable<Spec['options']>['surfaces'][number]
export type PortfolioSpec = NonNullable<Spec['portfolio']>
export type OptionTerms = NonNullable<Spec['option_terms']>
export type OptionsSpec = NonNullable<Spec['options']> & { readonly terms: OptionTerms; readonly portfolio: PortfolioSpec }
export type SupportSpec = NonNullable<Spec['support']> & NonNullable<Spec['support_terms']>
