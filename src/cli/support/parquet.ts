/** The log of a run as Parquet: one row an event, and the shares that events refer to. */
import { join } from 'node:path'
import { type ColumnSource, parquetWriteFile } from 'hyparquet-writer'
import type { World } from '../../engine/index.ts'
import { LOG_KINDS, MECHANISMS, SOLD } from '../../model/index.ts'
import { version } from './package.ts'

type Numbers = Float64Array | Int32Array | Uint8Array

/** Names for codes; '' for −1. */
function named(codes: Numbers, names: readonly string[]): string[] {
  return Array.from(codes, (code) => (code < 0 ? '' : (names[code] ?? '')))
}

const text = (name: string, data: string[]): ColumnSource => ({ name, data, type: 'STRING', nullable: false })

function column(name: string, data: Numbers): ColumnSource {
  const type = data instanceof Float64Array ? 'DOUBLE' : 'INT32'
  return { name, data: data instanceof Uint8Array ? Int32Array.from(data) : data, type, nullable: false }
}

/**
 * Writes `log.parquet` and `shares.parquet` into a folder. Columns are those of the log and its row number: `kind`, `sold` and `mechanism` as words, indices as they are
 * (−1 for none), with the names of venue, market, asset, victim and source beside them.
 */
export function write_log(world: World, folder: string): void {
  const { log, venues, markets, assets } = world.parts
  const ids = (list: readonly { readonly id: string }[]) => list.map((item) => item.id)
  const names: Readonly<Record<string, readonly string[]>> = {
    venue: ids(venues),
    victim: ids(venues),
    market: ids(markets),
    asset: ids(assets),
  }
  const words: Readonly<Record<string, readonly string[]>> = { kind: LOG_KINDS, sold: SOLD }
  // What `cause` points to.
  const rows: ColumnSource[] = [
    column(
      'row',
      Int32Array.from({ length: log.length }, (_, row) => row),
    ),
  ]
  for (const [name, { data }] of Object.entries(log.columns)) {
    const live = (data as Numbers).subarray(0, log.length)
    const code = words[name]
    if (code !== undefined) rows.push(text(name, named(live, code)))
    else rows.push(column(name, live))
    if (names[name] !== undefined) rows.push(text(`${name}_id`, named(live, names[name])))
  }
  const { set, source, mechanism, share, pivotal } = log.share_columns
  const live = <A extends Numbers>(data: A) => data.subarray(0, log.shares.length) as A
  const sources = ['exogenous', ...ids(venues)]
  const shares: ColumnSource[] = [
    column('set', live(set.data)),
    column('source', live(source.data)),
    text('source_id', named(live(source.data), sources)),
    text('mechanism', named(live(mechanism.data), MECHANISMS)),
    column('share', live(share.data)),
    column('pivotal', live(pivotal.data)),
  ]
  const createdBy = `unwind ${version()}`
  parquetWriteFile({ filename: join(folder, 'log.parquet'), columnData: rows, createdBy })
  parquetWriteFile({ filename: join(folder, 'shares.parquet'), columnData: shares, createdBy })
}
