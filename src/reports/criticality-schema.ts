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

const flows = {
  first_usd: z.number().describe('Of the first generation, USD at start prices; bought is negative'),
  next_usd: z.number().describe('Of the next generation, USD at start prices; bought is negative'),
}

const offspring = {
  first_usd: z.number().describe('Liquidated by the shock itself, USD at start prices'),
  next_usd: ratio.describe('Liquidated by what the first generation’s sales do to prices, USD'),
  r: z.number().describe('next_usd ÷ first_usd; 0 where nobody is liquidated'),
}

/** Who makes the R of a shock. */
const parts = {
  types: z
    .array(z.object({ venue: z.string(), asset: z.string(), ...flows }))
    .describe('The generations by venue and asset sold, largest first'),
  moves: z
    .array(
      z.object({
        asset: z.string(),
        sold_usd: z.number().describe('Sold by the first generation where somebody quotes, USD; bought is negative'),
        fall: fall.describe('Fall of its price that R takes, no further than the reach, a ratio'),
        unbounded: fall.describe(
          'Fall by what books give at their worst, beyond 0.4 a continued power law; above `fall` the sales may do more than R looks at',
        ),
      }),
    )
    .describe('What the first generation does to prices'),
  largest: z
    .array(
      z.object({
        venue: z.string(),
        account: z.number().int().min(0).describe('Row at the venue'),
        owner: z.string().nullable(),
        ...flows,
      }),
    )
    .describe('The accounts that sell most in both generations together'),
  others: z.number().int().min(0).describe('Accounts of either generation that are not among the largest'),
  owners: z.number().int().min(0).describe('Owners of several accounts of either generation; without the largest three is asked'),
  without: z
    .array(
      z.object({
        what: z.string().describe('What is left out'),
        venue: z.string().nullable().describe('null: the accounts of an owner'),
        account: z.number().int().min(0).nullable().describe('null: all accounts of the venue, or of the owner'),
        owner: z.string().nullable().describe('Whose accounts are left out, an owner of several; null for a venue or an account'),
        ...offspring,
      }),
    )
    .describe('The same shock when accounts sell in neither generation, computed again; markets stay as they are'),
}

export const criticality_schema = z
  .object({
    schema: z.literal('unwind.criticality/1'),
    title: z.string(),
    snapshot: z.string().describe('Content hash'),
    evidence: z.enum(['observed', 'inferred', 'synthetic']).describe('The weakest of its parts'),
    definitions: z.string(),
    span: fall.describe('Fall over which the density of liquidations is averaged, a ratio'),
    r: r.describe('Of today’s prices: the spectral radius'),
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
          ...parts,
        }),
      )
      .describe('R of whole shocks, joint falls, and who makes it'),
    leave_out: z
      .array(z.object({ what: z.string().describe('What is left out'), r }))
      .describe('R at today’s prices, the spectral radius, without a part'),
    changes: z.array(
      z.object({
        what: z.string().describe('What of the snapshot is another'),
        r: r.describe('At today’s prices, the spectral radius'),
        shocks: z.array(
          z.object({
            fall,
            sold_usd: ratio.describe('Of the first generation, what meets a market on which somebody quotes, USD'),
            ...offspring,
          }),
        ),
      }),
    ),
    ladder: z.array(z.object({ fall, ...rung })),
    along: z
      .object({
        moves: z.array(z.object({ asset: z.string(), change: z.number().gt(-1).describe('Of the price, a ratio') })),
        steps: z.array(z.object({ share: z.number().min(0).max(1).describe('Of the whole move, in log price'), ...rung })),
      })
      .nullable()
      .describe('The ladder along the direction asked; null where none was'),
    blind_spots: z.array(z.string()).describe('What this snapshot keeps R from seeing'),
    notes: z.array(z.string()),
  })
  .describe('How near a snapshot is to selling that feeds itself (docs/criticality.md)')
