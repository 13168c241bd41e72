/** Random worlds in which every kind of agent has somebody who goes by it, and every kind of fault may happen. */
import { Rng } from '../../src/math/index.ts'
import type { KindSpec, Snapshot } from '../../src/model/index.ts'
import { auction_day } from './auction-day.ts'
import { between, type Drawn, pick, random_fault } from './everyone-faults.ts'
import { random_world } from './random-world.ts'

const COINS = [
  'RANGES',
  'STABLES',
  'USDC-USD',
  'USDT-USD',
  'ETH-USD',
  'wstETH-USD',
  'BTC-USD',
  'LINK-USD',
  'CRV-USD',
  'weETH-USD',
]

const price_of = ({ assets }: Snapshot, id: string) => assets.find((asset) => asset.id === id)?.price_usd as number

/** Rules that some of those who own accounts go by from now on. */
const owners_of = (rng: Rng): KindSpec[] => [
  { kind: 'looper', id: 'looper', markets: COINS, yields: { wstETH: 0.03, weETH: 0.04 }, slip_max: 0.01, poll_ms: 60_000 },
  { kind: 'fund', id: 'fund', markets: COINS, median_ms: 60_000, min_usd: 10, treasury_first: rng.uniform() < 0.5 },
  { kind: 'lender', id: 'lender', base: 0.1 },
  { kind: 'borrower', id: 'unwinder', markets: COINS, unwinds: {}, hedges: { ETH: 'ETHUSDT-PERP' }, notice: {} },
  { kind: 'trader', id: 'seller', markets: COINS },
]

/** Rules of people who come with a treasury and no account. */
function newcomers_of(rng: Rng, snapshot: Snapshot): KindSpec[] {
  const tiers = [['CRV', 'LINK'], ['ETH'], ['BTC'], ['USDC']]
  const expiry_ms = snapshot.time_ms + 30 * 86_400_000
  const put = { type: 'put', strike: price_of(snapshot, 'BTC') * 0.9, expiry_ms, quantity: -between(rng, 1, 500) }
  const redemptions = [{ market: 'unstake', side: 'both' }]
  return [
    { kind: 'investor', id: 'investor', markets: COINS, tiers, cash: 'USD', step_ms: 60_000 },
    { kind: 'keeper', id: 'poker', min_profit_usd: -1_000, inclusion: {} },
    { kind: 'bidder', id: 'bidder', markets: COINS },
    { kind: 'delta-hedger', id: 'dealer', market: 'BTC-USD', options: [put], vol: 0.7 },
    { kind: 'redeemer', id: 'redeemer', cash: 'ETH', redemptions, markets: ['ETH-USD', 'wstETH-USD'] },
  ]
}

/** Markets of kinds that the reference market has not. */
function more_markets(snapshot: Snapshot): KindSpec[] {
  const price = price_of(snapshot, 'ETH')
  const tick = 60 * Math.round(Math.log(price) / Math.log(1.0001) / 60)
  const positions = [{ lower: tick - 6_000, upper: tick + 6_000, value_quote: 1e7 }]
  const rate = { at_start: price_of(snapshot, 'wstETH') / price }
  const reserves = { reserve_base: 1e7, reserve_quote: 1e7 }
  return [
    { kind: 'redemption-queue', id: 'unstake', base: 'wstETH', quote: 'ETH', delay_ms: 600_000, issue: {}, rate },
    { kind: 'stable-swap', id: 'STABLES', base: 'USDC', quote: 'USDT', ...reserves, amplification: 200 },
    { kind: 'concentrated', id: 'RANGES', base: 'ETH', quote: 'USDC', price, fee: 0.003, positions },
  ]
}

/** New agents, with who goes by them: owners of accounts change their rule, newcomers have a treasury. */
function with_everyone(rng: Rng, { snapshot, scenario }: Drawn): Drawn {
  const owners = owners_of(rng)
  const newcomers = newcomers_of(rng, snapshot)
  const { actors, agents } = snapshot
  const kept = [...agents, ...owners, ...newcomers]
  const agent = Array.from(actors.agent, (own) => {
    const kind = agents[own]?.kind
    if ((kind !== 'borrower' && kind !== 'trader') || rng.uniform() < 0.5) return own
    return agents.length + rng.uniformInt(owners.length)
  })
  const riches = newcomers.flatMap((_, i) =>
    snapshot.assets.map((asset, a) => ({ actor: actors.count + i, asset: a, amount: between(rng, 1e4, 1e7) / asset.price_usd })),
  )
  const attacker = attack(rng, snapshot)
  if (attacker.actor >= 0) {
    agent[attacker.actor] = kept.length
    riches.push({ actor: attacker.actor, asset: 0, amount: between(rng, 1e6, 1e9) })
  }
  const treasury = actors.treasury as { actor: Int32Array; asset: Int32Array; amount: Float64Array }
  const made: Snapshot = {
    ...snapshot,
    venues: attacker.venues,
    markets: [...snapshot.markets, ...more_markets(snapshot)],
    agents: [...kept, ...attacker.specs],
    actors: {
      count: actors.count + newcomers.length,
      // Only the first have names; the newcomers are called after their agents.
      names: actors.names,
      agent: Int32Array.from([...agent, ...newcomers.map((_, i) => agents.length + owners.length + i)]),
      treasury: {
        actor: Int32Array.from([...treasury.actor, ...riches.map((one) => one.actor)]),
        asset: Int32Array.from([...treasury.asset, ...riches.map((one) => one.asset)]),
        amount: Float64Array.from([...treasury.amount, ...riches.map((one) => one.amount)]),
      },
    },
  }
  return { snapshot: made, scenario }
}

interface Lender extends KindSpec {
  readonly reserves: readonly { readonly asset: string; readonly cash: number }[]
  readonly accounts: { readonly owner: Int32Array }
  readonly positions: Readonly<Record<'account' | 'reserve', Int32Array> & Record<'collateral' | 'debt', Float64Array>>
}

/** An owner of an account at the lender turns against it: he has put in a coin with a thin book, and has money to push it. */
function attack(rng: Rng, snapshot: Snapshot): { venues: readonly KindSpec[]; specs: KindSpec[]; actor: number } {
  const lender = snapshot.venues.find(({ kind }) => kind === 'aave-v3') as Lender | undefined
  const reserve = lender?.reserves.findIndex(({ asset }) => asset === 'CRV') ?? -1
  const { positions } = lender ?? { positions: undefined }
  const holds = (row: number) =>
    positions?.account.some((account, i) => account === row && positions.reserve[i] === reserve) === true
  const rows = [...(lender?.accounts.owner ?? [])].flatMap((owner, row) =>
    owner >= snapshot.actors.names.length && !holds(row) ? [{ owner, row }] : [],
  )
  if (lender === undefined || positions === undefined || reserve < 0 || rows.length === 0)
    return { venues: snapshot.venues, specs: [], actor: -1 }
  const { owner, row } = pick(rng, rows)
  const units = between(rng, 1e6, 1e8)
  const held: Lender = {
    ...lender,
    reserves: lender.reserves.map((own, r) => (r === reserve ? { ...own, cash: own.cash + units } : own)),
    positions: {
      account: Int32Array.from([...positions.account, row]),
      reserve: Int32Array.from([...positions.reserve, reserve]),
      collateral: Float64Array.from([...positions.collateral, units]),
      debt: Float64Array.from([...positions.debt, 0]),
    },
  }
  const spec = {
    kind: 'attacker',
    id: 'attacker',
    market: 'CRV-USD',
    venue: lender.id,
    borrow: 'USDC',
    ltv: 0.4,
    min_profit_usd: 0,
  }
  const venues = snapshot.venues.map((venue) => (venue === (lender as KindSpec) ? held : venue))
  return { venues, specs: [{ ...spec, push_max: 5, patience_ms: 600_000 }], actor: owner }
}

/** A day of English auctions with bidders and a keeper, for the venue that the reference market has not. */
function auctions(rng: Rng): Drawn {
  const actors = 2
  const keepers = [
    {
      spec: { kind: 'bidder', id: 'bidders', markets: ['ETH-DAI'], noise: 0.1, starts_max: 2, inclusion: {} },
      actors,
      dai: between(rng, 1e4, 1e7),
    },
    { spec: { kind: 'keeper', id: 'pokers', min_profit_usd: -100, inclusion: {} }, actors, dai: 0 },
  ]
  const drawn = auction_day(keepers as unknown as Parameters<typeof auction_day>[0], { gas_usd: between(rng, 0.1, 100) })
  return { snapshot: drawn.snapshot, scenario: { ...drawn.scenario, horizon_ms: 3_600_000, seed: rng.uniformInt(1e6) } }
}

/** The world of a seed; equal seeds, equal worlds. */
export function everyone(seed: number): Drawn {
  const rng = new Rng(seed, 0, 'everyone')
  const drawn = rng.uniform() < 0.1 ? auctions(rng) : whole(rng, seed)
  const faults = Array.from({ length: rng.uniformInt(9) }, () => random_fault(rng, drawn)).filter((fault) => fault !== undefined)
  return { snapshot: drawn.snapshot, scenario: { ...drawn.scenario, faults, limits: { rounds: 100, rows: 300_000 } } }
}

function whole(rng: Rng, seed: number): Drawn {
  const drawn = random_world(seed)
  // Nothing is left out but what a fault switches off: everybody is there.
  return with_everyone(rng, { snapshot: drawn.snapshot, scenario: { ...drawn.scenario, without: [] } })
}
