/** Swaps that contracts on chain answered, beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { in_given_out, out_given_in } from './reference.ts'

const SOURCE = 'answers of the vault on chain, recorded in balancer/balancer-maths testData/'

interface Vector {
  readonly id: string
  readonly file: string
  /** Balance and weight, 1e-18, of what comes in and of what goes out. */
  readonly into: readonly [balance: string, weight: string]
  readonly from: readonly [balance: string, weight: string]
  readonly fee: string
  readonly exact: 'in' | 'out'
  /** In smallest units of the token, and how many 1e-18 one of them is. */
  readonly amount: string
  readonly amount_unit: string
  readonly expected: string
  readonly expected_unit: string
  /** Units by which the contract's own power may put it off. */
  readonly off?: number
}

const USDC = ['6916384366000000000000', '500000000000000000'] as const
const DAI = ['6240659067374271172646', '500000000000000000'] as const
const STABLE = { file: '11155111-7439300-Weighted-USDC-DAI.json', fee: '10000000000000000' }
const M = '1000000000000'

const BAL = ['1000000000000000000', '480300584795321638'] as const
const LBP_DAI = ['1000000000000000000', '519699415204678362'] as const
const LBP = { file: '11155111-8085514-LBP-BAL-DAI.json', fee: '3000000000000000', amount_unit: '1', expected_unit: '1' }

// Weights move by 129e-9 a second from the last update, 46,212 seconds before.
const WBTC = ['900794470000000000', '676562079000000000'] as const
const QUANT_USDC = ['41955655751000000000000', '293444143000000000'] as const
const QUANT = { file: '1-22524240-QuantAMM.json', fee: '20000000000000000' }
const SAT = '10000000000'

export const VECTORS: readonly Vector[] = [
  {
    id: 'USDC in',
    ...STABLE,
    into: USDC,
    from: DAI,
    exact: 'in',
    amount: '10000000',
    amount_unit: M,
    expected: '8920009849766722311',
    expected_unit: '1',
  },
  {
    id: 'DAI out',
    ...STABLE,
    into: USDC,
    from: DAI,
    exact: 'out',
    amount: '20000000000000000000',
    amount_unit: '1',
    expected: '22461437',
    expected_unit: M,
  },
  {
    id: 'DAI in',
    ...STABLE,
    into: DAI,
    from: USDC,
    exact: 'in',
    amount: '700000000000000000000',
    amount_unit: '1',
    expected: '691273441',
    expected_unit: M,
  },
  {
    id: 'USDC out',
    ...STABLE,
    into: DAI,
    from: USDC,
    exact: 'out',
    amount: '7777777',
    amount_unit: M,
    expected: '7096762762105745646',
    expected_unit: '1',
  },
  {
    id: 'eight coins',
    file: '8453-29508532-Paraswap-Weighted-Issue.json',
    into: ['190427713950751834', '125000000000000000'],
    from: ['336835691000000000000', '125000000000000000'],
    fee: '10000000000000',
    exact: 'in',
    amount: '3000000000000000',
    amount_unit: '1',
    expected: '5224158',
    expected_unit: M,
  },
  { id: 'uneven weights, in', ...LBP, into: BAL, from: LBP_DAI, exact: 'in', amount: '10000000', expected: '9204164', off: 1 },
  { id: 'uneven weights, out', ...LBP, into: BAL, from: LBP_DAI, exact: 'out', amount: '10000000', expected: '10862887' },
  {
    id: 'uneven weights, other way, in',
    ...LBP,
    into: LBP_DAI,
    from: BAL,
    exact: 'in',
    amount: '10000000',
    expected: '10777832',
    off: 1,
  },
  {
    id: 'uneven weights, other way, out',
    ...LBP,
    into: LBP_DAI,
    from: BAL,
    exact: 'out',
    amount: '10000000',
    expected: '9279734',
  },
  {
    id: 'moving weights, WBTC in',
    ...QUANT,
    into: WBTC,
    from: QUANT_USDC,
    exact: 'in',
    amount: '1000000',
    amount_unit: SAT,
    expected: '1033749354',
    expected_unit: M,
  },
  {
    id: 'moving weights, USDC out',
    ...QUANT,
    into: WBTC,
    from: QUANT_USDC,
    exact: 'out',
    amount: '10000000',
    amount_unit: M,
    expected: '9504',
    expected_unit: SAT,
  },
  {
    id: 'moving weights, USDC in',
    ...QUANT,
    into: QUANT_USDC,
    from: WBTC,
    exact: 'in',
    amount: '10000000',
    amount_unit: M,
    expected: '9124',
    expected_unit: SAT,
  },
  {
    id: 'moving weights, WBTC out',
    ...QUANT,
    into: QUANT_USDC,
    from: WBTC,
    exact: 'out',
    amount: '2000000',
    amount_unit: SAT,
    expected: '2274609892',
    expected_unit: M,
  },
]

/** Rounded as the vault does: what leaves down, what enters up. */
function answer(vector: Vector): string {
  const [into, from] = [vector.into, vector.from].map(([balance, weight]) => ({
    balance: BigInt(balance),
    weight: BigInt(weight),
  })) as [{ balance: bigint; weight: bigint }, { balance: bigint; weight: bigint }]
  const amount = BigInt(vector.amount) * BigInt(vector.amount_unit)
  const unit = BigInt(vector.expected_unit)
  if (vector.exact === 'in') return String(out_given_in(into, from, amount, BigInt(vector.fee)) / unit)
  return String((in_given_out(into, from, amount, BigInt(vector.fee)) + unit - 1n) / unit)
}

export function goldenRows(): GoldenRow[] {
  return VECTORS.map((vector) => {
    const got = answer(vector)
    const off = vector.off ?? 0
    const note = off === 0 ? '' : `; the contract's power is ${off} of 1e-18 above the true one`
    return {
      id: `weighted ${vector.id}`,
      group: 'weighted',
      what: `${vector.exact === 'in' ? 'output for' : 'input for'} ${vector.amount}${note}`,
      expected: vector.expected,
      got,
      tolerance: off / Number(vector.expected),
      pass: Math.abs(Number(got) - Number(vector.expected)) <= off && (off > 0 || got === vector.expected),
      source: SOURCE + vector.file,
    }
  })
}
