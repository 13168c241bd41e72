/** Schema of the answers about accounts: `unwind account --json`. docs/account.md says what every figure is. */
import { z } from 'zod'
import { EVIDENCE } from '../model/index.ts'

const usd = z.number().describe('USD at the prices of the venue')
const id = z.string().min(1)
const ratio = z.number()
const count = z.number().int().min(0)

const price_then = z.object({
  asset: id,
  now: z
    .number()
    .min(0)
    .nullable()
    .describe(
      'Price at the venue now, in its unit of account, or of an inverse contract in its quote; null when it is what is solved for',
    ),
  there: z.number().min(0).describe('Price at the venue there'),
})

const threshold = z
  .object({
    change: ratio
      .nullable()
      .describe("Change of the lead asset's price from now, −0.3 for −30 %; null when its price now is not known"),
    log_move: z.number().nullable().describe("Log change of the lead asset's price"),
    method: z.enum(['closed_form', 'search']),
    market_usd: z.number().min(0).nullable().describe('USD price of the lead asset at its market there'),
    prices: z.array(price_then).describe('Prices at the venue of the legs that have moved'),
    volatilities: z
      .number()
      .nullable()
      .describe('Log change ÷ daily volatility of the lead asset, absolute; null when none was given'),
  })
  .describe('The first crossing of the breach on one side of a move')

const liquidation = z
  .object({
    calls: count.describe('Calls until the venue takes no more; for contracts 1'),
    first_usd: usd.describe('Debt repaid, put to auction or closed by the first call'),
    liquidated_usd: usd.describe('By all calls'),
    seized_usd: usd.describe('Collateral that leaves the account for it; 0 for contracts'),
    bad_debt_usd: usd.describe('Debt that the venue writes off'),
    capped: z.boolean().describe('More calls would follow: the count stopped here'),
    health: z.number().nullable().describe('Health afterwards; null when nothing is owed'),
    left_usd: usd.describe('Debt, or notional of contracts, that is left'),
    equity_usd: usd.describe('Assets less debts that are left'),
  })
  .describe('What the venue lets be taken there, at most, by a liquidator with money for all of it')

const outcome = z.object({
  change: ratio.describe("Change of the lead asset's price"),
  health: z.number().nullable().describe('null when nothing is owed'),
  breached: z.boolean(),
  equity_usd: usd.describe('Assets less debts at the prices there, before any liquidation'),
  liquidation: liquidation.nullable().describe('null when nothing can be taken, or it was not asked'),
})

const direction = z.object({
  move: id,
  joint: z.boolean(),
  lead: id.describe('Asset by whose change the move is told'),
  logs: z.record(z.string(), z.number()).describe('Log price change of each asset, per 1 of the lead'),
  forward: threshold
    .nullable()
    .describe('Along the move: for an asset alone its fall; null when there is none within a factor of 10,000'),
  backward: threshold.nullable().describe('Against the move: for an asset alone its rise'),
  outcomes: z.array(outcome),
  curve: z
    .array(z.object({ change: ratio, health: z.number().nullable() }))
    .describe('Health along the joint move, by the change of its lead; empty for an asset alone'),
})

const leg = z.object({
  side: z.enum(['held', 'owed']),
  asset: id,
  market: id.nullable().describe('Market of a contract; null for what is deposited or owed'),
  quantity: z.number().min(0),
  price: z
    .number()
    .min(0)
    .nullable()
    .describe('Price at the venue now, in its unit of account; null when it is what is solved for'),
  weight: z.number().describe('Collateral weight, or liability weight'),
  usd: usd.nullable(),
  follows: z.record(z.string(), z.number()).describe('Log change of this price per log change of each asset alone'),
  lag_ms: z
    .number()
    .min(0)
    .nullable()
    .describe('Time in which the price has followed its markets; null when it does not follow any'),
})

const account = z.object({
  venue: id.nullable().describe('null for a position typed by hand'),
  kind: id.nullable(),
  account: count.nullable().describe('Row at the venue'),
  owner: z.string().nullable(),
  health: z
    .number()
    .nullable()
    .describe('Weighted assets ÷ weighted debts by the law of the venue; null when nothing is owed or a price is not known'),
  breached: z.boolean(),
  strict: z.boolean().describe('In breach below health 1 only (true), or already at it'),
  level: z.number().describe('Health below which the owner is told'),
  unit: id.nullable().describe('Asset that is the unit of account, taken at its market price; null: the unit counts as a dollar'),
  assets_usd: usd.nullable(),
  debts_usd: usd.nullable(),
  notional_usd: usd.nullable().describe('Open contracts, either side; 0 without contracts'),
  buffer: z
    .object({
      usd: usd.describe('Weighted assets less weighted debts: debt that could be added, or margin that could be lost'),
      debt_ratio: ratio.describe('health − 1: by how much debts may grow'),
      collateral_ratio: ratio.describe('1 − 1 ÷ health: by how much assets may shrink'),
    })
    .nullable()
    .describe('null when nothing is owed or a price is not known'),
  legs: z.array(leg),
  directions: z.array(direction).describe('Every asset that matters alone, then the joint move'),
  first: z
    .object({
      move: id,
      change: ratio.nullable(),
      volatilities: z.number().nullable(),
    })
    .nullable()
    .describe(
      'The asset whose price, alone, needs the smallest change, in per cent; a stablecoin only where nothing else breaks the account',
    ),
  first_by_volatility: z
    .object({ move: id, change: ratio.nullable(), volatilities: z.number().nullable() })
    .nullable()
    .describe('The same in daily volatilities; null when none were given'),
  at_breach: z
    .object({ repaid_usd: usd, seized_usd: usd, penalty_usd: usd })
    .nullable()
    .describe('First call at the breach of a position typed by hand, by its close factor and bonus'),
})

const step = z.object({
  change: ratio.describe("Change of the lead asset's price"),
  accounts: count.describe('Accounts in breach there'),
  liquidatable_usd: usd.describe('Debt, or notional of contracts, of those accounts'),
  collateral_usd: usd.describe('Assets of those accounts'),
  shortfall_usd: usd.describe('Σ max(0, debts − assets) of those accounts'),
})

const near = z.object({
  account: count,
  owner: z.string().nullable(),
  health: z.number(),
  owed_usd: usd.describe('Debt, or notional of contracts'),
  equity_usd: usd,
  change: ratio.describe("Change of the lead asset's price at which it is in breach; 0 when it is now"),
  log_move: z.number(),
  method: z.enum(['closed_form', 'search']).nullable().describe('null when it is in breach now'),
  prices: z.array(price_then).describe('Prices at the venue of the legs that have moved'),
})

const book = z.object({
  venue: id,
  kind: id,
  accounts: count.describe('Accounts that hold or owe anything'),
  owing: count.describe('Accounts that can be in breach at some price: their health is finite'),
  breached: count,
  owed_usd: usd.describe('Debts, or notional of contracts, of all accounts'),
  move: id,
  lead: id,
  logs: z.record(z.string(), z.number()),
  ladder: z.array(step).describe('From the deepest move along to the furthest against'),
  nearest: z.array(near).describe('Nearest to their breach along the move, either way; those in breach first'),
})

export const account_schema = z
  .object({
    schema: z.literal('unwind.account/1'),
    title: z.string(),
    snapshot: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable()
      .describe('Hash of the snapshot; null for a position typed by hand'),
    time: z.string().nullable().describe('ISO 8601, UTC'),
    evidence: z.enum(EVIDENCE).nullable().describe('Of the weakest part of the snapshot'),
    definitions: z.string().describe('Where the figures are defined'),
    links: z.record(z.string(), z.string()).describe('Assets that move with another: follower → leader'),
    accounts: z.array(account),
    book: book.nullable(),
    notes: z.array(z.string()).describe('Assumptions a reader should know of'),
  })
  .describe('Answers about accounts: unwind account --json')
