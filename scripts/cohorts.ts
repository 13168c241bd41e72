/**
 * Judges the inference of hidden books and writes the tables of docs/cohorts.md. Run: npm run study:cohorts
 * Simulated books need nothing; the real series are looked for in ../shared/data (UNWIND_SHARED names another place) and left out with a
 * line when they are not there. About eight minutes;
 * `npm run study:cohorts -- outside` makes one part alone (priors, real, recovery, outside).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Series } from '../src/model/index.ts'
import { readSeries } from '../src/sources/index.ts'
import { type Coverage, coverage, foretell, recover_book, RECOVERY, type Recovered, skill } from '../src/studies/cohorts/index.ts'
import { COHORT_FILTER, type CohortBar, PRIOR, type Regime, type Shape } from '../src/synth/index.ts'

const ROOT = join(import.meta.dirname, '..')
const DATA = join(process.env.UNWIND_SHARED ?? join(ROOT, '../shared'), 'data')
const DOCUMENT = join(ROOT, 'docs/cohorts.md')
const DAY_MS = 86_400_000
const WARM_DAYS = 120
/** Books on which the filter is also run without the verdict of the open interest. */
const BLIND = 100

const interval = ([value, low, high]: readonly [number, number, number]) =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`

function recovered(options: Partial<typeof RECOVERY>): Recovered[] {
  const all = { ...RECOVERY, ...options }
  return Array.from({ length: all.books }, (_, n) => recover_book(n, all)).flat()
}

function recovery_tables(): string[] {
  const rows = recovered({})
  const judged = coverage(rows)
  const few = coverage(rows.filter(({ book }) => book < BLIND))
  const blind = coverage(recovered({ trust: 0, books: BLIND }))
  const verdict = ({ covered }: Coverage) =>
    covered >= 0.85 && covered <= 0.95 ? 'yes' : covered < 0.85 ? 'too narrow' : 'too wide'
  const inside = judged.reduce((sum, one) => sum + one.covered * one.judged, 0)
  const total = judged.reduce((sum, one) => sum + one.judged, 0)
  const paths = [...new Set(rows.map(({ path }) => path))].sort()
  return [
    '',
    `${RECOVERY.books} books (seed \`${RECOVERY.world}\`), ${RECOVERY.particles} particles. All quantities together: ${((100 * inside) / total).toFixed(1)} % of ${total} truths inside their 90 % band; ${judged.filter((one) => verdict(one) === 'yes').length} of ${judged.length} quantities between 85 and 95 %.`,
    '',
    '| quantity | covered [95 % Wilson] | 85–95 % | truth below / above | mean truth | mean said | mean width | mean error | score ÷ score without the verdict |',
    '|---|---|---|---|---|---|---|---|---|',
    ...judged.map(
      (one, i) =>
        `| ${one.quantity} | ${one.covered.toFixed(3)} [${one.interval[0].toFixed(2)}, ${one.interval[1].toFixed(2)}] | ${verdict(one)} | ${one.below} / ${one.above} | ${one.true_value.toFixed(3)} | ${one.mean.toFixed(3)} | ${one.width.toFixed(3)} | ${one.error.toFixed(3)} | ${((few[i] as Coverage).score / (blind[i] as Coverage).score).toFixed(2)} |`,
    ),
    '',
    'Amounts in parts of the open interest, entries in parts of the price.',
    '',
    `| path | ${judged.map(({ quantity }) => quantity).join(' | ')} |`,
    `|---|${judged.map(() => '---').join('|')}|`,
    ...paths.map((path) => {
      const mine = coverage(rows.filter((row) => row.path === path))
      return `| ${path} (${mine[0]?.judged ?? 0}) | ${mine.map(({ covered }) => covered.toFixed(2)).join(' | ')} |`
    }),
    '',
  ]
}

/** Books outside the regimes, one habit changed at a time. */
const BENT: readonly { readonly name: string; readonly bend: (regime: Regime) => Regime }[] = [
  { name: 'nobody hedges', bend: (regime) => ({ ...regime, hedgers: 0 }) },
  { name: 'held for 1 day', bend: (regime) => ({ ...regime, hold_days: 1 }) },
  { name: 'held for 60 days', bend: (regime) => ({ ...regime, hold_days: 60 }) },
  { name: 'four of five add margin', bend: (regime) => ({ ...regime, adds: 0.8 }) },
  { name: 'everybody at 50 ×', bend: (regime) => ({ ...regime, menu: [0, 0, 0, 0, 0, 0, 1, 0] }) },
]
const BENT_BOOKS = 40

function outside_tables(): string[] {
  const all = BENT.map(({ name, bend }) => ({ name, table: coverage(recovered({ bend, books: BENT_BOOKS, world: 'outside' })) }))
  const ids = all[0]?.table.map(({ quantity }) => quantity) ?? []
  return [
    '',
    `| ${BENT_BOOKS} books each | ${ids.join(' | ')} |`,
    `|---|${ids.map(() => '---').join('|')}|`,
    ...all.map(({ name, table }) => `| ${name} | ${table.map(({ covered }) => covered.toFixed(2)).join(' | ')} |`),
    '',
  ]
}

const MARKETS: readonly { readonly symbol: string; readonly shape: Shape; readonly funded: boolean }[] = [
  { symbol: 'BTC', shape: 'inverse', funded: true },
  { symbol: 'ETH', shape: 'inverse', funded: true },
  { symbol: 'FIL', shape: 'inverse', funded: false },
]

/** Days of one coin: prices from 120 days before open interest begins. */
function rows_of(series: readonly Series[], symbol: string): CohortBar[] {
  const column = (field: string, venue?: string) => {
    const found = series.find(
      (one) => one.symbol === symbol && one.field === field && (venue === undefined || one.venue === venue),
    )
    const days = new Map<number, number[]>()
    found?.time_ms.forEach((time, i) => {
      const day = Math.floor(time / DAY_MS)
      days.set(day, [...(days.get(day) ?? []), found.values[i] as number])
    })
    return (day: number) => {
      const values = (days.get(day) ?? []).filter(Number.isFinite)
      return values.length === 0 ? Number.NaN : values.reduce((sum, one) => sum + one, 0) / values.length
    }
  }
  const [high, low, close] = [column('high'), column('low'), column('close')]
  const [interest, funding] = [column('open_interest'), column('funding', 'binance')]
  const known = series.find((one) => one.symbol === symbol && one.field === 'open_interest') as Series
  const first = Math.floor((known.time_ms[0] as number) / DAY_MS)
  const last = Math.floor((known.time_ms[known.time_ms.length - 1] as number) / DAY_MS)
  const rows: CohortBar[] = []
  for (let day = first - WARM_DAYS; day <= last; day++) {
    if (!(close(day) > 0)) continue
    rows.push({ high: high(day), low: low(day), close: close(day), open_interest: interest(day), funding: funding(day) })
  }
  return rows
}

async function real_tables(): Promise<string[]> {
  const files = [
    'open_interest_daily_2021-09_2022-06.csv.gz',
    'spot_daily_coinbase_2020-01_2022-06.csv.gz',
    'funding_8h_utc_2020-01_2022-06.csv.gz',
  ]
  const missing = files.filter((file) => !existsSync(join(DATA, file)))
  if (missing.length > 0) throw new Error(`real series are not here: ${missing.join(', ')} (looked in ${DATA})`)
  const series = (await Promise.all(files.map((file) => readSeries(join(DATA, file))))).flatMap((one) => one.series)
  const lines = MARKETS.flatMap(({ symbol, shape, funded }) => {
    const days = foretell(rows_of(series, symbol), { ...COHORT_FILTER, shape })
    return (['ahead', 'told', 'regression'] as const).map((forecaster) => {
      const one = skill(days, forecaster)
      const name = {
        ahead: 'filter, nothing known of the day',
        told: 'filter, told the day’s high and low',
        regression: 'naive: regression on the day’s return',
      }[forecaster]
      return `| ${symbol}${funded ? '' : ' (no funding)'} | ${name} | ${one.days} | ${interval(one.rmse)} | ${interval(one.mae)} | ${one.verdict} |`
    })
  })
  return [
    '',
    '| coin | forecast of log open interest | days | RMSE ÷ persistence [95 %] | MAE ÷ persistence [95 %] | verdict |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ]
}

const prior_table = () => [
  '',
  '| parameter | middle | width | scale | what | source |',
  '|---|---|---|---|---|---|',
  ...PRIOR.map(
    ({ name, middle, width, scale, what, source }) => `| \`${name}\` | ${middle} | ${width} | ${scale} | ${what} | ${source} |`,
  ),
  '',
]

function put(text: string, mark: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- begin ${mark} -->`, `<!-- end ${mark} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/cohorts.md lacks ${begin}`)
  return `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2)
  const wanted = (part: string) => asked.length === 0 || asked.includes(part)
  let text = readFileSync(DOCUMENT, 'utf8')
  if (wanted('priors')) text = put(text, 'priors', prior_table())
  if (wanted('real')) {
    if (existsSync(DATA)) text = put(text, 'real', await real_tables())
    else console.log(`skipped: no data packs in ${DATA}`)
  }
  if (wanted('recovery')) text = put(text, 'recovery', recovery_tables())
  if (wanted('outside')) text = put(text, 'outside', outside_tables())
  writeFileSync(DOCUMENT, text)
  console.log(text)
}

await main()
