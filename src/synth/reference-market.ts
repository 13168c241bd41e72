/** From a recipe to a snapshot, deterministically: books, markets, oracles, venues and the agents that act on them. */
import { days_from_civil } from '../math/index.ts'
import {
  type AssetSpec,
  type Evidence,
  InputError,
  type KindSpec,
  type Provenance,
  SNAPSHOT_SCHEMA,
  type Snapshot,
} from '../model/index.ts'
import { lending_book, People, perp_book, vault_book } from './population.ts'
import type { Recipe } from './recipe.ts'

export interface SynthOptions {
  /** Accounts over all venues. */
  readonly accounts: number
  readonly seed: number
}

/** Actors with names, before the crowd: who liquidates, keeps, links and makes markets. */
const NAMED = ['liquidator-1', 'liquidator-2', 'keeper-1', 'arbitrageur-1', 'maker-spot', 'maker-perp'] as const
const AGENTS = ['liquidator', 'arbitrageur', 'maker-spot', 'maker-perp', 'borrower', 'trader'] as const
const agent_index = (id: (typeof AGENTS)[number]) => AGENTS.indexOf(id)
const actor_index = (name: (typeof NAMED)[number]) => NAMED.indexOf(name)

const spot_id = (asset: string) => `${asset}-USD`
export const perp_id = (asset: string, collateral: string) => `${asset}${collateral}-PERP`

/**
 * Makes the snapshot of a recipe. Equal recipe, accounts and seed: equal content hash.
 * @throws InputError for fewer than 100 accounts or more than 20 million, or a recipe that names what it does not have
 */
export function synthesize(recipe: Recipe, options: SynthOptions): Snapshot {
  const { accounts, seed } = options
  if (!Number.isSafeInteger(accounts) || accounts < 100 || accounts > 20_000_000)
    throw new InputError('--accounts', '', accounts, 'a whole number from 100 to 20000000')
  if (!Number.isSafeInteger(seed) || seed < 0) throw new InputError('--seed', '', seed, 'a whole number from 0')
  const people = new People(NAMED.length)
  const shares = recipe.population
  const lenders = Math.round(accounts * shares.lending)
  const vaults = recipe.vaults === undefined ? 0 : Math.round(accounts * shares.vaults)
  const lending = lending_book(recipe, lenders, seed, people, agent_index('borrower'))
  const vault = vault_book(recipe, vaults, seed, people, agent_index('borrower'))
  const perps = perp_book(recipe, Math.max(0, accounts - lenders - vaults), seed, people, agent_index('trader'), [
    actor_index('maker-perp'),
    actor_index('arbitrageur-1'),
  ])
  endow_named(recipe, people)
  const time_ms = utc_ms(recipe.time)
  const venues: KindSpec[] = [lending_spec(recipe, lending)]
  if (recipe.vaults !== undefined) venues.push(vault_spec(recipe, vault))
  venues.push(exchange_spec(recipe, perps))
  return {
    schema: SNAPSHOT_SCHEMA,
    id: recipe.id,
    title: recipe.title,
    time_ms,
    provenance: provenance(recipe),
    assets: assets(recipe),
    actors: {
      count: people.count,
      names: [...NAMED],
      agent: Int32Array.from([0, 0, 0, 1, 2, 3, ...people.agent]),
      treasury: {
        actor: people.treasury.i32('actor'),
        asset: people.treasury.i32('asset'),
        amount: people.treasury.f64('amount'),
      },
    },
    markets: markets(recipe),
    oracles: [],
    venues,
    agents: agents(recipe),
  }
}

/** Milliseconds of an ISO UTC time. */
export function utc_ms(iso: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?Z)?$/.exec(iso)
  if (match === null) throw new InputError('time', '', iso, 'a UTC time such as 2025-07-31T00:00:00Z')
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return (days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000
}

const stable_or_coin = (recipe: Recipe) => recipe.assets.filter((asset) => asset.role !== 'numeraire')

function assets(recipe: Recipe): AssetSpec[] {
  return recipe.assets.map((asset) =>
    asset.role === 'numeraire'
      ? { id: asset.id, price_usd: asset.price_usd, beta: 0, numeraire: true }
      : { id: asset.id, price_usd: asset.price_usd, beta: asset.beta, reference: spot_id(asset.id) },
  )
}

function markets(recipe: Recipe): KindSpec[] {
  const { alpha, permanent, recovery_ms } = recipe.spot
  const book = { kind: 'order-book', alpha, permanent, recovery_ms }
  const price = (id: string) => recipe.assets.find((asset) => asset.id === id)?.price_usd ?? 1
  return [
    ...stable_or_coin(recipe).map((asset) => ({ ...book, id: spot_id(asset.id), base: asset.id, quote: 'USD' })),
    // A contract has no value of its own: whatever its flow leaves behind is what arbitrage carries to the spot market.
    ...recipe.exchange.contracts.map((contract) => ({
      ...book,
      permanent: 0,
      id: perp_id(contract.asset, recipe.exchange.collateral),
      base: contract.asset,
      quote: recipe.exchange.collateral,
      settles: recipe.exchange.id,
    })),
    ...recipe.pools.map((pool) => ({
      kind: 'constant-product',
      id: pool_id(pool),
      base: pool.base,
      quote: pool.quote,
      fee: pool.fee,
      reserve_base: pool.side_usd / price(pool.base),
      reserve_quote: pool.side_usd / price(pool.quote),
    })),
  ]
}

/** The feed a lender looks at: the asset's market, or for a staked asset the feed of what it redeems into, times the rate. */
function lender_source(recipe: Recipe, id: string): { id: string; path: { market: string }[]; rate?: number } {
  const asset = recipe.assets.find((one) => one.id === id)
  const into = recipe.assets.find((one) => one.id === asset?.redeems)
  if (asset === undefined || into === undefined) return { id: `${id}/USD`, path: [{ market: spot_id(id) }] }
  return { id: `${into.id}/USD`, path: [{ market: spot_id(into.id) }], rate: asset.price_usd / into.price_usd }
}

/** Cash of each reserve: the recipe's, or what the listed accounts supplied and nobody borrowed, where that is more. */
function cash_of(recipe: Recipe, book: ReturnType<typeof lending_book>): Float64Array {
  const net = new Float64Array(recipe.lending.reserves.length)
  for (let i = 0; i < book.account.length; i++) {
    const r = book.reserve[i] as number
    net[r] = (net[r] as number) + (book.collateral[i] as number) - (book.debt[i] as number)
  }
  return net.map((supplied, r) => Math.max(recipe.lending.reserves[r]?.cash ?? 0, supplied * 1.01))
}

function lending_spec(recipe: Recipe, book: ReturnType<typeof lending_book>): KindSpec {
  const cash = cash_of(recipe, book)
  const { id, version, flash_fee, delay_ms, reserves, emodes } = recipe.lending
  return {
    kind: 'aave-v3',
    id,
    version,
    flash_fee,
    reserves: reserves.map(({ symbol: _, oracle, ...reserve }, r) => ({
      ...reserve,
      cash: cash[r],
      oracle: { kind: 'chainlink', ...lender_source(recipe, reserve.asset), ...oracle, delay_ms },
    })),
    emodes,
    accounts: { owner: book.owner, emode: book.emode },
    positions: { account: book.account, reserve: book.reserve, collateral: book.collateral, debt: book.debt },
  }
}

function vault_spec(recipe: Recipe, book: ReturnType<typeof vault_book>): KindSpec {
  const { id, hole, ilks } = recipe.vaults as NonNullable<Recipe['vaults']>
  return {
    kind: 'maker',
    id,
    dai: 'DAI',
    hole_usd: hole,
    ilks: ilks.map(({ debt_usd: _, ratio: __, ...ilk }) => ({
      ...ilk,
      oracle: { kind: 'osm', ...lender_source(recipe, ilk.asset), id: `osm-${ilk.id}` },
    })),
    accounts: { owner: book.owner, ilk: book.ilk, collateral: book.collateral, debt: book.debt },
  }
}

function exchange_spec(recipe: Recipe, book: ReturnType<typeof perp_book>): KindSpec {
  const { id, collateral, fund, taker_fee, contracts } = recipe.exchange
  return {
    kind: 'binance-usdm',
    id,
    collateral,
    fund,
    contracts: contracts.map((contract) => ({
      market: perp_id(contract.asset, collateral),
      tiers: contract.tiers.map(({ floor, rate }) => ({ floor, rate })),
      liquidation_fee: contract.liquidation_fee,
      take_bound: contract.take_bound,
      taker_fee,
      index: {
        kind: 'index-price',
        id: `${contract.asset}-index`,
        path: [{ market: spot_id(contract.asset) }, { market: spot_id(collateral), inverse: true }],
      },
    })),
    accounts: { owner: book.owner, isolated: book.isolated, wallet: book.wallet },
    positions: { account: book.account, contract: book.contract, quantity: book.quantity, entry: book.entry },
  }
}

/** Makers' inventories: enough to stand for weeks of the flow their books can take in a day. */
function endow_named(recipe: Recipe, people: People): void {
  const position = (id: string) => recipe.assets.findIndex((asset) => asset.id === id)
  const usd = position('USD')
  let total = 0
  for (const asset of stable_or_coin(recipe)) {
    const depth = asset.spot_depth_usd ?? 0
    total += depth
    people.endow(actor_index('maker-spot'), position(asset.id), (200 * depth) / asset.price_usd)
    const interest = recipe.exchange.contracts.find((contract) => contract.asset === asset.id)?.open_interest_usd ?? 0
    const inventory = Math.max(2 * depth, recipe.arbitrage.inventory_share * interest)
    people.endow(actor_index('arbitrageur-1'), position(asset.id), inventory / asset.price_usd)
  }
  people.endow(actor_index('maker-spot'), usd, 200 * total)
  people.endow(actor_index('arbitrageur-1'), usd, Math.max(2 * total, recipe.arbitrage.limits.position_usd))
}

const pool_id = (pool: Recipe['pools'][number]) => `${pool.base}-${pool.quote}-POOL`

/** Who acts: sizes follow the books they work on. */
function agents(recipe: Recipe): KindSpec[] {
  const { half_spread } = recipe.spot
  const coins = stable_or_coin(recipe)
  const { contracts, collateral } = recipe.exchange
  const book = (market: string, depth_usd: number) => ({ market, depth_usd, half_spread, inventory_usd: 100 * depth_usd })
  const spot = new Set(coins.map((asset) => asset.id))
  const withdraws = { k_v: 0.3, d_min: 0.2 }
  const links = [
    ...contracts
      .filter((contract) => spot.has(contract.asset))
      .map((contract) => ({ a: perp_id(contract.asset, collateral), b: spot_id(contract.asset) })),
    ...recipe.pools.map((pool) => ({ a: pool_id(pool), b: spot_id(pool.base) })),
  ]
  return [
    {
      kind: 'liquidator',
      id: 'liquidator',
      markets: coins.map((asset) => spot_id(asset.id)),
      flash_fee: recipe.lending.flash_fee,
    },
    { kind: 'arbitrageur', id: 'arbitrageur', links, ...recipe.arbitrage.limits },
    {
      kind: 'market-maker',
      id: 'maker-spot',
      ...withdraws,
      books: coins.map((asset) => book(spot_id(asset.id), asset.spot_depth_usd ?? 1)),
    },
    {
      kind: 'market-maker',
      id: 'maker-perp',
      books: contracts.map((contract) => book(perp_id(contract.asset, collateral), contract.depth_usd)),
    },
    { kind: 'borrower', id: 'borrower' },
    { kind: 'trader', id: 'trader' },
  ]
}

/** Every part says how it is known; books drawn from aggregates are synthetic whatever the aggregates are. */
function provenance(recipe: Recipe): Provenance[] {
  const join = (sources: Record<string, string> | undefined) =>
    Object.entries(sources ?? {})
      .map(([key, value]) => `${key}: ${value}`)
      .join('; ')
  const out: Provenance[] = recipe.assets
    .filter((asset) => asset.role !== 'numeraire')
    .map((asset) => ({
      part: `assets.${asset.id}`,
      evidence: (asset.evidence ?? 'synthetic') as Evidence,
      source: join(asset.sources),
    }))
  out.push({ part: `venues.${recipe.lending.id}`, evidence: 'synthetic', source: join(recipe.lending.sources) })
  if (recipe.vaults !== undefined)
    out.push({ part: `venues.${recipe.vaults.id}`, evidence: 'synthetic', source: join(recipe.vaults.sources) })
  out.push({ part: `venues.${recipe.exchange.id}`, evidence: 'synthetic', source: join(recipe.exchange.sources) })
  out.push({ part: 'markets', evidence: 'synthetic', source: join(recipe.spot.sources) })
  out.push({ part: 'arbitrage', evidence: 'synthetic', source: join(recipe.arbitrage.sources) })
  out.push({ part: 'population', evidence: 'synthetic', source: join(recipe.population.sources) })
  return out
}
