/**
 * Fits price impact to what was measured and writes the tables of docs/calibration.md. Run: npm run study:calibration
 * The packs are looked for in ../shared/data (UNWIND_SHARED names another place); without them it says so and ends.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { log, median } from '../src/math/index.ts'
import {
  type Estimate,
  fit_flow,
  fit_quotes,
  type FlowMinute,
  type ImpactQuote,
  POWERS,
  QUOTE_FORMS,
  score_flow,
  score_quotes,
} from '../src/studies/calibration.ts'

const ROOT = join(import.meta.dirname, '..')
const DATA = join(process.env.UNWIND_SHARED ?? join(ROOT, '../shared'), 'data')
const DOCUMENT = join(ROOT, 'docs/calibration.md')
const QUOTES = 'oneinch_quotes_price_impact_2023-11.csv.gz'
const FLOW = 'binance_ethusdt_liquidations_1m_2021-01.csv.gz'

/** Decimals and name of each token by the first characters of its address. */
const TOKENS: Readonly<Record<string, readonly [string, number]>> = {
  '0x0000': ['TUSD', 18],
  '0x2260': ['WBTC', 8],
  '0x7f39': ['wstETH', 18],
  '0x8e87': ['USDP', 18],
  '0xa0b8': ['USDC', 6],
  '0xac3e': ['sfrxETH', 18],
  '0xc02a': ['WETH', 18],
  '0xdac1': ['USDT', 6],
}

/** Rows of a pack, cells by column. */
function rows(file: string): string[][] {
  const [, ...lines] = gunzipSync(readFileSync(join(DATA, file)))
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.map((line) => line.split(','))
}

/** Quotes with sizes in USD: a token is worth the median of its prices in USDC within half a percent of the best. */
function quotes(): { list: ImpactQuote[]; names: string[] } {
  const raw = rows(QUOTES).map(([src = '', dst = '', amount, , price, impact, time]) => ({
    src: src.slice(0, 6),
    dst: dst.slice(0, 6),
    amount: Number(amount),
    price: Number(price),
    impact: Number(impact),
    time_s: Number(time),
  }))
  const ids = Object.keys(TOKENS)
  const worth = ids.map((id) =>
    id === '0xa0b8'
      ? 1
      : median(raw.filter((one) => one.src === id && one.dst === '0xa0b8' && one.impact < 0.005).map((one) => one.price)),
  )
  const list = raw.map(({ src, dst, amount, impact, time_s }) => {
    const k = ids.indexOf(src)
    const decimals = TOKENS[src]?.[1] as number
    return { src: k, dst: ids.indexOf(dst), usd: (amount / 10 ** decimals) * (worth[k] as number), impact, time_s }
  })
  return { list, names: ids.map((id) => TOKENS[id]?.[0] as string) }
}

const shown = ({ value, low, high }: Estimate, digits = 2) =>
  `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`

function quote_tables(): string[] {
  const { list, names } = quotes()
  const tokens = names.length
  const last = Math.max(...list.map(({ time_s }) => time_s)) - 5 * 3600
  // Of the 56 ordered pairs every fifth, in order of their tokens' addresses.
  const pair = ({ src, dst }: ImpactQuote) => src * (tokens - 1) + (dst > src ? dst - 1 : dst)
  const apart = (one: ImpactQuote) => pair(one) % 5 === 2
  const train = list.filter((one) => one.time_s < last && !apart(one))
  const tests = [
    ['pairs never seen', list.filter((one) => one.time_s < last && apart(one))],
    ['last 5 hours', list.filter((one) => one.time_s >= last && !apart(one))],
    ['both', list.filter((one) => one.time_s >= last && apart(one))],
  ] as const
  const fits = QUOTE_FORMS.map((form) => fit_quotes(form, tokens, train))
  const [baseline] = fits
  if (baseline === undefined) throw new Error('no form')
  const power = fits.at(-1)
  const sizes = [
    ['up to 50 k USD', 0, 5e4],
    ['50 k to 1 M USD', 5e4, 1e6],
    ['above 1 M USD', 1e6, Number.POSITIVE_INFINITY],
  ] as const
  const by_size = sizes.map(([name, from, to]) => {
    const own = train.filter(({ usd }) => usd >= from && usd < to)
    const { beta } = fit_quotes('power', tokens, own)
    return `| ${name} | ${own.length} | ${beta === null ? '' : shown(beta)} |`
  })
  const scores = tests.flatMap(([name, held]) =>
    fits.map((fit) => {
      const { rms_log, absolute, skill } = score_quotes(fit, baseline, held, tokens)
      const verdict = fit === baseline ? '' : skill.low > 0 ? 'better' : skill.high < 0 ? 'worse' : 'no skill'
      return `| ${name} (${held.length}) | ${fit.form} | ${rms_log.toFixed(2)} | ${(100 * absolute).toFixed(2)} % | ${fit === baseline ? '' : shown(skill)} | ${verdict} |`
    }),
  )
  return [
    '',
    `${list.length} quotes, ${train.length} to fit. Power β of size: ${power?.beta ? shown(power.beta, 3) : '–'} (95 %, whole pairs drawn with replacement).`,
    '',
    '| size | quotes | power β of its own fit [95 %] |',
    '|---|---|---|',
    ...by_size,
    '',
    '| held out (quotes) | form | RMS error of ln impact | mean error of the impact | 1 − squared error ÷ that of one depth for all [95 %] | verdict |',
    '|---|---|---|---|---|---|',
    ...scores,
    '',
  ]
}

function flow_tables(): string[] {
  const read = rows(FLOW).map((cells) => cells.map(Number))
  const minutes: FlowMinute[] = []
  for (let k = 1; k < read.length; k++) {
    const [time = 0, ask = 0, bid = 0, long = 0, short = 0] = read[k] as number[]
    const [before = 0, ask_before = 0, bid_before = 0] = read[k - 1] as number[]
    const flow = short - long
    if (flow === 0 || time - before > 120_000) continue
    minutes.push({ flow, move: log((ask + bid) / (ask_before + bid_before)), day: Math.floor(time / 86_400_000) })
  }
  const end = Date.parse('2021-01-25T00:00:00Z') / 86_400_000
  const [train, held] = [minutes.filter(({ day }) => day < end), minutes.filter(({ day }) => day >= end)]
  const linear = fit_flow(train, [1])
  const forms = [
    ['nothing moves', undefined],
    ['linear (constant depth)', linear],
    ['square root', fit_flow(train, [0.5])],
    ['power', fit_flow(train, POWERS)],
  ] as const
  const lines = forms.map(([name, fit]) => {
    const { rms, skill } = score_flow(fit === undefined ? () => 0 : fit.move, linear.move, held)
    const verdict = fit === linear ? '' : skill.low > 0 ? 'better' : skill.high < 0 ? 'worse' : 'no skill'
    const at = fit === undefined ? '' : `${(10_000 * fit.move(100)).toFixed(1)} / ${(10_000 * fit.move(1000)).toFixed(1)}`
    return `| ${name} | ${fit === undefined ? '' : shown(fit.beta)} | ${fit === undefined ? '' : `${fit.coefficient.value.toExponential(2)} [${fit.coefficient.low.toExponential(2)}, ${fit.coefficient.high.toExponential(2)}]`} | ${at} | ${(10_000 * rms).toFixed(1)} | ${fit === linear ? '' : shown(skill)} | ${verdict} |`
  })
  return [
    '',
    `${minutes.length} minutes with liquidations, ${train.length} before 25 January to fit, ${held.length} held out.`,
    '',
    '| form | β [95 %] | coefficient, ln price per ETH^β [95 %] | move at 100 / 1,000 ETH, bp | RMS error held out, bp | 1 − squared error ÷ that of constant depth [95 %] | verdict |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ]
}

function put(text: string, mark: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- begin ${mark} -->`, `<!-- end ${mark} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/calibration.md lacks ${begin}`)
  return `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`
}

const missing = [QUOTES, FLOW].filter((file) => !existsSync(join(DATA, file)))
if (missing.length > 0) console.log(`skipped: ${missing.join(', ')} not in ${DATA}`)
else {
  const text = put(put(readFileSync(DOCUMENT, 'utf8'), 'quotes', quote_tables()), 'flow', flow_tables())
  writeFileSync(DOCUMENT, text)
  console.log(text)
}
