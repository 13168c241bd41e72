/** `unwind detect` and `unwind warn` through their tasks: documents that fit their schemas, pages, bad input. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Host } from '../../src/cli/support/host.ts'
import { perform } from '../../src/cli/support/work.ts'
import { Rng } from '../../src/math/index.ts'
import { SCHEMAS, type WarnDoc, warn_text } from '../../src/reports/index.ts'
import { writeSnapshot } from '../../src/sources/index.ts'
import { small_market } from '../support/reference-market.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-detect-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Two years of daily bars of six coins with one crash. */
function bars(): string {
  const rng = new Rng(5)
  const lines = ['date,symbol,open,high,low,close,volume']
  const level = new Map<string, number>()
  for (let day = 0; day < 730; day++) {
    const date = new Date(Date.UTC(2022, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)
    const crash = day === 400 ? -0.4 : 0
    const common = 0.02 * rng.normal() + crash
    for (const symbol of ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'DOT']) {
      const open = level.get(symbol) ?? 100
      const close = open * Math.exp(common + 0.01 * rng.normal())
      level.set(symbol, close)
      lines.push([date, symbol, open, Math.max(open, close) * 1.01, Math.min(open, close) * 0.99, close, 1e4].join(','))
    }
  }
  return `${lines.join('\n')}\n`
}
const file = join(folder, 'bars.csv')
writeFileSync(file, bars())
const vix = join(folder, 'vix.csv')
writeFileSync(vix, 'DATE,OPEN,HIGH,LOW,CLOSE\n2022-01-03,17,20,17,18\n2022-01-04,19,21,19,20\n')

async function unwind(...args: string[]) {
  let [out, err] = ['', '']
  const host: Host = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    watched: false,
    colour: false,
    width: 100,
    work: perform,
  }
  return { code: await main(args, host), out, err }
}

describe('unwind detect', () => {
  test('finds the crash, in a document that fits its schema', async () => {
    const { code, out, err } = await unwind('detect', file, '--json')
    expect([code, err]).toEqual([0, ''])
    const document = SCHEMAS['detect-1'].parse(JSON.parse(out)) as {
      events: { onset: string; type: string; drawdown: number; breadth: number; severity: string }[]
    }
    expect(document.events).toHaveLength(1)
    // Day 400 of 2022 is 2023-02-05.
    expect(document.events[0]).toMatchObject({
      type: 'long-flush',
      severity: 'critical',
      onset: '2023-02-05T00:00:00Z',
      breadth: 1,
    })
    expect(document.events[0]?.drawdown as number).toBeLessThan(-0.28)
  })

  test('as text and as a page that stands by itself', async () => {
    const page = join(folder, 'events.html')
    const { code, out } = await unwind('detect', file, '--html', page)
    expect(code).toBe(0)
    expect(out).toContain('2023-02-05')
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('<svg')
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  })

  test('a series in two files is joined', async () => {
    const lines = bars().trim().split('\n')
    const head = lines[0] as string
    const [one, two] = [join(folder, 'one.csv'), join(folder, 'two.csv')]
    writeFileSync(one, [head, ...lines.slice(1).filter((line) => line < '2022-12')].join('\n'))
    writeFileSync(two, [head, ...lines.slice(1).filter((line) => line >= '2022-12')].join('\n'))
    const [whole, parts] = [await unwind('detect', file, '--json'), await unwind('detect', two, one, '--json')]
    expect(JSON.parse(parts.out).events).toEqual(JSON.parse(whole.out).events)
  })

  test('days without prices are said, and are no days without events', async () => {
    const lines = bars().trim().split('\n')
    const gappy = join(folder, 'gappy.csv')
    const gone = (line: string) => line >= '2022-07-01' && line < '2022-08-30' && line.includes('BTC')
    writeFileSync(gappy, lines.filter((line) => !gone(line)).join('\n'))
    // 1 July to 29 August: 60 of the 730 days.
    for (const command of ['detect', 'warn'])
      expect((await unwind(command, gappy)).out.replace(/\s+/g, ' ')).toMatch(
        /[Pp]rices are missing within the range: BTC 60 of 730; nothing is known of those times/,
      )
    expect((await unwind('detect', file)).out).not.toContain('missing')
  }, 60_000)

  test('windows too far apart to know what is usual are no all-clear', async () => {
    // Ten days in each quarter: 80 days of prices, never 20 within 60.
    const windows = join(folder, 'windows.csv')
    const lines = bars().trim().split('\n')
    const kept = lines.slice(1).filter((_, i) => Math.floor(i / 6) % 91 < 10)
    writeFileSync(windows, [lines[0], ...kept].join('\n'))
    const { out } = await unwind('detect', windows)
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /no all-clear: de-leveraging events were not looked for: the files hold \d+ days of prices, nowhere 20 within 60/,
    )
    expect(out).toContain('No answer')
  })

  test('a detector that has nothing to read says what is missing for it', async () => {
    const { out } = await unwind('detect', file, '--detector', 'depeg')
    expect(out.replace(/\s+/g, ' ')).toMatch(/no all-clear: depegs were not looked for: the files hold no peg/)
  })

  test('a range without the crash has no event', async () => {
    const { out } = await unwind('detect', file, '--to', '2023-01-15')
    expect(out).toContain('No event')
  })

  test.each([
    [['detect'], /missing required argument/],
    [['detect', 'nowhere.csv'], /nowhere\.csv.*a file that exists/],
    [['detect', file, '--detector', 'crystal-ball'], /--detector is "crystal-ball".*deleveraging-event/],
    [['detect', file, '--step', '2s'], /--step is "2s".*1m to 1d/],
    [['detect', file, '--from', '2023-02-31'], /--from/],
    [['detect', file, '--from', '2023-02-02', '--to', '2023-02-01'], /--to/],
    [['detect', file, file], /open of BTC at times that .* tells of too/],
    [['detect', file, '--html', file], /not also an input/],
    [['warn', vix], /vix\.csv: close is that of VIX: an index or a pair, no asset; valid: prices of an asset in the first file/],
    [['warn', file, '--fall', '200%'], /--fall is "200%".*0\.5% to 90%/],
    [['warn', file, '--times', '0.5'], /--times/],
    [['warn', file, '--days', 'x'], /--days/],
    [['warn'], /files.*files of series, or --snapshot/],
    [['warn', file, '--snapshot', 'a.json,,b.json'], /--snapshot is "a\.json,,b\.json".*separated by commas/],
    [['warn', file, '--snapshot', 'nowhere.json'], /nowhere\.json.*a file that exists/],
    [['warn', file, '--snapshot', file], /bars\.csv/],
    [['warn', file, '--seeds', '5'], /--seeds means something only together with --snapshot/],
    [['warn', '--snapshot', 'x.json', '--all'], /--all means something only together with files of series/],
    [['warn', '--snapshot', 'x.json', '--evaluate'], /--evaluate means something only together with files of series/],
    [['warn', file, '--snapshot', 'x.json', '--seeds', '2'], /--seeds is "2".*from 3 to 1000/],
    [['detect', file, '--snapshot', 'nowhere.json'], /nowhere\.json.*a file that exists/],
  ])('%j is refused with one line', async (args, says) => {
    const { code, out, err } = await unwind(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(says)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})

describe('unwind warn', () => {
  test('its help says how many seeds it takes', async () => {
    expect((await unwind('warn', '--help')).out.replace(/\s+/g, ' ')).toMatch(/--seeds <n> [^-]*3 to 1000/)
  })

  let made: ReturnType<typeof unwind> | undefined
  const evaluated = () => (made ??= unwind('warn', file, '--evaluate', '--json'))

  test('gives chances with drivers and, when asked, the table, and says when there is no skill', async () => {
    const { code, out, err } = await evaluated()
    expect([code, err]).toEqual([0, ''])
    const document = SCHEMAS['warn-1'].parse(JSON.parse(out)) as {
      warnings: { probability: number | null; skill: string }[]
      evaluation: { scores: { verdict: string }[] }[]
      notes: string[]
    }
    // A fall, an event, and amplification by asset and of the market; no venues report here.
    expect(document.evaluation).toHaveLength(4)
    // The bars are a random walk: nothing can be known of it.
    expect(document.evaluation.flatMap(({ scores }) => scores).filter(({ verdict }) => verdict === 'skill')).toEqual([])
    expect(document.notes.join(' ')).toContain('No skill')
  }, 60_000)

  test('the run without --evaluate says the same of skill, beside each chance, with parts that add up to what is printed', async () => {
    const [short, long] = await Promise.all([unwind('warn', file, '--json'), evaluated()])
    const [quick, whole] = [short, long].map(({ out }) => SCHEMAS['warn-1'].parse(JSON.parse(out)) as WarnDoc) as [
      WarnDoc,
      WarnDoc,
    ]
    expect(quick.evaluation).toEqual([])
    expect(quick.warnings.length).toBeGreaterThan(6)
    const odds = (p: number) => Math.log(p / (1 - p))
    quick.warnings.forEach(({ skill, brier_skill, beats_naive, probability, base_rate, drivers }, i) => {
      expect(['no skill', 'too little data']).toContain(skill)
      const { skill: other, brier_skill: brier, beats_naive: beats } = whole.warnings[i] as (typeof quick.warnings)[number]
      expect([skill, brier_skill, beats_naive]).toEqual([other, brier, beats])
      if (probability !== null)
        expect(drivers.reduce((sum, { part }) => sum + part, odds(base_rate))).toBeCloseTo(odds(probability), 9)
    })
    const words = warn_text(quick, { width: 80 })
    expect(words).toMatch(/chance, no skill +usual/)
    expect(words).toContain('Go by the usual chance.')
    // Every line that says what moves a chance adds up, as printed.
    const sums = words.replace(/\n +/g, ' ').match(/[−+]\d\.\d\d = [^\n]*?(?:others [−+]\d\.\d\d|no sign moves it)/g) ?? []
    expect(sums.length).toBeGreaterThan(2)
    for (const line of sums) {
      const [whole_part, ...parts] = (line.match(/[−+]\d\.\d\d/g) as string[]).map((one) => Number(one.replace('−', '-')))
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(whole_part as number, 9)
    }
  }, 120_000)

  test('questions are judged, not judged and not said, each counted apart; one base rate, and which rows it is of', async () => {
    const lines = bars().trim().split('\n')
    const early = join(folder, 'early.csv')
    // 170 days: chances can be had, falls of the market are too few to be judged.
    writeFileSync(early, lines.slice(0, 1 + 6 * 170).join('\n'))
    const { code, out } = await unwind('warn', early, '--evaluate', '--fall', '3%', '--days', '2')
    expect(code).toBe(0)
    expect(out).toMatch(/Too little data to judge: \d of 4 questions/)
    expect(out.replace(/\s+/g, ' ')).toMatch(/Not said, .*: a long flush opens within 2 days \(\d+ rows, 0 came true\)/)
    expect(out).not.toMatch(/base rate 0\.0 %|on 4 of 4/)
    expect(out.replace(/\s+/g, ' ')).toContain('0 of them out of sample: too little data to judge')
  }, 60_000)
})

describe('with snapshots', () => {
  // The last day of the bars, and the day before it.
  const last = Date.UTC(2023, 11, 31)
  const market = (time_ms: number) => ({ ...small_market(400), time_ms })
  const [monday, tuesday] = [join(folder, 'monday.json'), join(folder, 'tuesday.json')]

  interface Loss {
    readonly subject: string
    readonly expected_loss_usd: number | null
    readonly expected_loss: { readonly model: string; readonly seeds: number; readonly evidence: string } | null
    readonly expected_loss_basis: string
    readonly positions: readonly { readonly name: string; readonly before: number | null }[]
  }
  interface Document {
    readonly time: string
    readonly warnings: readonly (Loss & { readonly question: string })[]
    readonly simulated: readonly (Loss & { readonly hits: number; readonly seeds: number })[]
    readonly snapshots: readonly { readonly file: string }[]
    readonly notes: readonly string[]
  }

  test('every chance has a loss or says why not, with the positions beside it', async () => {
    await writeSnapshot(market(last - 86_400_000), monday)
    await writeSnapshot(market(last), tuesday)
    const { code, out, err } = await unwind('warn', file, '--snapshot', `${tuesday},${monday}`, '--seeds', '3', '--json')
    expect([code, err]).toEqual([0, ''])
    const document = SCHEMAS['warn-1'].parse(JSON.parse(out)) as Document
    expect(document.snapshots.map((one) => one.file)).toEqual([monday, tuesday])
    expect(document.warnings.length).toBeGreaterThan(3)
    for (const one of document.warnings) {
      // The market has BTC, ETH, SOL and XRP of the bars, not ADA and DOT.
      const has = !['ADA', 'DOT'].includes(one.subject)
      expect(one.expected_loss_usd === null).toBe(!has)
      expect(one.expected_loss_basis).toContain(has ? 'the reference market, synthetic' : `no asset ${one.subject}`)
      if (one.subject === 'market') {
        expect(one.expected_loss).toMatchObject({ model: 'run', seeds: 3, evidence: 'synthetic' })
        expect(one.positions.map(({ name }) => name)).toEqual(
          expect.arrayContaining(['reproduction_number', 'distance_to_cliff', 'ladder_liquidatable.10']),
        )
        expect(one.positions.every(({ before }) => before !== null)).toBe(true)
      } else if (has) expect(one.expected_loss).toMatchObject({ model: 'ladder', seeds: 0 })
    }
    expect(document.simulated.map(({ subject }) => subject)).toEqual(['market', 'aave', 'maker', 'binance'])
    // In words, at a hundred columns, neither drivers nor losses are left out.
    const words = warn_text(document as unknown as WarnDoc, { width: 100 })
    for (const column of ['loss if so', 'what moves', 'loss, median [5 %, 95 %]']) expect(words).toContain(column)
  }, 120_000)

  test('without prices: positions alone, in words', async () => {
    await writeSnapshot(market(last), tuesday)
    const { code, out } = await unwind('warn', '--snapshot', tuesday, '--seeds', '3')
    expect(code).toBe(0)
    expect(out).toContain('Chances as of 2023-12-31')
    for (const word of ['R, spectral radius', 'joint fall to the next cliff', 'binance', 'synthetic']) expect(out).toContain(word)
    // Counted, with Wilson's interval (0 of 3: z² ÷ (3 + z²) = 0.561), not 1 ÷ (n + 2).
    expect(out).toMatch(/market +0 of 3 +0 % \[0 %, 56 %\]/)
    expect(out).not.toMatch(/NaN|undefined|Infinity|_number|ladder_|20\.0 %/)
  }, 60_000)

  test('without a snapshot a loss is null with the reason', async () => {
    const document = SCHEMAS['warn-1'].parse(JSON.parse((await unwind('warn', file, '--json')).out)) as Document
    expect(document.simulated).toEqual([])
    for (const one of document.warnings) {
      expect(one.expected_loss_usd).toBeNull()
      expect(one.expected_loss_basis).toContain('no snapshot was given')
    }
  }, 60_000)

  test('snapshots of different markets are not set against each other', async () => {
    await writeSnapshot(market(last), tuesday)
    const lenders = join(import.meta.dirname, '../../examples/two-lenders.json')
    const moved = join(folder, 'lenders.json')
    writeFileSync(moved, JSON.stringify({ ...JSON.parse(readFileSync(lenders, 'utf8')), time_ms: last - 86_400_000 }))
    const { code, out } = await unwind('warn', '--snapshot', `${moved},${tuesday}`, '--seeds', '3')
    expect(code).toBe(0)
    expect(out).not.toContain('→')
    expect(out.replace(/\s+/g, ' ')).toMatch(/Two lenders, eight accounts and the reference market are of different markets/)
    // The same market a day later is.
    await writeSnapshot(market(last - 86_400_000), monday)
    expect((await unwind('warn', '--snapshot', `${monday},${tuesday}`, '--seeds', '3')).out).toContain('→')
  }, 60_000)

  test('two of one moment are refused', async () => {
    await writeSnapshot(market(last), tuesday)
    await writeSnapshot(market(last), monday)
    const { code, err } = await unwind('warn', '--snapshot', `${tuesday},${monday}`)
    expect(code).toBe(2)
    expect(err).toMatch(/monday\.json.*a moment of its own/)
  })

  test('alerts near a snapshot have a loss, others the reason, and all say what they rest on', async () => {
    // The crash is on 2023-02-05: known when that day is over.
    await writeSnapshot(market(Date.UTC(2023, 1, 6)), monday)
    const { code, out } = await unwind('detect', file, '--snapshot', monday, '--json')
    expect(code).toBe(0)
    const { alerts } = SCHEMAS['detect-1'].parse(JSON.parse(out)) as {
      alerts: (Omit<Loss, 'positions' | 'expected_loss'> & { detector: string; links: string[] })[]
    }
    const flush = alerts.filter(({ detector }) => detector === 'deleveraging-event')
    expect(flush[0]?.expected_loss_usd as number).toBeGreaterThan(0)
    expect(flush[0]?.links).toEqual(['docs/detectors/deleveraging-event.md', file])
    const page = join(folder, 'costs.html')
    const { out: words } = await unwind('detect', file, '--snapshot', monday, '--html', page)
    expect(words).toContain('What they would cost, by the snapshot')
    // The page has the same losses; without a snapshot it has no such part.
    const loss = /long-flush of \S+: (\$[\d.]+ [kMBT])/.exec(words)?.[1] as string
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('What they would cost, by the snapshot')
    expect(html).toContain(`<td>${loss}</td>`)
    await unwind('detect', file, '--html', page)
    expect(readFileSync(page, 'utf8')).not.toContain('would cost')
    const changes = alerts.filter(({ detector }) => detector === 'change-point')
    expect(changes.length).toBeGreaterThan(0)
    for (const { expected_loss_usd, expected_loss_basis } of changes) {
      expect(expected_loss_usd).toBeNull()
      expect(expected_loss_basis).toMatch(/no model of losses|days away/)
    }
  }, 60_000)
})
