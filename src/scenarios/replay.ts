/** A replay of real prices over books that the recipe synthesises: every coin of the series, real tiers and pool parameters, everything assumed in words. */
import { iso_day } from '../analytics/index.ts'
import { log } from '../math/index.ts'
import {
  type Bars,
  bars_hash,
  DEFAULT_LIMITS,
  InputError,
  type KindSpec,
  SCENARIO_SCHEMA,
  type Scenario,
  type Snapshot,
} from '../model/index.ts'
import { type Recipe, synthesize, utc_ms } from '../synth/index.ts'

const DAY_MS = 86_400_000
/** Days of own history from which depth, open interest and beta are inferred. */
const HISTORY_DAYS = 30

export interface TierTable {
  readonly symbol: string
  readonly tiers: readonly { readonly floor: number; readonly rate: number }[]
}

/** One reserve as an outside file states it; what is missing takes the default named in the notes. */
export interface ReserveParameters {
  readonly symbol: string
  readonly decimals?: number
  readonly ltv: number
  readonly liquidation_threshold: number
  readonly liquidation_bonus: number
  readonly reserve_factor: number
  readonly protocol_fee?: number
  readonly frozen?: boolean
  readonly borrowable?: boolean
}

export interface ReplayInput {
  readonly recipe: Recipe
  readonly bars: readonly Bars[]
  readonly from_ms: number
  /** End, exclusive. */
  readonly to_ms: number
  readonly tiers?: { readonly source: string; readonly dated: string; readonly tables: readonly TierTable[] }
  readonly aave?: {
    readonly source: string
    readonly dated: string
    readonly reserves: readonly ReserveParameters[]
    readonly assumptions: readonly string[]
  }
  readonly accounts: number
  readonly seed: number
  readonly tick_ms: number
  /** Let fills move the replayed prices (they already contain some of it). */
  readonly feedback: boolean
}

export interface ReplaySetup {
  readonly snapshot: Snapshot
  readonly scenario: Scenario
  readonly notes: readonly string[]
  /** Names joined: from the file's name to ours. */
  readonly aliases: readonly { readonly from: string; readonly to: string; readonly why: string }[]
}

/** What one coin's own bars before the window say. */
export interface CoinFacts {
  readonly symbol: string
  readonly price_usd: number
  /** Mean daily traded value over the history, USD; NaN without any. */
  readonly daily_usd: number
  readonly beta: number
}

/** A parameter with its date; one dated after the start of the window is inferred, and the reader is told. */
const dated = (what: string, day: string, from_ms: number): string =>
  `${what}: of ${day}${utc_ms(day) > from_ms ? ', dated after the start of the window: inferred' : ''}`

const utc = (time_ms: number): string => iso_day(Math.floor(time_ms / DAY_MS))

/** First bar at or after a time. */
function bar_at(bars: Bars, time_ms: number): number {
  let low = 0
  let high = bars.time_ms.length
  while (low < high) {
    const mid = (low + high) >> 1
    if ((bars.time_ms[mid] as number) < time_ms) low = mid + 1
    else high = mid
  }
  return low
}

/** Price at the start and, from at most 30 days before it, traded value and slope of log returns on the benchmark's. */
export function coin_facts(bars: Bars, benchmark: Bars, from_ms: number): CoinFacts {
  const start = bar_at(bars, from_ms)
  const first = bar_at(bars, from_ms - HISTORY_DAYS * DAY_MS)
  const returns = new Map<number, number>()
  for (let i = Math.max(1, bar_at(benchmark, from_ms - HISTORY_DAYS * DAY_MS)); i < bar_at(benchmark, from_ms); i++) {
    returns.set(benchmark.time_ms[i] as number, log((benchmark.close[i] as number) / (benchmark.close[i - 1] as number)))
  }
  let traded = 0
  let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0]
  for (let i = first; i < start; i++) {
    traded += (bars.volume[i] as number) * (bars.close[i] as number)
    const x = returns.get(bars.time_ms[i] as number)
    if (i === 0 || x === undefined) continue
    const y = log((bars.close[i] as number) / (bars.close[i - 1] as number))
    n++
    sx += x
    sy += y
    sxx += x * x
    sxy += x * y
  }
  const variance = sxx - (sx * sx) / Math.max(1, n)
  const days = start > first ? ((bars.time_ms[start - 1] as number) - (bars.time_ms[first] as number) + bars.step_ms) / DAY_MS : 0
  return {
    symbol: bars.symbol,
    price_usd: bars.open[start] as number,
    daily_usd: days >= 1 ? traded / days : Number.NaN,
    beta: n >= 24 && variance > 0 ? (sxy - (sx * sy) / n) / variance : 1,
  }
}

/** Contract names carry a multiplier, `1000PEPE`; the coin is what follows. */
export function plain_symbol(symbol: string): string {
  const coin = symbol.replace(/[/:_-].*$/, '').replace(/USDT$/, '')
  return coin.replace(/^1(?:0{3}|0{6}|M)(?=[A-Z])/, '')
}

const RESERVE_ALIASES: Readonly<Record<string, string>> = {
  WETH: 'ETH',
  WBTC: 'BTC',
  BTCB: 'BTC',
  'WETH.e': 'ETH',
  'WBTC.e': 'BTC',
  WBNB: 'BNB',
  WAVAX: 'AVAX',
  'LINK.e': 'LINK',
  'DAI.e': 'DAI',
}

/** Sets up a replay. @throws InputError when no coin covers the window or the dates are the wrong way round */
export function replay_setup(input: ReplayInput): ReplaySetup {
  const { from_ms, to_ms, recipe } = input
  if (!(to_ms > from_ms)) throw new InputError('--to', '', utc(to_ms), `after --from (${utc(from_ms)})`)
  const covered = input.bars.filter((bars) => {
    const start = bar_at(bars, from_ms)
    return bars.time_ms[start] === from_ms && (bars.time_ms[bars.time_ms.length - 1] as number) + bars.step_ms >= to_ms
  })
  if (covered.length === 0) {
    const first = input.bars[0]
    throw new InputError(
      '--replay',
      'window',
      `${utc(from_ms)} to ${utc(to_ms)}`,
      first === undefined
        ? 'a series with bars'
        : `inside ${utc(first.time_ms[0] as number)} to ${utc(first.time_ms[first.time_ms.length - 1] as number)}`,
    )
  }
  const notes: string[] = []
  const aliases: { from: string; to: string; why: string }[] = []
  for (const bars of input.bars)
    if (!covered.includes(bars)) notes.push(`${bars.symbol} is left out: its series does not cover the window`)
  const benchmark = covered.find((bars) => bars.symbol === 'BTC') ?? (covered[0] as Bars)
  const facts = covered.map((bars) => coin_facts(bars, benchmark, from_ms))
  const made = recipe_for(input, facts, notes, aliases)
  const snapshot = synthesize(made, { accounts: input.accounts, seed: input.seed })
  notes.push(dated("the recipe's books, depth and open interest", recipe.time.slice(0, 10), from_ms))
  notes.push('basis between perps, index and spot is 0 (assumed)')
  const symbols = covered.map((bars) => bars.symbol)
  return { snapshot: { ...snapshot, time_ms: from_ms }, scenario: scenario_for(input, covered, symbols), notes, aliases }
}

function scenario_for(input: ReplayInput, covered: readonly Bars[], symbols: readonly string[]): Scenario {
  const hash = bars_hash(covered)
  const driver: KindSpec = {
    kind: 'replay',
    id: 'replay',
    from_ms: input.from_ms,
    assets: Object.fromEntries(symbols.map((symbol) => [symbol, { symbol }])),
    bars: Object.fromEntries(covered.map((bars) => [bars.symbol, window_of(bars, input.from_ms, input.to_ms)])),
  }
  return {
    schema: SCENARIO_SCHEMA,
    id: 'replay',
    title: 'Replay of real prices',
    seed: input.seed,
    horizon_ms: input.to_ms - input.from_ms,
    tick_ms: input.tick_ms,
    drivers: [driver],
    faults: [],
    gas_usd: input.recipe.gas_usd,
    pinned: input.feedback ? [] : symbols,
    without: [],
    limits: DEFAULT_LIMITS,
    series_hash: hash,
  }
}

/** The bars of the window only, so that the scenario holds what it replays. */
function window_of(bars: Bars, from_ms: number, to_ms: number): Bars {
  const [a, b] = [bar_at(bars, from_ms), bar_at(bars, to_ms)]
  const cut = (column: Float64Array) => column.slice(a, b)
  return {
    symbol: bars.symbol,
    step_ms: bars.step_ms,
    time_ms: cut(bars.time_ms),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  }
}

/** Tier tables by coin. Of several contracts on one coin, the one margined in the recipe's collateral. */
function tiers_by_coin({ tiers, recipe }: ReplayInput): Map<string, TierTable> {
  const tables = new Map<string, TierTable>()
  const fits = (table: TierTable) => table.symbol.endsWith(recipe.exchange.collateral)
  for (const table of tiers?.tables ?? []) {
    const coin = plain_symbol(table.symbol)
    const known = tables.get(coin)
    if (known === undefined || (fits(table) && !fits(known))) tables.set(coin, table)
  }
  return tables
}

/** The recipe with the coins of the series in place of its own. */
function recipe_for(
  input: ReplayInput,
  facts: readonly CoinFacts[],
  notes: string[],
  aliases: ReplaySetup['aliases'] & { push(item: { from: string; to: string; why: string }): number },
): Recipe {
  const { recipe } = input
  const known = new Map(recipe.assets.map((asset) => [asset.id, asset]))
  const btc = facts.find((fact) => fact.symbol === 'BTC')
  const scale = (of: number | undefined) => (btc !== undefined && btc.daily_usd > 0 ? (of ?? 0) / btc.daily_usd : 0)
  const btc_contract = recipe.exchange.contracts.find((contract) => contract.asset === 'BTC')
  const rule = {
    spot: scale(known.get('BTC')?.spot_depth_usd),
    perp: scale(btc_contract?.depth_usd),
    interest: scale(btc_contract?.open_interest_usd),
  }
  const inferred = (fact: CoinFacts, ratio: number, floor: number) =>
    Math.max(floor, Number.isFinite(fact.daily_usd) ? ratio * fact.daily_usd : 0)
  const assets: Recipe['assets'] = recipe.assets.filter((asset) => asset.role !== 'coin')
  const contracts: Recipe['exchange']['contracts'] = []
  const outside: string[] = []
  const tables = tiers_by_coin(input)
  for (const fact of facts) {
    const own = known.get(fact.symbol)
    assets.push({
      id: fact.symbol,
      price_usd: fact.price_usd,
      role: 'coin',
      beta: own?.beta ?? fact.beta,
      spot_depth_usd: own?.spot_depth_usd ?? inferred(fact, rule.spot, 50_000),
      evidence: 'inferred',
      sources: {
        price: 'open of the first replayed bar',
        depth: own === undefined ? 'rule: BTC’s ratio to its own traded value' : 'recipe',
      },
    })
    if (own === undefined) outside.push(fact.symbol)
    const table = tables.get(fact.symbol)
    const contract = recipe.exchange.contracts.find((one) => one.asset === fact.symbol)
    if (table === undefined && contract === undefined) {
      notes.push(`no tiers for ${fact.symbol}: it has no contract`)
      continue
    }
    if (table !== undefined && plain_symbol(table.symbol) !== table.symbol.replace(/[/:].*$/, ''))
      aliases.push({ from: table.symbol, to: fact.symbol, why: 'contract multiplier; notionals unchanged' })
    contracts.push({
      asset: fact.symbol,
      tiers: [...(table?.tiers ?? contract?.tiers ?? [])].map(({ floor, rate }) => ({ floor, rate })),
      open_interest_usd: contract?.open_interest_usd ?? inferred(fact, rule.interest, 200_000),
      depth_usd: contract?.depth_usd ?? inferred(fact, rule.perp, 20_000),
      liquidation_fee: contract?.liquidation_fee ?? 0.015,
      take_bound: contract?.take_bound ?? 0.1,
      evidence: contract === undefined ? 'inferred' : 'synthetic',
    })
  }
  if (outside.length > 0)
    notes.push(
      `depth, open interest and beta of ${outside.join(', ')} are inferred from their own bars of the ${HISTORY_DAYS} days before the window: the recipe's BTC figure times their traded value over BTC's`,
    )
  if (input.tiers !== undefined) notes.push(dated(`margin tiers (${input.tiers.source})`, input.tiers.dated, input.from_ms))
  notes.push('stablecoins have no series here and stand at 1 USD (assumed)')
  return {
    ...recipe,
    assets,
    exchange: { ...recipe.exchange, contracts },
    pools: pools_for(recipe, assets),
    ...pool_for(input, assets, notes, aliases),
  }
}

const pools_for = (recipe: Recipe, assets: Recipe['assets']) =>
  recipe.pools.filter((pool) => [pool.base, pool.quote].every((id) => assets.some((asset) => asset.id === id)))

/** Lending pool and vaults over the assets that have a path. */
function pool_for(
  input: ReplayInput,
  assets: Recipe['assets'],
  notes: string[],
  aliases: { push(item: { from: string; to: string; why: string }): number },
): Pick<Recipe, 'lending' | 'vaults'> {
  const { recipe, aave } = input
  const has = (id: string) => assets.some((asset) => asset.id === id)
  let reserves: Recipe['lending']['reserves'] = recipe.lending.reserves
  if (aave !== undefined) {
    const made: Recipe['lending']['reserves'] = []
    const left: string[] = []
    for (const { symbol, ...parameters } of aave.reserves) {
      const asset = RESERVE_ALIASES[symbol] ?? symbol
      if (!has(asset) || made.some((reserve) => reserve.asset === asset)) {
        left.push(symbol)
        continue
      }
      if (asset !== symbol) aliases.push({ from: symbol, to: asset, why: 'wrapped asset at the price of the asset' })
      const own = recipe.lending.reserves.find((reserve) => reserve.asset === asset)
      made.push({
        base_rate: 0,
        optimal_usage: 0.45,
        slope1: 0.07,
        slope2: 3,
        supply_cap: 0,
        borrow_cap: 0,
        cash: 0,
        oracle: { deviation: 0.005, heartbeat_ms: 3_600_000 },
        ...own,
        ...parameters,
        protocol_fee: parameters.protocol_fee ?? 0.1,
        asset,
      })
    }
    reserves = made
    if (left.length > 0) notes.push(`reserves without a path are left out: ${left.join(', ')}`)
    notes.push(dated(`pool parameters (${aave.source})`, aave.dated, input.from_ms), ...aave.assumptions)
  } else reserves = reserves.filter((reserve) => has(reserve.asset))
  const ids = new Set(reserves.map((reserve) => reserve.asset))
  const named = (emode: unknown) =>
    Object.values(emode as Record<string, unknown>)
      .filter(Array.isArray)
      .flat() as string[]
  const emodes =
    aave === undefined && recipe.lending.emodes.every((emode) => named(emode).every((id) => ids.has(id)))
      ? recipe.lending.emodes
      : []
  const books = recipe.lending.books.filter((book) => {
    const whole =
      Object.keys(book.collateral).some((id) => ids.has(id)) &&
      Object.keys(book.debt_usd).some((id) => ids.has(id)) &&
      (book.emode === undefined || emodes.length > 0)
    if (!whole) notes.push(`the book "${book.name}" of the recipe is left out: its assets have no path or no e-mode here`)
    return whole
  })
  const ilks = recipe.vaults?.ilks.filter((ilk) => has(ilk.asset)) ?? []
  return {
    lending: { ...recipe.lending, reserves, books, emodes },
    vaults: recipe.vaults === undefined || ilks.length === 0 ? undefined : { ...recipe.vaults, ilks },
  }
}
