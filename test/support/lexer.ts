// A small lexer of TypeScript: enough to read imports, names and braces without mistaking text, comments or regular expressions for code.

export type TokenKind = 'word' | 'number' | 'string' | 'text' | 'regex' | 'sign'

export interface Token {
  readonly kind: TokenKind
  /** The characters, of a string its content. */
  readonly text: string
  readonly line: number
}

const SIGNS = [
  '>>>=',
  '...',
  '===',
  '!==',
  '**=',
  '<<=',
  '>>=',
  '&&=',
  '||=',
  '??=',
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '?.',
  '++',
  '--',
]
const MORE_SIGNS = ['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '**']
const ALL_SIGNS = [...SIGNS, ...MORE_SIGNS]
const WORD = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy
const NUMBER = /0[xX][\da-fA-F_]+n?|0[bB][01_]+n?|0[oO][0-7_]+n?|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d[\d_]*)?n?\.?/y
const REGEX = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y
/** After these words a slash begins a regular expression. */
const BEFORE_REGEX = new Set('return typeof case in of delete void throw new instanceof do else yield await extends'.split(' '))

class Lexer {
  readonly source: string
  readonly tokens: Token[] = []
  at = 0
  line = 1
  /** For every open template literal the number of open braces inside its current `${`. */
  readonly templates: number[] = []

  constructor(source: string) {
    this.source = source
  }

  push(kind: TokenKind, text: string, line = this.line): void {
    this.tokens.push({ kind, text, line })
  }

  skip(to: number): void {
    for (let i = this.at; i < to; i++) if (this.source.charCodeAt(i) === 10) this.line++
    this.at = to
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    return pattern.exec(this.source)?.[0]
  }

  blankOrComment(): boolean {
    const { source, at } = this
    if (/\s/.test(source.charAt(at)) || source.charAt(at) === '\ufeff') {
      this.skip(at + 1)
      return true
    }
    if (source.startsWith('//', at) || (at === 0 && source.startsWith('#!'))) {
      const end = source.indexOf('\n', at)
      this.skip(end < 0 ? source.length : end)
      return true
    }
    if (!source.startsWith('/*', at)) return false
    const end = source.indexOf('*/', at + 2)
    this.skip(end < 0 ? source.length : end + 2)
    return true
  }

  quoted(quote: string): void {
    const line = this.line
    let end = this.at + 1
    while (end < this.source.length && this.source.charAt(end) !== quote) end += this.source.charAt(end) === '\\' ? 2 : 1
    const text = this.source.slice(this.at + 1, end)
    this.skip(Math.min(end + 1, this.source.length))
    this.push('string', text, line)
  }

  /** From after a backtick or a closing brace to the next `${` or the end of the literal. */
  template(): void {
    const line = this.line
    let end = this.at
    const { source } = this
    while (end < source.length && source.charAt(end) !== '`' && !source.startsWith('${', end))
      end += source.charAt(end) === '\\' ? 2 : 1
    const text = source.slice(this.at, end)
    const closed = end >= source.length || source.charAt(end) === '`'
    this.skip(Math.min(end + (closed ? 1 : 2), source.length))
    this.push('text', text, line)
    if (closed) this.templates.pop()
    else this.templates[this.templates.length - 1] = 0
  }

  regexAllowed(): boolean {
    const last = this.tokens.at(-1)
    if (last === undefined) return true
    if (last.kind === 'word') return BEFORE_REGEX.has(last.text)
    return (
      last.kind === 'sign' &&
      last.text !== ')' &&
      last.text !== ']' &&
      last.text !== '}' &&
      last.text !== '++' &&
      last.text !== '--'
    )
  }

  brace(char: string): boolean {
    const depth = this.templates.at(-1)
    if (depth === undefined) return false
    if (char === '{') this.templates[this.templates.length - 1] = depth + 1
    if (char === '}' && depth > 0) this.templates[this.templates.length - 1] = depth - 1
    if (char !== '}' || depth > 0) return false
    this.at++
    this.template()
    return true
  }

  sign(): void {
    const { source, at } = this
    const long = ALL_SIGNS.find((candidate) => source.startsWith(candidate, at))
    // `?.5` is a condition and a number; a generic's `>>` closes twice and is never needed as one sign.
    const text = long === undefined || (long === '?.' && /\d/.test(source.charAt(at + 2))) ? source.charAt(at) : long
    this.push('sign', text)
    this.at += text.length
  }

  step(): void {
    if (this.blankOrComment()) return
    const char = this.source.charAt(this.at)
    if (char === '"' || char === "'") return this.quoted(char)
    if (char === '`') {
      this.at++
      this.templates.push(0)
      return this.template()
    }
    if ((char === '{' || char === '}') && this.brace(char)) return
    const word = this.match(WORD)
    if (word !== undefined) return this.take('word', word)
    const number = /[\d.]/.test(char) ? this.match(NUMBER) : undefined
    if (number !== undefined) return this.take('number', number)
    const regex = char === '/' && this.regexAllowed() ? this.match(REGEX) : undefined
    if (regex !== undefined) return this.take('regex', regex)
    this.sign()
  }

  take(kind: TokenKind, text: string): void {
    this.push(kind, text)
    this.at += text.length
  }
}

export function tokenize(source: string): Token[] {
  const lexer = new Lexer(source)
  while (lexer.at < source.length) lexer.step()
  return lexer.tokens
}
