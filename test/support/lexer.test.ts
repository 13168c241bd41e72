import { describe, expect, it } from 'vitest'
import { tokenize } from './lexer.ts'

const words = (source: string) => tokenize(source).flatMap((token) => (token.kind === 'word' ? [token.text] : []))
const kinds = (source: string) => tokenize(source).map((token) => `${token.kind} ${token.text}`)

describe('the lexer', () => {
  it.each([
    ['line comment', 'a // b\nc', ['a', 'c']],
    ['block comment', 'a /* b\n b */ c', ['a', 'c']],
    ['comment signs in a string', `a('// b', "/* b")\nc`, ['a', 'c']],
    ['escaped quotes', `a('it\\'s b'); c`, ['a', 'c']],
    ['a string in a comment', "a // don't\nc", ['a', 'c']],
    ['template text', 'a`b ${c} b`', ['a', 'c']],
    ['nested templates', 'a(`b ${c(`b ${d} b`)} b`, e)', ['a', 'c', 'd', 'e']],
    ['braces in a template', 'a(`b ${{ c: 1, d: { e: 2 } }} b`, f)', ['a', 'c', 'd', 'e', 'f']],
    ['a regular expression', 'a = /b["\'`/]b/g; c', ['a', 'c']],
    ['a regular expression after return', 'return /b\\/b/.test(c)', ['return', 'test', 'c']],
    ['division', 'a / b / c', ['a', 'b', 'c']],
    ['division after a bracket', '(a) / b[0] / c', ['a', 'b', 'c']],
    ['a hash bang', '#!/usr/bin/env b\na', ['a']],
    ['private names', 'this.#b = a', ['this', '#b', 'a']],
    ['an unclosed comment', 'a /* b', ['a']],
    ['an unclosed template', 'a `b ${c', ['a', 'c']],
  ])('%s', (_, source, expected) => {
    expect(words(source)).toEqual(expected)
  })

  it('tells power from multiplication', () => {
    expect(kinds('a ** b * c')).toEqual(['word a', 'sign **', 'word b', 'sign *', 'word c'])
    expect(kinds('a **= 2')).toEqual(['word a', 'sign **=', 'number 2'])
  })

  it('reads numbers, big ones too', () => {
    expect(kinds('1_000n 0xffn .5 1e-9 a[0].b ...c')).toEqual([
      'number 1_000n',
      'number 0xffn',
      'number .5',
      'number 1e-9',
      'word a',
      'sign [',
      'number 0',
      'sign ]',
      'sign .',
      'word b',
      'sign ...',
      'word c',
    ])
  })

  it('counts lines through every kind of token', () => {
    const last = tokenize('/*\n*/ `\n${\n1}\n` "a\\\nb"\n x').at(-1)
    expect(last).toEqual({ kind: 'word', text: 'x', line: 7 })
  })
})
