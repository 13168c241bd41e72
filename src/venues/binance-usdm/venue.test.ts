import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowList, sweep } from '../../margin/index.ts'
import { InputError, Statement } from '../../model/index.ts'
import { PerpWorld, type Row, USDT } from '../../../test/support/perp-world.ts'

const long = (quantity: number, entry: number, wallet: number): Row => ({ wallet, held: [[0, quantity, entry]] })
const ISOLATED: Row = { isolated: true, wallet: 20_000, held: [[0, 10, 100_000]] }

/** A population around its thresholds, deterministic. */
function crowd(n: number): Row[] {
  return Array.from({ length: n }, (_, i): Row => {
    const side = i % 3 === 0 ? -1 : 1
    const quantity = side * (0.1 + ((i * 37) % 101) / 4)
    const entry = 95_000 + ((i * 53) % 97) * 100
    const margin = (Math.abs(quantity) * entry) / (8 + ((i * 17) % 40))
    const second = i % 4 === 1 ? [[1, -side * (1 + (i % 7)), 2900 + (i % 11) * 20] as const] : []
    return { owner: i % 2, isolated: i % 4 === 2, wallet: margin, held: [[0, quantity, entry], ...second] }
  })
}

const bids = (w: PerpWorld) => {
  for (let k = 1; k <= 5; k++) {
    w.books[0]?.rest(1, 100_000 * (1 - 0.01 * k), 3 * k)
    w.books[0]?.rest(-1, 100_000 * (1 + 0.01 * k), 3 * k)
    w.books[1]?.rest(1, 3000 * (1 - 0.01 * k), 40 * k)
    w.books[1]?.rest(-1, 3000 * (1 + 0.01 * k), 40 * k)
  }
}

/** A fall and a rebound with liquidations, takeovers and ADL. */
function live(w: PerpWorld): void {
  bids(w)
  for (const factor of [0.99, 0.975, 0.96, 0.93, 0.9, 0.94, 1.02]) {
    w.price(0, 100_000 * factor)
    w.price(1, 3000 * factor)
    w.tick()
    w.settle()
    expect(w.broken()).toEqual([])
  }
}

const TWO = { prices: [100_000, 3000], fund: 100_000 }

describe('opening', () => {
  const open =
    (spec: Record<string, unknown>, rows: readonly Row[] = [long(1, 100, 5)]) =>
    () =>
      new PerpWorld(rows, { spec })
  const tier = (list: unknown[]) => ({ contracts: [{ market: 'BTC-PERP', tiers: list, index: 'x' }] })

  it.each([
    ['an unknown collateral', { collateral: 'EUR' }, 'collateral'],
    ['a market that settles elsewhere or is not there', { contracts: [{ market: 'X', tiers: [], index: 'x' }] }, 'contracts'],
    ['a first floor above 0', tier([{ floor: 5, rate: 0.01 }]), 'floor'],
    [
      'floors that do not ascend',
      tier([
        { floor: 0, rate: 0.01 },
        { floor: 0, rate: 0.02 },
      ]),
      'floor',
    ],
    [
      'rates that fall',
      tier([
        { floor: 0, rate: 0.02 },
        { floor: 9, rate: 0.01 },
      ]),
      'rate',
    ],
    ['an unknown index', tier([{ floor: 0, rate: 0.01 }]), 'index'],
    ['an unknown field', { leverage: 3 }, 'leverage'],
    ['a negative fund', { fund: -1 }, 'fund'],
  ])('refuses %s', (_what, spec, field) => {
    expect(open(spec)).toThrow(InputError)
    expect(open(spec)).toThrow(field)
  })

  it.each<[string, readonly Row[], string]>([
    ['an isolated account without a position', [{ isolated: true, wallet: 1 }], 'isolated'],
    ['a negative wallet', [{ wallet: -1 }], 'wallet'],
    ['no number', [{ wallet: Number.NaN }], 'wallet'],
    ['an owner who is not there', [{ owner: 2, wallet: 1 }], 'owner'],
    ['an empty position', [long(0, 100, 1)], 'quantity'],
    ['a position without a price', [long(1, 0, 1)], 'entry'],
    ['a contract that is not there', [{ wallet: 1, held: [[3, 1, 1]] }], 'contract'],
    [
      'two positions in one contract',
      [
        {
          wallet: 1,
          held: [
            [0, 1, 1],
            [0, 1, 1],
          ],
        },
      ],
      'contract',
    ],
  ])('refuses %s', (_what, rows, field) => {
    expect(() => new PerpWorld(rows)).toThrow(InputError)
    expect(() => new PerpWorld(rows)).toThrow(field)
  })

  it('works without accounts, for hours', () => {
    const w = new PerpWorld([], TWO)
    for (let hour = 0; hour < 10; hour++) {
      w.price(0, 100_000 / (hour + 1))
      w.tick(3_600_000)
      expect(w.settle()).toBe(0)
    }
    expect(w.venue.below().count).toBe(0)
    expect([w.venue.rows, w.venue.outside, w.venue.shortfall_usd(), w.venue.fund_usd()]).toEqual([2, 0, 0, 100_000])
    expect(w.broken()).toEqual([])
  })

  it('outside holds the other side of what is modelled, without margin', () => {
    const w = new PerpWorld([long(2, 90_000, 50_000), long(-0.5, 110_000, 50_000)])
    expect(w.quantity(w.venue.outside)).toBe(-1.5)
    expect(w.venue.health(w.venue.outside, w.venue.prices)).toBe(Infinity)
    expect(w.venue.owner(w.venue.outside)).toBe(-1)
    w.price(0, 1e6)
    w.tick()
    expect(w.venue.below().rows.slice(0, w.venue.below().count)).toEqual(Int32Array.of(1))
    expect(w.broken()).toEqual([])
  })
})

describe('as a component', () => {
  it('a statement obeys the law: its legs give the health', () => {
    const w = new PerpWorld(crowd(40), TWO)
    w.price(0, 97_000)
    w.tick()
    for (let row = 0; row < 40; row++) {
      const st = new Statement()
      st.clear()
      w.venue.statement(row, st)
      let [assets, debts] = [0, 0]
      for (let i = 0; i < st.count; i++) {
        const value = (st.quantity[i] as number) * (st.weight[i] as number) * (st.price[i] as number)
        if (st.side[i] === 1) assets += value
        else debts += value
      }
      expect(assets / debts).toBeCloseTo(w.venue.health(row, w.venue.prices), 9)
    }
  })

  it('reports whom a sweep reports, after every step of a life', () => {
    const w = new PerpWorld(crowd(120), TWO)
    for (let row = 0; row < 120; row += 5) w.venue.watch(row, 1 + (row % 7) / 100)
    const compare = () => {
      const found = w.venue.below()
      const expected = new RowList()
      const accounts = { strict: false, health: (row: number, p: Float64Array) => w.venue.health(row, p), bound: () => undefined }
      const level = Float64Array.from({ length: 122 }, (_, row) => w.venue.level(row))
      sweep(accounts, w.venue.prices, level, 122, expected)
      expect([...found.rows.subarray(0, found.count)]).toEqual([...expected.data.subarray(0, expected.length)])
      return found.count
    }
    bids(w)
    let most = 0
    for (let step = 0; step < 40; step++) {
      w.price(0, 100_000 * (1 - 0.004 * step + 0.01 * ((step * 7) % 3)))
      w.price(1, 3000 * (1 + 0.003 * ((step * 5) % 7)))
      w.tick(step % 10 === 9 ? 28_800_000 : 60_000)
      most = Math.max(most, compare())
      for (let round = 0; round < 4; round++) {
        w.round()
        compare()
      }
    }
    expect(most).toBeGreaterThan(3)
  })

  it('a refused bundle leaves no trace: state, log, table lengths', () => {
    const w = new PerpWorld([...crowd(8), ISOLATED], TWO)
    bids(w)
    w.price(0, 97_000)
    w.tick()
    w.venue.below()
    const { store } = w.world.parts
    const before = store.hash()
    const venue = { market: 0, account: 8 }
    expect(
      w.bundle(
        ['deposit', { account: 0, actor: 1, asset: USDT, amount: 500 }],
        ['order', { market: 0, account: 0, side: -1, amount: 0.1 }],
        ['reduce', { ...venue, plan: 0 }],
        ['order', { ...venue, side: -1, amount: 10, limit: 90_000, sold: 'reduced', victim: 0 }],
        ['withdraw', { account: 0, actor: 1, asset: USDT, amount: 1e9 }],
      ),
    ).toBe(false)
    expect(store.hash()).toBe(before)
    expect(w.broken()).toEqual([])
    // the exchange's own: a takeover whose position the winner cannot take
    w.bundle(['reduce', { ...venue, plan: 0 }])
    const flagged = store.hash()
    const taken = ['takeover', { ...venue, amount: 10, plan: 1 }] as const
    expect(w.bundle(taken, ['deleverage', { market: 0, account: 0, amount: 10, offer: -1 }])).toBe(false)
    expect(store.hash()).toBe(flagged)
    expect(w.bundle(taken, ['deleverage', { market: 0, account: w.venue.outside, amount: 10, offer: -1 }])).toBe(true)
    expect(w.broken()).toEqual([])
  })

  it('reset brings everything back, however far tables grew', () => {
    const w = new PerpWorld(crowd(80), TWO)
    const { store, log } = w.world.parts
    const opening = store.hash()
    const play = () => {
      live(w)
      return log.hash()
    }
    const first = play()
    expect(w.rows('takeover').length).toBeGreaterThan(5)
    expect(w.rows('deleverage').length).toBeGreaterThan(5)
    w.world.reset()
    w.dials.forEach((dial) => {
      dial[0] = dial[1] as number
    })
    expect(store.hash()).toBe(opening)
    expect(play()).toBe(first)
  })

  it('does not care in which order accounts are listed', () => {
    const rows = crowd(24)
    const end = (list: readonly Row[]) => {
      const w = new PerpWorld(list, TWO)
      live(w)
      return { w, cash: list.map((_, row) => w.cash(row)), held: list.map((_, row) => w.quantity(row)) }
    }
    const plain = end(rows)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          rows.map((_, i) => i),
          { minLength: rows.length },
        ),
        (order) => {
          const mixed = end(order.map((i) => rows[i] as Row))
          order.forEach((i, at) => {
            expect(mixed.cash[at]).toBeCloseTo(plain.cash[i] as number, 4)
            expect(mixed.held[at]).toBeCloseTo(plain.held[i] as number, 9)
          })
          expect(mixed.w.fund()).toBeCloseTo(plain.w.fund(), 4)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('holds an account with one position in 100 bytes, index and all', () => {
    const rows = Array.from({ length: 20_000 }, (_, i): Row => long(i % 2 === 0 ? 1 : -1, 100_000, 10_000 + i))
    const w = new PerpWorld(rows)
    w.venue.below()
    const tables = (
      w.world.parts.store as unknown as { tables: { name: string; columns: Record<string, { data: Uint8Array }> }[] }
    ).tables
    let bytes = 0
    for (const table of tables)
      if (table.name.startsWith('bn.')) for (const column of Object.values(table.columns)) bytes += column.data.byteLength
    expect(bytes / rows.length).toBeLessThanOrEqual(100)
  })
})
