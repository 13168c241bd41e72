/**
 * Pages of a Parquet column, flat ones only, into numbers or text. A page is believed nothing: every count and length in it
 * is held against what the file's metadata allow before anything is allocated or looped over.
 * Format: Apache Parquet, parquet-format 2.10 (data pages v1 and v2, PLAIN, dictionary and RLE/bit-packed hybrid encodings).
 */
import { gunzipSync } from 'node:zlib'
import { parquetHeader } from 'hyparquet/src/column.js'
import { compressors } from 'hyparquet-compressors'
import type { SheetColumn } from './sheet.ts'

/** Largest page, decompressed. */
export const MAX_PAGE_BYTES = 268_435_456
/** Largest window of a Zstandard frame that does not state its size: 16 MiB. */
const MAX_WINDOW_LOG = 24

export type Codec = 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'ZSTD'
export const CODECS: readonly Codec[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD']

/** How a leaf of the schema is read. */
export interface Leaf {
  readonly name: string
  readonly type: 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY'
  readonly optional: boolean
  /** What a stored number is multiplied with: milliseconds per day or per microsecond, for dates and times; else 1. */
  readonly scale: number
}

type Header = ReturnType<typeof parquetHeader>

const text = new TextDecoder('utf-8', { fatal: true })

function refuse(reason: string): never {
  throw new Error(reason)
}

/**
 * Does a Zstandard frame state a size or a window that the page can have? The decoder allocates by what the frame says.
 * Frame header: RFC 8878 §3.1.1.1.
 */
function zstd_fits(bytes: Uint8Array, size: number): boolean {
  const flags = bytes[4] ?? 0
  const single = (flags >> 5) & 1
  const size_bytes = [single, 2, 4, 8][flags >> 6] as number
  if (size_bytes === 0) return ((bytes[5] ?? 255) >> 3) + 10 <= MAX_WINDOW_LOG
  const at = 6 - single + ([0, 1, 2, 4][flags & 3] as number)
  let stated = size_bytes === 2 ? 256 : 0
  for (let i = 0; i < size_bytes; i++) stated += (bytes[at + i] ?? 0) * 256 ** i
  return stated === size
}

function inflate(bytes: Uint8Array, size: number, codec: Codec): Uint8Array {
  if (!(size >= 0 && size <= MAX_PAGE_BYTES)) refuse(`a page of ${size} bytes`)
  if (size === 0) return new Uint8Array(0)
  if (codec === 'ZSTD' && !zstd_fits(bytes, size)) refuse('a compressed frame of another size than its page')
  const decompress = codec === 'GZIP' ? gunzip : compressors[codec]
  const page = codec === 'UNCOMPRESSED' ? bytes : (decompress?.(bytes, size) ?? refuse(`codec ${codec}`))
  if (page.length !== size) refuse(`a page of ${page.length} bytes instead of ${size}`)
  return page
}

const gunzip = (bytes: Uint8Array, size: number): Uint8Array => gunzipSync(bytes, { maxOutputLength: size })

/** Decodes `count` integers of `width` bits from the RLE/bit-packed hybrid in bytes[from, to). */
export function hybrid(bytes: Uint8Array, from: number, to: number, width: number, count: number): Uint32Array {
  if (!(width >= 0 && width <= 32)) refuse(`integers of ${width} bits`)
  const out = new Uint32Array(count)
  let at = from
  let seen = 0
  const byte = () => (at < to ? (bytes[at++] as number) : refuse('a run that ends early'))
  while (seen < count) {
    let head = 0
    for (let shift = 1; ; shift *= 128) {
      const part = byte()
      head += (part & 127) * shift
      if (part < 128) break
      if (shift > 2 ** 28) refuse('a run without end')
    }
    if (head % 2 === 0) {
      let value = 0
      for (let b = 0, unit = 1; b < width; b += 8, unit *= 256) value += byte() * unit
      const run = Math.min(head / 2, count - seen)
      if (run === 0) refuse('an empty run')
      out.fill(value, seen, seen + run)
      seen += run
    } else {
      const values = Math.min(((head - 1) / 2) * 8, count - seen)
      if (values === 0) refuse('an empty run')
      const start = at
      let pool = 0
      let held = 0
      const radix = 2 ** width
      for (let i = 0; i < values; i++) {
        for (; held < width; held += 8) pool += byte() * 2 ** held
        out[seen++] = pool % radix
        pool = Math.floor(pool / radix)
        held -= width
      }
      at = start + ((head - 1) / 2) * width
    }
  }
  return out
}

/** `count` values in PLAIN encoding from `from` on. */
function plain(page: Uint8Array, from: number, leaf: Leaf, count: number): SheetColumn {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  if (leaf.type === 'BYTE_ARRAY') {
    const out: string[] = []
    let at = from
    for (let i = 0; i < count; i++) {
      const size = view.getUint32(at, true)
      if (at + 4 + size > page.length) refuse('text that ends early')
      out.push(text.decode(page.subarray(at + 4, at + 4 + size)))
      at += 4 + size
    }
    return out
  }
  const bits = { BOOLEAN: 1, INT32: 32, FLOAT: 32, INT64: 64, DOUBLE: 64 }[leaf.type]
  if (from + Math.ceil((count * bits) / 8) > page.length) refuse(`${count} values in ${page.length - from} bytes`)
  const out = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const at = from + i * (bits / 8)
    if (leaf.type === 'DOUBLE') out[i] = view.getFloat64(at, true)
    else if (leaf.type === 'INT64') out[i] = Number(view.getBigInt64(at, true)) * leaf.scale
    else if (leaf.type === 'INT32') out[i] = view.getInt32(at, true) * leaf.scale
    else if (leaf.type === 'FLOAT') out[i] = view.getFloat32(at, true)
    else out[i] = ((page[from + (i >> 3)] as number) >> (i & 7)) & 1
  }
  return out
}

/** Where in a page the definition levels and the values stand, and how many rows it has. */
interface Layout {
  readonly rows: number
  readonly encoding: string | undefined
  readonly page: Uint8Array
  readonly levels: readonly [number, number]
  readonly values: number
}

function layout(header: Header, body: Uint8Array, leaf: Leaf, codec: Codec): Layout {
  const v1 = header.data_page_header
  if (header.type === 'DATA_PAGE' && v1) {
    const page = inflate(body, header.uncompressed_page_size, codec)
    const size = leaf.optional ? new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true) : -4
    return { rows: v1.num_values, encoding: v1.encoding, page, levels: [4, 4 + size], values: 4 + size }
  }
  const v2 = header.data_page_header_v2
  if (header.type !== 'DATA_PAGE_V2' || !v2) refuse(`a page of type ${header.type}`)
  const size = v2.definition_levels_byte_length
  if (v2.repetition_levels_byte_length !== 0 || !(size >= 0 && size <= body.length)) refuse('levels of another length')
  const rest = body.subarray(size)
  const inside = v2.is_compressed === false ? rest : inflate(rest, header.uncompressed_page_size - size, codec)
  const page = new Uint8Array(size + inside.length)
  page.set(body.subarray(0, size))
  page.set(inside, size)
  return { rows: v2.num_values, encoding: v2.encoding, page, levels: [0, size], values: size }
}

/** Values of a data page without its nulls. */
function values_of(l: Layout, leaf: Leaf, count: number, dictionary: SheetColumn | undefined): SheetColumn {
  if (l.encoding === 'PLAIN') return plain(l.page, l.values, leaf, count)
  if (l.encoding === 'RLE' && leaf.type === 'BOOLEAN')
    return Float64Array.from(hybrid(l.page, l.values + 4, l.page.length, 1, count))
  if (l.encoding !== 'PLAIN_DICTIONARY' && l.encoding !== 'RLE_DICTIONARY') refuse(`encoding ${l.encoding}`)
  if (dictionary === undefined) refuse('a page without its dictionary')
  if (count === 0) return dictionary.slice(0, 0)
  const index = hybrid(l.page, l.values + 1, l.page.length, l.page[l.values] ?? 255, count)
  for (let i = 0; i < count; i++)
    if ((index[i] as number) >= dictionary.length) refuse(`entry ${index[i]} of a dictionary of ${dictionary.length}`)
  if (dictionary instanceof Float64Array) {
    const out = new Float64Array(count)
    for (let i = 0; i < count; i++) out[i] = dictionary[index[i] as number] as number
    return out
  }
  return Array.from(index, (entry) => dictionary[entry] as string)
}

/** Reads a column chunk of `rows` rows into out[at, at + rows). @throws Error for anything that is not as the format says */
export function read_chunk(chunk: Uint8Array, leaf: Leaf, codec: Codec, rows: number, out: SheetColumn, at: number): void {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 }
  let dictionary: SheetColumn | undefined
  let done = 0
  while (done < rows) {
    const header = parquetHeader(reader)
    const size = header.compressed_page_size
    if (!(size >= 0 && reader.offset + size <= chunk.length)) refuse(`a page of ${size} bytes beyond its column`)
    const body = chunk.subarray(reader.offset, reader.offset + size)
    reader.offset += size
    if (header.type === 'DICTIONARY_PAGE') {
      const entries = header.dictionary_page_header?.num_values ?? -1
      const page = inflate(body, header.uncompressed_page_size, codec)
      if (!(entries >= 0 && entries <= page.length * 8)) refuse(`a dictionary of ${entries}`)
      dictionary = plain(page, 0, leaf, entries)
      continue
    }
    const l = layout(header, body, leaf, codec)
    if (!(l.rows > 0 && l.rows <= rows - done)) refuse(`${l.rows} values in a page where ${rows - done} are missing`)
    const known = leaf.optional ? hybrid(l.page, l.levels[0], l.levels[1], 1, l.rows) : undefined
    const count = known === undefined ? l.rows : known.reduce((sum, level) => sum + level, 0)
    put(values_of(l, leaf, count, dictionary), known, l.rows, out, at + done)
    done += l.rows
  }
}

/** Spreads values over rows; a row without value is NaN or ''. */
function put(values: SheetColumn, known: Uint32Array | undefined, rows: number, out: SheetColumn, at: number): void {
  const unknown = out instanceof Float64Array ? Number.NaN : ''
  for (let row = 0, next = 0; row < rows; row++) {
    out[at + row] = known === undefined || known[row] === 1 ? (values[next++] as number & string) : (unknown as number & string)
  }
}
