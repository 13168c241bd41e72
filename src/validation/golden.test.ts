import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { golden } from './index.ts'

const shared = process.env['UNWIND_SHARED'] ?? join(import.meta.dirname, '../../../shared')
const vectors = join(shared, 'golden/derivatives.jsonl')
const present = existsSync(vectors)
if (!present) console.warn(`skipped: vectors of derivatives, ${vectors} is not there`)

describe('the scoreboard', () => {
  const rows = golden(100_000)

  it('meets every row', () => {
    expect(rows.filter((row) => !row.pass)).toEqual([])
  })

  it('has the vectors the first issue names, under their own ids, each with a source', () => {
    const words = new Set(rows.flatMap((row) => row.id.split(/\s+/)))
    // lending.md §1.11: A1 to A8, A24, A24b, A25; derivatives.md §2.12: BN1 to BN8.
    for (const id of [
      'A1',
      'A2',
      'A3',
      'A4',
      'A5',
      'A6',
      'A7',
      'A8',
      'A24',
      'A24b',
      'A25',
      'BN1',
      'BN2',
      'BN3',
      'BN4',
      'BN5',
      'BN6',
      'BN7',
      'BN8',
    ])
      expect(words, id).toContain(id)
    for (const row of rows) {
      expect(row.source).not.toBe('')
      expect(row.what).not.toBe('')
    }
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
  })

  it.skipIf(!present)('has every vector of derivatives by its id, what it expects within its tolerance', () => {
    const lines = readFileSync(vectors, 'utf8').trim().split('\n')
    const list = lines.map((line) => JSON.parse(line) as { id: string; out: unknown; tol: number })
    expect(list.length).toBeGreaterThan(0)
    for (const { id, out, tol } of list) {
      const named = rows.filter((row) => row.id.toLowerCase().split(/\s+/).includes(id))
      expect(named.length, id).toBeGreaterThan(0)
      for (const value of typeof out === 'object' ? Object.values(out as Record<string, number>) : [out as number]) {
        const met = named.some(({ got }) => Math.abs(Number(got) - value) <= tol)
        expect(met, `${id}: ${value} among ${named.map((row) => `${row.id} ${row.got}`).join(', ')}`).toBe(true)
      }
    }
  })
})
