/** The published numbers beside what the reference says: rows for the scoreboard. */
import { ReferenceLlamma } from './reference.ts'
import { WAD } from './reference-math.ts'

export interface GoldenRow {
  readonly id: string
  readonly group: string
  readonly what: string
  readonly expected: string
  readonly got: string
  readonly tolerance: number
  readonly pass: boolean
  readonly source: string
}

const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 1_000_000_000_000n

/** A 100, base and oracle 3000, fee 0.6 %, discounts 9 and 6 %. */
export const market = (): ReferenceLlamma => new ReferenceLlamma(100n, wad(3000), wad(0.006), wad(0.09), wad(0.06))

/** A debt of 20,000 against 10 ETH in 10 bands. */
export function loaned(): ReferenceLlamma {
  const m = market()
  m.create('usr', 10n * WAD, 20_000n * WAD, 10)
  return m
}

function at2250(): ReferenceLlamma {
  const m = loaned()
  m.now += 600n
  m.price = wad(2250)
  return m
}

function geometry(): Record<string, bigint> {
  const m = market()
  const ups = [0, 1, 2, 10, 50, 100, -1].map((n) => [`p_oracle_up(${n})`, m.oracleUp(n)] as const)
  return { ...Object.fromEntries(ups), log_A_ratio: m.log_ratio, sqrt_band_ratio: m.sqrt_ratio }
}

function placement(): Record<string, bigint> {
  const m = market()
  const n1 = (debt: bigint) => BigInt(m.n1Of(10n * WAD, debt * WAD, 10))
  return { n1_20000: n1(20_000n), n1_15000: n1(15_000n), n1_25000: n1(25_000n), up: m.oracleUp(26), down: m.oracleUp(36) }
}

function health(): Record<string, bigint> {
  const m = loaned()
  return { x_down: m.xDown('usr'), health: m.health('usr', false), healthFull: m.health('usr', true) }
}

function soft(): Record<string, bigint> {
  const m = at2250()
  const { got, active } = m.exchange(true, 5000n * WAD)
  const bands = [26, 27, 28].map((n) => [`x${n}`, m.band(n).x] as const)
  return {
    out: got,
    active: BigInt(active),
    ...Object.fromEntries(bands),
    y28: m.band(28).y,
    x_down: m.xDown('usr'),
    healthFull: m.health('usr', true),
  }
}

function back(): Record<string, bigint> {
  const m = at2250()
  m.exchange(true, 5000n * WAD)
  m.now += 600n
  return { out: m.exchange(false, WAD).got }
}

/** The oracle falls within 12 s of a trade that saw 2400. */
function fallen(to: number): ReferenceLlamma {
  const m = loaned()
  m.now += 600n
  m.old_price = wad(2400)
  m.written = m.now
  m.now += 12n
  m.price = wad(to)
  return m
}

function shock(): Record<string, bigint> {
  const [small, large] = [fallen(2250), fallen(1800)]
  const first = small.limited()
  const second = large.limited()
  return {
    price1: first.price,
    fee1: first.fee,
    price2: second.price,
    fee2: second.fee,
    out: small.exchange(true, 5000n * WAD).got,
  }
}

interface Vector {
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
  readonly tolerance: number
  readonly compute: () => Record<string, bigint>
}

const VECTORS: Readonly<Record<string, Vector>> = {
  H1: {
    what: 'upper ends of bands, A 100, base 3000',
    expect: {
      'p_oracle_up(0)': '3000000000000000000000',
      'p_oracle_up(1)': '2970000000000000000000',
      'p_oracle_up(2)': '2940300000000000000000',
      'p_oracle_up(10)': '2713146225026413473000',
      'p_oracle_up(50)': '1815018201412609968000',
      'p_oracle_up(100)': '1098097023819688533000',
      'p_oracle_up(-1)': '3030303030303030300000',
      log_A_ratio: '10050335853501441',
      sqrt_band_ratio: '1005037815259212075',
    },
    tolerance: 1e-14,
    compute: geometry,
  },
  H2: {
    what: 'highest band of loans against 10 ETH in 10 bands, and its range',
    expect: { n1_20000: '26', n1_15000: '54', n1_25000: '3', up: '2310129437415465921000', down: '2089239654148721223000' },
    tolerance: 1e-14,
    compute: placement,
  },
  H3: {
    what: 'the loan of 20,000 untouched at 3000',
    expect: { x_down: '21978255933561505767360', health: '32978028877390771', healthFull: '377913310169657810' },
    tolerance: 1e-9,
    compute: health,
  },
  H4: {
    what: 'oracle at 2250 for 600 s, 5000 stable traded in',
    expect: {
      out: '2273738933231327672',
      active: '28',
      x26: '2173407045391343540304',
      x27: '2213007866149028591536',
      x28: '613585088459627868160',
      y28: '726261066768672328',
      x_down: '21781052885781560274164',
      healthFull: '23709485631733332',
    },
    tolerance: 1e-9,
    compute: soft,
  },
  H5: {
    what: 'then, 600 s later, 1 ETH traded back',
    expect: { out: '2198866522579096056317' },
    tolerance: 1e-9,
    compute: back,
  },
  H6: {
    what: 'oracle down from 2400 to 2250, or to 1800, within 12 s of the last trade; then 5000 stable traded in at 2250',
    expect: {
      price1: '2250000000000000000000',
      fee1: '158422851562500000',
      price2: '1920000000000000000000',
      fee2: '439200000000000000',
      out: '1933437435215310751',
    },
    tolerance: 0,
    compute: shock,
  },
}

const SOURCE = 'independent integer computation from the formulas of curvefi/curve-stablecoin AMM and controller'

/** Every published number with the reference's own. */
export function goldenRows(): GoldenRow[] {
  return Object.entries(VECTORS).flatMap(([vector, { what, expect, tolerance, compute }]) => {
    const all = compute()
    return Object.entries(expect).map(([name, expected]) => {
      const got = String(all[name] ?? 'missing')
      const miss = Math.abs(Number(got) - Number(expected))
      const pass = tolerance === 0 ? got === expected : miss <= tolerance * Math.abs(Number(expected))
      return {
        id: `llamma ${vector} ${name}`,
        group: 'llamma',
        what: `${what}: ${name}`,
        expected,
        got,
        tolerance,
        pass,
        source: SOURCE,
      }
    })
  })
}
