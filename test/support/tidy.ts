// The rules of the house (ARCHITECTURE.md) as functions from a file's text to what is wrong with it.
import { posix } from 'node:path'
import { functionsOf } from './functions.ts'
import { type Token, tokenize } from './lexer.ts'
import { type Import, importsOf } from './modules.ts'

export interface File {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Finding {
  readonly rule:
    | 'layer'
    | 'sibling'
    | 'registry'
    | 'third party'
    | 'pure'
    | 'arithmetic'
    | 'bigint'
    | 'registration'
    | 'file length'
    | 'function length'
  readonly path: string
  readonly line: number
  readonly what: string
}

export const MAX_FILE_LINES = 400
export const MAX_FUNCTION_LINES = 70

/** Families hold kinds: one file or folder a kind, and an index.ts that lists them. */
export const FAMILIES = ['markets', 'oracles', 'venues', 'drivers', 'agents', 'analytics', 'indicators', 'detectors'] as const
/** Only scenarios/build.ts joins these registries (and src/index.ts publishes them). */
const BUILT = ['markets', 'oracles', 'venues', 'drivers', 'agents']
/** Files of a family that are no kind. */
const HELPERS: Readonly<Record<string, readonly string[]>> = { detectors: ['evaluate'] }

const LAYERS: readonly (readonly string[])[] = [
  ['math'],
  ['model'],
  ['margin'],
  [...FAMILIES, 'engine', 'synth'],
  ['scenarios', 'reports'],
  ['studies', 'validation'],
  ['sources', 'store', 'executors', 'server', 'cli'],
]
const EDGE = LAYERS.length - 1
/** Programs are where the edges meet. */
const MEETS: Readonly<Record<string, readonly string[]>> = {
  cli: ['sources', 'store', 'executors', 'server'],
  server: ['sources', 'store', 'executors'],
}

const MATH_ALLOWED = new Set('sqrt abs min max floor ceil trunc round sign imul clz32 fround'.split(' '))
const IMPURE = new Set(
  (
    'Date performance process crypto console async await Promise fetch globalThis window navigator setTimeout setInterval setImmediate ' +
    'queueMicrotask requestAnimationFrame require eval Intl WeakRef FinalizationRegistry Atomics Buffer'
  ).split(' '),
)
/** Methods whose answer depends on where the program runs. */
const IMPURE_MEMBERS = new Set(
  'localeCompare toLocaleString toLocaleUpperCase toLocaleLowerCase toLocaleDateString toLocaleTimeString'.split(' '),
)
const BIGINT_WORDS = new Set([
  'BigInt',
  'bigint',
  'BigInt64Array',
  'BigUint64Array',
  'getBigInt64',
  'getBigUint64',
  'setBigInt64',
  'setBigUint64',
])
const PURE_PACKAGES = new Set(['zod'])

export const isTest = (path: string) => /\.(test|full)\.ts$/.test(path)

interface Place {
  readonly folder: string
  readonly layer: number
  /** The kind's file or folder inside a family, without extension. */
  readonly kind: string | undefined
}

function placeOf(path: string): Place | undefined {
  const [top, folder, kind] = path.split('/')
  if (top !== 'src' || folder === undefined || kind === undefined) return undefined
  const layer = LAYERS.findIndex((names) => names.includes(folder))
  const inFamily = (FAMILIES as readonly string[]).includes(folder)
  return { folder, layer, kind: inFamily ? kind.replace(/\.ts$/, '') : undefined }
}

const isPure = (place: Place) => place.layer >= 0 && place.layer < EDGE
const isIndex = (place: Place) => place.kind === 'index'
const sharesWithinFamily = (from: Place, to: Place) => isIndex(from) || to.kind === 'shared' || to.kind === from.kind

function betweenFolders(from: Place, to: Place, path: string, target: string): Pick<Finding, 'rule' | 'what'> | undefined {
  if (to.layer > from.layer) return { rule: 'layer', what: `${from.folder} imports ${target}: ${to.folder} is a later layer` }
  if (isIndex(to) && BUILT.includes(to.folder) && path !== 'src/scenarios/build.ts') {
    return { rule: 'registry', what: `imports ${target}: only scenarios/build.ts joins the registries` }
  }
  if (to.layer < from.layer || MEETS[from.folder]?.includes(to.folder)) return undefined
  const siblings = from.layer === 3 || from.layer === EDGE
  return siblings ? { rule: 'sibling', what: `imports ${target}: ${from.folder} and ${to.folder} are siblings` } : undefined
}

function checkImport(path: string, from: Place, item: Import): Pick<Finding, 'rule' | 'what'> | undefined {
  const { specifier } = item
  if (item.dynamic && isPure(from)) return { rule: 'pure', what: 'import() at run time' }
  if (!specifier.startsWith('.')) {
    const allowed = !isPure(from) || PURE_PACKAGES.has(specifier) || PURE_PACKAGES.has(specifier.split('/')[0] ?? '')
    return allowed
      ? undefined
      : { rule: 'third party', what: `imports ${specifier}: pure layers import ${[...PURE_PACKAGES].join(', ')} only` }
  }
  const target = posix.join(posix.dirname(path), specifier)
  if (!target.startsWith('src/')) return { rule: 'layer', what: `imports ${target}, outside src` }
  const to = placeOf(target)
  if (to === undefined) return { rule: 'layer', what: `imports ${target}: nothing in src imports the public index` }
  if (to.layer < 0) return { rule: 'layer', what: `imports ${target}: ${to.folder} is no layer of the design` }
  if (to.folder !== from.folder) return betweenFolders(from, to, path, target)
  if (from.kind === undefined || sharesWithinFamily(from, to)) return undefined
  return { rule: 'sibling', what: `imports ${target}: a kind imports its own files and its family's shared/ only` }
}

const isSign = (token: Token | undefined, text: string) => token?.kind === 'sign' && token.text === text
const isMember = (tokens: readonly Token[], i: number) => isSign(tokens[i - 1], '.') || isSign(tokens[i - 1], '?.')

/** `{ process: 1 }`, `process?: string`, `Date(…): x` are names of ours; `a ? Date : b` is not. */
function isKey(tokens: readonly Token[], i: number): boolean {
  const next = tokens[i + 1]
  if (isSign(next, '?') && isSign(tokens[i + 2], ':')) return true
  return isSign(next, ':') && !isSign(tokens[i - 1], '?')
}

function checkWord(tokens: readonly Token[], i: number): Pick<Finding, 'rule' | 'what'> | undefined {
  const { text } = tokens[i] as Token
  const member = isMember(tokens, i)
  if (member) return IMPURE_MEMBERS.has(text) ? { rule: 'pure', what: `.${text}() depends on the locale` } : undefined
  if (IMPURE.has(text) && !isKey(tokens, i)) return { rule: 'pure', what: text }
  if (text === 'import' && isSign(tokens[i + 1], '.')) return { rule: 'pure', what: 'import.meta' }
  if (text !== 'Math' || isKey(tokens, i)) return undefined
  const name = isSign(tokens[i + 1], '.') ? tokens[i + 2]?.text : undefined
  if (name === 'random') return { rule: 'pure', what: 'Math.random' }
  if (name !== undefined && MATH_ALLOWED.has(name)) return undefined
  return { rule: 'arithmetic', what: name === undefined ? 'Math as a value' : `Math.${name}: take it from math/` }
}

/** Which tokens lie inside `interface … { }`: they name what others do and do nothing. */
function insideInterfaces(tokens: readonly Token[]): boolean[] {
  let depth = 0
  let pending = false
  return tokens.map((token, i) => {
    if (depth === 0 && token.kind === 'word' && token.text === 'interface' && tokens[i + 1]?.kind === 'word') pending = true
    if (isSign(token, '{') && (pending || depth > 0)) {
      depth++
      pending = false
    }
    if (isSign(token, '}') && depth > 0) depth--
    return depth > 0
  })
}

function checkTokens(tokens: readonly Token[]): Omit<Finding, 'path'>[] {
  const declared = insideInterfaces(tokens)
  return tokens.flatMap((token, i) => {
    if (declared[i]) return []
    if (token.kind === 'word') {
      const found = checkWord(tokens, i)
      return found === undefined ? [] : [{ ...found, line: token.line }]
    }
    const isPower = token.kind === 'sign' && (token.text === '**' || token.text === '**=')
    // A power of exact integers is exact: `10n ** 18n`.
    const exact = [tokens[i - 1], tokens[i + 1]].some((beside) => beside?.kind === 'number' && beside.text.endsWith('n'))
    return isPower && !exact ? [{ rule: 'arithmetic', what: `${token.text}: it is Math.pow`, line: token.line } as const] : []
  })
}

function checkBigInt(tokens: readonly Token[]): Omit<Finding, 'path'>[] {
  return tokens.flatMap((token, i) => {
    const literal = token.kind === 'number' && token.text.endsWith('n')
    const word = token.kind === 'word' && BIGINT_WORDS.has(token.text) && !isKey(tokens, i)
    return literal || word
      ? [{ rule: 'bigint', what: `${token.text}: BigInt belongs in reference.ts and at the edges`, line: token.line } as const]
      : []
  })
}

const mayUseBigInt = (path: string, place: Place) =>
  !isPure(place) || place.folder === 'validation' || /\/reference[^/]*(\/|\.ts$)/.test(path)

function checkLengths(file: File, tokens: readonly Token[]): Omit<Finding, 'path'>[] {
  const found: Omit<Finding, 'path'>[] = []
  const lines = file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0)
  if (lines > MAX_FILE_LINES) found.push({ rule: 'file length', line: lines, what: `${lines} lines, at most ${MAX_FILE_LINES}` })
  if (isTest(file.path)) return found
  for (const span of functionsOf(tokens)) {
    const length = span.last - span.first + 1
    if (length > MAX_FUNCTION_LINES) {
      found.push({
        rule: 'function length',
        line: span.first,
        what: `${span.name}: ${length} lines, at most ${MAX_FUNCTION_LINES}`,
      })
    }
  }
  return found
}

/** All that is wrong with one file by itself. Tests may import anything and compute as they like; their length counts. */
export function checkFile(file: File): Finding[] {
  const tokens = tokenize(file.text)
  const found = checkLengths(file, tokens)
  const place = isTest(file.path) ? undefined : placeOf(file.path)
  if (place !== undefined) {
    if (place.layer < 0) found.push({ rule: 'layer', line: 1, what: `${place.folder} is no layer of the design` })
    for (const item of importsOf(tokens)) {
      const finding = checkImport(file.path, place, item)
      if (finding !== undefined) found.push({ ...finding, line: item.line })
    }
    if (isPure(place)) found.push(...checkTokens(tokens))
    if (!mayUseBigInt(file.path, place)) found.push(...checkBigInt(tokens))
  }
  return found.map((finding) => ({ ...finding, path: file.path }))
}

/** Every kind of a family is imported by the family's index.ts, and used there. */
export function checkRegistration(family: string, files: readonly File[]): Finding[] {
  const home = `src/${family}/`
  const inside = files.filter((file) => file.path.startsWith(home) && !isTest(file.path))
  if (inside.length === 0) return []
  const noKind = new Set(['index', 'shared', ...(HELPERS[family] ?? [])])
  const kinds = new Set(inside.map((file) => placeOf(file.path)?.kind ?? '').filter((kind) => !noKind.has(kind)))
  const index = inside.find((file) => file.path === `${home}index.ts`)
  if (index === undefined) return [{ rule: 'registration', path: `${home}index.ts`, line: 1, what: 'the family has no index.ts' }]

  const tokens = tokenize(index.text)
  const registered = new Set<string>()
  for (const item of importsOf(tokens)) {
    const used = item.names.some(
      (name) => name !== '*' && tokens.filter((token) => token.kind === 'word' && token.text === name).length > 1,
    )
    const kind = /^\.\/([^/]+)/.exec(item.specifier)?.[1]?.replace(/\.ts$/, '')
    if (used && kind !== undefined) registered.add(kind)
  }
  return [...kinds]
    .filter((kind) => !registered.has(kind))
    .map((kind) => ({ rule: 'registration', path: index.path, line: 1, what: `${kind} is not in the list of ${family}` }))
}

export interface Exception {
  readonly rule: Finding['rule']
  readonly path: string
  readonly why: string
}

/** Findings that no exception covers, and exceptions that cover nothing any more. */
export function applyExceptions(
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): { open: Finding[]; stale: Exception[] } {
  const covers = (exception: Exception, finding: Finding) => exception.rule === finding.rule && exception.path === finding.path
  return {
    open: findings.filter((finding) => !exceptions.some((exception) => covers(exception, finding))),
    stale: exceptions.filter((exception) => !findings.some((finding) => covers(exception, finding))),
  }
}
