/**
 * What a snapshot of positions says, as a stream with one tick a snapshot: how near selling is to feeding itself, what could be liquidated after a fall,
 * how far away the next cliff is, and on whom it rests. The tables are computed from the snapshot by whoever makes the panel; their columns are named
 * by a joint fall in per cent (`liquidatable_at_10`), a venue each, and `reproduction_at_…` of the whole market has no venue.
 */
import { columns_of, type Indicator, type IndicatorStream, type PanelColumn, type PanelShape } from '../model/index.ts'
import { finite, SILENT, sum_of } from './shared/streams.ts'
import { capitalShortfall } from './shared/shortfall.ts'

/** Falls at which ladders are told, per cent. */
const TOLD = [5, 10, 20, 30, 40] as const
/** Share of all that is owed that becomes liquidatable within one step of 1 %: two and a half times an even spread over 50 steps. */
export const CLIFF_SHARE = 0.05
/** Prudential share of debt of SRISK, and the fall of a crisis. */
const PRUDENTIAL = 0.08
const CRISIS = 40

/** Who is asked: each venue with a field, and the whole market ('' as its venue), with the columns that count. */
function parties(shape: PanelShape, field: string): { readonly venue: string; readonly columns: readonly number[] }[] {
  const columns = columns_of(shape, field)
  if (columns.length === 0) return []
  const venue = (column: number) => (shape.columns[column] as PanelColumn).venue
  const names = [...new Set(columns.map(venue))]
  return [
    { venue: '', columns },
    ...names.filter((name) => name !== '').map((name) => ({ venue: name, columns: columns.filter((c) => venue(c) === name) })),
  ]
}

/** Falls (ratios, ascending) at which a party has a field, with the columns of each. */
function steps(shape: PanelShape, name: string, venue: string) {
  const found = new Map<number, number[]>()
  shape.columns.forEach((column, c) => {
    const match = column.field.startsWith(`${name}_at_`) ? Number(column.field.slice(name.length + 4)) : Number.NaN
    if (!Number.isFinite(match) || (venue !== '' && column.venue !== venue)) return
    found.set(match, [...(found.get(match) ?? []), c])
  })
  return [...found].sort((a, b) => a[0] - b[0]).map(([fall, columns]) => ({ fall: fall / 100, columns }))
}

type Read = (row: Float64Array) => number

function stream(
  outputs: readonly { readonly field: string; readonly venue: string; readonly unit: string; readonly read: Read }[],
): IndicatorStream {
  if (outputs.length === 0) return SILENT
  return {
    outputs: outputs.map(({ field, venue, unit }) => ({ field, symbol: '', venue, unit })),
    warmup: 0,
    push(_, row, out) {
      outputs.forEach(({ read }, i) => (out[i] = finite(read(row))))
    },
  }
}

const reproduction: Indicator = {
  id: 'reproduction_number',
  title: 'R: forced selling that one USD of forced selling brings about',
  source: 'spectral radius of the next-generation matrix, docs/criticality.md; of a venue: of its own sales alone',
  needs: ['reproduction_at_0'],
  reads: 'near 1: somewhere a shock hardly dies out; of how far a given one goes `shock_reproduction` says more',
  open: (shape) =>
    stream(
      columns_of(shape, 'reproduction_at_0').map((column) => ({
        field: 'reproduction_number',
        venue: (shape.columns[column] as PanelColumn).venue,
        unit: 'ratio',
        read: (row) => row[column] as number,
      })),
    ),
}

/** Joint falls within an hour whose own R is told, per cent. */
const SHOCKS = [10, 20] as const

const of_shock: Indicator = {
  id: 'shock_reproduction',
  title: 'R of a joint fall of 10 and 20 % within an hour',
  source:
    'USD of liquidations that those of the fall itself bring about in the next generation, per USD of them: R of a shock, docs/criticality.md',
  needs: SHOCKS.map((fall) => `shock_reproduction_at_${fall}`),
  reads: 'high: a fall of this size is carried on by its own liquidations',
  open: (shape) =>
    stream(
      SHOCKS.flatMap((fall) =>
        columns_of(shape, `shock_reproduction_at_${fall}`).map((column) => ({
          field: `shock_reproduction.${fall}`,
          venue: (shape.columns[column] as PanelColumn).venue,
          unit: 'ratio',
          read: (row: Float64Array) => row[column] as number,
        })),
      ),
    ),
}

/** One part of the ladder, USD after joint falls of 5 to 40 %: an output a fall, `<id>.<per cent>`. */
const rung = (id: string, field: string, title: string, source: string, reads: string): Indicator => ({
  id,
  title,
  source,
  needs: TOLD.map((fall) => `${field}_at_${fall}`),
  reads,
  open: (shape) =>
    stream(
      TOLD.flatMap((fall) =>
        parties(shape, `${field}_at_${fall}`).map(({ venue, columns }) => ({
          field: `${id}.${fall}`,
          venue,
          unit: 'usd',
          read: (row: Float64Array) => sum_of(row, columns),
        })),
      ),
    ),
})

const LADDER = 'docs/criticality.md, after Perez, Werner, Xu and Livshits, arXiv 2009.13235'

const cliff: Indicator = {
  id: 'distance_to_cliff',
  title: 'Smallest joint fall that brings a jump of what can be liquidated',
  source:
    'own definition: the upper end of the first step of 1 % in which what is liquidatable rises by 5 % or more of all that is owed; the deepest fall asked (50 %) where there is none',
  needs: ['liquidatable_at_0', 'liquidatable_at_1', 'owed'],
  reads: 'small: many stand at nearly the same price',
  open: (shape) =>
    stream(
      parties(shape, 'owed').flatMap(({ venue, columns }) => {
        const rungs = steps(shape, 'liquidatable', venue)
        if (rungs.length < 2) return []
        const read = (row: Float64Array) => {
          const owed = sum_of(row, columns)
          let before = sum_of(row, (rungs[0] as (typeof rungs)[number]).columns)
          if (!(owed > 0) || !Number.isFinite(before)) return Number.NaN
          for (let k = 1; k < rungs.length; k++) {
            const { fall, columns: at } = rungs[k] as (typeof rungs)[number]
            const now = sum_of(row, at)
            if (now - before >= CLIFF_SHARE * owed) return fall
            before = now
          }
          return (rungs[rungs.length - 1] as (typeof rungs)[number]).fall
        }
        return [{ field: 'distance_to_cliff', venue, unit: 'ratio', read }]
      }),
    ),
}

const critical: Indicator = {
  id: 'distance_to_criticality',
  title: 'Smallest joint fall after which R reaches 1',
  source: 'first fall asked at which R is 1 or more, linear between falls; the deepest asked (50 %) where it stays below',
  needs: ['reproduction_at_0'],
  reads: 'small: a moderate fall makes selling feed itself',
  open(shape) {
    const rungs = steps(shape, 'reproduction', '')
      .map(({ fall, columns }) => ({
        fall,
        column: columns.find((column) => (shape.columns[column] as PanelColumn).venue === '') ?? -1,
      }))
      .filter(({ column }) => column >= 0)
    if (rungs.length < 2) return SILENT
    const read = (row: Float64Array) => {
      let [low, r_low] = [0, Number.NaN]
      for (const { fall, column } of rungs) {
        const r = row[column] as number
        if (!Number.isFinite(r)) return Number.NaN
        if (r >= 1) return r_low < 1 ? low + ((fall - low) * (1 - r_low)) / (r - r_low) : fall
        ;[low, r_low] = [fall, r]
      }
      return low
    }
    return stream([{ field: 'distance_to_criticality', venue: '', unit: 'ratio', read }])
  },
}

/** One total ÷ another, a venue each and over all. */
const share = (
  id: string,
  title: string,
  source: string,
  reads: string,
  needs: readonly [top: string, bottom: string],
  of = (top: number, bottom: number) => top / bottom,
  whole: (row: Float64Array, columns: readonly number[]) => number = sum_of,
): Indicator => ({
  id,
  title,
  source,
  needs,
  reads,
  open(shape) {
    const below = new Map(parties(shape, needs[1]).map(({ venue, columns }) => [venue, columns]))
    return stream(
      parties(shape, needs[0]).flatMap(({ venue, columns }) => {
        const bottom = below.get(venue)
        if (bottom === undefined) return []
        return [{ field: id, venue, unit: 'ratio', read: (row) => of(whole(row, columns), sum_of(row, bottom)) }]
      }),
    )
  },
})

const most_of = (row: Float64Array, columns: readonly number[]) =>
  columns.reduce(
    (most, column) => ((row[column] as number) > most || Number.isNaN(most) ? (row[column] as number) : most),
    Number.NaN,
  )

const collateral: Indicator = {
  id: 'collateral_hhi',
  title: 'Concentration of what backs debts',
  source: 'Σ over assets of share² of what accounts with debts hold: 1 one asset, 1/n n equal ones',
  needs: ['collateral'],
  reads: 'high: one asset’s fall is everybody’s',
  open: (shape) =>
    stream(
      parties(shape, 'collateral').map(({ venue, columns }) => {
        const assets = new Map<string, number[]>()
        for (const column of columns) {
          const { symbol } = shape.columns[column] as PanelColumn
          assets.set(symbol, [...(assets.get(symbol) ?? []), column])
        }
        const read = (row: Float64Array) => {
          let [sum, squares] = [0, 0]
          for (const own of assets.values()) {
            const held = sum_of(row, own)
            if (!(held > 0)) continue
            sum += held
            squares += held * held
          }
          return sum > 0 ? squares / (sum * sum) : Number.NaN
        }
        return { field: 'collateral_hhi', venue, unit: 'ratio', read }
      }),
    ),
}

const shortfall: Indicator = {
  id: 'capital_shortfall',
  title: 'Capital that is missing after a joint fall of 40 %',
  source:
    'after Brownlees and Engle (2017), SRISK: max(0, k·debts − (1 − k)·equity), k = 8 %; equity is what is left when every position is revalued after the fall, in place of an estimate of it',
  needs: [`debts_at_${CRISIS}`, `equity_at_${CRISIS}`],
  reads: 'high: what is held would not carry what is owed in a crisis',
  open: (shape) =>
    stream(
      parties(shape, `debts_at_${CRISIS}`).flatMap(({ venue, columns }) => {
        const equity = parties(shape, `equity_at_${CRISIS}`).find((one) => one.venue === venue)?.columns
        if (equity === undefined) return []
        const read = (row: Float64Array) => {
          const [debt, left] = [sum_of(row, columns), sum_of(row, equity)]
          return Number.isFinite(debt + left) ? Math.max(0, capitalShortfall(debt, left, 0, PRUDENTIAL)) : Number.NaN
        }
        return [{ field: 'capital_shortfall', venue, unit: 'usd', read }]
      }),
    ),
}

export const positions: readonly Indicator[] = [
  reproduction,
  of_shock,
  critical,
  cliff,
  rung(
    'ladder_liquidatable',
    'liquidatable',
    'Owed by accounts in breach after joint falls of 5, 10, 20, 30 and 40 %',
    LADDER,
    'against depth: forced selling that a fall of this size begins',
  ),
  rung(
    'ladder_executable',
    'executable',
    'What of it somebody gains by liquidating at once',
    LADDER,
    'far below what is liquidatable: liquidators will not come',
  ),
  rung('ladder_stuck', 'stuck', 'What of it nobody gains by', LADDER, 'high: debts stay that nobody closes'),
  rung(
    'ladder_bad_debt',
    'bad_debt',
    'Owed beyond what is held after joint falls of 5, 10, 20, 30 and 40 %',
    LADDER,
    'the loss that a fall at once would leave with lenders, funds and other traders',
  ),
  share(
    'health_mass',
    'Debt with a health below 1.1',
    'owed by accounts with health under 1.1 ÷ all that is owed',
    'high: much stands within 10 % of its limit',
    ['owed_below_110', 'owed'],
  ),
  share(
    'account_hhi',
    'Concentration of debts on accounts',
    'Σ over accounts of share² of what is owed',
    'high: few accounts are the market',
    ['owed_squares', 'owed'],
    (squares, owed) => squares / (owed * owed),
  ),
  share(
    'largest_exit',
    'Share of the largest exit',
    'own definition: what the account that owes most would have to repay or close ÷ all that is owed',
    'high: one owner’s exit is an event',
    ['owed_largest', 'owed'],
    (top, bottom) => top / bottom,
    most_of,
  ),
  collateral,
  shortfall,
]
