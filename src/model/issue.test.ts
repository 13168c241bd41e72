import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { issue_error } from './issue.ts'

const schema = z.strictObject({
  kind: z.literal('shock'),
  shocks: z.array(
    z.strictObject({
      asset: z.string().min(1),
      change: z.number().gt(-1).max(1000),
      over_ms: z.number().int().min(0).default(0),
      oracle: z.union([z.string(), z.looseObject({ kind: z.string() })]).optional(),
    }),
  ),
})

function said(change: object): string {
  const value = { kind: 'shock', shocks: [{ asset: 'ETH', change: -0.3, ...change }] }
  const result = schema.safeParse(value)
  return result.success ? 'fine' : issue_error(schema, result.error.issues, value, 'a.json', 'drivers[0]').message
}

describe('what is said of a wrong field', () => {
  it.each([
    [{}, 'fine'],
    [{ change: -3 }, 'a.json: drivers[0].shocks[0].change is -3; valid: a number, above -1 and at most 1000'],
    [{ change: '-30%' }, 'a.json: drivers[0].shocks[0].change is "-30%"; valid: a number, above -1 and at most 1000'],
    [{ over_ms: 0.5 }, 'a.json: drivers[0].shocks[0].over_ms is 0.5; valid: a whole number, at least 0'],
    [{ oracle: 7 }, 'a.json: drivers[0].shocks[0].oracle is 7; valid: text or an object'],
    [{ asset: '' }, 'a.json: drivers[0].shocks[0].asset is ""; valid: at least 1 characters'],
    // A misspelt name, before the field that is missed because of it.
    [
      { change: undefined, chnge: -0.3 },
      'a.json: drivers[0].shocks[0].chnge is no field that is known; valid: one of asset, change, over_ms, oracle',
    ],
  ])('%j', (change, says) => {
    expect(said(change)).toBe(says)
  })
})
