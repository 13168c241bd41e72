/** Schema of the document `unwind.criticality/1`: R of a snapshot, its curves and its ladder. */
import { z } from 'zod'

const ratio = z.number().min(0)
const fall = z.number().min(0).max(1).describe('Fall of the lead price, a ratio')
const r = ratio.describe('Reproduction number of forced selling')

const rung = {
  venue: z.string(),
  evidence: z.enum(['observed', 'inferred', 'synthetic']),
  accounts: z.number().int().min(0).describe('In breach'),
  liquidatable_usd: ratio,
  executable_usd: ratio.describe('Somebody gains by liquidating it'),
  stuck_usd: ratio,
  bad_debt_usd: ratio.describe('Owed beyond what is held'),
  sold: z.record(z.string(), z.number()).describe('USD by asset; bought is negative'),
}

export const criticality_schema = z
  .object({
    schema: z.literal('unwind.criticality/1'),
    title: z.string(),
    snapshot: z.string().describe('Content hash'),
    evidence: z.enum(['observed', 'inferred', 'synthetic']).describe('The weakest of its parts'),
    definitions: z.string(),
    span: fall.describe('Fall over which the density of liquidations is averaged, a ratio'),
    r,
    amplification: z.number().min(1).nullable().describe('1 ÷ (1 − R); null from R = 1'),
    curves: z.array(
      z.object({
        move: z.string().describe('An asset, or `joint`: all by their betas'),
        points: z.array(z.object({ fall, r })),
        crosses_at: fall.nullable().describe('First fall at which R reaches 1; null within the falls asked'),
      }),
    ),
    types: z.array(
      z.object({
        venue: z.string(),
        asset: z.string(),
        sales_per_percent_usd: ratio.describe('Forced sales per 1 % of log price of the asset alone, USD'),
        own_r: ratio.describe('USD sold of it per USD sold of it before'),
      }),
    ),
    impacts: z.array(
      z.object({ asset: z.string(), fall_per_million_usd: ratio.describe('Fall of the log price per million USD sold') }),
    ),
    shocks: z
      .array(
        z.object({
          fall,
          over_ms: z.number().positive().describe('How long the fall takes, ms'),
          reach: fall.describe('Furthest that the first generation’s sales are taken to move a price, a ratio'),
          first_usd: ratio.describe('Liquidated by the shock itself, USD at start prices'),
          sold_usd: ratio.describe('Of that, what meets a market on which somebody quotes, USD'),
          next_usd: ratio.describe('Liquidated by what the first generation’s sales do to prices, USD'),
          r: ratio.describe('next_usd ÷ first_usd; 0 where nobody is liquidated'),
        }),
      )
      .describe('R of whole shocks: joint falls'),
    leave_out: z.array(z.object({ what: z.string().describe('What is left out'), r })),
    changes: z.array(z.object({ what: z.string().describe('What of the snapshot is another'), r })),
    ladder: z.array(z.object({ fall, ...rung })),
    along: z
      .object({
        moves: z.array(z.object({ asset: z.string(), change: z.number().gt(-1).describe('Of the price, a ratio') })),
        steps: z.array(z.object({ share: z.number().min(0).max(1).describe('Of the whole move, in log price'), ...rung })),
      })
      .nullable()
      .describe('The ladder along the direction asked; null where none was'),
    notes: z.array(z.string()),
  })
  .describe('How near a snapshot is to selling that feeds itself (docs/criticality.md)')
