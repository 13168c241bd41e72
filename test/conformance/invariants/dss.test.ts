// lending.md §19.1, dss: dai, debt, bad debt and what is at auction, to the last unit, over random histories.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { blankIlk, RAD, RAY, ReferenceMaker, Revert, WAD } from '../../../src/venues/maker/reference.ts'
import { patient } from '../patience.ts'
import { attempt, history, part, type Step, total } from './history.ts'

const USERS = ['ann', 'bob', 'cat'] as const
const HOLDERS = [...USERS, 'keeper', 'vow']
const GIVEN = 1_000n * WAD

function open(): ReferenceMaker {
  const m = new ReferenceMaker()
  const terms = { mat: (RAY * 3n) / 2n, chop: (WAD * 113n) / 100n, chip: WAD / 1000n, tip: 100n * RAD, buf: (RAY * 6n) / 5n }
  const yearly = RAY + RAY / 500_000_000n
  m.addIlk(blankIlk({ ...terms, dust: 500n * RAD, val: 2000n * WAD, duty: yearly, hole: 900_000n * RAD, tail: 5000n }))
  m.addIlk(
    blankIlk({ ...terms, dust: 100n * RAD, val: 30n * WAD, curve: { kind: 'stairstep', cut: (RAY * 99n) / 100n, step: 90n } }),
  )
  m.vow.wait = 20_000n
  for (const i of [0, 1])
    for (const who of USERS) {
      const u = m.addUrn(i, who)
      m.slip(i, who, GIVEN)
      m.frob(u, who, GIVEN / 4n, ((i === 0 ? 2000n : 30n) * GIVEN) / 7n)
    }
  return m
}

/** One call; sizes in thousandths of what there is. @returns nothing: a refusal is as good as anything */
function play(m: ReferenceMaker, { call, who, other, size }: Step): void {
  const user = USERS[who % 3] as string
  const u = (who % 3) + 3 * (other % 2)
  const urn = m.urn(u)
  const sales = [...m.sales.keys()]
  const sale = sales[other % Math.max(1, sales.length)] ?? 0
  const due = [...m.vow.queue.keys()][0] ?? 0n
  const value = (urn.ink * (m.ilk(urn.ilk).val ?? 0n)) / WAD
  const calls: (() => void)[] = [
    () => m.frob(u, user, part(GIVEN, size), 0n),
    () => m.frob(u, user, part(GIVEN, size) / 4n, part(value, size) / 2n),
    () => m.frob(u, user, 0n, part(value, size) / 2n),
    () => m.frob(u, user, 0n, size > 1000 ? -urn.art : -part(urn.art, size)),
    () => m.frob(u, user, -part(urn.ink, size), 0n),
    () => {
      const ilk = m.ilk(urn.ilk)
      ilk.val = size % 50 === 0 ? undefined : part(urn.ilk === 0 ? 2000n * WAD : 30n * WAD, 300 + size)
      m.poke(urn.ilk)
    },
    () => {
      m.now += BigInt(size * 10)
      m.drip(0)
    },
    () => void m.bark(u, 'keeper'),
    () => void m.bark(u, 'keeper'),
    () => void m.take(sale, part(m.sales.get(sale)?.lot ?? 0n, size), RAY * RAY, user),
    () => void m.take(sale, GIVEN, RAY * RAY, user),
    () => m.redo(sale, 'keeper'),
    () => void m.vow.flog(m.now, due),
    () => m.heal(part(m.dai('vow') < m.vow.free ? m.dai('vow') : m.vow.free, size)),
    () => m.move(user, USERS[other % 3] as string, part(m.dai(user), size)),
  ]
  attempt(Revert, calls[call] as () => void)
}

const CALLS = 15
const sums = {
  all: (m: ReferenceMaker) => total(HOLDERS.map((who) => m.dai(who))),
  owed: (m: ReferenceMaker) => total(m.ilks.map(({ Art, rate }) => Art * rate)),
  tabs: (m: ReferenceMaker, i: number) => total([...m.sales.values()].flatMap(({ ilk, tab }) => (ilk === i ? [tab] : []))),
  lots: (m: ReferenceMaker, i: number) => total([...m.sales.values()].flatMap(({ ilk, lot }) => (ilk === i ? [lot] : []))),
  art: (m: ReferenceMaker, i: number) => total(m.urns.flatMap(({ ilk, art }) => (ilk === i ? [art] : []))),
  ink: (m: ReferenceMaker, i: number) => total(m.urns.flatMap(({ ilk, ink }) => (ilk === i ? [ink] : []))),
}

function lawful(m: ReferenceMaker): void {
  expect(m.debt).toBe(sums.all(m))
  expect(m.debt).toBe(sums.owed(m) + m.vice)
  expect(m.vice).toBe(m.vow.sin)
  expect(m.vow.Sin).toBe(total(m.vow.queue.values()))
  expect(m.vow.free >= 0n).toBe(true)
  expect(m.Dirt).toBe(sums.tabs(m, 0) + sums.tabs(m, 1))
  for (const i of [0, 1]) {
    expect(m.ilk(i).dirt).toBe(sums.tabs(m, i))
    expect(m.ilk(i).Art).toBe(sums.art(m, i))
    expect(m.gem(i, 'clip')).toBe(sums.lots(m, i))
    expect(total(USERS.map((who) => m.gem(i, who))) + sums.lots(m, i) + sums.ink(m, i)).toBe(3n * GIVEN)
  }
}

it('dss: all dai is all debt, unbacked debt is the vow’s, what is at auction is the sum of its tabs', () => {
  const seen = { barks: 0, closed: 0 }
  fc.assert(
    fc.property(
      history(CALLS, 6, 120),
      patient((steps) => {
        const m = open()
        const rates = m.ilks.map(({ rate }) => rate)
        for (const step of steps) {
          const before = m.sales.size
          play(m, step)
          if (m.sales.size > before) seen.barks++
          if (m.sales.size < before) seen.closed++
          lawful(m)
        }
        m.ilks.forEach(({ rate }, i) => expect(rate >= (rates[i] as bigint)).toBe(true))
      }),
    ),
    { numRuns: 60 },
  )
  expect(seen.barks).toBeGreaterThan(20)
  expect(seen.closed).toBeGreaterThan(5)
})
