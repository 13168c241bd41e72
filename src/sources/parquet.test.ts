import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../model/index.ts'
import { parquet_bytes, read_parquet } from './parquet.ts'
import { hybrid, read_chunk } from './parquet-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))

const path = join(folder, 'x.parquet')
const read = (bytes: Uint8Array) => {
  writeFileSync(path, bytes)
  return read_parquet(path)
}

const CODECS = ['UNCOMPRESSED', 'SNAPPY'] as const

/** A file with every type that is read, in several row groups, dictionaries and nulls included. */
function mixed(rows: number, codec: (typeof CODECS)[number]): Uint8Array {
  const each = <T>(make: (i: number) => T) => Array.from({ length: rows }, (_, i) => make(i))
  const columnData = [
    { name: 'name', data: each((i) => ['ADA', 'BTC', 'ETH'][i % 3]), type: 'STRING' as const },
    { name: 'maybe', data: each((i) => (i % 4 === 0 ? null : i / 3)), type: 'DOUBLE' as const },
    { name: 'long', data: each((i) => BigInt(1_672_531_200_000 + i)), type: 'INT64' as const, nullable: false },
    { name: 'int', data: each((i) => i - 7), type: 'INT32' as const },
    { name: 'few', data: each((i) => i % 2), type: 'DOUBLE' as const, nullable: false },
    { name: 'flag', data: each((i) => i % 3 === 1), type: 'BOOLEAN' as const, nullable: false },
    { name: 'when', data: each((i) => new Date(i * 1000)), type: 'TIMESTAMP' as const },
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData, codec, rowGroupSize: 40, pageSize: 200 }))
}

describe('Parquet', () => {
  it('gives back columns bit for bit', async () => {
    const any = fc.double({ noDefaultInfinity: true, noNaN: true })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(any, fc.integer()), { maxLength: 300 }), async (rows) => {
        const price = Float64Array.from(rows, (row) => row[0])
        const owner = Int32Array.from(rows, (row) => row[1])
        const sheet = await read(parquet_bytes({ price, owner }))
        expect([sheet.names, sheet.rows]).toEqual([['price', 'owner'], rows.length])
        expect(new Uint8Array(sheet.numbers('price').buffer)).toEqual(new Uint8Array(price.buffer))
        expect(Int32Array.from(sheet.numbers('owner'))).toEqual(owner)
      }),
      { numRuns: 60 },
    )
  })

  it.each(CODECS)('reads every type, dictionaries, nulls and row groups: %s', async (codec) => {
    const sheet = await read(mixed(130, codec))
    expect(sheet.rows).toBe(130)
    expect(sheet.text('name').slice(40, 43)).toEqual(['BTC', 'ETH', 'ADA'])
    expect([...sheet.numbers('maybe').slice(0, 3)]).toEqual([Number.NaN, 1 / 3, 2 / 3])
    expect(sheet.times('long')[129]).toBe(1_672_531_200_129)
    expect(sheet.numbers('int')[129]).toBe(122)
    expect([...sheet.numbers('few').slice(60, 63)]).toEqual([0, 1, 0])
    expect([...sheet.flags('flag').slice(0, 4)]).toEqual([0, 1, 0, 0])
    expect(sheet.times('when')[129]).toBe(129_000)
  })

  it('says where and what when a file is none', async () => {
    await expect(read_parquet(join(folder, 'absent.parquet'))).rejects.toThrow(
      'absent.parquet is missing; valid: a file that exists',
    )
    await expect(read_parquet(folder)).rejects.toThrow('is a folder; valid: a file')
    await expect(read(new Uint8Array(0))).rejects.toThrow('valid: a complete Parquet file of flat columns')
    const whole = mixed(130, 'SNAPPY')
    for (const length of [4, 100, whole.length >> 1, whole.length - 1])
      await expect(read(whole.slice(0, length))).rejects.toThrow(InputError)
  })

  it('refuses nested columns and decimals by name', async () => {
    const list = [
      { name: 'root', num_children: 1 },
      { name: 'many', num_children: 1, converted_type: 'LIST' as const, repetition_type: 'OPTIONAL' as const },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' as const },
      { name: 'element', type: 'DOUBLE' as const, repetition_type: 'OPTIONAL' as const },
    ]
    const nested = parquetWriteBuffer({ columnData: [{ name: 'many', data: [[1, 2], [3]] }], schema: list })
    await expect(read(new Uint8Array(nested))).rejects.toThrow('column many is "nested or repeated"; valid: flat columns')
    const decimal = [
      { name: 'root', num_children: 1 },
      {
        name: 'cost',
        type: 'INT32' as const,
        converted_type: 'DECIMAL' as const,
        scale: 2,
        precision: 9,
        repetition_type: 'REQUIRED' as const,
      },
    ]
    const money = parquetWriteBuffer({ columnData: [{ name: 'cost', data: [1, 2] }], schema: decimal })
    await expect(read(new Uint8Array(money))).rejects.toThrow('column cost is "of type')
  })

  it('never gives anything but a sheet or an InputError, soon, when bytes are damaged', async () => {
    const files = [
      mixed(130, 'SNAPPY'),
      mixed(130, 'UNCOMPRESSED'),
      parquet_bytes({ a: new Float64Array(50).fill(1), owner: new Int32Array(50) }),
    ]
    const hit = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.oneof(fc.constantFrom(0, 255, 254, 128, 127, 1, 21, 25, 28), fc.nat(255)),
    )
    let refused = 0
    let slowest = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.array(hit, { minLength: 1, maxLength: 6 }), async (file, hits) => {
        const bytes = file.slice()
        for (const [at, value] of hits) bytes[Math.floor(at * bytes.length)] = value
        const start = performance.now()
        try {
          await read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
          expect((error as Error).message).not.toContain('\n')
          refused++
        }
        slowest = Math.max(slowest, performance.now() - start)
      }),
      { numRuns: 500 },
    )
    expect(refused).toBeGreaterThan(10)
    expect(slowest).toBeLessThan(5000)
  })
})

describe('column chunks', () => {
  it('hold as many rows as the file says, no more and no fewer', () => {
    const file = parquet_bytes({ a: new Float64Array(10).fill(3) })
    const meta = parquetMetadata(file).row_groups[0]?.columns[0]?.meta_data
    const start = Number(meta?.data_page_offset)
    const chunk = file.subarray(start, start + Number(meta?.total_compressed_size))
    const leaf = { name: 'a', type: 'DOUBLE' as const, optional: false, scale: 1 }
    const into = new Float64Array(12)
    read_chunk(chunk, leaf, 'SNAPPY', 10, into, 1)
    expect([...into]).toEqual([0, ...new Float64Array(10).fill(3), 0])
    expect(() => read_chunk(chunk, leaf, 'SNAPPY', 9, into, 0)).toThrow('10 values in a page where 9 are missing')
    expect(() => read_chunk(chunk, leaf, 'SNAPPY', 11, into, 0)).toThrow(/./)
  })
})

describe('run-length and bit-packed hybrid', () => {
  // parquet-format, Encodings.md: 0 to 7 in 3 bits are the bytes 10001000 11000110 11111010, behind the header of one group.
  it('unpacks the example of the format', () => {
    expect([...hybrid(Uint8Array.of(0b11, 0b10001000, 0b11000110, 0b11111010), 0, 4, 3, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('repeats runs, and refuses those that end early or never', () => {
    expect([...hybrid(Uint8Array.of(10, 9, 4, 0, 1), 0, 4, 4, 7)]).toEqual([9, 9, 9, 9, 9, 0, 0])
    expect(() => hybrid(Uint8Array.of(10), 0, 1, 4, 5)).toThrow('a run that ends early')
    expect(() => hybrid(Uint8Array.of(0, 9, 0, 9), 0, 4, 4, 5)).toThrow('an empty run')
    expect(() => hybrid(new Uint8Array(99).fill(255), 0, 99, 4, 5)).toThrow('a run without end')
    expect(() => hybrid(Uint8Array.of(10, 9), 0, 2, 40, 5)).toThrow('integers of 40 bits')
  })
})
