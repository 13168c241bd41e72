/** What a snapshot says about a redemption queue. */
import { z } from 'zod'
import { backingSchema } from '../shared/backing.ts'
import { hoursSchema } from '../shared/calendar.ts'
import { limitSchema } from '../shared/limit.ts'
import { partiesSchema } from '../shared/parties.ts'
import { rateSchema } from '../shared/rate.ts'

const units = z.number().min(0).max(1e15)
const fee = z.number().min(0).max(0.99)
export const schema = z.strictObject({
  kind: z.literal('redemption-queue').describe('redemption-queue'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is redeemed'),
  quote: z.string().describe('Asset in which it is paid'),
  rate: rateSchema.default({ at_start: 1, growth: 0, steps: [] }).describe('Quote units that a base unit redeems for'),
  fee: fee.default(0).describe('Fee of redeeming, a share of what is paid'),
  delay_ms: z.number().int().min(0).max(31_536_000_000).default(0).describe('Least time from request to payment, ms'),
  per_day: units.optional().describe('Quote units that can be paid in a day of open time; absent: any amount'),
  saved: units.default(0).describe('Quote units of unused capacity that are kept while nobody waits; at hand at the start'),
  pays_ms: z
    .number()
    .int()
    .min(0)
    .max(31_536_000_000)
    .default(0)
    .describe('Payments are made at multiples of this, UTC: a daily report; 0: at any time'),
  hours: hoursSchema.optional(),
  requests: z.enum(['open', 'always']).default('always').describe('When requests are taken: within the hours, or always'),
  request_limit: limitSchema.optional(),
  order_min: units.default(0).describe('Smallest request, base units'),
  parties: partiesSchema.optional(),
  reserve: units.optional().describe('Quote units out of which it pays; absent: `outside` pays, without end'),
  supply: units.optional().describe('Base units outstanding at the start, for pro rata; absent: what the reserve is worth'),
  backing: backingSchema.optional(),
  issue: z
    .strictObject({
      fee: fee.default(0).describe('fee of issuing, a share of what is paid'),
      limit: limitSchema.optional(),
    })
    .optional()
    .describe('base is issued for quote at the rate, at once and within the hours; absent: not'),
})
export type Spec = z.infer<typeof schema>
