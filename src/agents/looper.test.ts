import { describe, expect, it } from 'vitest'
import { type Statement, Statement as Made } from '../model/index.ts'
import { depeg, HOUR, live, type Setting, STETH, ETH } from '../../test/support/owner-world.ts'
import { carry_of } from './looper.ts'

const agent = (fields: object = {}) => ({
  kind: 'looper',
  id: 'looper',
  markets: ['STETH-USD', 'ETH-USD'],
  yields: { STETH: 0.03 },
  slip_sigma: 0,
  ...fields,
})
/** 1,000 STETH against 700 ETH: own money 300, leverage 3.3, health 1.21. */
const loan = { collateral: { STETH: 1_000 }, debt: { ETH: 700 } }
const play = (fields: object, more: Partial<Setting> = {}) => live({ agent: agent(fields), loan, hours: 6, ...more })

const owed = ({ world }: ReturnType<typeof live>): number => {
  const out = new Made()
  world.venue(0).statement(0, out)
  const leg = out.asset.slice(0, out.count).indexOf(ETH)
  return leg < 0 ? 0 : (out.quantity[leg] as number)
}

describe('carry', () => {
  it('is what own money earns: (3 % · 1,000 − 2.5 % · 700) ÷ 300', () => {
    const statement: Statement = new Made()
    statement.add(1, 0, 0, STETH, -1, 1_000, 0.85, 1)
    statement.add(-1, 1, 1, ETH, -1, 700, 1, 1)
    expect(carry_of(statement, (leg) => (leg === 0 ? 0.03 : 0.025))).toBeCloseTo((30 - 17.5) / 300, 12)
  })
})

describe('looper', () => {
  it('stays as long as peg and carry hold', () => {
    const { result, sales } = play({ yields: { STETH: 0.08 } })
    expect(result.laws.broken).toEqual([])
    expect(sales).toEqual([])
  })

  it('leaves when the peg slips past what it bears, in steps, out of the loan itself', () => {
    const one = play({ yields: { STETH: 0.08 }, slip_max: 0.02 }, { faults: [depeg('STETH', 0.96, { from_ms: HOUR })] })
    expect(one.result.laws.broken).toEqual([])
    expect(Math.min(...one.sales.map(({ minute }) => minute))).toBeGreaterThanOrEqual(60)
    expect(one.sales.filter(({ market, side }) => market === 'STETH-USD' && side === -1).length).toBeGreaterThanOrEqual(4)
    expect(owed(one)).toBeLessThan(1)
    // By its own will, so no venue's forced sales.
    expect(one.sales.every(({ sold }) => sold === 0)).toBe(true)
  })

  it('bears a smaller slip', () => {
    expect(play({ yields: { STETH: 0.08 }, slip_max: 0.05 }, { faults: [depeg('STETH', 0.97)] }).sales).toEqual([])
  })

  it('leaves when the carry has been too low for long enough, and not before', () => {
    const dear = [
      { kind: 'parameter', target: 'venue:lend', field: 'ETH.base_rate', value: 0.5, from_ms: HOUR, to_ms: 1e12 },
    ] as const
    const one = play({ patience_ms: 2 * HOUR }, { faults: dear })
    expect(one.result.laws.broken).toEqual([])
    // dear from minute 60, looked at every ten, patient for two hours
    expect(Math.min(...one.sales.map(({ minute }) => minute))).toBeGreaterThanOrEqual(180)
    expect(owed(one)).toBeLessThan(700)
    const back = [{ ...dear[0], to_ms: 2 * HOUR }] as const
    expect(play({ yields: { STETH: 0.08 }, patience_ms: 2 * HOUR }, { faults: back }).sales).toEqual([])
  })

  it('called, sells as much as brings its health back: a sale of the lender’s', () => {
    const fields = { yields: { STETH: 0.08 }, slip_max: 0.9, health: 1.1, health_target: 1.15 }
    const one = play(fields, { faults: [depeg('STETH', 0.9)] })
    expect(one.result.laws.broken).toEqual([])
    const forced = one.sales.filter(({ sold }) => sold > 0)
    expect(forced.length).toBeGreaterThan(0)
    expect(forced.every(({ victim, cause }) => victim === 0 && one.world.parts.log.kind(cause) === 'call')).toBe(true)
    const { venue } = { venue: one.world.venue(0) }
    expect(venue.health(0, venue.prices)).toBeCloseTo(1.15, 2)
  })

  it('waits where the book is too thin for what it would lose', () => {
    const faults = [depeg('STETH', 0.96)]
    const { sales } = play({ yields: { STETH: 0.08 }, slippage_max: 0.01 }, { faults, depth: { STETH: 1_000 } })
    expect(sales).toEqual([])
  })
})
