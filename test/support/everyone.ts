/** Random worlds in which every kind of agent has somebody who goes by it, and every kind of fault may happen. */
import { Rng } from '../../src/math/index.ts'
import type { FaultSpec, KindSpec, Scenario, Snapshot } from '../../src/model/index.ts'
import { auction_day } from './auction-day.ts'
import { random_world } from './random-world.ts'

type Drawn = { readonly snapshot: Snapshot; readonly scenario: Scenario }

/** Log-uniform between low and high. */
const between = (rng: Rng, low: number, high: number) => low * (high / low) ** rng.uniform()
const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.uniformInt(list.length)] as T

/** Oracles written in place: id and venue. */
function inline_oracles(value: unknown, venue: string, out: [string, string][]): void {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return
  for (const [key, inner] of Object.entries(value)) {
    const { kind, id } = (inner ?? {}) as { kind?: unknown; id?: unknown }
    if ((key === 'oracle' || key === 'index') && typeof kind === 'string' && typeof id === 'string') out.push([id, venue])
    inline_oracles(inner, venue, out)
  }
}

const POOLS = ['constant-product', 'stable-swap', 'weighted']
const THINNABLE = ['order-book', 'concentrated', ...POOLS]
const names = (list: readonly KindSpec[], prefix: string, kinds?: readonly string[]) =>
  list.filter(({ kind }) => kinds === undefined || kinds.includes(kind)).map(({ id }) => `${prefix}:${id}`)

/** A fault of a random kind that means something in this world, or none where there is nothing for its kind. */
function random_fault(rng: Rng, { snapshot, scenario }: Drawn): FaultSpec | undefined {
  const { horizon_ms } = scenario
  const from_ms = Math.floor(rng.uniform() * horizon_ms)
  const to_ms = from_ms + 1 + Math.floor(rng.uniform() * horizon_ms)
  const span = to_ms - from_ms
  const ramps =
    rng.uniform() < 0.5 ? {} : { ramp_ms: Math.floor(rng.uniform() * span), fade_ms: Math.floor(rng.uniform() * span) }
  const base = { from_ms, to_ms, value: 0 }
  const oracles: [string, string][] = []
  for (const venue of snapshot.venues) inline_oracles(venue, venue.id, oracles)
  for (const { id } of snapshot.oracles) oracles.push([id, ''])
  const movable = snapshot.assets.filter(({ numeraire }) => numeraire !== true).map(({ id }) => id)
  const venues = names(snapshot.venues, 'venue')
  const markets = names(snapshot.markets, 'market')
  const oracle = () => {
    const [id, venue] = pick(rng, oracles)
    return venue === '' || rng.uniform() < 0.5 ? `oracle:${id}` : `oracle:${id}@${venue}`
  }
  const action = () =>
    `${pick(rng, ['withdraw', 'deposit', 'borrow', 'repay', 'liquidate', 'bid', 'start'])}:${pick(rng, snapshot.venues).id}`
  const anything = () =>
    pick(rng, [
      () => pick(rng, venues),
      () => pick(rng, markets),
      oracle,
      action,
      () => 'transfer',
      () => pick(rng, names(snapshot.agents, 'agent')),
    ])()
  const aave = snapshot.venues.filter(({ kind }) => kind === 'aave-v3')
  const robbed = [...names(aave, 'venue'), ...names(snapshot.markets, 'market', POOLS)]
  const named = snapshot.actors.names.filter((_, i) => (snapshot.actors.agent[i] as number) >= 0)
  switch (rng.uniformInt(12)) {
    case 0:
      return { ...base, kind: 'halt', target: anything() }
    case 1:
      return { ...base, ...ramps, kind: 'gas', target: '', value: between(rng, 1, 5_000) }
    case 2: {
      const mode = pick(rng, ['factor', 'none', 'hold'] as const)
      return { ...base, ...(mode === 'factor' ? ramps : {}), kind: 'oracle', target: oracle(), mode, value: between(rng, 0.3, 3) }
    }
    case 3:
      return {
        ...base,
        ...ramps,
        kind: 'depth',
        target: pick(rng, names(snapshot.markets, 'market', THINNABLE)),
        value: rng.uniform() ** 3,
      }
    case 4:
      return {
        ...base,
        kind: 'sequencer',
        target: '',
        targets: [anything(), anything(), 'oracle:*'],
        grace_ms: Math.floor(rng.uniform() * span),
      }
    case 5:
      return { ...base, kind: 'reorg', target: anything() }
    case 6:
      return { ...base, kind: 'finality', target: '', value: Math.floor(rng.uniform() * 3_600_000) }
    case 7:
      return { ...base, kind: 'blocks', target: pick(rng, [...venues, ...markets]), value: rng.uniformInt(20) }
    case 8:
      return { ...base, ...ramps, kind: 'depeg', target: `asset:${pick(rng, movable)}`, value: between(rng, 0.4, 1.5) }
    case 9:
      return named.length === 0
        ? undefined
        : {
            ...base,
            kind: 'unbacked',
            target: `asset:${pick(rng, movable)}`,
            value: between(rng, 1, 1e7),
            actor: pick(rng, named),
          }
    case 10:
      return robbed.length === 0
        ? undefined
        : { ...base, kind: 'drain', target: pick(rng, robbed), asset: pick(rng, movable), value: 0.01 + 0.9 * rng.uniform() }
    default: {
      const venue = aave[0]
      const reserves = (venue?.['reserves'] ?? []) as readonly { asset: string }[]
      if (venue === undefined || reserves.length === 0) return undefined
      const [field, value] = pick(rng, [
        ['liquidation_threshold', 0.3 + 0.6 * rng.uniform()],
        ['base_rate', rng.uniform()],
        ['slope2', 5 * rng.uniform()],
      ] as const)
      const target = `venue:${venue.id}`
      return { ...base, ...ramps, kind: 'parameter', target, field: `${pick(rng, reserves).asset}.${field}`, value }
    }
  }
}

/** New agents, with who goes by them: owners of accounts change their rule, newcomers have a treasury. */
function with_everyone(rng: Rng, { snapshot, scenario }: Drawn): Drawn {
  const price = (id: string) => snapshot.assets.find((asset) => asset.id === id)?.price_usd as number
  const coins = [
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
  const dated = {
    type: 'put',
    strike: price('BTC') * 0.9,
    expiry_ms: snapshot.time_ms + 30 * 86_400_000,
    quantity: -between(rng, 1, 500),
  }
  const owners: KindSpec[] = [
    { kind: 'looper', id: 'looper', markets: coins, yields: { wstETH: 0.03, weETH: 0.04 }, slip_max: 0.01, poll_ms: 60_000 },
    { kind: 'fund', id: 'fund', markets: coins, median_ms: 60_000, min_usd: 10, treasury_first: rng.uniform() < 0.5 },
    { kind: 'lender', id: 'lender', base: 0.1 },
    { kind: 'borrower', id: 'unwinder', markets: coins, unwinds: {}, hedges: { ETH: 'ETHUSDT-PERP' }, notice: {} },
    { kind: 'trader', id: 'seller', markets: coins },
  ]
  const newcomers: KindSpec[] = [
    {
      kind: 'investor',
      id: 'investor',
      markets: coins,
      tiers: [['CRV', 'LINK'], ['ETH'], ['BTC'], ['USDC']],
      cash: 'USD',
      step_ms: 60_000,
    },
    { kind: 'keeper', id: 'poker', min_profit_usd: -1_000, inclusion: {} },
    { kind: 'bidder', id: 'bidder', markets: coins },
    { kind: 'delta-hedger', id: 'dealer', market: 'BTC-USD', options: [dated], vol: 0.7 },
    {
      kind: 'redeemer',
      id: 'redeemer',
      cash: 'ETH',
      redemptions: [{ market: 'unstake', side: 'both' }],
      markets: ['ETH-USD', 'wstETH-USD'],
    },
  ]
  const { actors, agents } = snapshot
  const kept = [...agents, ...owners, ...newcomers]
  const first_owner = agents.length
  const first_new = first_owner + owners.length
  // Some of those who own accounts go by another rule from now on.
  const agent = Array.from(actors.agent, (own) => {
    const kind = agents[own]?.kind
    if ((kind !== 'borrower' && kind !== 'trader') || rng.uniform() < 0.5) return own
    return first_owner + rng.uniformInt(owners.length)
  })
  const people = newcomers.map((_, i) => actors.count + i)
  const riches = people.flatMap((actor) =>
    snapshot.assets.map((asset, a) => ({ actor, asset: a, amount: between(rng, 1e4, 1e7) / asset.price_usd })),
  )
  const treasury = actors.treasury as { actor: Int32Array; asset: Int32Array; amount: Float64Array }
  const ratio = price('wstETH') / price('ETH')
  const queue = {
    kind: 'redemption-queue',
    id: 'unstake',
    base: 'wstETH',
    quote: 'ETH',
    delay_ms: 600_000,
    issue: {},
    rate: { at_start: ratio },
  }
  const swap = {
    kind: 'stable-swap',
    id: 'STABLES',
    base: 'USDC',
    quote: 'USDT',
    reserve_base: 1e7,
    reserve_quote: 1e7,
    amplification: 200,
  }
  const tick = 60 * Math.round(Math.log(price('ETH')) / Math.log(1.0001) / 60)
  const ranges = {
    ...{ kind: 'concentrated', id: 'RANGES', base: 'ETH', quote: 'USDC', price: price('ETH'), fee: 0.003 },
    positions: [{ lower: tick - 6_000, upper: tick + 6_000, value_quote: 1e7 }],
  }
  const attacker = attack(rng, snapshot)
  if (attacker.actor >= 0) riches.push({ actor: attacker.actor, asset: 0, amount: between(rng, 1e6, 1e9) })
  const made: Snapshot = {
    ...snapshot,
    venues: attacker.venues,
    markets: [...snapshot.markets, queue, swap, ranges],
    agents: [...kept, ...attacker.specs],
    actors: {
      count: actors.count + people.length,
      // Only the first have names; the newcomers are called after their agents.
      names: actors.names,
      agent: Int32Array.from([
        ...agent.map((own, i) => (attacker.actor === i ? kept.length : own)),
        ...newcomers.map((_, i) => first_new + i),
      ]),
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
