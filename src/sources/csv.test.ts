import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../model/index.ts'
import { bars_of } from './bars.ts'
import { parse_csv } from './csv.ts'
import { json_table } from './json-table.ts'
import { series_of } from './packs.ts'
import { parse_time } from './sheet.ts'

const HEAD = 'ts_ms,symbol,open,high,low,close,volume'
const bars = (...lines: string[]) => bars_of(parse_csv('x.csv', [HEAD, ...lines].join('\n')))
const HOUR = 3_600_000

describe('CSV', () => {
  it('reads rows, quotes, line ends of both kinds and a byte-order mark', () => {
    const sheet = parse_csv('x.csv', '\ufeffa,b\r\n1,"x, ""y""\nz"\r\n2,\r\n')
    expect([sheet.names, sheet.rows]).toEqual([['a', 'b'], 2])
    expect(sheet.text('b')).toEqual(['x, "y"\nz', ''])
    expect([...sheet.numbers('a')]).toEqual([1, 2])
  })

  it('gives back whatever text was put in, quoted as RFC 4180 says', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é', '1') })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
        const text = ['p,q', ...rows.map((row) => row.map(quote).join(','))].join('\n')
        const sheet = parse_csv('x.csv', text)
        expect(sheet.text('p')).toEqual(rows.map((row) => row[0]))
        expect(sheet.text('q')).toEqual(rows.map((row) => row[1]))
      }),
    )
  })

  it.each([
    ['', 'x.csv is "an empty file"; valid: a header and rows'],
    ['\n\n', 'x.csv is "an empty file"; valid: a header and rows'],
    ['a,b\n1,2\n3', 'x.csv: line 3 is "1 cells"; valid: 2 cells'],
    ['a,b\n1,2,3', 'x.csv: line 2 is "3 cells"; valid: 2 cells'],
    ['a,a\n1,2', 'x.csv: line 1, column 2 is "a"; valid: a name that no other column has'],
    ['time;close\n1;2', 'x.csv: line 1 is "time;close"; valid: names with commas between them, as between all cells'],
    ['a,\n1,2', 'x.csv: line 1, column 2 is ""; valid: a name that no other column has'],
    ['a\n"1', 'x.csv: record 2 is "an open quote"; valid: a closing quote'],
    ['a\n"1"2', 'x.csv: record 2 is "text behind a closing quote"; valid: a comma or a line end'],
  ])('refuses %j', (text, message) => {
    expect(() => parse_csv('x.csv', text)).toThrow(message)
  })

  it('takes time in proportion to its length', () => {
    // Shapes on which a careless parser is quadratic: no commas, nothing but line ends, one endless quote.
    const n = 1_000_000
    for (const text of [
      `a\n"1"\n${'1\n'.repeat(n)}`,
      `a\n1${'\n'.repeat(n)}`,
      `a,b\n${'"'.repeat(n)}`,
      `a\n"${'""'.repeat(n)}"`,
    ]) {
      const start = performance.now()
      try {
        parse_csv('x.csv', text)
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
      }
      expect(performance.now() - start).toBeLessThan(5000)
    }
  })
})

describe('cells', () => {
  it('are numbers only when they are', () => {
    const of = (cell: string) => parse_csv('x.csv', `a,b\n${cell},0`).numbers('a')[0]
    expect(['1', '-1.5', '+2e3', '.5', '3.', '1E-2'].map(of)).toEqual([1, -1.5, 2000, 0.5, 3, 0.01])
    expect(of('')).toBeNaN()
    for (const cell of ['abc', 'NaN', 'nan', 'Infinity', '0x10', '1_000', '1 000', ' 1', '1e999', '--1', '1.2.3', 'None'])
      expect(() => of(cell)).toThrow(`x.csv: a, line 2 is ${JSON.stringify(cell)}; valid: a finite number`)
  })

  it('are times in every form of the packs', () => {
    // Day 18726 after 1970-01-01: 51 years of 365 days, 13 leap days, January to March, and eight days of April.
    const day = (51 * 365 + 13 + 31 + 28 + 31 + 8) * 86_400_000
    expect(day).toBe(Date.UTC(2021, 3, 9))
    for (const text of [
      '2021-04-09',
      '2021-04-09 00:00:00',
      '2021-04-09T00:00:00Z',
      '2021-04-09 00:00:00+00',
      '2021-04-09T00:00:00.000+00:00',
    ])
      expect(parse_time(text)).toBe(day)
    expect(parse_time('2021-04-09 01:02:03.5')).toBe(day + 3_723_500)
    for (const text of [
      '2021-02-29',
      '2021-13-01',
      '2021-04-31',
      '2021-04-09 24:00',
      '2021-04-09T00:00:00+02:00',
      '09/04/2021',
      '',
      '2021-4-9',
      'x2021-04-09',
    ])
      expect(parse_time(text)).toBeNaN()
  })
})

describe('columns of times', () => {
  const times = (name: string, ...cells: readonly (string | number)[]) =>
    series_of(parse_csv('x.csv', [`${name},open,high,low,close`, ...cells.map((cell) => `${cell},1,1,1,1`)].join('\n')))[0]
      ?.time_ms
  // 2021-04-09, and an hour later.
  const [first, second] = [Date.UTC(2021, 3, 9), Date.UTC(2021, 3, 9, 1)]
  const NAMES = ['timestamp', 'time', 'ts', 'datetime', 'Time', 'DateTime', 'unix', 'date', 'open_time', 'ts_ms']

  it.each(NAMES)('%s in milliseconds, microseconds, nanoseconds and ISO are the same moments', (name) => {
    expect([...(times(name, first, second) ?? [])]).toEqual([first, second])
    expect([...(times(name, `${first}000`, `${second}999`) ?? [])]).toEqual([first, second])
    expect([...(times(name, `${first}000000`, `${second}000000`) ?? [])]).toEqual([first, second])
    expect([...(times(name, '2021-04-09T00:00:00Z', '2021-04-09 01:00') ?? [])]).toEqual([first, second])
  })

  it.each(NAMES.slice(0, 7))('%s in seconds, with decimals too', (name) => {
    expect([...(times(name, first / 1000, second / 1000) ?? [])]).toEqual([first, second])
    expect([...(times(name, `${first / 1000}.25`, `${second / 1000}.25`) ?? [])]).toEqual([first + 250, second + 250])
  })

  it('come back from any unit, whatever the moments of a column', () => {
    // One value is of today's size: as milliseconds it is after 1973-03-03 (10¹¹), as seconds before 5138.
    const moments = fc.uniqueArray(fc.integer({ min: 1e8, max: 4e9 }), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(moments, fc.constantFrom(1, 1e3, 1e6), (seconds, unit) => {
        const all = [...seconds, 1_617_926_400].sort((a, b) => a - b)
        const cells = [...new Set(all)].map((s) => (unit === 1 ? String(s) : `${s}${'0'.repeat(Math.log10(unit))}`))
        const sheet = parse_csv('x.csv', ['timestamp', ...cells].join('\n'))
        expect([...sheet.times('timestamp', 1000)]).toEqual([...new Set(all)].map((s) => 1000 * s))
      }),
    )
  })

  it('are days without dashes, never milliseconds of 1970', () => {
    expect([...(times('date', 20210409, 20210410) ?? [])]).toEqual([Date.UTC(2021, 3, 9), Date.UTC(2021, 3, 10)])
    // 2021 has no 30th of February: these are numbers.
    expect([...(times('ts_ms', 20210209, 20210230) ?? [])]).toEqual([20210209, 20210230])
  })

  it('may stand newest first, and in no other disorder', () => {
    expect([...(times('date', '2021-04-10', '2021-04-09') ?? [])]).toEqual([Date.UTC(2021, 3, 9), Date.UTC(2021, 3, 10)])
    expect(() => times('date', '2021-04-10', '2021-04-09', '2021-04-11')).toThrow(
      /date, line 3 is "2021-04-09.*oldest or newest first/,
    )
    expect(() => times('date', '2021-04-10', '2021-04-10')).toThrow(/date, line 3 .*no earlier row/)
  })

  it('are refused with the names that are read, and the units', () => {
    expect(() => series_of(parse_csv('x.csv', 'when,open,high,low,close\n0,1,1,1,1'))).toThrow(
      /^x\.csv: columns is "when, open, high, low, close"; valid: for bars also a time \(.*timestamp, ts, time, datetime,.*\)$/,
    )
    expect(() => series_of(parse_csv('x.csv', 'time,close\n0,1'))).toThrow(/valid: for bars also open, high, low$/)
    expect(() => series_of(parse_csv('x.csv', 'time,open,close,high\n0,1,1,1'))).toThrow(/valid: for bars also low$/)
    for (const cell of ['yesterday', '2021/04/09', '1e30', ''])
      expect(() => times('time', first, cell)).toThrow(
        /time, line 3 is ".*"; valid: epoch seconds, milliseconds or microseconds, or an ISO/,
      )
  })
})

describe('a row off the grid', () => {
  it('is named itself, not the first row of the file', () => {
    const lines = [0, 1, 2, 3, 4, 5].map((hour) => `${hour * HOUR + (hour === 4 ? 7000 : 0)},A,1,1,1,1,1`)
    // The smallest gap is the one after the late row, 3,593 seconds: no step of these bars.
    expect(() => bars(...lines)).toThrow(
      'ts_ms, line 6 is "1970-01-01T04:00:07.000Z"; valid: a multiple of 3600000 ms, the usual step, after the bar before',
    )
  })
})

describe('open interest and funding under their plain names', () => {
  const of = (text: string, path = '/tmp/eth-oi.csv') =>
    series_of(parse_csv(path, text)).map(({ field, symbol, venue, unit, delay_ms = 0, values }) => [
      field,
      symbol,
      venue,
      unit,
      delay_ms,
      ...values,
    ])

  it('alone: by symbol and venue where there are such columns, else of the file', () => {
    expect(
      of(
        'time,symbol,exchange,open_interest,funding_rate\n2021-01-01,BTC,okx,5,0.0001\n2021-01-01,ETH,okx,7,\n2021-01-02,BTC,okx,6,0.0002',
      ),
    ).toEqual([
      ['open_interest', 'BTC', 'okx', 'BTC', 0, 5, 6],
      ['funding', 'BTC', 'okx', 'ratio', 0, 0.0001, 0.0002],
      ['open_interest', 'ETH', 'okx', 'ETH', 0, 7],
      ['funding', 'ETH', 'okx', 'ratio', 0, Number.NaN],
    ])
    // Dollars before coins; newest first.
    expect(of('time,open_interest,Open_Interest_USD\n2021-01-02,6,60\n2021-01-01,5,50')).toEqual([
      ['open_interest', 'ETH', '', 'usd', 0, 50, 60],
    ])
  })

  it('beside bars: known when the bar is over', () => {
    const made = of('date,open,high,low,close,open_interest\n2021-01-01,1,1,1,1,5\n2021-01-02,1,1,1,1,6', 'sol.csv')
    expect(made.at(-1)).toEqual(['open_interest', 'SOL', '', 'SOL', 86_400_000, 5, 6])
  })
})

describe('bars', () => {
  it('are grouped by symbol, on the grid of their smallest step', () => {
    const found = bars(`0,A,1,2,0.5,1.5,10`, `0,B,3,3,3,3,0`, `${HOUR},A,1.5,2,1,1,20`, `${3 * HOUR},A,1,1,1,1,0`)
    expect(found.map((one) => [one.symbol, one.step_ms, [...one.time_ms]])).toEqual([
      ['A', HOUR, [0, HOUR, 3 * HOUR]],
      ['B', HOUR, [0]],
    ])
    expect([...(found[0]?.volume ?? [])]).toEqual([10, 20, 0])
  })

  it('take their symbol from the file when they have none, and windows in any order', () => {
    const plain = bars_of(
      parse_csv('/tmp/vix_daily.csv', 'DATE,OPEN,HIGH,LOW,CLOSE\n2015-01-02,17,20,17,18\n2015-01-05,19,21,19,20'),
    )
    expect(plain[0]).toMatchObject({ symbol: 'VIX', step_ms: 3 * 86_400_000 })
    const windows = [
      'event,ts_ms,symbol,open,high,low,close,volume',
      `late,${9 * HOUR},A,1,1,1,1,0`,
      `late,${10 * HOUR},A,1,1,1,1,0`,
      `early,0,A,2,2,2,2,0`,
    ]
    const [merged] = bars_of(parse_csv('x.csv', windows.join('\n')))
    expect([...(merged?.time_ms ?? [])]).toEqual([0, 9 * HOUR, 10 * HOUR])
    expect([...(merged?.open ?? [])]).toEqual([2, 1, 1])
    expect(() => bars_of(parse_csv('x.csv', [...windows, `mid,${9 * HOUR},A,1,1,1,1,0`].join('\n')))).toThrow('ts_ms, line')
  })

  it.each([
    [
      ['0,A,1,2,0.5,1.5,10', '0,A,1,2,0.5,1.5,10'],
      'ts_ms, line 3 is "1970-01-01T00:00:00.000Z"; valid: a time that no earlier row',
    ],
    [
      [`${HOUR},A,1,1,1,1,1`, '0,A,1,1,1,1,1', `${2 * HOUR},A,1,1,1,1,1`],
      'ts_ms, line 3 is "1970-01-01T00:00:00.000Z"; valid: a time after 1970-01-01T01:00:00.000Z',
    ],
    [['0,A,1,2,0.5,1.5,-1', `${HOUR},A,1,1,1,1,1`], 'volume, line 2 is -1; valid: a finite number ≥ 0'],
    [['0,A,-1,2,0.5,1.5,1', `${HOUR},A,1,1,1,1,1`], 'open, line 2 is -1; valid: a positive price'],
    [['0,A,1,2,0.5,,1', `${HOUR},A,1,1,1,1,1`], 'close, line 2 is empty; valid: a finite number'],
    [['0,A,1,2,0.5,x,1', `${HOUR},A,1,1,1,1,1`], 'close, line 2 is "x"; valid: a finite number'],
    [['0,A,1,0.9,0.5,0.8,1', `${HOUR},A,1,1,1,1,1`], 'high, line 2 is 0.9; valid: at least 1'],
    [['0,A,1,2,1.5,1.5,1', `${HOUR},A,1,1,1,1,1`], 'low, line 2 is 1.5; valid: at most 1'],
    [['0,,1,1,1,1,1', `${HOUR},A,1,1,1,1,1`], 'symbol, line 2 is ""; valid: a symbol'],
    [['0.5,A,1,1,1,1,1', `${HOUR},A,1,1,1,1,1`], 'ts_ms, line 2 is "0.5"; valid: epoch milliseconds'],
    [['0,A,1,1,1,1,1'], 'valid: at least two bars of one symbol'],
    [
      ['0,A,1,1,1,1,1', '1000,A,1,1,1,1,1', '2500,A,1,1,1,1,1'],
      'ts_ms, line 4 is "1970-01-01T00:00:02.500Z"; valid: a multiple of 1000 ms',
    ],
  ])('refuse %j', (lines, message) => {
    expect(() => bars(...lines)).toThrow(message)
  })
})

describe('series', () => {
  it('are told by the names of their columns', () => {
    const found = series_of(
      parse_csv(
        'any.csv',
        'exchange,symbol,ts_utc,funding_rate\nbybit,BTC,2020-01-01 00:00:00,0.0001\nbybit,BTC,2020-01-01 08:00:00,-0.0002',
      ),
    )
    expect(found).toEqual([
      {
        field: 'funding',
        symbol: 'BTC',
        venue: 'bybit',
        unit: 'ratio',
        time_ms: Float64Array.of(Date.UTC(2020, 0, 1), Date.UTC(2020, 0, 1, 8)),
        values: Float64Array.of(0.0001, -0.0002),
      },
    ])
    expect(() => series_of(parse_csv('any.csv', 'a,b\n1,2'))).toThrow(
      'any.csv: columns is "a, b"; valid: a time with open, high, low, close, or with open_interest_usd, open_interest, funding_rate (and symbol, exchange); a time is ts_ms, time_ms',
    )
  })
})

describe('tables in JSON', () => {
  it('are lists of records, nested fields by path', () => {
    const sheet = json_table('x.json', {
      note: 'n',
      events: [
        { day: 'a', daily: { fall: -0.1 } },
        { day: 'b', daily: null, more: true },
      ],
    })
    expect(sheet.names).toEqual(['day', 'daily.fall', 'daily', 'more'])
    expect(sheet.text('day')).toEqual(['a', 'b'])
    expect([...sheet.numbers('daily.fall')]).toEqual([-0.1, Number.NaN])
    for (const bad of [null, 1, {}, { a: [], b: [] }, [1], [[1]], [{ a: [1] }]])
      expect(() => json_table('x.json', bad)).toThrow(InputError)
  })
})

describe('damaged text', () => {
  const whole = [
    HEAD,
    ...Array.from({ length: 12 }, (_, i) => `${Math.floor(i / 2) * HOUR},${i % 2 === 0 ? 'A' : '"B"'},10,12.5,9,11,${i}`),
  ].join('\n')

  it('never gives anything but bars or an InputError', () => {
    const cut = fc.record({
      at: fc.nat(whole.length),
      length: fc.nat(12),
      put: fc.string({ unit: fc.constantFrom('"', ',', '\n', '-', 'e', '9', '\0', 'x'), maxLength: 6 }),
    })
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
        let text = whole
        for (const { at, length, put } of cuts) text = text.slice(0, at) + put + text.slice(at + length)
        try {
          for (const one of bars_of(parse_csv('x.csv', text))) expect(one.open.every((price) => price > 0)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
          expect((error as Error).message).not.toContain('\n')
        }
      }),
      { numRuns: 2000 },
    )
  })
})
