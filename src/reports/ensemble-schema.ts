/** Schema of the part of a run that is many seeds: `unwind stress --seeds`. */
import { z } from 'zod'
import { spread_fields } from './replay-schema.ts'

const count = z.number().int().min(0)

export const ensemble_schema = z
  .object({
    seeds: z.object({ first: count, count }),
    figures: z.array(
      z.object({
        part: z.enum(['market', 'venue', 'asset']),
        of: z.string().describe('Of which venue or asset; empty of the market'),
        figure: z.string().min(1).describe('As in totals, venues and assets'),
        ...spread_fields,
      }),
    ),
    laws: z.object({ broken: z.array(z.string()), limits: count.describe('Runs that hit a limit') }),
    runs: z
      .array(z.object({ seed: count, log: z.string().regex(/^[0-9a-f]{32}$/) }))
      .describe('Every seed and the hash of its log'),
  })
  .describe('The scenario over many seeds; the rest of the document is the first of them')
