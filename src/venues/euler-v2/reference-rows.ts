/** The published numbers beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { discountFactor, limits, part, quote, ReferenceEuler, RAY } from './reference.ts'
import { VECTORS } from './vectors.ts'

type Got = Record<string, bigint>

/** `396.9e45` as an integer. */
export function units(text: string): bigint {
  const [mantissa, exponent] = text.split('e')
  const [whole, fraction = ''] = (mantissa as string).split('.')
  return BigInt(`${whole}${fraction}${'0'.repeat(Number(exponent ?? 0) - fraction.length)}`)
}
const wad = (text: string): bigint => units(`${text}e18`)

/** One collateral and one debt; prices and amounts as decimals, LTV and largest discount in basis points. */
function single(balance: string, price: string, ltv: bigint, debt: string, debt_price: string, discount: bigint) {
  const value = quote(wad(balance), wad(price))
  const adjusted = (value * ltv) / 10_000n
  const liability = quote(wad(debt), wad(debt_price))
  const { repay, yield_ } = limits(adjusted, liability, wad(debt), value, wad(balance), discount)
  return { adjusted, factor: discountFactor(adjusted, liability, discount), repay, yield_ }
}

/** The same through vaults: what the suppliers lose. */
function g1(): Got {
  const m = new ReferenceEuler()
  const vault = {
    cash: 0n,
    shares: 0n,
    borrows: 0n,
    accumulator: RAY,
    max_discount: 2000n,
    interest_fee: 0n,
    rate: 0n,
    socialise: true,
  }
  m.vaults.push({ ...vault, price: wad('1'), ltv: [] }, { ...vault, price: wad('1'), ltv: [9000n] })
  m.accounts.push(
    { shares: [0n, 0n], vault: -1, owed: 0n, accumulator: RAY },
    { shares: [0n, 0n], vault: -1, owed: 0n, accumulator: RAY },
  )
  m.deposit(1, 1, wad('100'))
  m.deposit(0, 0, wad('10'))
  m.borrow(0, 1, wad('5'))
  m.vault(0).price = wad('0.5')
  const { socialised } = m.liquidate(0, 0, wad('5'))
  return { ...single('10', '0.5', 9000n, '5', '1', 2000n), socialised }
}

function g3(): Got {
  const whole = single('100', '0.4', 9900n, '17', '2.7', 2000n)
  const quarter = part(whole, whole.repay / 4n)
  return { ...whole, quarter_repay: quarter.repay, quarter_yield: quarter.yield_ }
}

const factor = (discount: bigint): bigint => discountFactor(wad('6'), wad('7'), discount)

const COMPUTED: Readonly<Record<string, () => Got>> = {
  G1: g1,
  G2: () => single('100', '0.4', 3000n, '5', '2.5', 2000n),
  G3: g3,
  G4: () => ({ at11: factor(1100n), at1: factor(100n), at0: factor(0n), at15: factor(1500n) }),
  G5: () => single('10', '2200', 8600n, '19500', '1', 1500n),
}

/** Every published number of VECTORS with the reference's own. */
export function goldenRows(): GoldenRow[] {
  return Object.entries(VECTORS).flatMap(([vector, { source, what, expect }]) => {
    const got = (COMPUTED[vector] as () => Got)()
    return Object.entries(expect).map(([name, text]) => {
      const expected = units(text)
      return {
        id: `euler-v2 ${vector} ${name}`,
        group: 'euler-v2',
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
