/** The published numbers beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { ReferenceBranch } from './reference.ts'
import { WAD } from './reference-pool.ts'
import { VECTORS } from './vectors.ts'

type Got = Record<string, bigint>

/** `396.9e45` as an integer. */
export function units(text: string): bigint {
  const [mantissa, exponent] = text.split('e')
  const [whole, fraction = ''] = (mantissa as string).split('.')
  return BigInt(`${whole}${fraction}${'0'.repeat(Number(exponent ?? 0) - fraction.length)}`)
}
const wad = (text: string): bigint => units(`${text}e18`)

/** Two troves at 2000, the first liquidated at a price. */
function liquidated(a: readonly [string, string], b: readonly [string, string], rate: bigint, pool: string, price: bigint): Got {
  const m = new ReferenceBranch(wad('2000'))
  const [first, second] = [a, b].map(([coll, amount]) => m.open(wad(coll), wad(amount), rate)) as [number, number]
  if (pool !== '0') m.pool.change('depositor', wad(pool))
  m.price = price
  const [debt, debtB, icr] = [m.entire(first).debt, m.entire(second).debt, m.icr(first)]
  const parts = m.liquidate(first)
  const after = m.entire(second)
  return {
    debt,
    icr,
    ...parts,
    pool_left: m.pool.total,
    debtB: parts.debt_out > 0n ? after.debt : debtB,
    collB: after.coll,
    l_coll: m.l_coll,
  }
}
const weth = (pool: string, price: string): Got => liquidated(['10', '10000'], ['100', '20000'], WAD / 20n, pool, wad(price))
const small = (pool: string): Got => liquidated(['2', '2000'], ['4', '2000'], WAD / 200n, pool, wad('1100') - 1n)

const COMPUTED: Readonly<Record<string, () => Got>> = {
  B1: () => weth('15000', '1080'),
  B2: () => weth('4000', '1080'),
  B3: () => weth('0', '1080'),
  B4: () => weth('15000', '980'),
  'B5-surplus': () => small('10000'),
  'B5-no-surplus': () => weth('15000', '1030'),
  'B5-redistribution': () => small('0'),
  'B5-mix': () => small('1000'),
}

/** Every published number of VECTORS with the reference's own. */
export function goldenRows(): GoldenRow[] {
  return Object.entries(VECTORS).flatMap(([vector, { source, what, expect }]) => {
    const got = (COMPUTED[vector] as () => Got)()
    const [id, ...rest] = vector.split('-')
    return Object.entries(expect).map(([name, text]) => {
      const expected = units(text)
      return {
        id: ['liquity-v2', id, ...rest, name].join(' '),
        group: 'liquity-v2',
        what: `${what}: ${name}`,
        expected: String(expected),
        got: String(got[name] ?? 'missing'),
        tolerance: 0,
        pass: got[name] === expected,
        source,
      }
    })
  })
}
