/**
 * Sales with thresholds (Cont and Schaanning) by the accounts of a snapshot: who is above the limit of his venue does nothing, who is below it sells until he
 * is above it again, who has no equity is sold whole.
 */
import { deleverage, impact_of_units, type LeverageRule } from '../../analytics/index.ts'
import { after, type Book, type BookAccount } from './book.ts'
import { impacts } from './portfolios.ts'

/** Health to which an account in breach sells. */
const TARGET_HEALTH = 1.05
/** Steps that are run at most. */
const STEPS = 30

export interface Deleveraged {
  /** Accounts that owe and hold something that can be sold. */
  readonly accounts: number
  /** Of them, who sold, and who was sold whole because nothing was left. */
  readonly sellers: number
  readonly failed: number
  /** Steps until nobody sold; null where the last of them still did. */
  readonly steps: number | null
  /** At the prices after the shock. */
  readonly sold_usd: number
  readonly venues: readonly {
    readonly venue: string
    readonly sellers: number
    readonly failed: number
    readonly sold_usd: number
  }[]
  /** Changes of price after the shock, by the sales. */
  readonly prices: readonly { readonly asset: string; readonly change: number }[]
}

interface Seller {
  readonly venue: number
  /** USD at the opening, by asset. */
  readonly units: number[]
  /** USD after the shock. */
  readonly illiquid: number
  readonly debt: number
  readonly rule: LeverageRule
}

/** In the terms of a leverage limit: the law Σ w·held ≥ Σ w·owed at the account's own mean weights. */
function seller_of(account: BookAccount, exchange: boolean, factor: ArrayLike<number>, impact: Float64Array): Seller | undefined {
  const lines = account.lines.filter(({ secures }) => secures)
  const units = Array.from(impact, () => 0)
  let [held, weighed, debt, asked, illiquid, tradable] = [0, 0, 0, 0, 0, 0]
  for (const line of lines) {
    const usd = after(line, factor)
    if (line.side < 0) {
      debt += usd
      asked += usd * line.weight
      continue
    }
    held += usd
    weighed += usd * line.weight
    if ((exchange && !line.contract) || !((impact[line.asset] as number) > 0)) illiquid += usd
    else {
      units[line.asset] = (units[line.asset] as number) + line.usd
      tradable += usd
    }
  }
  if (!(debt > 0 && tradable > 0 && weighed > 0)) return undefined
  // Safe while debt ÷ held is at most the mean weight of what is held ÷ that of what is owed.
  const most = weighed / held / (asked / debt)
  const buffer = Math.max(0, 1 - most)
  const target = Math.max(buffer + 1e-6, 1 - most / TARGET_HEALTH)
  return { venue: account.venue, units, illiquid, debt, rule: { minimum: 0, buffer, target } }
}

/** Null where nobody owes and holds something with a market. */
export function deleveraging(book: Book, factor: Float64Array): Deleveraged | null {
  const { assets, venues } = book.world.parts
  const impact = impacts(book)
  const sellers = book.accounts.flatMap((account) => {
    const exchange = book.exchange[account.venue] === true
    const one = account.of === 'party' ? seller_of(account, exchange, factor, impact) : undefined
    return one === undefined ? [] : [one]
  })
  if (sellers.length === 0) return null
  const depth = [...impact].map((one) => (one > 0 ? 1 / one : Number.POSITIVE_INFINITY))
  const found = deleverage(
    {
      cash: sellers.map(() => 0),
      illiquid: sellers.map(({ illiquid }) => illiquid),
      debt: sellers.map(({ debt }) => debt),
      units: sellers.map(({ units }) => units),
    },
    [...factor],
    impact_of_units(depth),
    sellers.map(({ rule }) => rule),
    STEPS,
  )
  const sold = found.sold.map((units) => units.reduce((sum, one, a) => sum + one * (factor[a] as number), 0))
  const failed = sellers.map((_, i) => found.failed[i] !== -1)
  const last = found.offered[found.offered.length - 1] as Float64Array
  const table = venues.flatMap(({ id: venue }, v) => {
    const mine = sellers.flatMap((one, i) => (one.venue === v ? [i] : []))
    if (mine.length === 0) return []
    return [
      {
        venue,
        sellers: mine.filter((i) => (sold[i] as number) > 0).length,
        failed: mine.filter((i) => failed[i]).length,
        sold_usd: mine.reduce((sum, i) => sum + (sold[i] as number), 0),
      },
    ]
  })
  return {
    accounts: sellers.length,
    sellers: sold.filter((usd) => usd > 0).length,
    failed: failed.filter(Boolean).length,
    steps: last.every((share) => share === 0) ? found.offered.length : null,
    sold_usd: sold.reduce((sum, usd) => sum + usd, 0),
    venues: table,
    prices: assets.flatMap(({ id }, a) => {
      const change = (found.price[a] as number) / (factor[a] as number) - 1
      return change === 0 ? [] : [{ asset: id, change }]
    }),
  }
}
