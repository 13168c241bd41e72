/** Bytes, text and JSON from files, with the errors of this project and stated limits. */
import { readFile, stat } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'
import { InputError, Said } from '../model/index.ts'

/** Largest file that is read. */
export const MAX_FILE_BYTES = 1_073_741_824
/** Most text (CSV, JSON, YAML) after decompression. */
export const MAX_TEXT_BYTES = 268_435_456

/** Runs what may fail in foreign code; anything but an `InputError` becomes one that says what the file should have been. */
export async function guarded<T>(where: string, valid: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof InputError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(where, '', `damaged: ${reason}`, valid)
  }
}

/** Whole content of a regular file. @throws InputError when there is none, when it may not be read, or when it is too large */
export async function read_bytes(path: string, limit = MAX_FILE_BYTES): Promise<Uint8Array> {
  try {
    const { size, isFile, isDirectory } = await facts(path)
    if (isDirectory) throw new InputError(path, '', new Said('a folder'), 'a file')
    if (!isFile) throw new InputError(path, '', 'neither file nor directory', 'a file')
    if (size > limit) throw new InputError(path, 'size', `${size} bytes`, `at most ${limit} bytes`)
    return await readFile(path)
  } catch (error) {
    throw readable(path, error)
  }
}

async function facts(path: string): Promise<{ size: number; isFile: boolean; isDirectory: boolean }> {
  const found = await stat(path)
  return { size: found.size, isFile: found.isFile(), isDirectory: found.isDirectory() }
}

/** What the system says of a path, as an `InputError`. */
export function readable(path: string, error: unknown): Error {
  if (error instanceof InputError) return error
  const code = (error as { code?: unknown }).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return new InputError(path, '', undefined, 'a file that exists')
  if (typeof code === 'string') return new InputError(path, '', `not readable (${code})`, 'a readable file')
  return new InputError(path, '', `not readable (${error instanceof Error ? error.message : String(error)})`, 'a readable file')
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Text of a file, decompressed when its name ends in `.gz`. */
export async function read_text(path: string): Promise<string> {
  const raw = await read_bytes(path, MAX_TEXT_BYTES)
  const bytes = path.endsWith('.gz') ? inflate(path, raw) : raw
  try {
    return decoder.decode(bytes)
  } catch {
    throw new InputError(path, '', 'bytes that are no UTF-8', 'UTF-8 text')
  }
}

function inflate(path: string, raw: Uint8Array): Uint8Array {
  try {
    return gunzipSync(raw, { maxOutputLength: MAX_TEXT_BYTES, finishFlush: constants.Z_FINISH })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new InputError(path, 'size', 'more text', `at most ${MAX_TEXT_BYTES} bytes after decompression`)
    throw new InputError(path, '', `damaged: ${error instanceof Error ? error.message : String(error)}`, 'a complete gzip file')
  }
}

const SCALAR =
  // oxlint-disable-next-line no-control-regex -- JSON has none in its texts
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Where a text stops being JSON: its reader does not always say. */
function json_fault(text: string): number {
  const stack: string[] = []
  let want: 'value' | 'key' | ':' | ',' = 'value'
  let fresh = false
  for (let i = 0; ; ) {
    while (i < text.length && ' \t\n\r'.includes(text[i] as string)) i++
    const c = text[i]
    if (c === undefined) return i
    const closes = stack.at(-1) === '{' ? '}' : stack.at(-1) === '[' ? ']' : undefined
    if (c === closes && (want === ',' || fresh)) {
      stack.pop()
      ;[want, fresh] = [',', false]
      i++
    } else if (want === 'value' && (c === '{' || c === '[')) {
      stack.push(c)
      ;[want, fresh] = [c === '{' ? 'key' : 'value', true]
      i++
    } else if (want === 'value' || want === 'key') {
      SCALAR.lastIndex = i
      const found = want === 'key' && c !== '"' ? undefined : SCALAR.exec(text)?.[0]
      if (found === undefined) return i
      ;[want, fresh] = [want === 'key' ? ':' : ',', false]
      i += found.length
    } else if (c === want && stack.length > 0) {
      want = want === ':' ? 'value' : stack.at(-1) === '{' ? 'key' : 'value'
      i++
    } else return i
  }
}

/** A text as JSON. @throws InputError that names line and column */
export function parse_json(path: string, text: string): unknown {
  if (text.trim() === '') throw new InputError(path, '', new Said('an empty file'), 'JSON')
  try {
    return JSON.parse(text) as unknown
  } catch {
    const at = Math.min(json_fault(text), text.length)
    const before = text.slice(0, at)
    const [line, column] = [before.split('\n').length, at - before.lastIndexOf('\n')]
    const found = at >= text.trimEnd().length ? 'the text ends too early' : `unexpected ${JSON.stringify(text[at])}`
    throw new InputError(path, '', new Said(`damaged at line ${line}, column ${column}: ${found}`), 'JSON')
  }
}

/** Document of a JSON file. */
export async function read_json(path: string): Promise<unknown> {
  return parse_json(path, await read_text(path))
}

/** Name of a path without folders. */
export function file_name(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
