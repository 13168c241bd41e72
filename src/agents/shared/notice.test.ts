import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type Legs } from '../../../test/support/agent-world.ts'
import type { Action, Agent } from '../../model/index.ts'
import { borrower } from '../borrower.ts'
import { LOOK } from './notice.ts'

const MINUTE = 60_000
/** 10 ETH at 2000 ÷ 1.5 against 10,000: health 1.3333 at the feed. */
const vault: Legs = [
  [1, 'ETH', 10, 1 / 1.5, 2000],
  [-1, 'USD', 10_000, 1, 1],
]
const answers = (answer: 'top_up' | 'ignore', median_ms = 0) => ({
  call: { health: 1.1 },
  target: { health: 1.3 },
  automated_median_ms: median_ms,
  manual_median_ms: median_ms,
  delay_sigma: 0,
  sizes: [{ above_usd: 0, top_up: 0, repay: 0, cut: 0, ignore: 0, automated: 0, [answer]: 1 }],
})

/** The feed stands at 2000 while the market goes where the test says. */
class Delayed extends AgentWorld {
  market_price = 2000
  private waiting: Action[] = []

  constructor() {
    super({ USD: 1, ETH: 2000 }, [{ id: 'ETH-USD', base: 'ETH', quote: 'USD', book: new Flat(2000) }])
    this.own(1, 0, 5, vault)
    this.give(1, 'ETH', 100)
    Object.assign(this.view, {
      feeds: { price: () => 2000, start: () => 2000 },
      usd: (asset: number) => (asset === this.asset('ETH') ? this.market_price : 1),
    })
  }

  /** Five minutes pass: what waits comes back. Returns what the owner does. */
  look(agent: Agent): Action[] {
    const due = this.waits()
    if (this.waiting.length === 0) this.act(agent)
    else {
      this.out.clear()
      this.out.bundle(0, 0)
      for (const { kind, ...fields } of this.waiting) this.out.add(kind, fields)
      this.due(agent, { ...due, ...this.waits() })
    }
    this.time_ms += 5 * MINUTE
    this.waiting = this.out.list.filter(({ kind }) => kind === 'wait')
    return this.out.list.filter(({ kind }) => kind !== 'wait')
  }

  get plans(): number[] {
    return this.waiting.map(({ plan }) => plan)
  }
}

const open = (w: AgentWorld, more: object) => w.open(borrower, { notice: {}, ...more })

describe('owners who look at the market', () => {
  it('see what a delayed oracle does not show yet, and act on it', () => {
    const w = new Delayed()
    const agent = open(w, answers('top_up'))
    expect(w.look(agent)).toEqual([])
    expect(w.plans).toEqual([LOOK.first])
    expect(w.look(agent)).toEqual([])
    expect(w.plans).toEqual([LOOK.armed])
    // 10 · 1700 ÷ 1.5 ÷ 10000 = 1.1333: not yet.
    w.market_price = 1700
    expect(w.look(agent)).toEqual([])
    // 10 · 1600 ÷ 1.5 ÷ 10000 = 1.0667, at the feed still 1.3333. Missing to 1.3 at 1600: 13000 · 1.5 ÷ 1600 − 10 = 2.1875.
    w.market_price = 1600
    const [deposit] = w.look(agent)
    expect(deposit).toMatchObject({ kind: 'deposit', account: 5, actor: 1, asset: w.asset('ETH') })
    expect(deposit?.amount).toBeCloseTo(2.1875, 9)
  })

  it('are not called by the engine as well', () => {
    const w = new Delayed()
    expect(open(w, answers('top_up')).call_level(1.3)).toBe(1)
    expect(w.open(borrower, answers('top_up'), [1], 'called').call_level(1.3)).toBe(1.1)
  })

  it('decide once, and again only after the account has been above the level', () => {
    const w = new Delayed()
    const agent = open(w, answers('ignore'))
    w.look(agent)
    w.look(agent)
    w.market_price = 1600
    for (let k = 0; k < 3; k++) {
      expect(w.look(agent)).toEqual([])
      expect(w.plans).toEqual([LOOK.decided])
    }
    w.market_price = 1900
    w.look(agent)
    expect(w.plans).toEqual([LOOK.armed])
  })

  it('look again before a delayed answer: at a price that has recovered they do nothing', () => {
    const later = (then: number) => {
      const w = new Delayed()
      const agent = open(w, answers('top_up', 1000))
      w.look(agent)
      w.look(agent)
      w.market_price = 1600
      expect(w.look(agent)).toEqual([])
      expect(w.plans).toEqual([0, LOOK.decided])
      w.market_price = then
      return w.look(agent).map(({ kind }) => kind)
    }
    expect(later(1600)).toEqual(['deposit'])
    expect(later(1900)).toEqual([])
  })
})
