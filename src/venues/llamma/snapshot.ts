/** What a snapshot says about a market of loans against bands. */
import { z } from 'zod'

const floats = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a column of f64')
const integers = z.custom<Int32Array>((value) => value instanceof Int32Array, 'a column of i32')

export const schema = z.strictObject({
  kind: z.literal('llamma'),
  id: z.string().min(1).describe('name of the venue'),
  collateral: z.string().min(1).describe('id of the collateral asset'),
  stable: z.string().min(1).describe('id of the asset that is owed; its unit is the unit of account'),
  oracle: z
    .union([
      z.string().min(1),
      z.looseObject({ kind: z.string().min(1).describe('kind of oracle'), id: z.string().min(1).describe('its name') }),
    ])
    .describe('price of the collateral in the stable: an oracle of the snapshot by id, or one written in place'),
  amplification: z.number().int().min(2).max(10_000).default(100).describe('A: a band is 1/A of its price wide'),
  base_price: z
    .number()
    .gt(0)
    .max(1e18)
    .optional()
    .describe('upper end of band 0 at the start; the price of the collateral at the start when left out'),
  fee: z.number().min(0).max(0.5).default(0.006).describe('least fee of a trade with the bands'),
  loan_discount: z.number().min(0).max(0.99).default(0.09).describe('haircut that places a new loan'),
  liquidation_discount: z.number().min(0).max(0.99).default(0.06).describe('haircut of health, below loan_discount'),
  borrow_rate: z.number().min(0).max(3).default(0.05).describe('interest a year, simple within a tick; bands move up with it'),
  ceiling: z.number().min(0).max(1e18).default(1e18).describe('most debt of all loans together'),
  accounts: z
    .strictObject({
      owner: integers.describe('position in `actors`, −1 nobody'),
      collateral: floats.describe('units of collateral, all of it still unsold'),
      debt: floats.describe('stable owed at the start, interest included'),
      bands: integers.describe('N: bands the position is spread over, 4 to 50'),
      n1: integers.optional().describe('highest band of each position; where left out, where a new loan of this size would lie'),
    })
    .describe('one row a loan'),
})
export type LlammaSpec = z.infer<typeof schema>
