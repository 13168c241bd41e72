/** Known shapes of time series, told apart by the names of their columns, never by the name of the file. */
import { InputError, type Series } from '../model/index.ts'
import { bars_of, group, holds_bars, in_order, name_of, named, TIME_NAMES, time_column } from './bars.ts'
import type { Sheet } from './sheet.ts'

interface Pack {
  readonly id: string
  /** Columns that must be there, as a sentence names them. */
  readonly columns: readonly string[]
  series(sheet: Sheet): Series[]
}

/** What becomes of one column. */
interface Field {
  readonly column: string
  readonly field: string
  readonly unit: string
  readonly symbol?: string
  /** Truth values instead of numbers. */
  readonly flag?: boolean
}

/** Series of each key of a sheet whose rows carry one time for several fields. */
function keyed(
  sheet: Sheet,
  keys: readonly string[],
  fields: readonly Field[],
  name: (key: string[]) => { symbol: string; venue: string },
  delay_ms = 0,
): Series[] {
  const [time_name, unit_ms] = time_column(sheet) ?? ['ts_ms', 1]
  const times = sheet.times(time_name, unit_ms)
  const parts = keys.map((key) => sheet.text(key))
  const joined = Array.from({ length: sheet.rows }, (_, row) => parts.map((part) => part[row]).join('\u0000'))
  const values = fields.map(({ column, flag }) => (flag === true ? sheet.flags(column) : sheet.numbers(column)))
  const out: Series[] = []
  for (const found of group(joined).values()) {
    const rows = in_order(sheet, time_name, times, found, undefined)
    const { symbol, venue } = name(parts.map((part) => part[rows[0] as number] as string))
    const time_ms = Float64Array.from(rows, (row) => times[row] as number)
    fields.forEach((field, f) => {
      const column = values[f] as Float64Array
      const { unit } = field
      out.push({
        field: field.field,
        symbol: field.symbol ?? symbol,
        venue,
        unit,
        time_ms,
        values: Float64Array.from(rows, (row) => column[row] as number),
        ...(delay_ms > 0 ? { delay_ms } : {}),
      })
    })
  }
  return out
}

/** A row that stands for a period is known when it is over. */
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const nameless = () => ({ symbol: '', venue: '' })

const funding: Pack = {
  id: 'funding',
  columns: ['exchange', 'symbol', 'ts_utc', 'funding_rate'],
  series: (sheet) =>
    keyed(
      sheet,
      ['exchange', 'symbol'],
      [{ column: 'funding_rate', field: 'funding', unit: 'ratio' }],
      ([venue = '', symbol = '']) => ({ symbol, venue }),
    ),
}

const open_interest: Pack = {
  id: 'open interest',
  columns: ['date', 'coin_symbol', 'market', 'oi_open', 'oi_high', 'oi_low', 'oi_close'],
  series(sheet) {
    const fields = [
      { column: 'oi_close', field: 'open_interest', unit: 'usd' },
      { column: 'oi_open', field: 'open_interest_open', unit: 'usd' },
      { column: 'oi_high', field: 'open_interest_high', unit: 'usd' },
      { column: 'oi_low', field: 'open_interest_low', unit: 'usd' },
    ]
    return keyed(sheet, ['coin_symbol', 'market'], fields, ([symbol = '', venue = '']) => ({ symbol, venue }), DAY_MS)
  },
}

const liquidations: Pack = {
  id: 'liquidations per minute',
  columns: ['ts_ms', 'ask_price', 'bid_price', 'liq_long_eth', 'liq_short_eth'],
  series(sheet) {
    const fields = [
      { column: 'ask_price', field: 'ask', unit: 'usd' },
      { column: 'bid_price', field: 'bid', unit: 'usd' },
      { column: 'liq_long_eth', field: 'liquidated_long', unit: 'ETH' },
      { column: 'liq_short_eth', field: 'liquidated_short', unit: 'ETH' },
    ]
    return keyed(sheet, [], fields, () => ({ symbol: 'ETH', venue: '' }))
  },
}

const RESERVE_RATIOS = [
  'loan_to_value',
  'liquidation_threshold',
  'liquidation_bonus',
  'reserve_factor',
  'liquidity_index',
  'variable_borrow_index',
]
const RESERVE_RATES = ['current_liquidity_rate', 'current_variable_borrow_rate']
const RESERVE_FLAGS = ['active', 'frozen', 'paused', 'borrowing_enabled', 'siloed_borrowing', 'borrowable_in_isolation']

const reserves: Pack = {
  id: 'lending reserves per day',
  columns: ['snapshot_utc', 'symbol', ...RESERVE_RATIOS, ...RESERVE_RATES, ...RESERVE_FLAGS],
  series(sheet) {
    const fields = [
      ...RESERVE_RATIOS.map((column) => ({ column, field: column, unit: 'ratio' })),
      ...RESERVE_RATES.map((column) => ({ column, field: column, unit: 'ratio per year' })),
      ...RESERVE_FLAGS.map((column) => ({ column, field: column, unit: '1 or 0', flag: true })),
    ]
    return keyed(sheet, ['symbol'], fields, ([symbol = '']) => ({ symbol, venue: '' }))
  },
}

const pool: Pack = {
  id: 'pool state per hour',
  columns: ['timestamp', 'poolTick', 'poolLiquidity'],
  series: (sheet) =>
    keyed(
      sheet,
      [],
      [
        { column: 'poolTick', field: 'tick', unit: 'tick' },
        { column: 'poolLiquidity', field: 'liquidity', unit: 'liquidity' },
      ],
      nameless,
    ),
}

const CROSSES = ['usdc', 'usd', 'usdt']

const crosses: Pack = {
  id: 'bitcoin in three dollars per minute',
  columns: ['ts_ms', ...CROSSES.map((dollar) => `btc_${dollar}`), ...CROSSES.map((dollar) => `vol_${dollar}`)],
  series(sheet) {
    const fields: Field[] = CROSSES.flatMap((dollar) => {
      const symbol = `BTC/${dollar.toUpperCase()}`
      return [
        { column: `btc_${dollar}`, field: 'close', unit: dollar.toUpperCase(), symbol },
        { column: `vol_${dollar}`, field: 'volume', unit: 'BTC', symbol },
      ]
    })
    for (const [column, field] of [
      ['btc_usdc_low', 'low'],
      ['btc_usdc_high', 'high'],
    ] as const)
      if (sheet.has(column)) fields.push({ column, field, unit: 'USDC', symbol: 'BTC/USDC' })
    return keyed(sheet, [], fields, nameless, MINUTE_MS)
  },
}

/** Columns that may stand in any sheet with a time, beside bars or alone: what each is, and its unit ('' is the symbol's own). */
const PLAIN: readonly Field[] = [
  { column: 'open_interest_usd', field: 'open_interest', unit: 'usd' },
  { column: 'open_interest', field: 'open_interest', unit: '' },
  { column: 'funding_rate', field: 'funding', unit: 'ratio' },
]
const VENUES = ['exchange', 'venue', 'market'] as const

/** Open interest and funding under their plain names, by symbol and venue where the sheet has such columns; dollars before coins. */
function plain_series(sheet: Sheet, delay_ms: number): Series[] {
  const symbol_name = named(sheet, 'symbol')
  const venue_name = VENUES.map((name) => named(sheet, name)).find((name) => name !== undefined)
  const fields = PLAIN.flatMap((field) => {
    const column = named(sheet, field.column)
    return column === undefined ? [] : [{ ...field, column }]
  }).filter(({ field }, f, all) => all.findIndex((one) => one.field === field) === f)
  const keys = [symbol_name, venue_name].filter((name) => name !== undefined)
  const made = keyed(
    sheet,
    keys,
    fields,
    (key) => ({
      symbol: symbol_name === undefined ? name_of(sheet) : (key[0] as string),
      venue: venue_name === undefined ? '' : (key[key.length - 1] as string),
    }),
    delay_ms,
  )
  return made.map((one) => (one.unit === '' ? { ...one, unit: one.symbol } : one))
}

const PACKS: readonly Pack[] = [funding, open_interest, liquidations, reserves, pool, crosses]

/** Series of a sheet: of bars open, high, low, close, volume; of a known pack its fields; open interest and funding under their plain names. */
export function series_of(sheet: Sheet): Series[] {
  const has_plain = PLAIN.some(({ column }) => named(sheet, column) !== undefined)
  if (holds_bars(sheet)) {
    const all = bars_of(sheet)
    const priced = all.flatMap((bars) =>
      (['open', 'high', 'low', 'close', 'volume'] as const).map((field) => ({
        field,
        symbol: bars.symbol,
        venue: '',
        unit: field === 'volume' ? bars.symbol : 'usd',
        time_ms: bars.time_ms,
        values: bars[field],
        delay_ms: bars.step_ms,
      })),
    )
    return has_plain ? [...priced, ...plain_series(sheet, all[0]?.step_ms ?? 0)] : priced
  }
  const pack = PACKS.find(({ columns }) => sheet.has(...columns))
  if (pack !== undefined) return pack.series(sheet)
  if (has_plain && time_column(sheet) !== undefined) return plain_series(sheet, 0)
  throw new InputError(sheet.where, 'columns', sheet.names.join(', '), wanted(sheet))
}

/** What the columns of a sheet lack: of the shape of which half or more are there, else all shapes. */
function wanted(sheet: Sheet): string {
  const bars: Pick<Pack, 'id' | 'columns'> = { id: 'bars', columns: ['open', 'high', 'low', 'close'] }
  const near = [bars, ...PACKS]
    .map(({ id, columns }) => ({ id, all: columns.length, missing: columns.filter((name) => named(sheet, name) === undefined) }))
    .filter(({ id, all, missing }) => missing.length * 2 <= all || (id === bars.id && !missing.includes('close')))
    .sort((a, b) => a.missing.length / a.all - b.missing.length / b.all)[0]
  if (near === undefined) {
    const packs = PACKS.map(({ id, columns }) => `${id} (${columns.slice(0, 4).join(', ')}${columns.length > 4 ? ', …' : ''})`)
    const time = time_column(sheet) === undefined ? `; a time is ${TIME_NAMES}` : ''
    return `a time with open, high, low, close, or with ${PLAIN.map(({ column }) => column).join(', ')} (and symbol, exchange)${time}; ${packs.join(', ')}`
  }
  const missing = [
    ...near.missing,
    ...(near.id === bars.id && time_column(sheet) === undefined ? [`a time (${TIME_NAMES})`] : []),
  ]
  return missing.length > 0
    ? `for ${near.id} also ${missing.join(', ')}`
    : `for ${near.id} these names in small letters: ${PACKS.find(({ id }) => id === near.id)?.columns.join(', ')}`
}
