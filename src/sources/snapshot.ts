/**
 * Snapshots as files: one JSON document that holds everything, or a folder with `snapshot.json` and a Parquet file for each
 * column set. Both forms of one snapshot have the same content hash.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { check_schema, InputError, Said, type Snapshot } from '../model/index.ts'
import { check_snapshot } from './check.ts'
import { column_of, decode_set, decode_typed, INTEGERS, is_column, is_plain } from './columns.ts'
import { fitted } from './fit.ts'
import { parquet_bytes } from './parquet.ts'
import { MAX_TEXT_BYTES, read_json, readable } from './read.ts'
import { with_params, with_published } from './venue-params.ts'

/** Name of the document in a folder. */
export const DOCUMENT = 'snapshot.json'

async function is_folder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw readable(path, error)
  }
}

/** Reads either form. @throws InputError that names the file, the field and what would be valid */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const folder = (await is_folder(path)) ? path : dirname(path)
  const document = folder === path ? join(path, DOCUMENT) : path
  if (folder === path && !(await stat(document).catch(() => undefined))?.isFile())
    throw new InputError(path, '', new Said(`a folder without ${DOCUMENT}`), 'a snapshot: a document, or a folder that has one')
  const found = await read_json(document)
  check_schema(found, document)
  const value = decode_typed(found, document, '') as Record<string, unknown>
  const out: Record<string, unknown> = { ...value }
  if (is_plain(value['actors'])) out['actors'] = await decode_actors(value['actors'], document, folder)
  if (Array.isArray(value['venues'])) {
    const venues: unknown[] = []
    const known = Array.isArray(out['provenance']) ? [...(out['provenance'] as unknown[])] : undefined
    for (const [i, venue] of (value['venues'] as unknown[]).entries()) {
      if (!is_plain(venue)) venues.push(venue)
      else {
        const fields: [string, unknown][] = []
        for (const [name, field] of Object.entries(venue))
          fields.push([name, await decode_set(name, field, document, `venues[${i}].${name}`, folder)])
        const filled = with_published(await with_params(Object.fromEntries(fields), document, `venues[${i}]`, folder))
        venues.push(filled.venue)
        known?.push(...filled.provenance)
      }
    }
    out['venues'] = venues
    if (known !== undefined) out['provenance'] = known
  }
  for (const family of ['markets', 'oracles', 'venues', 'agents'] as const)
    if (Array.isArray(out[family]))
      out[family] = (out[family] as unknown[]).map((spec, i) => fitted(family, spec, document, `${family}[${i}]`))
  return check_snapshot(out, document)
}

async function decode_actors(
  actors: Readonly<Record<string, unknown>>,
  where: string,
  folder: string,
): Promise<Record<string, unknown>> {
  const { agent, treasury } = actors
  const loaded = is_plain(agent) ? await decode_set('agent', agent, where, 'actors.agent', folder) : agent
  const column = is_plain(loaded) ? loaded['agent'] : loaded
  return {
    ...actors,
    ...(agent === undefined ? {} : { agent: Array.isArray(column) ? column_of(column, true, where, 'actors.agent') : column }),
    ...(treasury === undefined ? {} : { treasury: await decode_set('treasury', treasury, where, 'actors.treasury', folder) }),
  }
}

type Columns = Readonly<Record<string, Float64Array | Int32Array>>

/** Puts a column set somewhere and returns what stands for it in the document. */
type Place = (name: string, set: Columns) => unknown

const as_named = (name: string, column: Float64Array | Int32Array) => INTEGERS.has(name) === column instanceof Int32Array

/** Lists in the document itself. */
const inline: Place = (_, set) =>
  Object.fromEntries(
    Object.entries(set).map(([name, column]) => [name, as_named(name, column) ? Array.from(column) : typed(column)]),
  )

const typed = (column: Float64Array | Int32Array) => ({ [column instanceof Int32Array ? 'i32' : 'f64']: Array.from(column) })

function finite(value: unknown, field: string): void {
  const bad = is_column(value)
    ? value.find((item) => !Number.isFinite(item))
    : typeof value === 'number' && !Number.isFinite(value)
      ? value
      : undefined
  if (bad !== undefined) throw new InputError('snapshot', field, bad, 'a finite number')
}

/** The document of any value: columns that stand alone are typed lists. */
function encode(value: unknown, field: string): unknown {
  finite(value, field)
  if (is_column(value)) return typed(value)
  if (Array.isArray(value)) return value.map((item, i) => encode(item, `${field}[${i}]`))
  if (!is_plain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, encode(item, field === '' ? name : `${field}.${name}`)]),
  )
}

const set_of = (value: unknown): Columns | undefined =>
  is_plain(value) && Object.keys(value).length > 0 && Object.values(value).every(is_column) ? (value as Columns) : undefined

function encode_snapshot(snapshot: Snapshot, place: Place): Record<string, unknown> {
  const put = (name: string, value: unknown): unknown => {
    const set = set_of(value)
    if (set === undefined) return encode(value, name)
    for (const [key, column] of Object.entries(set)) finite(column, `${name}.${key}`)
    return place(name, set)
  }
  const { actors, venues, ...rest } = snapshot
  const treasury = put('actors.treasury', actors.treasury)
  const agent = place === inline ? Array.from(actors.agent) : put('actors.agent', { agent: actors.agent })
  return {
    ...(encode(rest, '') as object),
    actors: { ...(encode({ count: actors.count, names: actors.names }, 'actors') as object), agent, treasury },
    venues: venues.map((venue) =>
      Object.fromEntries(Object.entries(venue).map(([name, value]) => [name, put(`venues.${venue.id}.${name}`, value)])),
    ),
  }
}

/** One line a field of the document, and one a venue: long lists stay on their line. */
function text_of(document: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(document).map(([name, value]) => {
    const body =
      Array.isArray(value) && value.length > 0
        ? `[\n${value.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n ]`
        : JSON.stringify(value)
    return ` ${JSON.stringify(name)}: ${body}`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}

/** Writes beside the target, then moves it there: a target is whole or not there. */
async function move_there(path: string, work: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    await work(part)
    await rename(part, path)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw readable(path, error)
  }
}

async function write_document(snapshot: Snapshot, path: string): Promise<void> {
  const text = text_of(encode_snapshot(snapshot, inline))
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES)
    throw new InputError(path, 'size', `${Buffer.byteLength(text)} bytes`, `at most ${MAX_TEXT_BYTES}; write a folder instead`)
  await move_there(path, (part) => writeFile(part, path.endsWith('.gz') ? gzipSync(text) : text))
}

async function write_folder(snapshot: Snapshot, path: string): Promise<void> {
  const files = new Map<string, Columns>()
  const place: Place = (name, set) => {
    const stem = name.replace(/[^A-Za-z0-9._-]/g, '_')
    let file = `${stem}.parquet`
    for (let n = 2; files.has(file); n++) file = `${stem}.${n}.parquet`
    files.set(file, set)
    const odd = Object.entries(set).filter(([key, column]) => !as_named(key, column))
    const names = (integer: boolean) => odd.filter(([, column]) => column instanceof Int32Array === integer).map(([key]) => key)
    const [i32, f64] = [names(true), names(false)]
    return { file, ...(i32.length > 0 ? { i32 } : {}), ...(f64.length > 0 ? { f64 } : {}) }
  }
  const document = encode_snapshot(snapshot, place)
  await move_there(path, async (part) => {
    await rm(part, { recursive: true, force: true })
    await mkdir(part, { recursive: true })
    for (const [file, set] of files) await writeFile(join(part, file), parquet_bytes(set))
    await writeFile(join(part, DOCUMENT), text_of(document))
    if (await replaceable(path)) await rm(path, { recursive: true, force: true })
  })
}

/** May the folder at a path give way? Only when it is empty or a snapshot itself. */
async function replaceable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return false
  if (!found.isDirectory()) throw new InputError(path, '', 'a file', 'a folder, or a name that ends in .json')
  const document = await stat(join(path, DOCUMENT)).catch(() => undefined)
  if (document?.isFile()) return true
  if ((await readdir(path)).length > 0)
    throw new InputError(path, '', 'a folder of other things', `an empty folder, or one with a ${DOCUMENT}`)
  return true
}

/**
 * Writes a snapshot: to a document when the path ends in `.json` or `.json.gz`, else to a folder of that name. What was
 * there is replaced when the new one is complete; a folder only when it is empty or held a snapshot.
 */
export async function writeSnapshot(snapshot: Snapshot, path: string): Promise<void> {
  check_snapshot(snapshot, path)
  if (/\.json(\.gz)?$/.test(path)) await write_document(snapshot, path)
  else await write_folder(snapshot, path)
}
