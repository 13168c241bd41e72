/** How forced sales, what was liquidated and the base of the multiplier hang together. */
import { type LogView, SOLD } from '../model/index.ts'

/** What was liquidated, by how, in USD at the event: the parts sum to the document's liquidated_usd. */
export interface Bridge {
  /** Positions an exchange closed in the market. */
  readonly reduced_usd: number
  /** Positions a fund or backstop took over. */
  readonly taken_over_usd: number
  /** Debt repaid at lenders by whoever liquidates. */
  readonly repaid_usd: number
  /** Coins owed at exchanges that were paid out of other coins of the account. */
  readonly converted_usd: number
  /** Debt repaid by bids in auctions, penalties not included. */
  readonly auctioned_usd: number
}

/** @param exchanges venues at which contracts settle */
export function bridge(log: LogView, exchanges: ReadonlySet<number>): Bridge {
  const c = log.columns
  let [reduced_usd, taken_over_usd, repaid_usd, converted_usd, auctioned_usd] = [0, 0, 0, 0, 0]
  for (let row = 0; row < log.length; row++) {
    const usd = c.usd.data[row] as number
    const kind = log.kind(row)
    if (kind === 'takeover') taken_over_usd += usd
    else if (kind === 'liquidate') {
      if (exchanges.has(c.venue.data[row] as number)) converted_usd += usd
      else repaid_usd += usd
    } else if (kind === 'take') auctioned_usd += usd - (c.extra.data[row] as number)
    else if (kind === 'fill' && SOLD[c.sold.data[row] as number] === 'reduced' && (c.victim.data[row] as number) >= 0)
      reduced_usd += usd
  }
  return { reduced_usd, taken_over_usd, repaid_usd, converted_usd, auctioned_usd }
}
