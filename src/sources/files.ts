/** Tables, bars and series from files: Parquet, CSV, CSV.gz, JSON, JSON.gz. What a file is, its ending says; what it holds, the names of its columns. */
import { type Bars, InputError, type SeriesSet, type Source } from '../model/index.ts'
import { bars_of, holds_bars, TIME_NAMES } from './bars.ts'
import { parse_csv } from './csv.ts'
import { json_table } from './json-table.ts'
import { series_of } from './packs.ts'
import { read_parquet } from './parquet.ts'
import { file_name, guarded, read_bytes, read_json, read_text } from './read.ts'
import type { Sheet } from './sheet.ts'

/** A table with named columns. @throws InputError for whatever is not one */
export async function readTable(path: string): Promise<Sheet> {
  if (path.endsWith('.parquet')) return read_parquet(path)
  if (/\.csv(\.gz)?$/.test(path)) {
    const text = await read_text(path)
    return guarded(path, 'CSV', () => parse_csv(path, text))
  }
  if (/\.json(\.gz)?$/.test(path)) return json_table(path, await read_json(path))
  // A folder is told before its name.
  await read_bytes(path)
  throw new InputError(path, 'name', file_name(path), 'a name that ends in .parquet, .csv, .csv.gz, .json or .json.gz')
}

/** Bars, one list a symbol, in the order in which the symbols appear. */
export async function readBars(path: string): Promise<Bars[]> {
  const sheet = await readTable(path)
  if (!holds_bars(sheet))
    throw new InputError(path, 'columns', sheet.names.join(', '), `bars: a time (${TIME_NAMES}), open, high, low and close`)
  return bars_of(sheet)
}

/** Series of a file, with its name as their source. */
export async function readSeries(path: string): Promise<SeriesSet> {
  const series = series_of(await readTable(path))
  const name = file_name(path)
  return { id: name.replace(/\..*$/, ''), source: name, evidence: 'observed', series }
}

/** Files as a source: `what` is the path; times outside [from_ms, to_ms) are left out. */
export const files: Source = {
  id: 'files',
  title: 'Series from Parquet, CSV and JSON files',
  async fetch(request, signal) {
    signal.throwIfAborted()
    const set = await readSeries(request.what)
    signal.throwIfAborted()
    const { from_ms = Number.NEGATIVE_INFINITY, to_ms = Number.POSITIVE_INFINITY } = request
    const series = set.series.map((one) => {
      const inside = (_: number, i: number) => (one.time_ms[i] as number) >= from_ms && (one.time_ms[i] as number) < to_ms
      return { ...one, values: one.values.filter(inside), time_ms: one.time_ms.filter(inside) }
    })
    return { ...set, series }
  },
}
