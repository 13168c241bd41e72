import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, Pool } from '../../../test/support/agent-world.ts'
import { Actions } from '../../model/index.ts'
import { mid_rate, open, Plans, type Route, Routes, sell_along } from './routes.ts'
import { falling_root } from './search.ts'

function world() {
  return new AgentWorld({ USD: 1, ETH: 2000, STETH: 1990, DAI: 1 }, [
    { id: 'ETH-USD', base: 'ETH', quote: 'USD', book: new Pool(1000, 2_000_000) },
    { id: 'STETH-ETH', base: 'STETH', quote: 'ETH', book: new Flat(0.995) },
    { id: 'DAI-USD', base: 'DAI', quote: 'USD', book: new Flat(1) },
    { id: 'ETH-USD-2', base: 'ETH', quote: 'USD', book: new Pool(100, 200_500) },
    { id: 'ETH-PERP', base: 'ETH', quote: 'USD', book: new Flat(2000), settles: 0 },
  ])
}
const spot = ['ETH-USD', 'STETH-ETH', 'DAI-USD', 'ETH-USD-2']
const names = (routes: readonly Route[]) =>
  routes.map((route) => route.map((hop) => `${hop.halt.slice(7)}${hop.side > 0 ? '+' : '-'}`).join(' '))

describe('routes', () => {
  it('go over one market or two, in either direction', () => {
    const w = world()
    const routes = new Routes(w.builder('a', [1]), spot, 'markets')
    expect(names(routes.between(w.asset('ETH'), w.asset('USD')))).toEqual(['ETH-USD-', 'ETH-USD-2-'])
    expect(names(routes.between(w.asset('STETH'), w.asset('USD')))).toEqual(['STETH-ETH- ETH-USD-', 'STETH-ETH- ETH-USD-2-'])
    expect(names(routes.between(w.asset('ETH'), w.asset('DAI')))).toEqual(['ETH-USD- DAI-USD+', 'ETH-USD-2- DAI-USD+'])
    expect(names(routes.between(w.asset('USD'), w.asset('DAI')))).toEqual(['DAI-USD+'])
    expect(routes.between(w.asset('STETH'), w.asset('DAI'))).toEqual([])
    expect(routes.between(w.asset('USD'), w.asset('USD'))).toEqual([[]])
    expect(new Set(routes.into(w.asset('DAI')))).toEqual(new Set([w.asset('USD'), w.asset('ETH')]))
  })

  it('do not go over contracts', () => {
    expect(() => new Routes(world().builder('a', [1]), ['ETH-PERP'], 'markets')).toThrow(/markets\[0\].*spot market/)
  })

  it('are closed by a halted market', () => {
    const w = world()
    const routes = new Routes(w.builder('a', [1]), spot, 'markets').between(w.asset('STETH'), w.asset('USD'))
    expect(routes.map((route) => open(w.view, route))).toEqual([true, true])
    w.halted.add('market:ETH-USD')
    expect(routes.map((route) => open(w.view, route))).toEqual([false, true])
  })

  it('turn into orders that pass on what they received; what was sold is forced where it first meets a market', () => {
    const w = world()
    const route = new Routes(w.builder('a', [1]), spot, 'markets').between(w.asset('ETH'), w.asset('DAI'))[0] as Route
    const out = new Actions()
    out.bundle(0, 0)
    expect(sell_along(out, route, { amount: 3 }, { actor: 1, sold: 'called', victim: 2 }, [1900])).toBe(1)
    const [first, second] = out.list
    expect([first?.side, first?.exact, first?.amount, first?.of, first?.limit, first?.sold, first?.victim]).toEqual([
      -1,
      'base',
      3,
      -1,
      1900,
      'called',
      2,
    ])
    expect([second?.side, second?.exact, second?.of, second?.limit, second?.sold, second?.victim]).toEqual([
      1,
      'quote',
      0,
      0,
      'free',
      -1,
    ])
  })
})

describe('plans of a round', () => {
  it('count on what earlier orders of the round leave', () => {
    const w = world()
    const plans = new Plans(4)
    const route = new Routes(w.builder('a', [1]), ['ETH-USD'], 'markets').between(w.asset('ETH'), w.asset('USD'))[0] as Route
    // 2e6 · d ÷ (1000 + d): 10 → 19801.980, 20 → 39215.686, so the second ten give 19413.706.
    expect(plans.plan(w.view, route, 10, 1)[0]).toBeCloseTo(19_801.980198, 6)
    expect(plans.out(w.view, route, 10, 1)).toBeCloseTo(19_413.706076, 6)
    plans.clear()
    expect(plans.out(w.view, route, 10, 1)).toBeCloseTo(19_801.980198, 6)
  })

  it('take the route that gives most for the amount', () => {
    const w = world()
    const plans = new Plans(4)
    const routes = new Routes(w.builder('a', [1]), spot, 'markets').between(w.asset('ETH'), w.asset('USD'))
    // The small pool pays 2005 at first: 200500 · 0.1 ÷ 100.1 = 200.30 against 199.98; for 10 it pays 18227 against 19802.
    expect(plans.best(w.view, routes, 0.1, 1)).toBe(routes[1])
    expect(plans.best(w.view, routes, 10, 1)).toBe(routes[0])
  })

  it('find what must be sold for an amount wanted', () => {
    const w = world()
    const plans = new Plans(4)
    const route = new Routes(w.builder('a', [1]), spot, 'markets').between(w.asset('STETH'), w.asset('USD'))[0] as Route
    expect(mid_rate(w.view, route)).toBeCloseTo(1990, 9)
    // 100000 USD need d = 1000 · 100000 ÷ (2e6 − 100000) = 52.6316 ETH, so 52.6316 ÷ 0.995 STETH.
    expect(plans.input_for(w.view, route, 100_000, 1e9, 1)).toBeCloseTo(1000 / 19 / 0.995, 4)
    expect(plans.input_for(w.view, route, 100_000, 5, 1)).toBe(5)
  })
})

describe('search', () => {
  it('finds where a falling function crosses zero, near or far below the bound', () => {
    expect(falling_root((x) => 9 - x * x, 10)).toBeCloseTo(3, 4)
    expect(falling_root((x) => 1e-4 / (x + 1e-4) - 0.5, 10) / 1e-4).toBeCloseTo(1, 4)
    expect(falling_root((x) => (x < 7 ? 1 : -1), 10)).toBeCloseTo(7, 3)
    expect(falling_root(() => 1, 10)).toBe(10)
    expect(falling_root(() => -1, 10)).toBeLessThan(1e-11)
  })
})
