// What a file imports and what it exports, read from its tokens.
import { type Token, tokenize } from './lexer.ts'

export interface Import {
  readonly specifier: string
  readonly line: number
  /** Local names it binds; `*` when it re-exports everything, nothing for a side effect. */
  readonly names: readonly string[]
  readonly dynamic: boolean
}

export interface Export {
  readonly name: string
  readonly type: boolean
}

const DECLARES = new Set('const let var function class interface type enum'.split(' '))

const isSign = (token: Token | undefined, text: string) => token?.kind === 'sign' && token.text === text
const isWord = (token: Token | undefined, text: string) => token?.kind === 'word' && token.text === text

/** The names between a clause's start and its `from`: default, `* as x`, `{ a as b, type C }`. */
function boundNames(clause: readonly Token[]): string[] {
  const names: string[] = []
  clause.forEach((token, i) => {
    const next = clause[i + 1]
    if (token.kind !== 'word' || isWord(next, 'as') || token.text === 'as') return
    if (token.text === 'type' && next !== undefined && (next.kind === 'word' || isSign(next, '{') || isSign(next, '*'))) return
    names.push(token.text)
  })
  if (clause.some((token, i) => isSign(token, '*') && !isWord(clause[i + 1], 'as'))) names.push('*')
  return names
}

/** Where the `from 'x'` of a clause that starts at `i` is; -1 if the statement has none. */
function findFrom(tokens: readonly Token[], i: number): number {
  for (let j = i + 1; j < tokens.length; j++) {
    const token = tokens[j] as Token
    if (isWord(token, 'from') && tokens[j + 1]?.kind === 'string') return j
    const partOfClause = token.kind === 'word' || [',', '{', '}', '*'].includes(token.text)
    if (
      !partOfClause ||
      (token.kind === 'word' && (DECLARES.has(token.text) || token.text === 'import') && token.text !== 'type')
    )
      return -1
  }
  return -1
}

export function importsOf(tokens: readonly Token[]): Import[] {
  const found: Import[] = []
  tokens.forEach((token, i) => {
    const isImport = isWord(token, 'import')
    if (
      !(isImport || isWord(token, 'export')) ||
      isSign(tokens[i - 1], '.') ||
      isSign(tokens[i + 1], '.') ||
      isSign(tokens[i + 1], ':')
    )
      return
    const next = tokens[i + 1]
    if (isImport && next?.kind === 'string') {
      found.push({ specifier: next.text, line: token.line, names: [], dynamic: false })
      return
    }
    if (isImport && isSign(next, '(')) {
      const argument = tokens[i + 2]
      const specifier = argument?.kind === 'string' || argument?.kind === 'text' ? argument.text : '(computed)'
      found.push({ specifier, line: token.line, names: [], dynamic: true })
      return
    }
    const from = findFrom(tokens, i)
    if (from < 0) return
    const specifier = (tokens[from + 1] as Token).text
    found.push({ specifier, line: token.line, names: boundNames(tokens.slice(i + 1, from)), dynamic: false })
  })
  return found
}

function exportedList(tokens: readonly Token[], open: number, allTypes: boolean): Export[] {
  const found: Export[] = []
  let type = allTypes
  for (let i = open + 1; i < tokens.length && !isSign(tokens[i], '}'); i++) {
    const token = tokens[i] as Token
    const next = tokens[i + 1]
    if (isSign(token, ',')) type = allTypes
    else if (isWord(token, 'type') && next?.kind === 'word' && next.text !== 'as') type = true
    else if (token.kind === 'word' && token.text !== 'as' && !isWord(next, 'as')) found.push({ name: token.text, type })
  }
  return found
}

function exportStatement(tokens: readonly Token[], i: number, star: (specifier: string) => readonly Export[]): readonly Export[] {
  let at = i + 1
  const allTypes = isWord(tokens[at], 'type') && (isSign(tokens[at + 1], '{') || isSign(tokens[at + 1], '*'))
  if (allTypes) at++
  const token = tokens[at]
  if (isSign(token, '{')) return exportedList(tokens, at, allTypes)
  if (isSign(token, '*')) {
    if (isWord(tokens[at + 1], 'as')) return [{ name: (tokens[at + 2] as Token).text, type: allTypes }]
    return star((tokens[at + 2] as Token).text).map((item) => (allTypes ? { ...item, type: true } : item))
  }
  if (isWord(token, 'default')) return [{ name: 'default', type: false }]
  while (
    ['abstract', 'async', 'declare', 'const'].includes(tokens[at]?.text ?? '') &&
    tokens[at + 1]?.kind === 'word' &&
    DECLARES.has((tokens[at + 1] as Token).text)
  )
    at++
  const keyword = tokens[at]
  if (keyword?.text === 'async') at++
  const name = tokens[isSign(tokens[at + 1], '*') ? at + 2 : at + 1]
  if (name === undefined || name.kind !== 'word')
    throw new Error(`line ${tokens[i]?.line}: an export this reader does not know (destructuring?)`)
  return [{ name: name.text, type: keyword?.text === 'interface' || keyword?.text === 'type' }]
}

/** The public names of a module, through its `export *`. `read` gives the text of a path, `resolve` the path a specifier means. */
export function exportsOf(
  path: string,
  read: (path: string) => string,
  resolve: (from: string, specifier: string) => string,
): Export[] {
  const tokens = tokenize(read(path))
  const star = (specifier: string) => exportsOf(resolve(path, specifier), read, resolve).filter((item) => item.name !== 'default')
  const found = tokens.flatMap((token, i) =>
    isWord(token, 'export') && !isSign(tokens[i - 1], '.') && !isSign(tokens[i + 1], ':') ? exportStatement(tokens, i, star) : [],
  )
  const byName = new Map(found.map((item) => [`${item.type ? 'type ' : ''}${item.name}`, item]))
  return [...byName.values()]
}
