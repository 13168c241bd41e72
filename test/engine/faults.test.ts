// Every word of the fault vocabulary does what docs/scenarios.md says, and stops when it ends.
import { describe, expect, it } from 'vitest'
import { build_world, type Registries, run, type World } from '../../src/engine/index.ts'
import { type Agent, type Kind, type KindSpec, Quote, Statement, type FaultSpec } from '../../src/model/index.ts'
import { REGISTRIES } from '../../src/scenarios/index.ts'
import { DEBTS, ETH, fault, MINUTE, play, rows, scenario, snapshot, SUSD, USDC } from '../support/fault-world.ts'

/** What a venue takes a unit of the collateral token for. */
function seen(world: World, venue: number): number {
  const statement = new Statement()
  world.venue(venue).statement(2, statement)
  const leg = statement.asset.indexOf(SUSD)
  return statement.price[leg] as number
}

/** Debt beyond collateral at what the market pays. */
function truth(world: World, venue: number): number {
  let sum = 0
  const statement = new Statement()
  for (let row = 0; row < world.venue(venue).rows; row++) {
    statement.clear()
    world.venue(venue).statement(row, statement)
    let equity = 0
    for (let leg = 0; leg < statement.count; leg++)
      equity += (statement.side[leg] as number) * (statement.quantity[leg] as number) * world.usd(statement.asset[leg] as number)
    sum += Math.max(0, -equity)
  }
  return sum
}

const [ONE, TWO, HARD] = [0, 1, 2] as const

describe('oracles of a venue', () => {
  it('wrong at one venue alone: liquidates there and nowhere else', () => {
    const { world, result } = play(
      [fault({ kind: 'oracle', target: 'oracle:SUSD/USD@one', mode: 'value', value: 0.65 })],
      (minute, w) => {
        expect(seen(w, ONE)).toBeCloseTo(minute < 60 ? 0.65 : 0.99, 2)
        expect(seen(w, TWO)).toBeCloseTo(0.99, 2)
      },
    )
    expect(result.laws.broken).toEqual([])
    // 100,000 · 0.65 · 0.9 = 58,500 is less than two of the three debts.
    const victims = new Set(rows(world, 'liquidate').map((row) => world.parts.log.columns.account.data[row]))
    expect([...victims].sort((a, b) => (a as number) - (b as number))).toEqual([0, 1])
    expect(rows(world, 'liquidate', ONE).length).toBe(rows(world, 'liquidate').length)
  })

  it('one depeg, two protocols: the feed liquidates, the hard-coded price liquidates nobody and leaves bad debt', () => {
    const { world, result } = play([
      fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.65 / 0.99, ramp_ms: 30 * MINUTE, to_ms: 500 * MINUTE }),
    ])
    expect(result.laws.broken).toEqual([])
    expect(rows(world, 'liquidate', ONE).length).toBeGreaterThan(0)
    expect(rows(world, 'liquidate', HARD)).toEqual([])
    expect(seen(world, HARD)).toBe(0.99)
    expect(world.venue(HARD).shortfall_usd()).toBe(0)
    // 80,000 + 75,000 owed against two times 100,000 SUSD; what was sold on top pushes the price a little below 0.65.
    const price = world.mid(2)
    expect(price).toBeCloseTo(0.65, 1)
    // USDC may stand a little off 1, and a little interest is owed.
    expect(truth(world, HARD)).toBeGreaterThan((DEBTS[0] + DEBTS[1] - 200_000 * price) * 0.999)
    expect(truth(world, HARD)).toBeLessThan((DEBTS[0] + DEBTS[1] - 200_000 * price) * 1.01)
    expect(truth(world, ONE)).toBeLessThan(0.5 * truth(world, HARD))
  })

  it.each([
    ['factor', 0.5, 0.495],
    ['cap', 0.9, 0.9],
    ['floor', 1.2, 1.2],
    ['hold', 0, 0.99],
  ] as const)('%s %d', (mode, value, expected) => {
    const drop = fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.9, from_ms: 5 * MINUTE, to_ms: 500 * MINUTE })
    const faults = mode === 'hold' ? [drop] : []
    play([...faults, fault({ kind: 'oracle', target: 'oracle:SUSD/USD@two', mode, value })], (minute, w) => {
      expect(seen(w, TWO)).toBeCloseTo(minute < 60 ? expected : w.mid(2), 3)
      expect(seen(w, ONE)).toBeCloseTo(w.mid(2), 2)
    })
  })

  it('without a price the venue refuses to lend or to liquidate on it, and goes on afterwards', () => {
    const crash = fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.6, to_ms: 500 * MINUTE })
    const { world, result } = play([crash, fault({ kind: 'oracle', target: 'oracle:SUSD/USD@one', mode: 'none' })])
    expect(result.laws.broken).toEqual([])
    const { time_ms } = world.parts.log.columns
    const at = rows(world, 'liquidate', ONE).map((row) => ((time_ms.data[row] as number) - 1_700_000_000_000) / MINUTE)
    expect(Math.min(...at)).toBe(60)
    expect(rows(world, 'liquidate', TWO).length).toBeGreaterThan(0)
  })

  it('ramps in and fades out along a line in logarithms; vectors keep adding up', () => {
    const prices: number[] = []
    const drift = fault({
      kind: 'oracle',
      target: 'oracle:*@one',
      mode: 'factor',
      value: 0.81,
      ramp_ms: 20 * MINUTE,
      fade_ms: 20 * MINUTE,
    })
    const { result } = play([drift], (minute, w) => {
      prices[minute] = seen(w, ONE) / w.mid(2)
    })
    expect(result.laws.broken).toEqual([])
    expect(prices[10]).toBeCloseTo(0.9, 3)
    expect(prices[30]).toBeCloseTo(0.81, 3)
    expect(prices[50]).toBeCloseTo(0.9, 3)
    expect(prices[60]).toBeCloseTo(1, 3)
  })
})

describe('markets', () => {
  it('lose liquidity and get it back at the same mid, books and pools alike; tokens go outside and come back by name', () => {
    const book: number[] = []
    const pool: number[] = []
    const thin = fault({ kind: 'depth', target: 'market:ETH-USD', targets: ['market:POOL'], value: 0.1, ramp_ms: 10 * MINUTE })
    const { world, result } = play([thin], (minute, w) => {
      book[minute] = w.depth(1, 0.01)
      pool[minute] = w.depth(3, 0.01)
      expect(w.mid(3)).toBeCloseTo(2_000, 9)
    })
    expect(result.laws.broken).toEqual([])
    // At five of ten minutes half of the 90 % is gone.
    for (const depth of [book, pool]) {
      expect((depth[5] as number) / (depth[60] as number)).toBeCloseTo(0.55, 9)
      expect((depth[30] as number) / (depth[60] as number)).toBeCloseTo(0.1, 9)
    }
    const held = new Float64Array(4)
    world.market(3).holdings(held)
    expect(held[ETH]).toBeCloseTo(1_000, 9)
    expect(held[USDC]).toBeCloseTo(2_000_000, 6)
  })

  it.each([
    ['POOL', 3],
    ['WEIGHTED', 4],
    ['SWAP', 5],
    ['RANGES', 6],
  ] as const)(
    '%s of which a tenth is left costs a trade of a tenth the same, holds a tenth, and comes back whole',
    (id, market) => {
      const order = (amount: number) => ({ side: -1, amount, exact: 'base', limit: 0, party: -1 }) as const
      const quotes: number[] = []
      const held: number[] = []
      const { result } = play(
        [fault({ kind: 'depth', target: `market:${id}`, value: 0.1, from_ms: 10 * MINUTE })],
        (minute, w) => {
          const thinned = minute >= 10 && minute < 60
          quotes[minute] = w.fill(market, order(thinned ? 5 : 50)).quote / (thinned ? 5 : 50)
          const out = new Float64Array(4)
          w.market(market).holdings(out)
          held[minute] = out[USDC] as number
        },
      )
      expect(result.laws.broken).toEqual([])
      const [before, thinned, after] = [9, 30, 60].map((minute) => quotes[minute] as number) as [number, number, number]
      expect(thinned / before).toBeCloseTo(1, 9)
      expect(after / before).toBeCloseTo(1, 9)
      expect((held[30] as number) / (held[9] as number)).toBeCloseTo(0.1, 9)
      expect((held[60] as number) / (held[9] as number)).toBeCloseTo(1, 9)
    },
  )

  it.each([
    ['WEIGHTED', 4, 'ETH'],
    ['SWAP', 5, 'USDC'],
  ] as const)('%s is drained of one side, and keeps its own laws', (id, market, asset) => {
    const mids: number[] = []
    const { world, result } = play(
      [fault({ kind: 'drain', target: `market:${id}`, asset, value: 0.5, from_ms: 10 * MINUTE })],
      (minute, w) => {
        mids[minute] = w.mid(market)
      },
    )
    expect(result.laws.broken).toEqual([])
    // less of the base: it is dearer
    expect(mids[10]).toBeGreaterThan((mids[9] as number) * 1.0001)
    expect(rows(world, 'fault').length).toBe(1)
  })

  it('lose a maker who is switched off, with his quotes, and have him back', () => {
    const depth: number[] = []
    play([fault({ kind: 'halt', target: 'agent:maker', from_ms: 10 * MINUTE, to_ms: 20 * MINUTE })], (minute, w) => {
      depth[minute] = w.depth(1, 0.01)
    })
    expect(depth[9]).toBeGreaterThan(0)
    for (let minute = 10; minute < 20; minute++) expect(depth[minute]).toBe(0)
    expect(depth[20]).toBeCloseTo(depth[9] as number, 6)
  })

  it('are drained of one side once: the mid jumps for a reason from outside and whoever did it has the tokens', () => {
    const { world, result } = play([
      fault({ kind: 'drain', target: 'market:POOL', asset: 'ETH', value: 0.5, actor: 'thief', from_ms: 3 * MINUTE }),
    ])
    expect(result.laws.broken).toEqual([])
    expect(world.ledger.balance(3, ETH)).toBe(500)
    expect(world.mid(3)).toBeCloseTo(4_000, 6)
    const quote = new Quote(world.feeds.sources)
    world.quote(3, quote)
    expect(quote.displacement[0]).toBeCloseTo(Math.log(2), 9)
    expect(rows(world, 'fault').length).toBe(1)
  })
})

describe('lenders', () => {
  it('are robbed: cash becomes a deficit, claims stay', () => {
    const { world, result } = play([fault({ kind: 'drain', target: 'venue:two', asset: 'USDC', value: 0.25, actor: 'thief' })])
    expect(result.laws.broken).toEqual([])
    expect(world.ledger.balance(3, USDC)).toBeCloseTo(2_500_000, 3)
  })

  it('change a parameter after its delay, and back when it ends and for the next run', () => {
    const change = fault({
      kind: 'parameter',
      target: 'venue:one',
      field: 'SUSD.liquidation_threshold',
      value: 0.7,
      delay_ms: 20 * MINUTE,
    })
    const health = (w: World) => w.venue(ONE).health(2, w.venue(ONE).prices)
    const seen_at: number[] = []
    const { world, result } = play([change], (minute, w) => {
      seen_at[minute] = health(w)
    })
    expect(result.laws.broken).toEqual([])
    expect((seen_at[20] as number) / (seen_at[19] as number)).toBeCloseTo(0.7 / 0.9, 4)
    expect((seen_at[60] as number) / (seen_at[19] as number)).toBeCloseTo(1, 4)
    // 100,000 · 0.99 · 0.7 = 69,300 is less than two of the debts.
    expect(rows(world, 'liquidate', ONE).length).toBeGreaterThan(0)
    expect(rows(world, 'liquidate', TWO)).toEqual([])
    world.reset()
    expect(run(world).log_hash).toBe(result.log_hash)
  })

  it('ask another rate: a rate shock raises what is owed', () => {
    const owed = (faults: FaultSpec[]) => {
      const { world } = play(faults)
      const statement = new Statement()
      world.venue(ONE).statement(2, statement)
      return statement.quantity[statement.asset.indexOf(USDC)] as number
    }
    const calm = owed([])
    const dear = owed([fault({ kind: 'parameter', target: 'venue:one', field: 'USDC.base_rate', value: 5 })])
    // An hour of 500 % a year, compounded a minute at a time: about 20,000 · 5 · 1 / 8,760.
    expect(dear - calm).toBeCloseTo(20_000 * (Math.exp(5 * (59 / 525_600)) - 1), 0)
  })
})

describe('chains and transfers', () => {
  it('a sequencer that stops stops what is named, and its venues wait for the grace after it', () => {
    const crash = fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.7, to_ms: 500 * MINUTE })
    const spec = snapshot()
    const venues = spec.venues.map((venue) => (venue.id === 'one' ? { ...venue, sentinel: true } : venue))
    const down = fault({ kind: 'sequencer', targets: ['venue:one', 'oracle:*'], to_ms: 30 * MINUTE, grace_ms: 15 * MINUTE })
    let asked: string[] = []
    const { world, result } = play(
      [crash, down],
      (minute, w) => {
        expect(w.halted('venue:one')).toBe(minute < 30)
        expect(w.halted('sentinel:one')).toBe(minute < 45)
        if (minute === 29) asked = rows(w, 'liquidate').map(String)
      },
      {},
      { ...spec, venues },
    )
    expect(result.laws.broken).toEqual([])
    // The feeds stood still as well, so nobody anywhere was liquidated.
    expect(asked).toEqual([])
    expect(rows(world, 'liquidate', ONE).length).toBeGreaterThan(0)
  })

  it('a reorg undoes nothing that it does not name', () => {
    const crash = fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.7, to_ms: 500 * MINUTE })
    const { world } = play([crash, fault({ kind: 'reorg', target: 'venue:two', to_ms: 10 * MINUTE })], (minute, w) => {
      if (minute < 10) expect(rows(w, 'liquidate', TWO)).toEqual([])
    })
    expect(rows(world, 'liquidate', ONE).length).toBeGreaterThan(0)
    expect(rows(world, 'liquidate', TWO).length).toBeGreaterThan(0)
  })

  it('full blocks let so many bundles in a tick and no more', () => {
    const crash = fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.6, to_ms: 500 * MINUTE })
    const full = (value: number) =>
      fault({ kind: 'blocks', targets: ['venue:one', 'venue:two', 'venue:hard'], value, to_ms: 30 * MINUTE })
    const by_minute = (faults: FaultSpec[]) => {
      const { world, result } = play(faults)
      expect(result.laws.broken).toEqual([])
      const out = new Map<number, number>()
      for (const row of rows(world, 'liquidate')) {
        const at = world.parts.log.columns.time_ms.data[row] as number
        out.set(at, (out.get(at) ?? 0) + 1)
      }
      return [...out].map(([at, count]) => [(at - 1_700_000_000_000) / MINUTE, count] as const)
    }
    const free = by_minute([crash])
    expect(Math.max(...free.map(([, count]) => count))).toBeGreaterThan(1)
    expect(Math.max(...by_minute([crash, full(1)]).map(([, count]) => count))).toBe(1)
    expect(Math.min(...by_minute([crash, full(0)]).map(([at]) => at))).toBe(30)
  })

  it('gas goes up along its ramp and is as before when it ends', () => {
    play([fault({ kind: 'gas', value: 101, ramp_ms: 10 * MINUTE })], (minute, w) => {
      expect(w.gas_usd).toBeCloseTo(minute < 10 ? 1 + 10 * minute : minute < 60 ? 101 : 1, 9)
    })
  })

  /** An agent that sends 10 ETH to the thief at once, and takes 1,000 SUSD out of its loan at `one` every tick. */
  const mover: Kind<KindSpec, Agent> = {
    ...{ id: 'mover', title: '', source: '' },
    schema: { parse: (input) => input as KindSpec },
    open: (_, builder) => ({
      call_level: () => 1,
      respond() {},
      due() {},
      act(_offers, view, _rng, out) {
        const actor = builder.my_actors()[0] as number
        if (view.round > 0) return
        if (view.tick === 1) {
          out.bundle(50, 0)
          out.add('transfer', { actor, account: 3, asset: ETH, amount: 10, delay_ms: 5 * MINUTE })
        }
        out.bundle(50, 1)
        out.add('withdraw', { venue: ONE, account: 2, actor, asset: SUSD, amount: 1_000 })
      },
    }),
  }
  const moving = (faults: FaultSpec[]) => {
    const plain = snapshot([{ kind: 'mover', id: 'mover' }])
    const made = {
      ...plain,
      actors: {
        ...plain.actors,
        count: 4,
        names: plain.actors.names.slice(0, 4),
        agent: Int32Array.of(0, 1, -1, 2),
        treasury: {
          actor: Int32Array.from([...(plain.actors.treasury['actor'] as Int32Array), 3]),
          asset: Int32Array.from([...(plain.actors.treasury['asset'] as Int32Array), ETH]),
          amount: Float64Array.from([...(plain.actors.treasury['amount'] as Float64Array), 10]),
        },
      },
    }
    const registries = { ...REGISTRIES, agents: [...REGISTRIES.agents, mover] } as unknown as Registries
    const world = build_world(made, scenario(faults, { horizon_ms: 30 * MINUTE }), registries)
    let arrived = -1
    const result = run(world, {
      debug: true,
      on_tick: (tick) => {
        if (arrived < 0 && world.ledger.balance(3, ETH) > 0) arrived = tick
        return true
      },
    })
    expect(result.laws.broken).toEqual([])
    const first = rows(world, 'withdraw', ONE)[0]
    const withdrawn =
      first === undefined ? -1 : ((world.parts.log.columns.time_ms.data[first] as number) - 1_700_000_000_000) / MINUTE
    return { arrived, withdrawn }
  }

  it('transfers take longer while finality is slow, wait where they are halted, and arrive whole', () => {
    // sent in tick 1 with five minutes on the way
    expect(moving([]).arrived).toBe(6)
    expect(moving([fault({ kind: 'finality', value: 10 * MINUTE })]).arrived).toBe(16)
    expect(moving([fault({ kind: 'finality', value: 10 * MINUTE, from_ms: 2 * MINUTE })]).arrived).toBe(6)
    expect(moving([fault({ kind: 'halt', target: 'transfer', from_ms: 2 * MINUTE, to_ms: 20 * MINUTE })]).arrived).toBe(20)
  })

  it('withdrawals are refused by name, and only those', () => {
    expect(moving([]).withdrawn).toBe(1)
    expect(moving([fault({ kind: 'halt', target: 'withdraw:one', to_ms: 12 * MINUTE })]).withdrawn).toBe(12)
    expect(moving([fault({ kind: 'halt', target: 'withdraw:*', to_ms: 12 * MINUTE })]).withdrawn).toBe(12)
    expect(moving([fault({ kind: 'halt', target: 'deposit:one', to_ms: 12 * MINUTE })]).withdrawn).toBe(1)
    expect(moving([fault({ kind: 'halt', target: 'agent:mover', to_ms: 12 * MINUTE })]).withdrawn).toBe(12)
  })

  it('liquidations at one venue are refused by name', () => {
    const crash = fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.7, to_ms: 500 * MINUTE })
    const { world } = play([crash, fault({ kind: 'halt', target: 'liquidate:one', to_ms: 10 * MINUTE })], (minute, w) => {
      if (minute < 10) expect(rows(w, 'liquidate', ONE)).toEqual([])
    })
    expect(rows(world, 'liquidate', ONE).length).toBeGreaterThan(0)
  })
})
