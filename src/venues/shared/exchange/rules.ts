/**
 * What an exchange does, as data: how it tests a margin scope, what it does with one in breach, who takes over, who pays. The
 * machine (plan, closing, admission, settlement, fund, adl) reads nothing else: another exchange is another record.
 */
import { z } from 'zod'

const ratio = (low: number, high: number) => z.number().min(low).max(high)

/** When a stage is due. All that are given must hold. */
const condition = z.strictObject({
  ratio_below: ratio(-1e9, 1e9).optional().describe('Equity ÷ maintenance margin is below this, a ratio; 0: equity is negative'),
  ratio_above: ratio(-1e9, 1e9).optional().describe('Equity ÷ maintenance margin is at least this, a ratio'),
  lowest_tier_held: z
    .boolean()
    .optional()
    .describe('true: equity still covers what the lowest tier would ask for the same positions, closing fee included'),
  tier_from: z
    .number()
    .int()
    .min(0)
    .max(64)
    .optional()
    .describe('Its largest position lies in this tier or above; the first is 0'),
  scope: z
    .enum(['isolated', 'shared'])
    .optional()
    .describe('isolated: its margin is one position’s alone; shared: cross or pooled margin; absent: either'),
  notional_above: z.number().min(0).optional().describe('One of its positions is larger than this, units of account'),
  cooled_ms: z
    .number()
    .min(0)
    .optional()
    .describe('So long has passed since the exchange last sent an order against the scope, ms'),
  cooling_ms: z.number().min(0).optional().describe('Less than this has passed since it last sent one, ms'),
  unfilled: z
    .boolean()
    .optional()
    .describe('true: the order before it in this tick got nothing; in a tick of several blocks, less than it asked for'),
})

/** How far an order of the exchange may go. */
const bound = z.strictObject({
  kind: z
    .enum(['band', 'bankruptcy', 'fillable', 'none'])
    .describe(
      'band: `take_bound` of the contract around the mark; bankruptcy: the price at which the part of equity allotted by maintenance is used up; fillable: mark less spread · maintenance rate, the nearer to bankruptcy the more; none',
    ),
  spread: ratio(0, 10).default(1).describe('fillable: most of it, as a multiple of the maintenance rate'),
  slope: ratio(0, 1000).default(1).describe('fillable: how fast it is reached as equity ÷ maintenance falls to 0'),
})

const reduction = z.strictObject({
  size: z
    .enum(['compliant', 'whole', 'fraction', 'tiers', 'paced'])
    .describe(
      'compliant: the smallest amount after which the scope complies; whole; fraction: `share` of each position; tiers: down to the top of a lower tier; paced: at most `most` in `per_ms`',
    ),
  target: ratio(0, 100)
    .default(1)
    .describe('compliant: equity ÷ maintenance margin aimed at; a hair above 1 where equality is a breach'),
  share: ratio(0, 1).default(1).describe('fraction, paced: part of each position'),
  above: z.number().min(0).default(0).describe('fraction: positions up to this notional are closed whole, units of account'),
  tiers: z.number().int().min(1).max(64).default(1).describe('tiers: how many tiers down'),
  from: z.number().int().min(0).max(64).default(0).describe('tiers: positions in a lower tier than this are left alone'),
  least: z.number().min(0).default(0).describe('paced: never less than this at a time, units of account'),
  most: z.number().min(0).optional().describe('paced: most per scope in `per_ms`, units of account'),
  per_ms: z.number().min(1).optional().describe('paced: the time in which `most` is the limit, ms; absent: a tick'),
  order: z.enum(['ioc', 'fok']).default('ioc').describe('ioc: what does not fill is cancelled; fok: all or nothing'),
  pick: z.enum(['all', 'first']).default('all').describe('An order against every position, or against the first only'),
  sort: z
    .enum(['maintenance', 'smallest', 'largest', 'loss', 'profit'])
    .default('maintenance')
    .describe(
      'Which position comes first: the largest maintenance margin, the smallest or largest notional, the largest loss or profit',
    ),
  bound: bound.prefault({ kind: 'band' }).describe('Price limit of the order'),
})

const takeover = z.strictObject({
  to: z
    .array(z.enum(['fund', 'winners']))
    .min(1)
    .max(2)
    .default(['fund', 'winners'])
    .describe(
      'Who takes a position over, in turn: the insurance fund or backstop vault if it accepts, then winners by deleveraging',
    ),
  price: z
    .enum(['bankruptcy', 'mark'])
    .default('bankruptcy')
    .describe(
      'Price at which positions leave the scope: where its equity, allotted by maintenance margin, is used up; or the mark',
    ),
  forfeit: z.boolean().default(false).describe('true: what equity is left goes to the fund with the positions'),
  pick: z
    .enum(['all', 'first'])
    .default('all')
    .describe('All positions at once, or one at a time with the test again between them'),
  sort: z
    .enum(['maintenance', 'smallest', 'largest', 'loss', 'profit'])
    .default('maintenance')
    .describe('Which position comes first'),
})

/**
 * One step. Stages are looked through in order, in every round: the first that is due and was not yet done in this tick is taken.
 * A takeover may be tried in every round of the tick. A stage with neither order nor takeover is a wait: nothing after it is looked at.
 */
const stage = z
  .strictObject({
    when: condition.prefault({}).describe('When it is due; nothing: whenever the scope is in breach'),
    cancel: z
      .enum(['account', 'contract', 'none'])
      .default('account')
      .describe('Whose resting orders leave first: all of the account, those in the contract of the order, none'),
    reduce: reduction.optional().describe('Orders against the scope’s positions'),
    convert: z
      .strictObject({
        discount: ratio(0, 0.5)
          .optional()
          .describe('Off the index price at which other coins are sold for what the scope owes, a ratio; absent: their haircut'),
      })
      .optional()
      .describe('Coins of accounts that pool several are offered for what they owe'),
    close: takeover.optional().describe('What is left is taken over'),
  })
  .refine((one) => [one.reduce, one.convert, one.close].filter((part) => part !== undefined).length <= 1, {
    message: 'a stage has one of reduce, convert, close; another is a stage of its own',
  })

const trigger = z.strictObject({
  strict: z.boolean().default(false).describe('In breach only below the requirement (true), or already at it (false)'),
  pooled_ratio: ratio(0, 100)
    .default(1)
    .describe('Equity ÷ maintenance margin at which it acts on accounts that pool several coins'),
  portfolio_ratio: ratio(0, 100)
    .default(1)
    .describe('The same for those whose loans need margin too (portfolio margin); 1.05 for a unified ratio of 105 %'),
  portfolio_reduce_only: ratio(0, 100)
    .default(0)
    .describe('Equity ÷ maintenance margin below which a portfolio-margin account may only close; 1.2 for 120 %; 0: never'),
  closing_fee: z
    .boolean()
    .default(false)
    .describe('true: the fee for closing at the mark counts as maintenance margin (liquidation fee of the contract)'),
})

const fee = z.strictObject({
  base: z
    .enum(['notional', 'improvement', 'bankruptcy', 'none'])
    .default('notional')
    .describe(
      'notional: rate of what the order closed; improvement: the same, but no more than it filled better than its limit; bankruptcy: no more than it filled better than the bankruptcy price, and what it filled worse the fund pays, at once and no more than it has; none',
    ),
  from: z
    .enum(['remaining', 'first'])
    .default('remaining')
    .describe(
      'remaining: charged when the scope is healed or empty, from what it has; first: from the wallet before the rest is closed',
    ),
  taker: z.boolean().default(false).describe('true: its orders also pay the taker fee of the contract, at once'),
})

const fund_rules = z.strictObject({
  reserve: z.number().min(0).default(0).describe('Equity it keeps: it takes nothing over below it, units of its collateral'),
  leverage: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Most notional it takes over in all, ÷ its equity; beyond it, winners are deleveraged'),
  drawdown: z
    .strictObject({
      share: ratio(0, 1).describe('Fall from the peak at which it takes nothing more over, a ratio'),
      window_ms: z.number().min(1).describe('How far back the peak is looked for, ms'),
    })
    .optional()
    .describe('Deleveraging starts when the fund has fallen this far from its peak'),
  contract_drawdown: z
    .strictObject({
      start: ratio(0, 10).describe('Loss in one contract since its best, ÷ the fund’s peak, at which its deleveraging starts'),
      stop: ratio(0, 10).describe('… and below which it stops again'),
      above: z.number().min(0).describe('Only while the fund has more than this, units of its collateral'),
      window_ms: z.number().min(1).describe('How far back best and peak are looked for, ms'),
      hold: z
        .boolean()
        .default(false)
        .describe(
          'true: the fund takes over until it has lost `start`, and hands what it lost beyond on to winners, at the price of the takeover; false: it takes nothing that would cost more',
        ),
    })
    .optional()
    .describe('Deleveraging of one contract starts when that contract has cost the fund this much'),
  most_loss: z
    .number()
    .min(0)
    .optional()
    .describe('Most it pays in one tick for positions that leave below their mark, units of its collateral'),
  unwind: z
    .enum(['market', 'hold'])
    .default('market')
    .describe('market: what it took over it sells, an attempt a tick; hold: it keeps it'),
  hand_on: z
    .boolean()
    .default(true)
    .describe('true: it hands its worst positions on to winners when it could not pay for them at the mark'),
})

export const adl_rules = z.strictObject({
  rank: z
    .enum(['profit_margin', 'profit_leverage', 'mark_leverage', 'bankruptcy_leverage', 'leverage', 'profit', 'size', 'equal'])
    .default('profit_margin')
    .describe(
      'profit_margin: profit ÷ max(1, wallet) × maintenance ÷ equity (Binance); profit_leverage: profit ÷ entry value × notional ÷ equity (Bybit, OKX); mark_leverage: mark ÷ entry (shorts entry ÷ mark) × notional ÷ equity (Hyperliquid); bankruptcy_leverage: profit ÷ entry value ×, for losses ÷, |mark value| ÷ (mark value − bankruptcy value) (BitMEX); leverage; profit; size; equal: by a fixed shuffle',
    ),
  allocate: z
    .enum(['queue', 'contracts', 'equity', 'profit', 'leverage'])
    .default('queue')
    .describe(
      'queue: in rank order, each whole; contracts, equity, profit: pro rata to size, equity or profit of those in profit; leverage: the highest effective leverage first, until all are equal',
    ),
  cap: ratio(0, 1)
    .default(1)
    .describe('Largest part of one position that a pro-rata allocation takes, a ratio; the rest goes down the queue'),
  price: z
    .enum(['bankruptcy', 'mark', 'index'])
    .default('bankruptcy')
    .describe('Price at which winners are closed: that of the takeover, the mark, or the index; the fund has the difference'),
  spread: ratio(0, 0.5).default(0).describe('mark, index: so much better for the winner, a ratio'),
  same_owner_first: z.boolean().default(false).describe('true: positions of the same owner come first'),
  winners_first: z
    .boolean()
    .default(true)
    .describe('false: positions without profit and those being liquidated are ranked among the others'),
  overlap: z
    .boolean()
    .default(false)
    .describe('true: only whose own bankruptcy price allows the price; where they do not suffice the position stays'),
})

const loss_rules = z.strictObject({
  share: z
    .enum(['outside', 'winners', 'equity', 'interest'])
    .default('outside')
    .describe(
      'What fund and winners cannot bear is borne by: outside (the exchange itself); winners, pro rata to unrealised profit (clawback); equity, pro rata; interest, pro rata to positions in the contract (funding index)',
    ),
})

export const rules = z.strictObject({
  trigger: trigger.prefault({}).describe('When a scope is in breach'),
  stages: z.array(stage).min(1).max(16).describe('What is done with it, in turn'),
  fee: fee.prefault({}).describe('Liquidation fee'),
  fund: fund_rules.prefault({}).describe('Insurance funds and backstop vaults'),
  adl: adl_rules.prefault({}).describe('Auto-deleveraging'),
  losses: loss_rules.prefault({}).describe('Losses that nobody covers'),
  exchange: z
    .strictObject({
      below: z
        .number()
        .min(0)
        .describe('Owed in one coin beyond this, coins are exchanged although the account is healthy, units of account'),
      discount: ratio(0, 0.5).optional().describe('Off the index price, a ratio; absent: the haircut of the coin sold'),
    })
    .optional()
    .describe('Automatic exchange of what accounts that pool several coins owe'),
  per_tick: z.number().int().min(1).optional().describe('Most scopes the exchange turns to in one tick; absent: all'),
  block_ms: z
    .number()
    .min(1)
    .optional()
    .describe(
      'What the limits of a tick (`per_tick`, `most_loss`, a paced `most`) are limits of, ms: a longer tick has as many blocks as fit into it; absent: the tick',
    ),
  gate_ms: z
    .number()
    .min(0)
    .optional()
    .describe('Nobody withdraws while a scope has less than nothing, and for so long after one had, ms; absent: no gate'),
})

export type Rules = z.infer<typeof rules>
export type RulesInput = z.input<typeof rules>
export type Stage = Rules['stages'][number]
export type Reduction = NonNullable<Stage['reduce']>
export type Takeover = NonNullable<Stage['close']>
export type AdlRules = Rules['adl']

/** On or below the breach? */
export const in_breach = (rules: Rules, health: number): boolean => (rules.trigger.strict ? health < 1 : health <= 1)
