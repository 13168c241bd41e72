/** Tokens between treasuries and a lender's custody. */
import { type Ledger, OUTSIDE } from '../../model/index.ts'

/** Amounts that differ by less than this part of themselves are the same: rounding. */
const SAME = 1e-12

interface Custodian {
  readonly ledger: Ledger
}

/** Can the actor pay so many units? `outside` always can. */
export const can_pay = ({ ledger }: Custodian, actor: number, asset: number, units: number): boolean =>
  actor === OUTSIDE || units <= ledger.balance(actor, asset) * (1 + SAME) + SAME

/** Tokens out of a treasury into custody; false, and nothing moved, when there are too few. */
export function take_in({ ledger }: Custodian, actor: number, asset: number, units: number): boolean {
  if (!ledger.debit(actor, asset, units)) return false
  ledger.postings.post(asset, units)
  return true
}

/** Tokens out of custody into a treasury. */
export function pay_out({ ledger }: Custodian, actor: number, asset: number, units: number): void {
  ledger.postings.post(asset, -units)
  ledger.credit(actor, asset, units)
}

/** Is there such an account row? */
export const known = ({ rows }: { readonly rows: number }, row: number): boolean =>
  Number.isInteger(row) && row >= 0 && row < rows
