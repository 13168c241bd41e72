/**
 * What the blocks of one tick do with a subaccount, in exact fractions: the orders of `liquidations.go` and, where nothing fills,
 * the deleveraging of `deleveraging.go` (derivatives reference §10.4). Without the integers' roundings, which are `reference.ts`.
 */
import {
  bankruptcy_prices,
  breached,
  equity,
  type Leg,
  leg_maintenance,
  type Scope,
  total_maintenance,
} from '../shared/exchange/reference.ts'
import { fill_within, type Ladder } from '../shared/exchange/reference-procedure.ts'
import {
  abs,
  add,
  clamp,
  compare,
  div,
  less,
  max,
  min,
  mul,
  neg,
  ONE,
  type Ratio,
  ratio,
  sign,
  sub,
  ZERO,
} from '../shared/exchange/reference-ratio.ts'
import { block_size } from './reference.ts'

export interface Config {
  readonly share: Ratio
  readonly least: Ratio
  readonly most: Ratio
  readonly adjustment: Ratio
  readonly spread: Ratio
  readonly fee: Ratio
  /** Most the fund pays in a block. */
  readonly loss: Ratio
}

export interface Account {
  readonly cash: Ratio
  readonly legs: readonly (Leg & { readonly book: Ladder })[]
}

export interface Outcome {
  readonly orders: readonly { readonly leg: number; readonly base: Ratio; readonly quote: Ratio }[]
  /** Into the fund +, out of it −. */
  readonly fund: Ratio
  /** Signed quantities and prices at which positions left to the other side, by leg; empty: none. */
  readonly deleveraged: readonly { readonly leg: number; readonly quantity: Ratio; readonly price: Ratio }[]
  readonly cash: Ratio
  readonly quantities: readonly Ratio[]
}

const live = (account: Account): Scope => ({ cash: account.cash, legs: account.legs.filter((leg) => sign(leg.quantity) !== 0) })

/** Units that so many blocks close, of which notional `spent` is gone already. */
function paced(held: Ratio, mark: Ratio, config: Config, blocks: number, spent: Ratio): Ratio {
  let left = mul(held, mark)
  for (let block = 0; block < blocks; block++) left = sub(left, block_size(left, config.share, config.least, config.most))
  const asked = sub(mul(held, mark), left)
  const rest = max(ZERO, sub(mul(config.most, ratio(blocks)), spent))
  return div(min(asked, rest), mark)
}

function fillable(leg: Leg, account: Account, config: Config): Ratio {
  const health = div(equity(live(account)), total_maintenance(live(account)))
  const rating = clamp(mul(config.adjustment, sub(ONE, health)), ZERO, ONE)
  return sub(leg.mark, div(mul(mul(rating, config.spread), leg_maintenance(leg)), leg.quantity))
}

/** @param balance of the fund */
export function run_blocks(opening: Account, balance: Ratio, config: Config, blocks: number): Outcome {
  let account = opening
  let fund = ZERO
  let lost = ZERO
  let spent = ZERO
  let [filled, asked] = [ZERO, ZERO]
  const orders: Outcome['orders'][number][] = []
  const quantities = () => account.legs.map((leg) => leg.quantity)
  if (!breached(live(account), true)) return { orders, fund, deleveraged: [], cash: account.cash, quantities: quantities() }
  const turn = opening.legs
    .map((leg, i) => ({ i, size: leg_maintenance(leg), limit: fillable(leg, opening, config) }))
    .sort((a, b) => compare(b.size, a.size) || a.i - b.i)
  for (const { i, limit } of turn) {
    const leg = account.legs[i] as Account['legs'][number]
    const scope = live(account)
    if (!breached(scope, true)) continue
    const amount = paced(abs(leg.quantity), leg.mark, config, blocks, spent)
    if (sign(amount) <= 0) continue
    const side = ratio(sign(leg.quantity))
    const zero = bankruptcy_prices(scope)[scope.legs.indexOf(leg)] as Ratio
    const payable = max(ZERO, min(add(balance, fund), sub(mul(config.loss, ratio(blocks)), lost)))
    const worst = sub(zero, mul(side, div(payable, amount)))
    const bound = sign(side) > 0 ? max(limit, worst) : min(limit, worst)
    const { base, quote } = fill_within(leg.book, ratio(sign(leg.quantity)), amount, bound)
    if (sign(base) === 0) continue
    orders.push({ leg: i, base, quote })
    filled = add(filled, base)
    asked = add(asked, amount)
    spent = add(spent, quote)
    const gain = mul(side, sub(quote, mul(base, zero)))
    const paid = sign(gain) > 0 ? min(gain, mul(quote, config.fee)) : gain
    if (sign(paid) < 0) lost = sub(lost, paid)
    fund = add(fund, paid)
    account = {
      cash: sub(add(account.cash, mul(side, quote)), paid),
      legs: account.legs.map((one, k) => (k === i ? { ...one, quantity: sub(one.quantity, mul(side, base)) } : one)),
    }
  }
  const scope = live(account)
  const unfilled = sign(filled) === 0 || (blocks > 1 && less(filled, asked))
  if (scope.legs.length === 0 || sign(equity(scope)) >= 0 || !unfilled)
    return { orders, fund, deleveraged: [], cash: account.cash, quantities: quantities() }
  return { orders, fund, ...deleveraged(account, scope) }
}

/** Everything leaves at its bankruptcy price: nothing is left. */
function deleveraged(account: Account, scope: Scope): Pick<Outcome, 'deleveraged' | 'cash' | 'quantities'> {
  const prices = bankruptcy_prices(scope)
  const list = account.legs.flatMap((leg, i) =>
    sign(leg.quantity) === 0 ? [] : [{ leg: i, quantity: leg.quantity, price: prices[scope.legs.indexOf(leg)] as Ratio }],
  )
  const proceeds = list.reduce((sum, { quantity, price }) => add(sum, mul(quantity, price)), ZERO)
  return { deleveraged: list, cash: add(account.cash, proceeds), quantities: account.legs.map(() => neg(ZERO)) }
}
