// The public names are a promise: exports.txt lists them. `UPDATE=1 npx vitest run test/exports.test.ts` rewrites it, and the change is reviewed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inRoot } from './support/files.ts'
import { exportsOf } from './support/modules.ts'

const index = 'src/index.ts'
const pinned = inRoot('test', 'exports.txt')

describe.skipIf(!existsSync(inRoot(index)))('the public names', () => {
  const read = (path: string) => readFileSync(inRoot(path), 'utf8')
  const resolve = (from: string, specifier: string) => posix.join(posix.dirname(from), specifier)
  const found = existsSync(inRoot(index)) ? exportsOf(index, read, resolve) : []
  const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

  it('are those of exports.txt', () => {
    const lines = found.map((item) => (item.type ? `type ${item.name}` : item.name)).sort(byCode)
    const text = `${lines.join('\n')}\n`
    if (process.env['UPDATE'] === '1') writeFileSync(pinned, text)
    expect(existsSync(pinned) ? readFileSync(pinned, 'utf8') : 'test/exports.txt does not exist: UPDATE=1 writes it').toBe(text)
  })

  it('are those that the module really has', async () => {
    const module = (await import(new URL('../src/index.ts', import.meta.url).href)) as object
    const values = found.filter((item) => !item.type).map((item) => item.name)
    expect(Object.keys(module).sort(byCode)).toEqual([...new Set(values)].sort(byCode))
  })
})
