/** Outputs appear whole or not at all: they are written beside their place and take it when everything is done. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../../model/index.ts'

/** A file or folder that is to appear. */
export interface Output {
  readonly option: string
  readonly path: string
  /** Where it is written first. */
  readonly staged: string
  /** Called with the place when something is already there; throws what is wrong with replacing it. */
  readonly replaces: 'file' | 'run' | 'snapshot'
}

const is_folder = (path: string) => statSync(path).isDirectory()

/** What a link points at is read and replaced, not the link. */
const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path))

/** The nearest folder above that exists: on the same file system, so that taking the place is one step. */
function ground(path: string): string {
  let folder = dirname(path)
  while (!existsSync(folder)) folder = dirname(folder)
  return folder
}

/**
 * Looks whether an output can be written there, before any work is done.
 * @param inputs paths that are read: an output never replaces one
 * @throws InputError naming the option
 */
export function prepare(option: string, given: string, replaces: Output['replaces'], inputs: readonly string[]): Output {
  if (given === '') throw new InputError(option, '', given, 'a path')
  if (given === '-')
    throw new InputError(option, '', given, 'the path of a file (standard output has the report, or the document with --json)')
  const path = real(given)
  if (inputs.some((input) => real(input) === path)) throw new InputError(option, '', given, 'a path that is not also an input')
  const folder = ground(path)
  if (!is_folder(folder)) throw new InputError(option, '', given, `a path in a folder (${folder} is a file)`)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new InputError(option, '', given, `a path that may be written (${folder} may not)`)
  }
  if (replaces === 'file' && folder !== dirname(path))
    throw new InputError(option, '', given, `a file in a folder that exists (${dirname(path)} does not)`)
  if (existsSync(path)) replaceable(option, given, path, replaces)
  const staged = join(folder, `.unwind-${process.pid}-${basename(path)}`)
  probe(option, given, staged)
  return { option, path, replaces, staged }
}

/** Permissions do not tell everything: a file system may take no new files, and a name may be too long. */
function probe(option: string, given: string, staged: string): void {
  try {
    writeFileSync(staged, '')
    rmSync(staged)
  } catch (error) {
    throw new InputError(
      option,
      '',
      given,
      `a path that may be written (${(error as NodeJS.ErrnoException).code ?? 'it may not'})`,
    )
  }
}

/** May what lies there be replaced? */
function replaceable(option: string, given: string, path: string, replaces: Output['replaces']): void {
  const folder = is_folder(path)
  // To take the place of a device or a pipe would take it away from everyone.
  if (!folder && !statSync(path).isFile()) throw new InputError(option, '', `${given}, a device or a pipe`, 'the path of a file')
  if (replaces === 'file') {
    if (folder) throw new InputError(option, '', `${given}, a folder`, 'a file')
    return
  }
  if (!folder) {
    if (replaces === 'run') throw new InputError(option, '', `${given}, a file`, 'a folder')
    if (!holds(path, 'unwind.snapshot/'))
      throw new InputError(option, '', `${given}, a file that is no snapshot`, 'a new path, or a snapshot to replace')
    return
  }
  const names = readdirSync(path)
  if (names.length === 0) return
  const marks = replaces === 'run' ? ['summary.json', 'unwind.run/'] : ['snapshot.json', 'unwind.snapshot/']
  if (!holds(join(path, marks[0] as string), marks[1] as string))
    throw new InputError(
      option,
      '',
      `${given}, a folder with ${names.length} other entries`,
      `a new or empty folder, or an earlier ${replaces}`,
    )
}

/** Does the start of a JSON file name this family of schemas? */
function holds(path: string, family: string): boolean {
  if (!existsSync(path) || is_folder(path)) return false
  return readFileSync(path, 'utf8').slice(0, 4096).includes(`"${family}`)
}

/** Moves everything to its place. */
export function commit(outputs: readonly Output[]): void {
  for (const output of outputs) {
    if (!existsSync(output.staged)) continue
    mkdirSync(dirname(output.path), { recursive: true })
    if (!is_folder(output.staged)) {
      if (existsSync(output.path) && is_folder(output.path)) rmSync(output.path, { recursive: true })
      renameSync(output.staged, output.path)
    } else into_folder(output)
  }
}

/** A folder that was there keeps what is not ours; files of ours are replaced one by one. */
function into_folder({ staged, path }: Output): void {
  if (existsSync(path) && !is_folder(path)) rmSync(path)
  if (!existsSync(path)) return renameSync(staged, path)
  for (const name of readdirSync(staged)) {
    const target = join(path, name)
    if (existsSync(target) && is_folder(target)) rmSync(target, { recursive: true })
    renameSync(join(staged, name), target)
  }
  rmSync(staged, { recursive: true })
}

/** Takes away what was written but not moved. */
export function discard(outputs: readonly Output[]): void {
  for (const { staged } of outputs) {
    // A writer that was ended in the middle may have had a part of its own beside it.
    for (const path of [staged, `${staged}.${process.pid}.part`]) rmSync(path, { recursive: true, force: true })
  }
}
