/** The peg module in floats. Formulas: `reference.ts`; `price` is reserve units per issued unit, 1 where both are of one unit of account. */

/** Reserve units that one issued unit costs, fee taken in the issued coin. */
export const cost_of = (price: number, tin: number): number => price / (1 - tin)

/** Reserve units that one issued unit brings, when the share `share` of what is owed is paid. */
export const worth_of = (price: number, tout: number, share: number): number => (price * share) / (1 + tout)

/** Issued units, of which `cash` minted ahead and fees; what the reserve is worth in issued units; what was minted against it. */
export interface Books {
  readonly cash: number
  readonly backed: number
  readonly debt: number
}

export const to_mint = ({ backed, debt }: Books, buffer: number, ceiling: number): number =>
  Math.max(0, Math.min(backed + buffer, ceiling) - debt)

export const to_burn = ({ cash, backed, debt }: Books, buffer: number, ceiling: number): number =>
  Math.min(Math.max(0, debt - Math.min(backed + buffer, ceiling)), cash)

export const to_take = ({ cash, backed, debt }: Books): number => Math.min(cash, Math.max(0, cash + backed - debt))
