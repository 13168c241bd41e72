import { describe, expect, it } from 'vitest'
import { anchorsOf, commandsOf, linksOf, splitFences, wordsOf } from './markdown.ts'

describe('reading Markdown', () => {
  it('separates code from prose', () => {
    const text = ['a', '```ts example', 'const b = `c`', '```', 'd', '~~~', '```', '~~~', '````md', '```', '````'].join('\n')
    const { fences, prose } = splitFences(text)
    expect(fences).toEqual([
      { info: 'ts example', text: 'const b = `c`', line: 2 },
      { info: '', text: '```', line: 6 },
      { info: 'md', text: '```', line: 9 },
    ])
    expect(prose.split('\n')).toEqual(['a', '', '', '', 'd', '', '', '', '', '', ''])
    expect(() => splitFences('```\na')).toThrow('never closes')
  })

  it('finds links outside code', () => {
    const text = [
      'a [b](c.md) ![d](e.svg "title") [f][g] `[no](no.md)`',
      '```',
      '[no](no.md)',
      '```',
      '[g]: <h.md#i>',
      '<img alt="j" src="k.png"> [l](https://example.org/m)',
      '[n [o]](p.md)',
    ].join('\n')
    expect(linksOf(text)).toEqual([
      { target: 'c.md', line: 1 },
      { target: 'e.svg', line: 1 },
      { target: 'h.md#i', line: 5 },
      { target: 'https://example.org/m', line: 6 },
      { target: 'k.png', line: 6 },
      { target: 'p.md', line: 7 },
    ])
  })

  it('makes the anchors a forge makes', () => {
    const text = [
      '# The `unwind` house',
      '## A & B: what, why?',
      '## Twice',
      '## Twice',
      '### [Link](a.md) −30 %',
      '```',
      '# no',
      '```',
      '<a id="own"></a>',
    ].join('\n')
    expect([...anchorsOf(text)]).toEqual(['the-unwind-house', 'a--b-what-why', 'twice', 'twice-1', 'link-30-', 'own'])
  })

  it('reads command lines', () => {
    const shell = [
      '# comment',
      '$ unwind stress --seed 7 > out.json',
      "unwind list venues --json | jq '.[0]'  # all",
      'npm ci && unwind \\',
      '  stress --shock "ETH=-30%@1h" 2>log',
      '',
    ].join('\n')
    expect(commandsOf(shell)).toEqual([
      'unwind stress --seed 7',
      'unwind list venues --json',
      'npm ci',
      'unwind stress --shock "ETH=-30%@1h"',
    ])
    expect(wordsOf(`unwind stress --shock "ETH=-30%@1h" --title 'a b' -x=1`)).toEqual([
      'unwind',
      'stress',
      '--shock',
      'ETH=-30%@1h',
      '--title',
      'a b',
      '-x=1',
    ])
  })
})
