// Where functions begin and end, read from tokens.
import type { Token } from './lexer.ts'

export interface Span {
  readonly name: string
  readonly first: number
  readonly last: number
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const CONTROL = new Set(
  'if for while switch catch with return typeof await new super import function throw in of case else do yield'.split(' '),
)
/** After these a `{` opens the members of a type, not a body. */
const BEFORE_TYPE = new Set([':', '|', '&', '<', ',', '(', '[', '=>', 'extends', 'is', 'keyof', 'readonly'])
const ENDS_TYPE = new Set([
  ';',
  ')',
  '=',
  ']',
  '}',
  'function',
  'export',
  'const',
  'let',
  'return',
  'case',
  'class',
  'import',
  'if',
  'for',
])

const isSign = (token: Token | undefined, text: string) => token?.kind === 'sign' && token.text === text

/** For each opening bracket the index of the one that closes it, and the reverse. */
function matchBrackets(tokens: readonly Token[]): Map<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  tokens.forEach((token, i) => {
    if (token.kind !== 'sign') return
    if (PAIRS[token.text] !== undefined) open.push(i)
    else if (token.text === ')' || token.text === ']' || token.text === '}') {
      const from = open.pop()
      if (from === undefined) return
      pairs.set(from, i)
      pairs.set(i, from)
    }
  })
  return pairs
}

/** The `{` of the body after a parameter list that closes at `close`, past a return type; undefined if there is none. */
function bodyAfter(tokens: readonly Token[], pairs: Map<number, number>, close: number): number | undefined {
  if (isSign(tokens[close + 1], '{')) return close + 1
  if (!isSign(tokens[close + 1], ':')) return undefined
  for (let i = close + 2; i < tokens.length; i++) {
    const token = tokens[i] as Token
    const opens = token.kind === 'sign' && PAIRS[token.text] !== undefined
    if (opens && token.text === '{' && !BEFORE_TYPE.has(tokens[i - 1]?.text ?? '')) return i
    if (opens) {
      const end = pairs.get(i)
      if (end === undefined) return undefined
      i = end
    } else if (token.kind !== 'string' && ENDS_TYPE.has(token.text)) return undefined
  }
  return undefined
}

/** Past `<T, …>` that starts at `i`; `i` itself if nothing starts there. */
function pastGenerics(tokens: readonly Token[], i: number): number {
  if (!isSign(tokens[i], '<')) return i
  let depth = 0
  for (let j = i; j < Math.min(tokens.length, i + 100); j++) {
    const text = tokens[j]?.kind === 'sign' ? (tokens[j] as Token).text : ''
    if (text === '<') depth++
    // The lexer joins nothing that starts with `>` except comparisons and shifts, which close more than one.
    if (/^>+$/.test(text)) depth -= text.length
    if (depth <= 0) return j + 1
  }
  return i
}

function arrow(tokens: readonly Token[], pairs: Map<number, number>, i: number): Span | undefined {
  const end = isSign(tokens[i + 1], '{') ? pairs.get(i + 1) : undefined
  if (end === undefined) return undefined
  const before = isSign(tokens[i - 1], ')') ? (pairs.get(i - 1) ?? i) : i
  const named = isSign(tokens[before - 1], '=') ? tokens[before - 2] : undefined
  return {
    name: named?.kind === 'word' ? named.text : '(arrow)',
    first: (tokens[before] as Token).line,
    last: (tokens[end] as Token).line,
  }
}

function named(tokens: readonly Token[], pairs: Map<number, number>, i: number): Span | undefined {
  const token = tokens[i] as Token
  const previous = tokens[i - 1]
  const isFunction = token.text === 'function'
  const nameOfFunction = previous?.text === 'function' || (isSign(previous, '*') && tokens[i - 2]?.text === 'function')
  if (!isFunction && (CONTROL.has(token.text) || nameOfFunction || ['.', '?.', 'new'].includes(previous?.text ?? '')))
    return undefined
  let at = i + 1
  if (isFunction && isSign(tokens[at], '*')) at++
  const name = isFunction && tokens[at]?.kind === 'word' ? tokens[at++] : undefined
  at = pastGenerics(tokens, at)
  const close = isSign(tokens[at], '(') ? pairs.get(at) : undefined
  const body = close === undefined ? undefined : bodyAfter(tokens, pairs, close)
  const end = body === undefined ? undefined : pairs.get(body)
  if (end === undefined) return undefined
  return { name: isFunction ? (name?.text ?? '(function)') : token.text, first: token.line, last: (tokens[end] as Token).line }
}

/** Functions with a block as body: declarations, expressions, methods, accessors, arrows. */
export function functionsOf(tokens: readonly Token[]): Span[] {
  const pairs = matchBrackets(tokens)
  return tokens.flatMap((token, i) => {
    const span = isSign(token, '=>') ? arrow(tokens, pairs, i) : token.kind === 'word' ? named(tokens, pairs, i) : undefined
    return span === undefined ? [] : [span]
  })
}
