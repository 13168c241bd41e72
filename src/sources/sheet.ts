/** A table as it came from a file: named columns that know where they stand, so that an error can say so. */
import { InputError, Said } from '../model/index.ts'

/** Numbers (NaN: unknown) or cells of text that become numbers or times when asked for. */
export type SheetColumn = Float64Array | string[]

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(?:Z|[+]00(?::?00)?)?)?$/

/** Milliseconds since the epoch of an ISO date or time in UTC; NaN for anything else. */
export function parse_time(text: string): number {
  const match = TIME.exec(text)
  if (match === null) return Number.NaN
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => (part === undefined ? 0 : Number(part))) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN
  const day_ms = Date.UTC(year, month - 1, day)
  const date = new Date(day_ms)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getUTCFullYear() !== year) return Number.NaN
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000)
  return day_ms + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction
}

/** A day without dashes. */
const DAY = /^((?:19|20)\d\d)(\d\d)(\d\d)$/
const day_of = (cell: string) => (DAY.test(cell) ? parse_time(cell.replace(DAY, '$1-$2-$3')) : Number.NaN)

export class Sheet {
  /** The file. */
  readonly where: string
  readonly names: readonly string[]
  readonly rows: number
  private readonly columns: readonly SheetColumn[]
  /** What a row is called in errors, and the number of the first. */
  private readonly counted: string
  private readonly first: number

  constructor(
    where: string,
    names: readonly string[],
    columns: readonly SheetColumn[],
    rows: number,
    counted: 'line' | 'record' | 'row',
    first: number,
  ) {
    this.where = where
    this.names = names
    this.columns = columns
    this.rows = rows
    this.counted = counted
    this.first = first
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.names.includes(name))
  }

  private column(name: string): SheetColumn {
    const column = this.columns[this.names.indexOf(name)]
    if (column === undefined)
      throw new InputError(this.where, `column ${name}`, undefined, `one of ${this.names.slice(0, 40).join(', ')}`)
    return column
  }

  /** An `InputError` for one cell. */
  invalid(name: string, row: number, found: unknown, valid: string): InputError {
    return new InputError(this.where, `${name}, ${this.counted} ${row + this.first}`, found, valid)
  }

  /** A column of text. @throws InputError when it holds numbers */
  text(name: string): string[] {
    const column = this.column(name)
    if (column instanceof Float64Array) return Array.from(column, (value) => (Number.isNaN(value) ? '' : String(value)))
    return column
  }

  /** A column of numbers, NaN where a cell is empty. @throws InputError for a cell that is no number */
  numbers(name: string): Float64Array {
    const column = this.column(name)
    if (column instanceof Float64Array) return column
    const out = new Float64Array(this.rows)
    for (let row = 0; row < this.rows; row++) {
      const cell = column[row] as string
      const value = cell === '' ? Number.NaN : NUMBER.test(cell) ? Number(cell) : Number.POSITIVE_INFINITY
      if (Math.abs(value) === Number.POSITIVE_INFINITY) throw this.invalid(name, row, cell, 'a finite number')
      out[row] = value
    }
    return out
  }

  /** A column of truth values (true, false, 1, 0, in any case) as 1 and 0. */
  flags(name: string): Float64Array {
    const column = this.column(name)
    return Float64Array.from({ length: this.rows }, (_, row) => {
      const cell = String(column[row]).toLowerCase()
      if (cell === 'true' || cell === '1') return 1
      if (cell === 'false' || cell === '0') return 0
      throw this.invalid(name, row, column[row], 'true or false')
    })
  }

  /** A column of finite numbers not below `lowest`. */
  finite(name: string, lowest = Number.NEGATIVE_INFINITY): Float64Array {
    const values = this.numbers(name)
    for (let row = 0; row < this.rows; row++) {
      const value = values[row] as number
      if (!(value >= lowest && value < Number.POSITIVE_INFINITY && value > Number.NEGATIVE_INFINITY))
        throw this.invalid(
          name,
          row,
          this.column(name)[row] === '' ? new Said('empty') : value,
          lowest === Number.NEGATIVE_INFINITY ? 'a finite number' : `a finite number ≥ ${lowest}`,
        )
    }
    return values
  }

  /**
   * A column of times, ms since the epoch: ISO dates and times in UTC, or numbers of one unit, told by the largest of the column. Numbers below 10¹¹
   * are of `unit_ms` (as seconds 10¹¹ is the year 5138), below 10¹⁴ of milliseconds, below 10¹⁷ of microseconds, above of nanoseconds. Parts of a millisecond are cut off.
   * A column of nothing but days written 20210409 holds days.
   */
  times(name: string, unit_ms = 1): Float64Array {
    const column = this.column(name)
    const out = new Float64Array(this.rows)
    let most = 0
    for (let row = 0; row < this.rows; row++) {
      const cell = column[row] as number | string
      const number = cell === '' || (typeof cell === 'string' && cell.includes('-', 1)) ? Number.NaN : Math.abs(Number(cell))
      if (number > most && number < Number.POSITIVE_INFINITY) most = number
    }
    if (this.rows > 0 && DAY.test(String(column[0]))) {
      const days = Float64Array.from({ length: this.rows }, (_, row) => day_of(String(column[row])))
      if (!days.some(Number.isNaN)) return days
    }
    const per_ms = most < 1e11 ? 1 / unit_ms : most < 1e14 ? 1 : most < 1e17 ? 1e3 : 1e6
    for (let row = 0; row < this.rows; row++) {
      const cell = column[row] as number | string
      const iso = typeof cell === 'string' && cell.includes('-', 1)
      const number = Number(cell === '' || iso ? Number.NaN : cell)
      // Whole milliseconds of seconds with decimals, which are no exact doubles.
      const time = iso ? parse_time(cell) : per_ms < 1 ? Math.round(number * unit_ms) : Math.floor(number / per_ms)
      const whole = per_ms === 1 && !iso && time !== number
      if (whole || !(Number.isSafeInteger(time) && Math.abs(time) <= 8.64e15))
        throw this.invalid(
          name,
          row,
          cell,
          `epoch ${unit_ms === 1 ? '' : 'seconds, '}milliseconds or microseconds, or an ISO time in UTC such as 2021-04-09 or 2021-04-09T13:00:00Z`,
        )
      out[row] = time
    }
    return out
  }
}
