/**
 * Scores detection and warning on the data packs and writes the tables of docs/detection.md. Run: npm run study:detection
 * The packs are looked for in ../shared/data (UNWIND_SHARED names another place); without them it says so and ends.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  auc_within_refits,
  calibration_curve,
  EVALUATE,
  type Problem,
  ridge_logit,
  walk_forward,
} from '../src/detectors/evaluate.ts'
import { brier, log, median, Rng, rocAuc, wilson } from '../src/math/index.ts'
import type { Panel, Series } from '../src/model/index.ts'
import { readSeries } from '../src/sources/index.ts'
import { detect } from '../src/studies/detection.ts'
import { assets_of, daily_panel, type Evaluation, evaluate_warnings } from '../src/studies/warning.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const ROOT = join(import.meta.dirname, '..')
const DATA = join(process.env.UNWIND_SHARED ?? join(ROOT, '../shared'), 'data')
const DAILY = 'spot_daily_coinbase_2020-01_2022-06.csv.gz'
const HOURLY = 'perp_1h_32coins_2023-01_2024-06.parquet'

interface Labelled {
  readonly day: string
  readonly label: string
  readonly hourly: { readonly worstHourUtc: string } | null
}

const of_day = (day: string) => Date.parse(`${day}T00:00:00Z`)
const day_of = (time_ms: number) => Math.floor(time_ms / DAY_MS) * DAY_MS

async function read(...files: readonly string[]): Promise<Series[]> {
  const all: Series[] = []
  for (const file of files) all.push(...(await readSeries(join(DATA, file))).series)
  return all
}

/** Per row: median over assets of the low against the close a day before (or, hourly, against the highest close of that day), and of σ a day over 30 days. */
function medians(panel: Panel) {
  const per_day = Math.round(DAY_MS / panel.step_ms)
  const column = (field: string, symbol: string) =>
    panel.values[panel.columns.findIndex((one) => one.field === field && one.symbol === symbol)] as Float64Array
  const assets = assets_of(panel).map((symbol) => ({ close: column('close', symbol), low: column('low', symbol) }))
  return Array.from(panel.time_ms, (_, t) => {
    const falls: number[] = []
    const sigmas: number[] = []
    for (const { close, low } of assets) {
      let top = Number.NaN
      for (let k = 1; k <= per_day; k++)
        if (!((close[t - k] as number) <= top) && Number.isFinite(close[t - k])) top = close[t - k] as number
      if (top > 0 && Number.isFinite(low[t])) falls.push((low[t] as number) / top - 1)
      let [sum, known] = [0, 0]
      for (let k = 1; k <= 30; k++) {
        const move = log((close[t - (k - 1) * per_day - 1] as number) / (close[t - k * per_day - 1] as number))
        if (Number.isFinite(move)) [sum, known] = [sum + move * move, known + 1]
      }
      if (known >= 20) sigmas.push(Math.sqrt(sum / known))
    }
    return { fall: falls.length >= 5 ? median(falls) : Number.NaN, sigma: sigmas.length >= 5 ? median(sigmas) : Number.NaN }
  })
}

/** Days (starts, ms) on which a rule fires, a run of neighbouring days counted once. */
function episodes(days: readonly number[]): number[] {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  return sorted.filter((day, i) => i === 0 || day - (sorted[i - 1] as number) > DAY_MS)
}

const near = (a: number, b: number) => Math.abs(a - b) <= DAY_MS

interface Row {
  readonly name: string
  readonly pack: string
  readonly found: readonly number[]
}

function score({ name, pack, found }: Row, labelled: readonly number[], defined: readonly number[]): string {
  const hits = labelled.filter((day) => found.some((one) => near(one, day)))
  const right = found.filter((one) => [...labelled, ...defined].some((day) => near(one, day)))
  const [low, high] = wilson(right.length, found.length)
  const [recall_low, recall_high] = wilson(hits.length, labelled.length)
  const share = (value: number) => value.toFixed(2)
  return `| ${pack} | ${name} | ${hits.length} of ${labelled.length} | ${share(hits.length / labelled.length)} [${share(recall_low)}, ${share(recall_high)}] | ${right.length} of ${found.length} | ${share(right.length / found.length)} [${share(low)}, ${share(high)}] |`
}

async function pack(name: string, files: readonly string[], labels: readonly Labelled[]) {
  const given = [{ file: files[0] as string, evidence: 'observed' as const, series: await read(...files) }]
  const { document, panel } = detect(given, { only: ['deleveraging-event'] })
  const [from, to] = [panel.time_ms[0] as number, panel.time_ms[panel.time_ms.length - 1] as number]
  const inside = labels.filter(({ day }) => of_day(day) >= from - DAY_MS && of_day(day) <= to)
  const rows = medians(panel)
  const day_at = (t: number) => day_of((panel.time_ms[t] as number) - 1)
  const defined = rows.flatMap(({ fall }, t) => (fall < -0.16 ? [day_at(t)] : []))
  const flushes = document.events.filter(({ type }) => type === 'long-flush')
  const found = flushes.map(({ detected }) => day_of(Date.parse(detected) - 1))
  const volatile = episodes(rows.flatMap(({ fall, sigma }, t) => (fall < -3 * sigma ? [day_at(t)] : [])))
  const labelled = inside.map(({ day }) => of_day(day))
  const lines = [
    score({ name: '`deleveraging-event`', pack: name, found }, labelled, defined),
    score({ name: 'baseline: median 24-hour drawdown below −16 %', pack: name, found: episodes(defined) }, labelled, defined),
    score({ name: 'baseline: median fall beyond three daily σ of 30 days', pack: name, found: volatile }, labelled, defined),
  ]
  const missed = inside.filter(({ day }) => !found.some((one) => near(one, of_day(day))))
  const wrong = flushes.filter((_, i) => ![...labelled, ...defined].some((day) => near(found[i] as number, day)))
  const onset = inside.flatMap(({ hourly, day }) => {
    if (hourly === null || panel.step_ms >= DAY_MS) return []
    const event = flushes.find(({ detected }) => near(day_of(Date.parse(detected) - 1), of_day(day)))
    return event === undefined
      ? []
      : [
          {
            day,
            hours: (Date.parse(event.detected) - Date.parse(hourly.worstHourUtc)) / HOUR_MS,
            before: (Date.parse(event.detected) - Date.parse(event.onset)) / HOUR_MS,
          },
        ]
  })
  return { lines, missed, wrong, onset, squeezes: document.events.length - flushes.length }
}

const interval = ({ value, low, high }: { value: number | null; low: number | null; high: number | null }) =>
  value === null ? '–' : `${value.toFixed(2)} [${low?.toFixed(2) ?? '–'}, ${high?.toFixed(2) ?? '–'}]`

async function warnings(name: string, files: readonly string[]): Promise<string[]> {
  const series = await read(...files)
  const prices = await read(files[0] as string)
  const times = prices.flatMap(({ time_ms }) =>
    time_ms.length > 0 ? [time_ms[0] as number, time_ms[time_ms.length - 1] as number] : [],
  )
  const panel = daily_panel(series, { from_ms: Math.min(...times), to_ms: Math.max(...times) })
  const evaluations = evaluate_warnings(panel)
  return evaluations.flatMap(({ problem, scores, rows, walks }) => [
    '',
    `**${name}: ${problem.title}** (${rows.length} rows out of sample)`,
    '',
    '| forecaster | ROC-AUC | within refits | PR-AUC | Brier skill | AUC − best baseline | events seen (by chance) | lead, days | false-alarm days a month | abstained | verdict |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...scores.map(
      (one) =>
        `| ${one.id} | ${interval(one.roc_auc)} | ${one.roc_auc_within?.toFixed(2) ?? '–'} | ${interval(one.average_precision)} | ${interval(one.brier_skill)} | ${one.beats_baseline === null ? '–' : interval(one.beats_baseline)} | ${one.event_recall === null ? '–' : `${one.event_recall.toFixed(2)} (${(one.event_recall_by_chance ?? 0).toFixed(2)})`} | ${one.lead_days === null ? '–' : one.lead_days.toFixed(1)} | ${one.false_alarm_days_per_month === null ? '–' : one.false_alarm_days_per_month.toFixed(1)} | ${one.abstained} | ${one.verdict} |`,
    ),
    ...shuffled(problem),
    ...(['fragility', 'system', 'venue'].includes(problem.id) && rows.length >= 150
      ? curves({ problem, scores, rows, walks })
      : []),
    ...(problem.id === 'venue' ? by_venue({ problem, scores, rows, walks }) : []),
  ])
}

const SHUFFLES = 10

/** The same walk with labels drawn anew from all of them, with replacement: what would be found where nothing is to be found. */
function shuffled(problem: Problem): string[] {
  const known = Array.from(problem.labels, (_, i) => i).filter((i) => !Number.isNaN(problem.labels[i]))
  const [pooled, within]: [number[], number[]] = [[], []]
  for (let seed = 1; seed <= SHUFFLES; seed++) {
    const rng = new Rng(seed)
    const labels = problem.labels.slice()
    for (const i of known) labels[i] = problem.labels[known[rng.uniformInt(known.length)] as number] as number
    const { probability, refit } = walk_forward({ ...problem, labels }, ridge_logit, EVALUATE)
    const rows = known.filter((i) => !Number.isNaN(probability[i] as number))
    const [own, said] = [rows.map((i) => labels[i] as number), rows.map((i) => probability[i] as number)]
    pooled.push(rocAuc(own, said) ?? Number.NaN)
    within.push(
      auc_within_refits(
        own,
        said,
        rows.map((i) => refit[i] as number),
      ) ?? Number.NaN,
    )
  }
  if (![...pooled, ...within].every(Number.isFinite)) return []
  const text = (aucs: readonly number[]) => {
    const mean = aucs.reduce((sum, auc) => sum + auc, 0) / SHUFFLES
    const error = Math.sqrt(aucs.reduce((sum, auc) => sum + (auc - mean) * (auc - mean), 0) / (SHUFFLES - 1) / SHUFFLES)
    return `${mean.toFixed(3)} ± ${error.toFixed(3)}`
  }
  return [
    '',
    `Labels shuffled, ${SHUFFLES} times: ROC-AUC of the ridge logit within refits ${text(within)}, of all pairs ${text(pooled)} (mean ± its standard error).`,
  ]
}

/** Of the questions of amplification: what was said against what happened, in five bins of equal size. */
function curves({ problem, rows, walks }: Evaluation): string[] {
  const labels = rows.map((i) => problem.labels[i] as number)
  const lines = walks
    .filter(({ forecaster }) => ['volatility', 'ridge-logit', 'boosted-trees'].includes(forecaster.id))
    .flatMap(({ forecaster, probability }) => {
      const said = rows.map((i) => probability[i] as number)
      if (!said.every(Number.isFinite)) return []
      const bins = calibration_curve(labels, said)
      return [`${forecaster.id} ${bins.map((bin) => `${bin.said.toFixed(2)} → ${bin.happened.toFixed(2)}`).join(', ')}`]
    })
  return lines.length === 0 ? [] : ['', `Calibration, said → happened in fifths: ${lines.join('; ')}.`]
}

/** Each venue for itself: how often, and how well its rows are ranked. */
function by_venue({ problem, rows, walks }: Evaluation): string[] {
  const subjects = (problem as { readonly rows_of?: ReadonlyMap<string, readonly number[]> }).rows_of ?? new Map()
  const judged = new Set(rows)
  const of = (id: string) => walks.find(({ forecaster }) => forecaster.id === id)?.probability
  const figure = (value: number | null) => (value === null ? '–' : value.toFixed(2))
  return [
    '',
    '| venue | rows | came true | ROC-AUC ridge-logit | boosted-trees | funding alone | Brier ridge-logit | constant |',
    '|---|---|---|---|---|---|---|---|',
    ...[...subjects].map(([venue, all]) => {
      const own = all.filter((i: number) => judged.has(i))
      const labels = own.map((i: number) => problem.labels[i] as number)
      const said = (id: string) => own.map((i: number) => of(id)?.[i] ?? Number.NaN)
      const auc = (id: string) => figure(rocAuc(labels, said(id)))
      return `| ${venue} | ${own.length} | ${labels.reduce((sum: number, one: number) => sum + one, 0)} | ${auc('ridge-logit')} | ${auc('boosted-trees')} | ${auc('funding')} | ${figure(brier(labels, said('ridge-logit')))} | ${figure(brier(labels, said('constant')))} |`
    }),
  ]
}

function put(text: string, mark: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- begin ${mark} -->`, `<!-- end ${mark} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/detection.md lacks ${begin}`)
  return `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`
}

async function main(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`skipped: no data packs in ${DATA}`)
    return
  }
  const labels = (JSON.parse(readFileSync(join(DATA, 'events_validation.json'), 'utf8')) as { events: Labelled[] }).events
  const daily = await pack('daily', [DAILY], labels)
  const hourly = await pack('hourly', [HOURLY], labels)
  const table = [
    '',
    '| data | rule | labelled days found | recall [95 % Wilson] | right of found | precision [95 % Wilson] |',
    '|---|---|---|---|---|---|',
    ...daily.lines,
    ...hourly.lines,
    '',
  ]
  const list = (of: typeof daily) => [
    `missed: ${of.missed.map(({ day, label }) => `${day} (${label})`).join(', ') || 'none'}`,
    `neither labelled nor data-defined: ${of.wrong.map(({ detected, drawdown }) => `${detected.slice(0, 10)} (${(100 * drawdown).toFixed(1)} %)`).join(', ') || 'none'}`,
  ]
  const hours = hourly.onset.map(
    ({ day, hours: late, before }) =>
      `${day}: said ${late >= 0 ? `${late.toFixed(0)} h after` : `${(-late).toFixed(0)} h before`} the hour that was worst, ${before.toFixed(0)} h after its onset`,
  )
  const details = [
    '',
    `- daily, ${list(daily).join('; ')}; ${daily.squeezes} squeezes apart`,
    `- hourly, ${list(hourly).join('; ')}; ${hourly.squeezes} squeezes apart`,
    `- onset, hourly: ${hours.join('; ')}`,
    '',
  ]
  const warned = [
    ...(await warnings('daily 2020–2022', [
      DAILY,
      'open_interest_daily_2021-09_2022-06.csv.gz',
      'funding_8h_utc_2020-01_2022-06.csv.gz',
      'vix_daily_2015_2026.csv.gz',
    ])),
    ...(await warnings('hourly 2023–2024', [HOURLY, 'vix_daily_2015_2026.csv.gz'])),
    '',
  ]
  const path = join(ROOT, 'docs/detection.md')
  let text = readFileSync(path, 'utf8')
  text = put(text, 'detection', [...table, ...details])
  text = put(text, 'warning', warned)
  writeFileSync(path, text)
  console.log([...table, ...details, ...warned].join('\n'))
}

await main()
