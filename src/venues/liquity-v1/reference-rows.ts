/** The published numbers beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { compositeDebt, decPow, gasCollateral, ReferenceLiquity, split } from './reference.ts'
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

/** Deposits, then troves of the stated debt and collateral liquidated at 100. */
function pooled(deposits: readonly string[], defaults: readonly (readonly [string, string])[]): ReferenceLiquity {
  const m = new ReferenceLiquity(wad('200'))
  m.add(wad('100000'), wad('100000'))
  deposits.forEach((amount, i) => {
    m.pool.change(`d${i + 1}`, wad(amount))
  })
  const ids = defaults.map(([debt, coll]) => m.add(wad(coll), wad(debt)))
  m.price = wad('100')
  for (const id of ids) m.liquidate(id)
  return m
}

function l3(): Got {
  const m = pooled(
    ['2000', '456000', '13100'],
    [
      ['207000', '2160'],
      ['5000', '50'],
      ['46700', '500'],
    ],
  )
  const got: Got = {}
  for (const i of [1, 2, 3]) {
    got[`deposit${i}`] = m.pool.compounded(`d${i}`)
    got[`gain${i}`] = m.pool.gain(`d${i}`)
  }
  return got
}

function equal(defaults: readonly (readonly [string, string])[]): Got {
  const m = pooled(['10000', '10000', '10000'], defaults)
  return { deposit: m.pool.compounded('d1'), gain: m.pool.gain('d1') }
}

function decayed(from: string, minutes: bigint): bigint {
  const m = new ReferenceLiquity(WAD)
  m.base_rate = wad(from)
  m.now = minutes * 60n
  return m.decayed()
}

function capped(): Got {
  const parts = split(wad('20'), wad('2500'), wad('150'), wad('1.3'), wad('10000'))
  if (parts === undefined) return {}
  return { gas: parts.gas, to_pool: parts.to_pool, surplus: parts.surplus, offset: parts.offset }
}

const COMPUTED: Readonly<Record<string, () => Got>> = {
  L1: () => equal([['10000', '100']]),
  L2: () =>
    equal([
      ['5000', '50'],
      ['6000', '60'],
      ['7000', '70'],
    ]),
  L3: l3,
  L4: () => ({
    h1: decayed('0.01', 60n),
    h5: decayed('0.01', 300n),
    h24: decayed('0.01', 1440n),
    d7: decayed('0.01', 10_080n),
    tenth_h24: decayed('0.1', 1440n),
  }),
  'L4-power': () => ({ power: decPow(861_616_242_485_528_000n, 97n) }),
  L5: () => ({
    one: gasCollateral(WAD),
    below10: gasCollateral(wad('9.999')),
    odd: gasCollateral(6_092_324_088_087_235_800n),
    debt10: compositeDebt(wad('10')),
    debt123: compositeDebt(wad('123.45')),
  }),
  'L-capped': capped,
}

/** Every published number of VECTORS with the reference's own. */
export function goldenRows(): GoldenRow[] {
  return Object.entries(VECTORS).flatMap(([vector, { source, what, expect, within = 0 }]) => {
    const got = (COMPUTED[vector] as () => Got)()
    return Object.entries(expect).map(([name, text]) => {
      const expected = units(text)
      const value = got[name]
      const miss = value === undefined ? -1n : value > expected ? value - expected : expected - value
      return {
        id: `liquity-v1 ${vector} ${name}`,
        group: 'liquity-v1',
        what: `${what}: ${name}`,
        expected: String(expected),
        got: String(value ?? 'missing'),
        tolerance: within / Number(expected),
        pass: miss >= 0n && miss <= BigInt(within),
        source,
      }
    })
  })
}
