import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Store } from './store.ts'

const shape = { x: 'f64', k: 'i32', b: 'u8' } as const

describe('store', () => {
  it('undoes whatever was written inside a savepoint, nested or not, growth included', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('set' as const),
        row: fc.nat(40),
        x: fc.double({ noNaN: true }),
        k: fc.integer({ min: -1e9, max: 1e9 }),
      }),
      fc.record({ do: fc.constant('push' as const), x: fc.double({ noNaN: true }) }),
      fc.record({ do: fc.constant('open' as const) }),
      fc.record({ do: fc.constant('commit' as const) }),
      fc.record({ do: fc.constant('rollback' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const store = new Store()
        const table = store.table('t', shape, 3)
        const marks: { mark: readonly [number, number]; hash: string }[] = []
        for (const one of steps) {
          if (one.do === 'set') {
            const row = one.row % table.length
            table.columns.x.set(row, one.x)
            table.columns.k.set(row, one.k)
            table.columns.b.add(row, 1)
          } else if (one.do === 'push') table.columns.x.set(table.push(), one.x)
          else if (one.do === 'open') marks.push({ hash: store.hash(), mark: store.journal.savepoint() })
          else {
            const last = marks.pop()
            if (last === undefined) continue
            if (one.do === 'commit') store.journal.commit(last.mark)
            else {
              store.journal.rollback(last.mark)
              expect(store.hash()).toBe(last.hash)
            }
          }
        }
        while (marks.length > 0) {
          const last = marks.pop()
          if (last === undefined) break
          store.journal.rollback(last.mark)
          expect(store.hash()).toBe(last.hash)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('goes back to the sealed image, lengths included, however much tables grew', () => {
    const store = new Store()
    const table = store.table('t', shape, 2)
    table.columns.x.data.set([1.5, -2])
    store.seal()
    const sealed = store.hash()
    for (let i = 0; i < 100; i++) table.columns.x.set(table.push(), i)
    table.columns.x.set(0, 9)
    expect(store.hash()).not.toBe(sealed)
    store.reset()
    expect(store.hash()).toBe(sealed)
    expect(table.length).toBe(2)
    // A row added after reset starts at zero, whatever stood there before.
    expect(table.columns.x.data[table.push()]).toBe(0)
  })

  it('selects by prefix, and refuses a name twice, reset inside a savepoint and a rollback without one', () => {
    const store = new Store()
    const [a, b] = [store.table('a.t', shape, 1), store.table('b.t', shape, 1)]
    const before = store.hash('a.')
    b.columns.k.set(0, 5)
    expect(store.hash('a.')).toBe(before)
    a.columns.k.set(0, 5)
    expect(store.hash('a.')).not.toBe(before)
    expect(() => store.table('a.t', shape)).toThrow('twice')
    const mark = store.journal.savepoint()
    expect(() => store.reset()).toThrow('savepoint')
    store.journal.commit(mark)
    expect(() => store.journal.rollback(mark)).toThrow('without a savepoint')
  })
})
