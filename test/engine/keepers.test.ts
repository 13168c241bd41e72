/** Keepers that are not infinite in whole runs: gas that outruns them, capital that is locked, inventories; what nobody takes at a profit stays. Every law after every bundle. */
import { describe, expect, it } from 'vitest'
import { infection_list, venue_figures } from '../../src/analytics/index.ts'
import { run, type World } from '../../src/engine/index.ts'
import { Rng } from '../../src/math/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { auction_day, gas_path, HOUR, type Keeper } from '../support/auction-day.ts'
import { crash, small_market } from '../support/reference-market.ts'

const markets = ['ETH-DAI']
/** Dear from 48 minutes on, cheap again while prices still fall. */
const CALM_AGAIN_H = 1.8
const PATH = gas_path([
  [0.5, 5],
  [0.8, 60],
  [1.2, 120],
  [CALM_AGAIN_H, 1.5],
])
const keeper = (id: string, more: object, actors = 2, dai = 2e6): Keeper => ({
  spec: { kind: 'bidder', id, markets, ...more },
  actors,
  dai,
})
const prompt = keeper('prompt', { margin: 0.05, noise: 0.01 })
/** Offers what gas was worth in calm, whatever it is worth now. */
const script = keeper('script', { inclusion: { mean_ms: 30_000, escalates: false, gas_bid_usd: 2, pending_max: 5 } })
/** Pays anything for gas and nothing for the lot. */
const shark = keeper('shark', { style: 'least', gas_max_usd: 1000, inclusion: { mean_ms: 60_000, pending_max: 200 } }, 1, 1000)

function day(keepers: readonly Keeper[], more: Parameters<typeof auction_day>[1] = {}) {
  const { snapshot, scenario } = auction_day(keepers, more)
  const world = build(snapshot, scenario)
  const result = run(world, { debug: true })
  expect(result.laws.broken).toEqual([])
  expect(result.status).toBe('done')
  const takes = rows(world, 'take')
  const lots = takes.reduce((sum, { amount }) => sum + amount, 0)
  const for_nothing = takes.filter(({ price }) => price < 0.01).reduce((sum, { amount }) => sum + amount, 0)
  const [figures] = venue_figures(world.parts.log, world.view())
  return {
    world,
    hash: result.log_hash,
    takes,
    zero_share: lots > 0 ? for_nothing / lots : 0,
    figures: figures as NonNullable<typeof figures>,
  }
}

function rows(world: World, kind: string) {
  const { log } = world.parts
  const c = log.columns
  const out: { actor: string; amount: number; price: number; usd: number; time_ms: number }[] = []
  for (let row = 0; row < log.length; row++)
    if (log.kind(row) === kind)
      out.push({
        actor: world.parts.actor_names[c.actor.data[row] as number] ?? '',
        amount: c.amount.data[row] as number,
        price: c.price.data[row] as number,
        usd: c.usd.data[row] as number,
        time_ms: (c.time_ms.data[row] as number) - Date.UTC(2020, 2, 12),
      })
  return out
}

describe('English auctions with bidders', () => {
  it('in calm gas several keepers bid each other up: little is lost', () => {
    const { takes, zero_share, figures } = day([prompt])
    expect(takes.length).toBeGreaterThan(50)
    expect(zero_share).toBe(0)
    expect(new Set(takes.map(({ actor }) => actor))).toEqual(new Set(['prompt-0', 'prompt-1']))
    expect(figures.bad_debt_usd).toBeLessThan(0.02 * figures.liquidated_usd)
    // Each forced sale is blamed: the victim's column sums to them.
    expect(figures.forced_sales_usd).toBeGreaterThan(0)
  })

  it('a path of gas, one fault a step: scripts that do not escalate hang, and who pays for gas wins for nothing', () => {
    const calm = day([script, shark])
    const spike = day([script, shark], {
      gas: PATH,
    })
    expect(calm.zero_share).toBeLessThan(0.05)
    expect(spike.zero_share).toBeGreaterThan(0.2)
    expect(spike.figures.bad_debt_usd).toBeGreaterThan(10 * calm.figures.bad_debt_usd)
    const before = calm.takes.filter(({ actor }) => actor.startsWith('script')).length
    const during = spike.takes.filter(({ actor }) => actor.startsWith('script')).length
    expect(during).toBeLessThan(before / 2)
    // Gas that falls again lets the scripts back in.
    expect(spike.takes.some(({ actor, time_ms }) => actor.startsWith('script') && time_ms > CALM_AGAIN_H * HOUR)).toBe(true)
  })

  it('the same scripts with their gas raised keep bidding through the same path', () => {
    const wiser = keeper('wiser', { gas_max_usd: 500, inclusion: { mean_ms: 30_000, escalates: true, pending_max: 20 } })
    const { zero_share } = day([wiser, shark], {
      gas: PATH,
    })
    expect(zero_share).toBeLessThan(0.2)
  })

  it('who is out of DAI bids no more until he has sold or been outbid', () => {
    const poor = keeper('poor', { margin: 0.05, inventory: { into: 'DAI', max_usd: 1e7, sell_usd_per_hour: 5000 } }, 1, 20_000)
    const { world, takes } = day([poor])
    const paid = takes.reduce((sum, { usd }) => sum + usd, 0)
    const received = rows(world, 'fill')
      .filter(({ actor }) => actor === 'poor-0')
      .reduce((sum, { usd }) => sum + usd, 0)
    expect(takes.length).toBeGreaterThan(0)
    expect(paid).toBeLessThanOrEqual(20_000 + received)
    expect(world.ledger.balance(world.parts.actor_names.indexOf('poor-0'), 0)).toBeGreaterThanOrEqual(0)
    const sold = infection_list(world.parts.log, world.view()).filter(({ to }) => to === 'flip')
    const [figures] = venue_figures(world.parts.log, world.view())
    expect(sold.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(figures?.forced_sales_usd as number, 4)
  })

  it('gives the same log after reset, lots, transactions and all', () => {
    const { snapshot, scenario } = auction_day([
      script,
      shark,
      keeper('slow', { inventory: { into: 'DAI', max_usd: 1e6, sell_usd_per_hour: 1e5 } }),
    ])
    const world = build(snapshot, scenario)
    const { log_hash } = run(world)
    world.reset()
    expect(run(world).log_hash).toBe(log_hash)
  })

  it('a keeper whose bids never land shifts nobody else’s: draws are keyed', () => {
    const idle = keeper('idle', { margin: 0.9, gas_max_usd: 0.5, inclusion: { mean_ms: 1 } })
    expect(day([script, idle]).takes).toEqual(day([script]).takes)
  })
})

describe('any keepers, any gas', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    '%i: laws hold, nobody pays what he has not got, nobody acts above his limit, reset is fresh',
    (seed) => {
      const rng = new Rng(seed, 0, 'keepers', 0)
      const u = (low: number, high: number) => low + (high - low) * rng.uniform()
      const any = (id: string): Keeper => {
        const limit = u(1, 60)
        const inclusion = {
          ...{ mean_ms: Math.round(u(1, 300_000)), power: u(0, 3), floor: 1, premium: u(0, 0.5), escalates: rng.uniform() < 0.5 },
          ...{ pending_max: 1 + rng.uniformInt(20), drop_ms: Math.round(u(0, 1e7)), recheck_ms: Math.round(u(1000, 300_000)) },
          ...(rng.uniform() < 0.3 ? { gas_bid_usd: u(0.5, 20) } : {}),
        }
        const inventory = { into: 'DAI', max_usd: u(1000, 1e6), sell_usd_per_hour: u(0, 1e6), slippage_max: u(0, 0.1) }
        const style = ['value', 'least', 'first'][rng.uniformInt(3)]
        const spec = {
          ...{
            style,
            margin: u(0, 0.4),
            noise: u(0, 0.1),
            gas_max_usd: limit,
            stake_max_usd: u(1000, 2e6),
            starts_max: rng.uniformInt(3),
          },
          ...(rng.uniform() < 0.7 ? { inclusion } : {}),
          ...(rng.uniform() < 0.4 ? { inventory } : {}),
        }
        return keeper(id, spec, 1 + rng.uniformInt(3), u(0, 200_000))
      }
      const keepers = ['a', 'b', 'c'].map(any)
      const gas = gas_path(Array.from({ length: 8 }, (_, k) => [k / 2, Math.exp(u(0, 4))] as const))
      const { snapshot, scenario } = auction_day(keepers, { gas })
      const world = build(snapshot, scenario)
      const { log } = world.parts
      let seen = 0
      const above: string[] = []
      const result = run(world, {
        debug: true,
        on_tick: () => {
          for (; seen < log.length; seen++) {
            const name = world.parts.actor_names[log.columns.actor.data[seen] as number] ?? ''
            const bids = log.kind(seen) === 'transfer' && log.columns.venue.data[seen] === 0
            const one = keepers.find(({ spec }) => name.startsWith(`${spec.id}-`))
            // The floor is all of the going gas here: who lands pays at least that, and at most his limit.
            if (bids && one !== undefined && !(world.gas_usd <= (one.spec['gas_max_usd'] as number) * (1 + 1e-12)))
              above.push(`${name} at ${world.gas_usd}`)
          }
          return undefined
        },
      })
      expect({ status: result.status, broken: result.laws.broken, above }).toEqual({ status: 'done', broken: [], above: [] })
      for (let actor = 2; actor < world.parts.actor_names.length; actor++)
        for (const asset of [0, 1]) expect(world.ledger.balance(actor, asset)).toBeGreaterThanOrEqual(0)
      world.reset()
      expect(run(world).log_hash).toBe(result.log_hash)
    },
  )
})

describe('what nobody takes at a profit', () => {
  it('stays at auction, and is lost when it is sold for nothing', () => {
    const nobody = day([], { gas_usd: 1e5 })
    expect(nobody.takes).toEqual([])
    // 120 a unit against debts of 200 ÷ 1.52 … 2.1 a unit: the lots no longer cover them.
    expect(nobody.figures.shortfall_usd).toBeGreaterThan(10_000)
    const dear = day([prompt], { gas_usd: 1e5 })
    expect(dear.takes).toEqual([])
    expect(dear.figures.shortfall_usd).toBe(nobody.figures.shortfall_usd)
    const sold = day([keeper('shark', { style: 'least' }, 1, 1)])
    expect(sold.zero_share).toBe(1)
    expect(sold.figures.bad_debt_usd).toBeGreaterThan(nobody.figures.shortfall_usd)
  })

  it('at a lender stays below its threshold and under water', () => {
    const at = (gas_usd: number) => {
      const scenario = {
        ...crash(1),
        gas_usd,
        without: ['venue:binance'],
        drivers: [
          { kind: 'shock', id: 's', correlated: true, shocks: [{ asset: 'ETH', change: -0.6, over_ms: HOUR / 2, at_ms: 0 }] },
        ],
      }
      const world = build(small_market(100), scenario)
      expect(run(world).laws.broken).toEqual([])
      const lender = world.parts.venues.findIndex(({ kind }) => kind === 'aave-v3')
      return venue_figures(world.parts.log, world.view())[lender]
    }
    const [cheap, dear] = [at(30), at(1e9)]
    expect(cheap?.liquidations).toBeGreaterThan(5)
    expect(dear?.liquidations).toBe(0)
    expect(dear?.liquidated_usd).toBe(0)
    expect(dear?.shortfall_usd).toBeGreaterThan(1e6)
  })
})
