/** The vectors beside what the reference says: rows for the scoreboard. */
import { blank_market, EXP, Failure, ReferenceComptroller, reserve_share, seize_tokens, treasury_share } from './reference.ts'
import { VECTORS } from './vectors.ts'

export interface GoldenRow {
  readonly id: string
  readonly group: string
  readonly what: string
  readonly expected: string
  readonly got: string
  /** Relative; 0 to the last digit. */
  readonly tolerance: number
  readonly pass: boolean
  readonly source: string
}

type Got = Record<string, bigint | string>

/** Thousandths of 10^18. */
const milli = (x: bigint): bigint => x * 10n ** 15n

function failure(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return 'accepted'
}

function c2(): Got {
  const { tokens, units } = reserve_share(40n * EXP, milli(28n), milli(200n))
  return { protocol: tokens, liquidator: 40n * EXP - tokens, reserves: units }
}

function c3(): Got {
  const exchange = 2n * 10n ** 26n
  const seize = seize_tokens(exchange, 10n ** 30n, 2000n * EXP, milli(1080n), 5000n * 10n ** 6n)
  const { tokens, units } = reserve_share(seize, milli(28n), exchange)
  return { seize, protocol: tokens, liquidator: seize - tokens, units: ((seize - tokens) * exchange) / EXP, reserves: units }
}

/** The market of C4 after a number of blocks. */
export function in_kind(blocks: bigint): ReferenceComptroller {
  const market = blank_market({ collateral_factor: milli(500n), rate: () => 5n * 10n ** 12n })
  const comptroller = new ReferenceComptroller([market])
  comptroller.incentive = milli(1100n)
  comptroller.mint('owner', 0, 100n * EXP)
  comptroller.borrow('owner', 0, EXP)
  comptroller.accrue(0, blocks)
  return comptroller
}

function c4(): Got {
  const [safe, breach] = [in_kind(19_600_000n), in_kind(20_000_000n)]
  return {
    debt19: safe.debt('owner', 0),
    liquidity19: safe.liquidity('owner'),
    refused19: failure(() => safe.liquidate('other', 'owner', 0, 0, EXP)),
    debt20: breach.debt('owner', 0),
    liquidity20: breach.liquidity('owner'),
    tooMuch: failure(() => breach.liquidate('other', 'owner', 0, 0, 51n * EXP)),
    smaller: failure(() => breach.liquidate('other', 'owner', 0, 0, 20n * EXP)),
  }
}

function venus(): Got {
  const { bonus, treasury } = treasury_share(4000n, milli(1100n), milli(50n))
  return { bonus, treasury, liquidator: 4000n - treasury }
}

const RUNS: Readonly<Record<string, () => Got>> = {
  'C1-0': () => ({ seize: seize_tokens(EXP, EXP, EXP, EXP, EXP) }),
  'C1-1': () => ({ seize: seize_tokens(2n * EXP, EXP, EXP, EXP, EXP) }),
  'C1-2': () => ({ seize: seize_tokens(2n * EXP, 2n * EXP, milli(1420n), milli(1300n), milli(2450n)) }),
  'C1-3': () => ({
    seize: seize_tokens(milli(2789n), 5_230_480_842n * 10n ** 9n, milli(771_320n), milli(1300n), milli(10_002_450n)),
  }),
  'C1-zero': () => ({
    debt: failure(() => seize_tokens(EXP, 0n, EXP, EXP, EXP)),
    collateral: failure(() => seize_tokens(EXP, EXP, 0n, EXP, EXP)),
  }),
  C2: c2,
  C3: c3,
  C4: c4,
  VENUS: venus,
}

/** One row a number: `compound-v2 C2 protocol`. */
export function goldenRows(): GoldenRow[] {
  const rows: GoldenRow[] = []
  for (const [name, { expect, what, source }] of Object.entries(VECTORS)) {
    const got = RUNS[name]?.() ?? {}
    for (const [field, expected] of Object.entries(expect)) {
      const text = String(got[field] ?? 'nothing')
      const id = `compound-v2 ${name} ${field}`
      rows.push({ id, group: 'compound-v2', what, expected, got: text, tolerance: 0, pass: text === expected, source })
    }
  }
  return rows
}
