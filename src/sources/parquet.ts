/** Parquet files of flat columns, read into a sheet and written from columns. */
import { parquetMetadata, type FileMetaData } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { InputError } from '../model/index.ts'
import { CODECS, type Codec, type Leaf, read_chunk } from './parquet-page.ts'
import { guarded, read_bytes } from './read.ts'
import { Sheet, type SheetColumn } from './sheet.ts'

/** Most rows and most decompressed bytes of one file. */
export const MAX_PARQUET_ROWS = 67_108_864
export const MAX_PARQUET_BYTES = 4_294_967_296

const VALID = 'a complete Parquet file of flat columns'
const TYPES = ['BOOLEAN', 'INT32', 'INT64', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY'] as const
const UNITS: Readonly<Record<string, number>> = { MILLIS: 1, MICROS: 1e-3, NANOS: 1e-6 }

type SchemaElement = FileMetaData['schema'][number]

/** What a stored integer is multiplied with: dates and times become milliseconds. */
function scale_of(element: SchemaElement): number {
  const logical = element.logical_type
  if (element.converted_type === 'DATE' || logical?.type === 'DATE') return 86_400_000
  if (logical?.type === 'TIMESTAMP') return UNITS[logical.unit] ?? Number.NaN
  if (element.converted_type === 'TIMESTAMP_MICROS') return 1e-3
  return 1
}

function leaf_of(where: string, element: SchemaElement): Leaf {
  const field = `column ${element.name}`
  const type = TYPES.find((name) => name === element.type)
  const flat = !element.num_children && (element.repetition_type === 'REQUIRED' || element.repetition_type === 'OPTIONAL')
  if (!flat) throw new InputError(where, field, 'nested or repeated', 'flat columns')
  if (type === undefined || element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL')
    throw new InputError(where, field, `of type ${element.logical_type?.type ?? element.type}`, `one of ${TYPES.join(', ')}`)
  return { name: element.name, type, optional: element.repetition_type === 'OPTIONAL', scale: scale_of(element) }
}

function whole(value: unknown): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`a length of ${String(value)}`)
  return number
}

/** Decodes a file that is in memory. */
function decode(where: string, bytes: Uint8Array): Sheet {
  const metadata = parquetMetadata(bytes, { geoparquet: false })
  const rows = whole(metadata.num_rows)
  if (rows > MAX_PARQUET_ROWS) throw new InputError(where, 'rows', rows, `at most ${MAX_PARQUET_ROWS}`)
  const leaves = metadata.schema.slice(1).map((element) => leaf_of(where, element))
  const names = leaves.map((leaf) => leaf.name)
  if (metadata.schema[0]?.num_children !== leaves.length || new Set(names).size !== leaves.length)
    throw new Error('a schema that does not add up')
  const groups = metadata.row_groups.map((group) => whole(group.num_rows))
  if (groups.reduce((sum, count) => sum + count, 0) !== rows) throw new Error('row groups that do not add up')
  const columns = leaves.map(
    (leaf): SheetColumn => (leaf.type === 'BYTE_ARRAY' ? Array.from({ length: rows }, () => '') : new Float64Array(rows)),
  )
  let total = 0
  let at = 0
  metadata.row_groups.forEach((group, g) => {
    if (group.columns.length !== leaves.length) throw new Error('a row group without all columns')
    group.columns.forEach((column, c) => {
      const meta = column.meta_data
      const leaf = leaves[c] as Leaf
      if (meta === undefined || meta.path_in_schema.join('.') !== leaf.name || meta.type !== leaf.type)
        throw new Error(`no column ${leaf.name} where it should be`)
      const codec = CODECS.find((name) => name === meta.codec)
      if (codec === undefined)
        throw new InputError(where, `column ${leaf.name}`, `compressed with ${meta.codec}`, CODECS.join(', '))
      total += whole(meta.total_uncompressed_size)
      if (total > MAX_PARQUET_BYTES)
        throw new InputError(where, 'size', 'more data', `at most ${MAX_PARQUET_BYTES} bytes after decompression`)
      const { start, end } = range(meta, bytes.length)
      read_chunk(bytes.subarray(start, end), leaf, codec as Codec, groups[g] as number, columns[c] as SheetColumn, at)
    })
    at += groups[g] as number
  })
  return new Sheet(where, names, columns, rows, 'row', 1)
}

type ColumnMeta = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>

function range(meta: ColumnMeta, size: number): { start: number; end: number } {
  const data = whole(meta.data_page_offset)
  const dictionary = whole(meta.dictionary_page_offset ?? 0n)
  const start = dictionary > 0 && dictionary < data ? dictionary : data
  const end = start + whole(meta.total_compressed_size)
  if (end > size) throw new Error(`a column that ends at byte ${end} of ${size}`)
  return { start, end }
}

/** Reads a file. Integers beyond 2^53 are rounded; a row without value is NaN or ''. @throws InputError for anything that is no such file */
export async function read_parquet(path: string): Promise<Sheet> {
  const bytes = await read_bytes(path)
  return guarded(path, VALID, () => decode(path, bytes))
}

/** A file with the given columns, of equal length: doubles and 32-bit integers as they are, nothing null. */
export function parquet_bytes(columns: Readonly<Record<string, Float64Array | Int32Array>>): Uint8Array {
  const columnData = Object.entries(columns).map(([name, data]) => ({
    name,
    data,
    type: data instanceof Int32Array ? ('INT32' as const) : ('DOUBLE' as const),
    nullable: false,
    encoding: 'PLAIN' as const,
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: 'SNAPPY', rowGroupSize: 1_000_000, createdBy: 'unwind' }))
}
