/** Schema of the document `unwind.infer/1`: inferred cohorts. */
import { z } from 'zod'

const band = (what: string) =>
  z
    .object({ mean: z.number(), q05: z.number().describe('5 % quantile'), q95: z.number().describe('95 % quantile') })
    .describe(what)

export const infer_schema = z
  .object({
    schema: z.literal('unwind.infer/1'),
    evidence: z.literal('inferred'),
    symbol: z.string(),
    shape: z.enum(['linear', 'inverse']),
    open_interest_of: z
      .string()
      .optional()
      .describe('Market whose open interest was read, as its file names it; empty where it does not'),
    funding_of: z.string().optional().describe('Venue whose funding was read; empty where none is named'),
    maintenance: z
      .number()
      .min(0)
      .optional()
      .describe('Maintenance margin rate of the law of liquidation: isolated margin, no exchange’s own tiers'),
    seed: z.number().int().min(0),
    particles: z.number().int().min(2).describe('Possible books kept'),
    step_ms: z.number().positive(),
    time: z.string().describe('When the last bar was known, ISO 8601 UTC'),
    price_usd: z.number().positive(),
    open_interest_usd: z.number().positive().describe('At that price'),
    bars: z.object({
      all: z.number().int().min(0),
      with_open_interest: z.number().int().min(0),
      with_funding: z.number().int().min(0),
    }),
    mean_entry: z.object({ long: band('USD, weighted by quantity'), short: band('USD, weighted by quantity') }),
    leverage: z.array(
      z.object({
        from: z.number().min(1).describe('Notional ÷ margin at entry'),
        to: z.number().min(1),
        long: band('Share of the longs'),
        short: band('Share of the shorts'),
      }),
    ),
    density: z.array(
      z.object({
        from: z.number().describe('Log price ÷ price now'),
        to: z.number().describe('Log price ÷ price now; negative falls'),
        price: z.number().positive(),
        total_usd: band('Liquidated by a move to `to`, USD at the price now: longs in falls, shorts in rises'),
        per_percent_usd: band('Liquidated per 1 % of move between `from` and `to`, USD'),
      }),
    ),
    cohorts: z.array(
      z.object({
        entry: z.number().positive(),
        leverage: z.number().min(1),
        side: z.enum(['long', 'short']),
        quantity: band('Base units of a linear contract, USD of face of an inverse one'),
        notional_usd: z.number().min(0),
      }),
    ),
    notes: z.array(z.string()),
  })
  .describe('Hidden books inferred: unwind infer FILES --json')
