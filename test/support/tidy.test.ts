// A judge that cannot convict is no judge: every rule is shown a source that breaks it and one that does not.
import { describe, expect, it } from 'vitest'
import { functionsOf } from './functions.ts'
import { tokenize } from './lexer.ts'
import { exportsOf, importsOf } from './modules.ts'
import { applyExceptions, checkFile, checkRegistration } from './tidy.ts'

const judge = (path: string, text: string) => checkFile({ path, text }).map((finding) => `${finding.rule}:${finding.line}`)
const lines = (count: number, line = 'a()') => `${Array.from({ length: count }, () => line).join('\n')}\n`

describe('direction of imports', () => {
  it.each([
    ['src/math/a.ts', '../model/index.ts', 'layer'],
    ['src/model/a.ts', '../margin/book.ts', 'layer'],
    ['src/margin/a.ts', '../venues/maker/venue.ts', 'layer'],
    ['src/engine/run.ts', '../venues/maker/venue.ts', 'sibling'],
    ['src/synth/a.ts', '../engine/run.ts', 'sibling'],
    ['src/agents/borrower.ts', '../venues/shared/rate.ts', 'sibling'],
    ['src/venues/aave-v3/venue.ts', '../maker/kernel.ts', 'sibling'],
    ['src/venues/aave-v3/venue.ts', '../index.ts', 'sibling'],
    ['src/oracles/osm.ts', './chainlink.ts', 'sibling'],
    ['src/venues/maker/venue.ts', '../../scenarios/build.ts', 'layer'],
    ['src/reports/text.ts', '../studies/ensemble.ts', 'layer'],
    ['src/studies/a.ts', '../sources/files.ts', 'layer'],
    ['src/store/a.ts', '../sources/files.ts', 'sibling'],
    ['src/sources/a.ts', '../cli/main.ts', 'sibling'],
    ['src/scenarios/presets/a.ts', '../../venues/index.ts', 'registry'],
    ['src/cli/list.ts', '../markets/index.ts', 'registry'],
    ['src/cli/list.ts', '../index.ts', 'layer'],
    ['src/engine/run.ts', '../../test/laws.ts', 'layer'],
    ['src/engine/run.ts', '../misc/a.ts', 'layer'],
  ])('%s may not import %s', (path, target, rule) => {
    for (const statement of ['import { x } from', 'import type { X } from', "import 'zod'\nexport * from", 'export { x } from']) {
      expect(judge(path, `${statement} '${target}'\n`)).toEqual([`${rule}:${statement.includes('\n') ? 2 : 1}`])
    }
  })

  it.each([
    ['src/model/a.ts', '../math/index.ts'],
    ['src/model/a.ts', './b.ts'],
    ['src/venues/aave-v3/venue.ts', './kernel.ts'],
    ['src/venues/aave-v3/venue.ts', '../shared/interest.ts'],
    ['src/venues/aave-v3/a/b.ts', '../kernel.ts'],
    ['src/venues/index.ts', './maker/venue.ts'],
    ['src/oracles/shared/window.ts', './mean.ts'],
    ['src/scenarios/build.ts', '../venues/index.ts'],
    ['src/validation/a.ts', '../venues/maker/reference.ts'],
    ['src/reports/html.ts', '../scenarios/presets/a.ts'],
    ['src/cli/stress.ts', '../sources/files.ts'],
    ['src/server/http.ts', '../executors/threads.ts'],
    ['src/index.ts', './venues/index.ts'],
    ['src/math/exp.test.ts', '../venues/maker/venue.ts'],
  ])('%s may import %s', (path, target) => {
    expect(judge(path, `import { x } from '${target}'\n`)).toEqual([])
  })

  it('a folder outside the design is refused', () => {
    expect(judge('src/helpers/a.ts', '')).toEqual(['layer:1'])
  })

  it('pure layers import zod and nothing else', () => {
    expect(judge('src/model/a.ts', "import { z } from 'zod'\nimport * as core from 'zod/v4/core'\n")).toEqual([])
    expect(judge('src/model/a.ts', "import fs from 'node:fs'\nimport 'yaml'\nimport { readFileSync } from 'fs'\n")).toEqual(
      [1, 2, 3].map((line) => `third party:${line}`),
    )
    expect(judge('src/cli/a.ts', "import fs from 'node:fs'\n")).toEqual([])
  })
})

describe('purity', () => {
  it.each([
    'const t = Date.now()',
    'const t = new Date()',
    'const t = performance.now()',
    'const x = Math.random()',
    'const e = process.env.HOME',
    "console.log('x')",
    'crypto.getRandomValues(a)',
    'async function f() {}',
    'const f = async () => 1',
    'const x = await y',
    'function f(): Promise<void> {}',
    'setTimeout(f, 1)',
    'globalThis.x = 1',
    "const m = import('./a.ts')",
    'const u = import.meta.url',
    "const r = require('x')",
    'names.sort((a, b) => a.localeCompare(b))',
    'const text = x.toLocaleString()',
    'const x = ok ? Date : y',
    'const text = `at ${Date.now()}`',
  ])('%s', (source) => {
    const found = judge('src/engine/a.ts', `${source}\n`)
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found)).toEqual(new Set(['pure:1']))
    expect(judge('src/cli/a.ts', `${source}\n`)).toEqual([])
    expect(judge('src/engine/a.test.ts', `${source}\n`)).toEqual([])
  })

  it.each([
    '// Date.now() is not used',
    "const text = 'await the Promise'",
    'const text = `process ${x} Date`',
    'market.process.crypto = 1',
    'const a = { process: 1, performance: 2 }',
    'interface Source { fetch(signal: AbortSignal): Promise<Snapshot> }',
    'const date = dateOf(x)',
  ])('innocent: %s', (source) => {
    expect(judge('src/engine/a.ts', `${source}\n`)).toEqual([])
  })

  it('sees what comes after an interface', () => {
    expect(judge('src/engine/a.ts', 'interface A { b: { c: 1 } }\nDate.now()\n')).toEqual(['pure:2'])
  })
})

describe('arithmetic', () => {
  it.each([
    'x ** 2',
    'x **= 2',
    'Math.pow(x, 2)',
    'Math.exp(x)',
    'Math.log(x)',
    'Math.PI',
    'Math.hypot(x, y)',
    "Math['exp'](x)",
    'const { exp } = Math',
  ])('%s', (source) => {
    expect(judge('src/math/a.ts', `${source}\n`)).toEqual(['arithmetic:1'])
    expect(judge('src/math/a.test.ts', `${source}\n`)).toEqual([])
    expect(judge('src/reports/a.ts', `${source}\n`)).toEqual(['arithmetic:1'])
    expect(judge('src/server/a.ts', `${source}\n`)).toEqual([])
  })

  it('allows powers of exact integers where those may stand', () => {
    expect(judge('src/venues/x/reference.ts', 'const a = 10n ** 18n\nconst b = x ** 2n\n')).toEqual([])
    expect(judge('src/venues/x/reference.ts', 'const b = x ** 2\n')).toEqual(['arithmetic:1'])
  })

  it('allows what every engine computes alike', () => {
    const allowed = 'sqrt abs min max floor ceil trunc round sign imul clz32 fround'.split(' ')
    expect(judge('src/math/a.ts', allowed.map((name) => `Math.${name}(x * y / z)\n`).join(''))).toEqual([])
  })
})

describe('BigInt', () => {
  it.each([
    'const a = 10n',
    'const a = BigInt(1)',
    'function f(x: bigint) {}',
    'const a = new BigInt64Array(1)',
    'const a = 0xffn',
  ])('%s', (source) => {
    expect(judge('src/venues/maker/kernel.ts', `${source}\n`)).toEqual(['bigint:1'])
    const free = [
      'src/venues/maker/reference.ts',
      'src/venues/shared/reference/ray.ts',
      'src/sources/chain.ts',
      'src/validation/lending.ts',
      'src/math/a.test.ts',
    ]
    for (const path of free) expect(judge(path, `${source}\n`)).toEqual([])
  })
})

describe('length', () => {
  it('of a file', () => {
    expect(judge('src/math/a.ts', lines(400))).toEqual([])
    expect(judge('src/math/a.ts', lines(401))).toEqual(['file length:401'])
    expect(judge('test/a.test.ts', lines(401))).toEqual(['file length:401'])
  })

  it.each([
    ['function f(a: { b: number }): { c: number } {', '}'],
    ['export async function* f<T extends { a: 1 }>(a: T = {} as T): AsyncGenerator<T> {', '}'],
    ['const f = (a: number): number => {', '}'],
    ['const f = a => {', '}'],
    ['const o = { f(a: number): void {', '} }'],
    ['class A { get f(): Map<string, { a: 1 }> {', '} }'],
    ['class A { constructor(a: number) {', '} }'],
    ['class A { static #f<T>(a: T): a is string {', '} }'],
    ['const o = { f: function () {', '} }'],
  ])('of a function: %s', (head, tail) => {
    const whole = (count: number) => `\n${head}\n${lines(count)}${tail}\n`
    expect(judge('src/cli/a.ts', whole(68))).toEqual([])
    expect(judge('src/cli/a.ts', whole(69))).toEqual(['function length:2'])
    expect(judge('src/cli/a.test.ts', whole(69))).toEqual([])
  })

  it.each([
    'class A {',
    'const table = {',
    'if (a(b)) {',
    'for (const a of b()) {',
    'switch (a) {',
    'interface A {',
    'const a = b ? c(d) : {',
    'export const x = schema({',
  ])('of other blocks is free: %s', (head) => {
    expect(judge('src/cli/a.ts', `${head}\n${lines(100)}}\n`)).toEqual([])
  })

  it('names and places each function', () => {
    const source = 'function a() {\n}\nconst b = () => {\n c.map((d) => {\n })\n}\nclass E {\n f(x) {\n }\n}\n'
    expect(functionsOf(tokenize(source))).toEqual([
      { name: 'a', first: 1, last: 2 },
      { name: 'b', first: 3, last: 6 },
      { name: '(arrow)', first: 4, last: 5 },
      { name: 'f', first: 8, last: 9 },
    ])
  })
})

describe('registration', () => {
  const kinds = [
    { path: 'src/venues/maker/venue.ts', text: '' },
    { path: 'src/venues/aave-v3/venue.ts', text: '' },
    { path: 'src/venues/aave-v3/venue.test.ts', text: '' },
    { path: 'src/venues/shared/rate.ts', text: '' },
    { path: 'src/venues/laws.test.ts', text: '' },
  ]
  const withIndex = (text: string) =>
    checkRegistration('venues', [...kinds, { path: 'src/venues/index.ts', text }]).map((finding) => finding.what)

  it('wants every kind in the list', () => {
    expect(
      withIndex(
        "import { maker } from './maker/venue.ts'\nimport { aaveV3 } from './aave-v3/venue.ts'\nexport const venues = [aaveV3, maker]\n",
      ),
    ).toEqual([])
    expect(withIndex("import { maker } from './maker/venue.ts'\nexport const venues = [maker]\n")).toEqual([
      'aave-v3 is not in the list of venues',
    ])
  })

  it('an import alone, or a re-export, is no registration', () => {
    const other = "import { aaveV3 } from './aave-v3/venue.ts'\nexport const venues = [aaveV3]\n"
    expect(withIndex(`import { maker } from './maker/venue.ts'\n${other}`)).toEqual(['maker is not in the list of venues'])
    expect(withIndex(`export * from './maker/venue.ts'\n${other}`)).toEqual(['maker is not in the list of venues'])
  })

  it('wants a list, but not of a family that does not exist yet', () => {
    expect(checkRegistration('venues', kinds).map((finding) => finding.what)).toEqual(['the family has no index.ts'])
    expect(checkRegistration('markets', kinds)).toEqual([])
  })
})

describe('exceptions', () => {
  const finding = { rule: 'file length', path: 'src/a.ts', line: 500, what: '' } as const
  const exception = { rule: 'file length', path: 'src/a.ts', why: '' } as const

  it('cover what they name and nothing else', () => {
    expect(applyExceptions([finding], [])).toEqual({ open: [finding], stale: [] })
    expect(applyExceptions([finding], [exception])).toEqual({ open: [], stale: [] })
    expect(applyExceptions([{ ...finding, rule: 'pure' }], [exception]).open).toHaveLength(1)
  })

  it('that cover nothing are stale', () => {
    expect(applyExceptions([], [exception])).toEqual({ open: [], stale: [exception] })
  })
})

describe('reading modules', () => {
  it('finds every form of import', () => {
    const source = [
      "import a from './a.ts'",
      "import b, { type C, d as e } from './b.ts'",
      "import type { F } from './f.ts'",
      "import * as g from './g.ts'",
      "import './h.ts'",
      "export * from './i.ts'",
      "export type { J } from './j.ts'",
      "const k = import('./k.ts')",
      "type L = import('./l.ts').L",
      "export const m = 1 // from './no.ts'",
      "export const from = 'n'",
      'const text = "import x from \'./o.ts\'"',
      'import {\n  p,\n  type Q,\n} from "./p.ts"',
    ].join('\n')
    const found = importsOf(tokenize(source))
    expect(found.map((item) => item.specifier)).toEqual(
      'abfghijkl'
        .split('')
        .concat('p')
        .map((name) => `./${name}.ts`),
    )
    expect(found.map((item) => item.names.join(' '))).toEqual(['a', 'b C e', 'F', 'g', '', '*', 'J', '', '', 'p Q'])
  })

  it('finds every form of export', () => {
    const files: Record<string, string> = {
      a: "export { b, c as d, type E } from './x'\nexport type { F } from './x'\nexport * from 'g'\nexport * as h from './x'\nexport type I = 1\nexport interface J {}\n",
      g: 'export const k = 1\nexport async function l() {}\nexport function* m() {}\nexport abstract class N {}\nexport default 1\nexport let o = { export: 1 }\n',
    }
    const found = exportsOf(
      'a',
      (path) => files[path] ?? '',
      (_, specifier) => specifier,
    )
    expect(found.filter((item) => !item.type).map((item) => item.name)).toEqual(['b', 'd', 'k', 'l', 'm', 'N', 'o', 'h'])
    expect(found.filter((item) => item.type).map((item) => item.name)).toEqual(['E', 'F', 'I', 'J'])
  })
})
