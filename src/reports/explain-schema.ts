/** Schema of `explain` in `unwind.run/1`: why what was sold was sold. */
import { z } from 'zod'
import { LOG_KINDS, MECHANISMS, SOLD } from '../model/index.ts'

const name = z.string().nullable()
const usd = z.number().min(0).describe('USD of forced sales')

const link = z.object({
  row: z.number().int().min(0).describe('Row of the log'),
  kind: z.enum(LOG_KINDS),
  after_ms: z.number().describe('After the start'),
  venue: name.describe('Of a forced sale, whose it is; else where it happened'),
  account: z.number().int().nullable(),
  market: name,
  asset: name,
  amount: z.number().describe('Units; of a fill negative where it sold'),
  price: z.number().describe('Of a fill the average in quote units; of a call the health'),
  usd: z.number(),
  sold: z.enum(SOLD),
  blamed: z
    .array(
      z.object({
        from: z.string().min(1).describe('Source: a venue, or exogenous'),
        mechanism: z.enum(MECHANISMS),
        share: z.number().describe('Of the loss of ln(health); sums to 1'),
        share_pivotal: z.number().describe('Of what tipped the account over; sums to 1'),
      }),
    )
    .describe('Who moved the account to its breach'),
  main_share: z
    .number()
    .nullable()
    .optional()
    .describe('Part of blamed of the source whose row is the next link; null: nobody is blamed'),
})

export const explain_schema = z
  .object({
    chains: z.array(
      z.object({
        why: z
          .enum(['largest', 'longest', 'loop'])
          .describe('largest of a venue and asset, most changes of venue, or a closed loop'),
        links: z.array(link).min(1).describe('The sale first, each next the main cause of the one before'),
        carried: z
          .number()
          .min(0)
          .max(1.000001)
          .optional()
          .describe('Product of the main shares: the part of the sale that this chain explains'),
        way: z.array(z.string()).optional().describe('Venues whose forced sales lie behind one another, the first cause first'),
        same_way_usd: usd.optional().describe('All forced sales whose main causes went the same way, USD'),
      }),
    ),
    covered: z
      .object({
        heads_usd: usd.describe('Sales at the heads of the chains'),
        ways_usd: usd.describe('All forced sales that went the way of one of them'),
        total_usd: usd.describe('All forced sales'),
      })
      .optional()
      .describe('How much of all forced sales the chains stand for'),
    counterfactual: z
      .object({
        without: z.array(z.string()),
        venues: z.array(z.object({ id: z.string(), with_usd: usd, without_usd: usd })).describe('Venues that are in both runs'),
        removed_usd: z.number().describe('Forced sales of those venues, with − without'),
        said_usd: z
          .number()
          .nullable()
          .describe('What usd_pivotal of the whole run blames on what was left out; null when it has no such source'),
        interaction_usd: z.number().nullable().describe('removed_usd − said_usd'),
      })
      .optional()
      .describe('What leaving out removed, by one more run of the whole; with --without'),
    loop: z.object({
      perp_to_lending_usd: usd.describe('At lenders, caused by exchanges through oracles'),
      lending_to_spot_usd: usd.describe('By lenders, met by spot markets'),
      lending_to_perp_usd: usd.describe('At exchanges, caused by lenders'),
      closed_usd: usd.describe('At exchanges, after an unbroken chain of main causes exchange, lender, exchange'),
    }),
  })
  .describe('unwind stress --explain')
