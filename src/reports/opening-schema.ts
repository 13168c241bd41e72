/** Schemas of what a run document says of the world before anything happens. */
import { z } from 'zod'

const id = z.string().min(1)
const usd = z.number().min(0)

const accounts = (says: string) =>
  z.object({
    accounts: z.number().int().min(0),
    usd: usd.describe(says),
    largest: z
      .object({
        venue: id,
        account: z.number().int().min(0),
        owner: z.string().nullable().describe('Name of its owner; null where nobody owns it'),
        usd: usd.describe(says),
      })
      .nullable(),
  })

export const opening_schema = z
  .object({
    below: accounts('USD owed, of contracts their notional').describe(
      'Accounts with health below 1, those under water among them',
    ),
    underwater: accounts('USD owed beyond what is held').describe('Accounts that owe more than they hold'),
    bad_debt_usd: usd.describe('Of bad_debt_usd: what these accounts lacked before anything happened'),
    shortfall_usd: usd.describe('Of shortfall_usd: the same, of those still open'),
  })
  .describe('Accounts in trouble at the opening prices, before any shock')

export const anchors_schema = z
  .array(
    z.object({
      asset: id,
      market: id.describe('Market whose mid is its price'),
      others: z.array(id).describe('Other markets of the asset'),
      linked: z.array(id).describe('Those of them that an arbitrageur keeps together with it, over any number of links'),
      permanent: z
        .number()
        .min(0)
        .max(1)
        .nullable()
        .describe('Part of what orders displaced that stays in the price for good; null: not an order book'),
      depth_left: z
        .number()
        .min(0)
        .max(1)
        .nullable()
        .describe('Least depth within 1 % of the mid at the end of a tick ÷ that at the start; null: never less'),
      depth_left_ms: z.number().min(0).nullable().describe('When that was, ms after the start'),
    }),
  )
  .describe('What holds the price of each asset that has a market')

export const left_behind_schema = z
  .array(z.object({ asset: id, claim_on: id.describe('The shocked asset') }))
  .describe('Claims on shocked assets (wrapped, staked) that the shock itself did not move')
