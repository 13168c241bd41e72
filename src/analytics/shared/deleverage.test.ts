import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deleverage, type Holders, impact_of_units, impact_of_value, type LeverageRule } from './deleverage.ts'

const amount = (max: number) => fc.double({ min: 0, max, noNaN: true })
const holder = fc.record({
  cash: amount(10),
  illiquid: amount(100),
  equity: amount(12),
  units: fc.tuple(amount(50), amount(50), amount(50)),
})
type Holder = typeof holder extends fc.Arbitrary<infer T> ? T : never
const crowd = fc.array(holder, { minLength: 1, maxLength: 8 })
const RULE: LeverageRule = { minimum: 0.03, buffer: 0.04, target: 0.05 }
const rules = fc.constantFrom<LeverageRule>(RULE, { ...RULE, buffer: 1 }, { minimum: -1, buffer: 0.1, target: 0.2 })
const START = [1, 1, 1]

function holders_of(list: readonly Holder[]): Holders {
  const assets = list.map((one) => one.cash + one.illiquid + one.units[0] + one.units[1] + one.units[2])
  return {
    cash: list.map((one) => one.cash),
    illiquid: list.map((one) => one.illiquid),
    debt: list.map((one, i) => Math.max(0, (assets[i] as number) - one.equity)),
    units: list.map((one) => one.units),
  }
}

const depth = [40, 90, 300]

describe('deleveraging in rounds', () => {
  it('the order of holders changes no bit', () => {
    fc.assert(
      fc.property(crowd, rules, amount(0.5), fc.infiniteStream(fc.nat()), (list, rule, fall, noise) => {
        const keys = list.map(() => noise.next().value as number)
        const order = [...list.keys()].sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b)
        const price = [1 - fall, 1, 1]
        const plain = deleverage(holders_of(list), price, impact_of_units(depth), rule)
        const turned = deleverage(holders_of(order.map((i) => list[i] as Holder)), price, impact_of_units(depth), rule)
        expect([...turned.price]).toEqual([...plain.price])
        expect([...turned.equity]).toEqual(order.map((i) => plain.equity[i]))
        expect([...turned.failed]).toEqual(order.map((i) => plain.failed[i]))
        expect(turned.sold).toEqual(order.map((i) => plain.sold[i]))
      }),
      { numRuns: 300 },
    )
  })

  it('prices never rise, nobody sells what he has not got, who fails has sold all, who does not is at no loss but by prices', () => {
    fc.assert(
      fc.property(crowd, rules, amount(0.5), (list, rule, fall) => {
        const holders = holders_of(list)
        const price = [1 - fall, 1, 1]
        const got = deleverage(holders, price, impact_of_units(depth), rule)
        got.price.forEach((end, k) => {
          expect(end).toBeLessThanOrEqual(price[k] as number)
          expect(end).toBeGreaterThan(0)
        })
        list.forEach((one, i) => {
          const before = one.cash + one.illiquid + one.units.reduce((sum, u, k) => sum + u * (price[k] as number), 0)
          const lost = before - (holders.debt[i] as number) - (got.equity[i] as number)
          // Between nothing and the whole fall of the price of all he held.
          const most = one.units.reduce((sum, u, k) => sum + u * ((price[k] as number) - (got.price[k] as number)), 0)
          expect(lost).toBeGreaterThan(-1e-9)
          expect(lost).toBeLessThan(most + 1e-9)
          one.units.forEach((held, k) => {
            const sold = (got.sold[i] as Float64Array)[k] as number
            expect(sold).toBeLessThanOrEqual(held * (1 + 1e-12))
            if ((got.failed[i] as number) >= 0) expect(sold).toBeCloseTo(held, 9)
          })
        })
      }),
      { numRuns: 300 },
    )
  })

  it('nobody sells above the buffer, and without impact a seller ends at his target with the equity he had', () => {
    const none = () => 1
    fc.assert(
      fc.property(crowd, rules, (list, rule) => {
        const holders = holders_of(list)
        const got = deleverage(holders, START, none, rule)
        list.forEach((one, i) => {
          const assets = one.cash + one.illiquid + one.units[0] + one.units[1] + one.units[2]
          const equity = assets - (holders.debt[i] as number)
          const sold = (got.sold[i] as Float64Array).reduce((sum, units) => sum + units, 0)
          expect(got.equity[i]).toBeCloseTo(equity, 9)
          if (equity >= rule.buffer * assets) expect(sold).toBe(0)
          else if (equity >= rule.minimum * assets) {
            const need = Math.max(0, assets - equity / rule.target - one.cash)
            expect(sold).toBeCloseTo(Math.min(need, one.units[0] + one.units[1] + one.units[2]), 9)
          }
        })
      }),
      { numRuns: 300 },
    )
  })

  it('a holder split in two of the same leverage does what one does', () => {
    fc.assert(
      fc.property(crowd, amount(0.5), (list, fall) => {
        const half = ({ cash, illiquid, equity, units: [a, b, c] }: Holder): Holder => {
          return { cash: cash / 2, illiquid: illiquid / 2, equity: equity / 2, units: [a / 2, b / 2, c / 2] }
        }
        const [first, ...rest] = list as [Holder, ...Holder[]]
        const run = (of: readonly Holder[]) => deleverage(holders_of(of), [1 - fall, 1, 1], impact_of_units(depth), RULE)
        const [one, two] = [run(list), run([half(first), half(first), ...rest])]
        // Halves are exact; a sum in another order is not, and may leave someone on the other side of a threshold.
        fc.pre([...one.failed].slice(1).join() === [...two.failed].slice(2).join())
        one.price.forEach((price, k) => {
          expect(two.price[k]).toBeCloseTo(price, 9)
        })
      }),
      { numRuns: 200 },
    )
  })

  it('more than a threshold away, holders of the same assets do not infect each other; with targets they do', () => {
    const list: Holder[] = [
      { cash: 0, illiquid: 50, equity: 4.2, units: [50, 0, 0] },
      { cash: 0, illiquid: 50, equity: 20, units: [50, 0, 0] },
    ]
    const price = [0.98, 1, 1]
    const deep = impact_of_units([2000, 1, 1])
    const first = deleverage(holders_of(list), price, deep, RULE)
    expect(first.sold.map(([x]) => (x as number) > 0)).toEqual([true, false])
    const both = deleverage(holders_of(list), price, deep, { ...RULE, buffer: 1, target: 0.2 })
    expect(both.sold.map(([x]) => (x as number) > 0)).toEqual([true, true])
  })

  it('who has nothing left to sell and is below the buffer is stuck, not failed', () => {
    const got = deleverage({ cash: [0], illiquid: [100], debt: [96.5], units: [[0]] }, [1], impact_of_value([1]), RULE)
    expect(got.stuck).toEqual([true])
    expect([...got.failed]).toEqual([-1])
  })
})
