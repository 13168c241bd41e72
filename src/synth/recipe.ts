/** The recipe of a synthetic market: published aggregates with their sources, from which books are made. */
import { z } from 'zod'
import { issue_error } from '../model/index.ts'

const usd = z.number().min(0).max(1e15)
const share = z.number().min(0).max(1)
const sources = z.record(z.string(), z.string()).optional()

const asset = z.strictObject({
  id: z.string().min(1),
  price_usd: z.number().positive().describe('USD per unit at the start'),
  beta: z.number().describe('slope of log returns on the common factor'),
  role: z.enum(['numeraire', 'stable', 'coin']),
  redeems: z.string().optional().describe('asset it redeems into at a rate: lenders price it by that, not by its market'),
  spot_depth_usd: usd.optional().describe('USD that one side of the reference spot market gives within 1 %'),
  evidence: z.enum(['observed', 'inferred', 'synthetic']).optional(),
  sources,
})

const spread = z.strictObject({
  median: z.number().positive(),
  sigma: z.number().min(0).describe('standard deviation of the logarithm'),
  least: z.number().min(0).optional(),
  most: z.number().positive().optional(),
})
export type Spread = z.infer<typeof spread>

const reserve = z.looseObject({
  asset: z.string(),
  symbol: z.string().optional(),
  liquidation_threshold: share,
  cash: z.number().min(0),
  oracle: z.strictObject({ deviation: z.number().positive(), heartbeat_ms: z.number().positive() }),
})

const book = z.strictObject({
  name: z.string(),
  accounts: share.describe('share of the lending accounts'),
  debt_usd: z.record(z.string(), usd).describe('total by debt asset'),
  collateral: z.record(z.string(), share).describe('mix by collateral asset'),
  second: share.describe('share of accounts with two collateral assets'),
  emode: z.number().int().min(1).optional(),
  health: spread.describe('health factor; the logarithm of it is log-normal around the median'),
})
export type Book = z.infer<typeof book>

const ilk = z.looseObject({ id: z.string(), asset: z.string(), liquidation_ratio: z.number(), debt_usd: usd, ratio: spread })

const contract = z.strictObject({
  asset: z.string(),
  open_interest_usd: usd.describe('long side'),
  depth_usd: usd.describe('USD within 1 % on one side'),
  tiers: z.array(z.looseObject({ floor: z.number(), rate: z.number() })).min(1),
  liquidation_fee: share,
  take_bound: share,
  evidence: z.enum(['observed', 'inferred', 'synthetic']).optional(),
})

export const recipe_schema = z.strictObject({
  schema: z.literal('unwind.recipe/1'),
  id: z.string(),
  title: z.string(),
  time: z.iso.datetime(),
  assets: z.array(asset).min(1),
  spot: z.strictObject({
    alpha: z.number().positive(),
    permanent: share,
    recovery_ms: z.number().positive(),
    half_spread: share,
    sources,
  }),
  pools: z.array(z.strictObject({ base: z.string(), quote: z.string(), side_usd: usd, fee: share })),
  pools_source: z.string().optional(),
  lending: z.strictObject({
    id: z.string(),
    version: z.string(),
    flash_fee: share,
    delay_ms: z.number().min(0),
    reserves: z.array(reserve).min(1),
    emodes: z.array(z.unknown()),
    books: z.array(book),
    sources,
  }),
  vaults: z.strictObject({ id: z.string(), hole: usd, ilks: z.array(ilk).min(1), sources }).optional(),
  exchange: z.strictObject({
    id: z.string(),
    collateral: z.string(),
    fund: usd,
    taker_fee: share,
    contracts: z.array(contract).min(1),
    long_share: share.describe('share of the long side held by modelled traders; the rest is the market maker'),
    long: spread.describe('leverage'),
    short: spread.describe('leverage'),
    large: z
      .strictObject({ notional: usd, leverage: z.number().min(1), exponent: z.number().min(0).max(1) })
      .describe('ceiling of leverage: `leverage` at this notional, falling with its power'),
    isolated: share,
    entry_sigma: share.describe('spread of entry prices around the start price, log'),
    second: share.describe('share of cross accounts with a second contract'),
    sources,
  }),
  arbitrage: z.strictObject({
    limits: z
      .strictObject({ capital_usd: usd, position_usd: usd })
      .describe('of all arbitrageurs together: bought in a tick, held in a contract'),
    inventory_share: share.describe('spot coins they can sell, as a share of the open interest on the coin'),
    sources,
  }),
  population: z.strictObject({
    lending: share,
    vaults: share,
    perps: share,
    tail: z.number().min(0.5).describe('Pareto exponent of sizes'),
    largest: share.describe('most that one account may be of its book'),
    treasury: z
      .strictObject({ share, median: z.number(), sigma: z.number() })
      .describe('who keeps money aside, and how much of the debt or margin'),
    sources,
  }),
  gas_usd: z.number().min(0),
})
export type Recipe = z.infer<typeof recipe_schema>

/** Checks a recipe. @throws InputError naming the field */
export function parse_recipe(value: unknown, where: string): Recipe {
  const result = recipe_schema.safeParse(value)
  if (result.success) return result.data
  throw issue_error(recipe_schema, result.error.issues, value, where)
}
