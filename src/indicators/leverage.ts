/** How much is borrowed: open interest counted in coin (in dollars it falls with the price), its growth, its size against value and trade. */
import { log } from '../math/index.ts'
import { column_at, type Indicator, type PanelColumn, type PanelShape, symbols_with } from '../model/index.ts'
import { Rolling } from './shared/rolling.ts'
import { DAY_MS, over_venues, per_symbol, type Reader, steps_in, sum_of } from './shared/streams.ts'

/** Coins of open interest over all venues; USD figures are divided by the close. undefined where the symbol has no price and needs one. */
function coins(shape: PanelShape, columns: readonly number[], symbol: string): Reader | undefined {
  const usd = columns.some((column) => (shape.columns[column] as PanelColumn).unit === 'usd')
  const close = column_at(shape, 'close', symbol)
  if (usd && close < 0) return undefined
  return (row) => (usd ? sum_of(row, columns) / (row[close] as number) : sum_of(row, columns))
}

const needs = ['open_interest', 'close?']

const coin: Indicator = {
  id: 'open_interest_coin',
  title: 'Open interest in coin',
  source: 'Σ over venues of open interest ÷ price',
  needs,
  reads: 'high: many positions that can be forced',
  open: (shape) =>
    over_venues(shape, 'open_interest_coin', 'coin', 'open_interest', 1, 0, (columns, symbol) => coins(shape, columns, symbol)),
}

const z90: Indicator = {
  id: 'open_interest_z',
  title: 'Open interest in coin against 90 days, in standard deviations',
  source:
    '(now − mean) ÷ standard deviation; best single predictor of de-leveraging days measured on daily data: AUC 0.72 [0.50, 0.88], 8 events',
  needs,
  reads: 'above 1.5: leverage has built up',
  open(shape) {
    const span = steps_in(shape, 90 * DAY_MS, 20)
    return over_venues(shape, 'open_interest_z', 'standard deviations', 'open_interest', 1, span - 1, (columns, symbol) => {
      const read = coins(shape, columns, symbol)
      if (read === undefined) return undefined
      const rolling = new Rolling(span)
      return (row, time) => {
        rolling.push(read(row, time))
        return rolling.full ? rolling.score : Number.NaN
      }
    })
  },
}

/** Log change of coin open interest over a span. */
const growth = (id: string, title: string, span_ms: number): Indicator => ({
  id,
  title,
  source: 'ln(open interest in coin ÷ the same then)',
  needs,
  reads: span_ms > DAY_MS ? 'high: leverage grows' : 'very negative: positions are being closed',
  open(shape) {
    const span = steps_in(shape, span_ms, 1)
    return over_venues(shape, id, 'log ratio', 'open_interest', 1, span, (columns, symbol) => {
      const read = coins(shape, columns, symbol)
      if (read === undefined) return undefined
      const rolling = new Rolling(span + 1)
      return (row, time) => {
        rolling.push(read(row, time))
        return rolling.steps > span ? log(rolling.last / rolling.back(span)) : Number.NaN
      }
    })
  },
})

/** Open interest against another column of the symbol. */
const against = (id: string, title: string, field: string, source: string, average_ms: number, reads: string): Indicator => ({
  id,
  title,
  source,
  needs: ['open_interest', field, 'close?'],
  reads,
  open(shape) {
    const span = steps_in(shape, average_ms, 1)
    return over_venues(shape, id, 'ratio', 'open_interest', 1, span - 1, (columns, symbol) => {
      const read = coins(shape, columns, symbol)
      const [other, close] = [column_at(shape, field, symbol), column_at(shape, 'close', symbol)]
      if (read === undefined || other < 0) return undefined
      const in_usd = (shape.columns[other] as PanelColumn).unit === 'usd'
      if (in_usd && close < 0) return undefined
      const rolling = new Rolling(span)
      return (row, time) => {
        rolling.push((row[other] as number) / (in_usd ? (row[close] as number) : 1))
        const mean = rolling.full ? rolling.mean : Number.NaN
        return mean > 0 ? read(row, time) / mean : Number.NaN
      }
    })
  },
})

const borrow_usage: Indicator = {
  id: 'borrow_usage',
  title: 'What is lent out of what could be',
  source: 'borrowed ÷ supplied; the utilisation where a file gives that instead',
  needs: ['borrowed?', 'supplied?', 'utilisation?'],
  reads: 'high: leverage through loans is nearly used up, and suppliers cannot all leave',
  open(shape) {
    if (symbols_with(shape, 'borrowed', 'supplied').length === 0)
      return per_symbol(
        shape,
        'borrow_usage',
        'ratio',
        ['utilisation'],
        0,
        ([used = -1]) =>
          (row) =>
            row[used] as number,
      )
    return per_symbol(
      shape,
      'borrow_usage',
      'ratio',
      ['borrowed', 'supplied'],
      0,
      ([borrowed = -1, supplied = -1]) =>
        (row) =>
          (row[supplied] as number) > 0 ? (row[borrowed] as number) / (row[supplied] as number) : Number.NaN,
    )
  },
}

const inflow: Indicator = {
  id: 'exchange_inflow',
  title: 'Coins moved to exchanges in 7 days, over open interest',
  source: '(coins held by exchanges − the same 7 days before) ÷ open interest in coin',
  needs: ['exchange_reserve', 'open_interest', 'close?'],
  reads: 'high: holders bring coins to where they can be sold against the contracts',
  open(shape) {
    const span = steps_in(shape, 7 * DAY_MS, 1)
    return over_venues(shape, 'exchange_inflow', 'ratio', 'open_interest', 1, span, (columns, symbol) => {
      const read = coins(shape, columns, symbol)
      const reserve = column_at(shape, 'exchange_reserve', symbol)
      if (read === undefined || reserve < 0) return undefined
      const rolling = new Rolling(span + 1)
      return (row, time) => {
        rolling.push(row[reserve] as number)
        const open_interest = read(row, time)
        return rolling.steps > span && open_interest > 0 ? (rolling.last - rolling.back(span)) / open_interest : Number.NaN
      }
    })
  },
}

export const leverage: readonly Indicator[] = [
  coin,
  z90,
  growth('open_interest_growth', 'Growth of open interest in coin, 30 days', 30 * DAY_MS),
  growth('open_interest_change', 'Change of open interest in coin, one day', DAY_MS),
  against(
    'open_interest_to_volume',
    'Open interest over a day’s trade',
    'volume',
    'open interest ÷ mean volume of 7 days: days it would take to close all',
    7 * DAY_MS,
    'high: the exit is narrow',
  ),
  against(
    'open_interest_to_cap',
    'Open interest over market value',
    'market_cap',
    'open interest ÷ market value',
    1,
    'high: leverage is large for the asset',
  ),
  against(
    'estimated_leverage',
    'Estimated leverage ratio',
    'exchange_reserve',
    'open interest ÷ coins held by exchanges (CryptoQuant’s definition)',
    1,
    'high: positions are large against what backs them',
  ),
  against(
    'open_interest_to_depth',
    'Open interest over depth at 1 %',
    'depth',
    'open interest ÷ resting orders within 1 %',
    1,
    'high: forced orders would walk the book',
  ),
  borrow_usage,
  inflow,
]
