// A made-up run, for tests of how reports look: no figure in it was computed by the engine.
import type { Cell, ReportTable, Scenario } from '../../src/model/index.ts'
import type { StressReport } from '../../src/reports/index.ts'

const HASH = (n: number) => n.toString(16).padStart(32, '0')

const scenario: Scenario = {
  schema: 'unwind.scenario/1',
  id: 'shock',
  title: 'ETH −30 % in 1 h, correlated,',
  seed: 1,
  horizon_ms: 86_400_000,
  tick_ms: 60_000,
  drivers: [{ kind: 'shock', id: 'shock', shocks: [{ asset: 'ETH', change: -0.3, over_ms: 3_600_000, at_ms: 0 }] }],
  faults: [],
  gas_usd: 10,
  pinned: [],
  without: [],
  limits: { rounds: 200, rows: 20_000_000 },
}

const ASSETS: readonly (readonly [string, number, number, number])[] = [
  ['ETH', 3700, 0.7, 0.66],
  ['BTC', 115_000, 0.8, 0.785],
  ['wstETH', 4450, 0.7, 0.66],
  ['SOL', 172.5, 0.66, 0.6],
  ['DOGE', 0.2105, 0.62, 0.52],
  ['USDC', 1, 1, 0.9991],
]

function timeline(assets: readonly string[], venues: readonly string[]): ReportTable {
  const rows: Cell[][] = []
  for (let minute = 0; minute <= 240; minute += 2) {
    const done = Math.min(1, minute / 60)
    const pushed = minute < 10 ? 0 : minute < 75 ? (minute - 10) / 65 : Math.exp(-(minute - 75) / 40)
    const row: Cell[] = [Date.UTC(2025, 6, 31) + minute * 60_000]
    assets.forEach((_, a) => {
      const [, start, end, low] = ASSETS[a % ASSETS.length] as (typeof ASSETS)[number]
      const fundamental = start * end ** done
      row.push(fundamental * (1 + (low / end - 1) * pushed), fundamental)
    })
    venues.forEach((_, v) => {
      const peak = 35 + 15 * v
      row.push(minute < 12 ? 0 : (12e6 / (v + 1)) * Math.exp(-(((minute - peak) / 14) ** 2)))
    })
    rows.push(row)
  }
  return {
    id: 'timeline',
    title: 'Prices and forced flow over time',
    columns: [
      { name: 'time_ms', unit: 'ms' },
      ...assets.flatMap((id) => [
        { name: `${id}.mid_usd`, unit: 'usd' },
        { name: `${id}.fundamental_usd`, unit: 'usd' },
      ]),
      ...venues.map((id) => ({ name: `${id}.forced_usd`, unit: 'usd' })),
    ],
    rows,
  }
}

const zero = {
  forced_sales_usd: 0,
  forced_buys_usd: 0,
  called_sales_usd: 0,
  liquidated_usd: 0,
  liquidations: 0,
  accounts_liquidated: 0,
  bad_debt_usd: 0,
  insurance_used_usd: 0,
  insurance_in_usd: 0,
  adl_usd: 0,
  adl_loss_usd: 0,
  shortfall_usd: 0,
  margin_calls: 0,
}

export interface FixtureOptions {
  readonly scenario?: Partial<Scenario>
  readonly document?: Partial<StressReport['document']>
  /** Replaces the names of the first assets and venues. */
  readonly assets?: readonly string[]
  readonly venues?: readonly string[]
  readonly aliases?: StressReport['aliases']
  readonly calm?: boolean
}

const SHARES = [0.6, 0.25, 0.15]

function figures_of(venues: readonly string[], calm: boolean) {
  const shares = calm ? [] : SHARES
  return venues.map((id, v) => {
    const share = shares[v]
    const kind = ['binance-usdm', 'aave-v3', 'maker'][v] as string
    if (share === undefined) return { id, kind, ...zero }
    return {
      id,
      kind,
      ...zero,
      forced_sales_usd: 412e6 * share,
      forced_buys_usd: v === 0 ? 7.1e6 : 0,
      called_sales_usd: v === 0 ? 31e6 : 4e6,
      liquidated_usd: 380e6 * share,
      liquidations: Math.round(20_000 * share),
      accounts_liquidated: Math.round(14_310 * share),
      bad_debt_usd: [2.2e6, 0.9e6, 12_500][v] as number,
      insurance_used_usd: v === 0 ? 3.05e6 : 0,
      insurance_in_usd: v === 0 ? 1.1e6 : 0,
      adl_usd: v === 0 ? 18.4e6 : 0,
      adl_loss_usd: v === 0 ? 412_000 : 0,
      shortfall_usd: v === 1 ? 55_000 : 0,
      margin_calls: Math.round(30_000 * share),
    }
  })
}

function flows_of(figures: ReturnType<typeof figures_of>, assets: readonly string[]): Cell[][] {
  const flow_assets = assets.slice(0, 5)
  return figures.flatMap((figure, v) =>
    flow_assets
      .slice(0, v === 0 ? 5 : 2)
      .map((id, a) => [
        figure.id,
        id,
        figure.forced_sales_usd * ([0.5, 0.25, 0.12, 0.08, 0.05][a] as number),
        1,
        Math.round(figure.accounts_liquidated / (a + 2)),
        -0.03 / (a + v + 1),
      ]),
  )
}

function infections_of(venues: readonly string[]): (readonly [string, string, number, number])[] {
  const [binance, aave, maker] = venues as [string, string, string]
  return [
    ['exogenous', binance, 140e6, 120e6],
    ['exogenous', aave, 70e6, 50e6],
    ['exogenous', maker, 40e6, 41e6],
    [binance, binance, 90e6, 110e6],
    [binance, aave, 25e6, 42e6],
    [binance, maker, 15e6, 17e6],
    [aave, binance, 17e6, 17e6],
    [aave, aave, 8e6, 11e6],
    [maker, maker, 6.8e6, 3.8e6],
  ]
}

export function fixture(options: FixtureOptions = {}): StressReport {
  const assets = ASSETS.map(([id], a) => options.assets?.[a] ?? id)
  const venues = ['binance', 'aave', 'maker'].map((id, v) => options.venues?.[v] ?? id)
  const calm = options.calm === true
  const figures = figures_of(venues, calm)
  const totals = { ...zero }
  for (const figure of figures) for (const key of Object.keys(zero) as (keyof typeof zero)[]) totals[key] += figure[key]
  const cells = calm ? [] : infections_of(venues)
  return {
    scenario: { ...scenario, ...options.scenario },
    aliases: options.aliases ?? [],
    bridge: calm
      ? { reduced_usd: 0, taken_over_usd: 0, repaid_usd: 0, converted_usd: 0, auctioned_usd: 0 }
      : { reduced_usd: 200e6, taken_over_usd: 28e6, repaid_usd: 92e6, converted_usd: 3e6, auctioned_usd: 57e6 },
    document: {
      schema: 'unwind.run/1',
      run: { id: HASH(1), engine: '0.1.0', seed: 1, snapshot: HASH(2), scenario: HASH(3), log: HASH(4) },
      title: 'ETH −30 % in 1 h, correlated, on the reference market',
      status: 'done',
      evidence: {
        weakest: 'synthetic',
        parts: [
          { part: 'venues.aave.parameters', evidence: 'observed', source: 'Aave v3 Ethereum Core, 2025-07-31' },
          { part: 'venues.binance.accounts', evidence: 'synthetic', source: 'reference recipe, heavy-tailed sizes' },
        ],
        notes: ['Basis 0 between spot and perp is assumed.'],
      },
      definitions: 'docs/definitions.md',
      totals: {
        ...totals,
        multiplier: calm ? null : 1.84,
        liquidated_at_start_usd: calm ? 0 : 455e6,
        no_feedback_at_start_usd: calm ? 0 : 247e6,
      },
      venues: figures,
      assets: ASSETS.map(([, start, end, low], a) => ({
        id: assets[a] as string,
        start_usd: start,
        fundamental_end_usd: start * end,
        high_usd: start,
        low_usd: start * (calm ? end : low),
        low_ms: 4_500_000,
        fundamental_at_low_usd: start * end,
        end_usd: start * end * 0.999,
        gap: calm ? 0 : low / end - 1,
        gap_ms: calm ? null : 4_500_000,
        drawdown: 1 - (calm ? end : low),
        endogenous_share: a === 5 ? null : calm ? 0 : 0.1 + a / 20,
      })),
      infections: cells.map(([from, to, usd, usd_pivotal]) => ({ from, to, usd, usd_pivotal })),
      coin_day: calm ? [] : [{ coin: assets[0] as string, day: '2025-07-31', liquidations: 9000, usd: 2.1e8 }],
      laws: { checked: 12, broken: [] },
      ...options.document,
    },
    tables: {
      flows: {
        id: 'flows',
        title: 'Forced sales by venue and asset',
        columns: ['venue', 'asset', 'forced_sales_usd', 'amount', 'accounts_liquidated', 'price_moved'].map((name) => ({
          name,
          unit: '',
        })),
        rows: calm ? [] : flows_of(figures, assets),
      },
      timeline: timeline(assets, calm ? [] : venues),
    },
  }
}
