/** What must hold of the exchange at any moment. */
import { type Contract, type Exchange, quantity_of } from './state.ts'

const TOLERANCE = 1e-9

/** Sentences that are not true but should be. */
export function broken_laws(x: Exchange): string[] {
  return [...positions_cancel(x), ...money_is_there(x), ...fund_owns_its_lots(x), ...isolated_stay_apart(x)]
}

/** Per contract, the sum of all positions, and of their sizes now or at the start, whichever was more. */
function interest(x: Exchange): { net: Float64Array; gross: Float64Array } {
  const { contract, quantity } = x.positions.columns
  const net = new Float64Array(x.contracts.length)
  const gross = new Float64Array(x.contracts.length)
  for (let at = 0; at < x.positions.length; at++) {
    const c = contract.data[at] as number
    if (c < 0) continue
    net[c] = (net[c] as number) + (quantity.data[at] as number)
    gross[c] = (gross[c] as number) + Math.abs(quantity.data[at] as number)
  }
  for (let c = 0; c < gross.length; c++) gross[c] = Math.max(gross[c] as number, x.opened[c] as number)
  return { net, gross }
}

function positions_cancel(x: Exchange): string[] {
  const { net, gross } = interest(x)
  const out: string[] = []
  for (let c = 0; c < net.length; c++)
    if (!(Math.abs(net[c] as number) <= TOLERANCE * Math.max(1, gross[c] as number)))
      out.push(`positions in ${(x.contracts[c] as Contract).market_id} sum to ${net[c]}, not 0`)
  return out
}

function money_is_there(x: Exchange): string[] {
  const cash = x.accounts.columns.cash.data
  const { fees, custody } = x.desk.columns
  let sum = fees.data[0] as number
  let gross = Math.abs(sum)
  for (let row = 0; row < x.accounts.length; row++) {
    sum += cash[row] as number
    gross += Math.abs(cash[row] as number)
  }
  const held = custody.data[0] as number
  const out: string[] = []
  if (!(Math.abs(sum - held) <= TOLERANCE * Math.max(1, gross))) out.push(`cash, fund and fees are ${sum}, custody is ${held}`)
  if (!(held >= -TOLERANCE * Math.max(1, gross))) out.push(`custody is ${held}`)
  return out
}

/** To rounding of what passed through the fund: measured by open interest and the money of all accounts, for closed lots leave none behind. */
function fund_owns_its_lots(x: Exchange): string[] {
  const { contract, quantity, price } = x.lots.columns
  const cash = x.accounts.columns.cash.data
  let worth = cash[x.fund] as number
  let gross = 0
  for (let row = 0; row < x.accounts.length; row++) gross += Math.abs(cash[row] as number)
  const net = new Float64Array(x.contracts.length)
  for (let lot = 0; lot < x.lots.length; lot++) {
    const c = contract.data[lot] as number
    const q = quantity.data[lot] as number
    worth += q * (price.data[lot] as number)
    net[c] = (net[c] as number) + q
  }
  const { gross: size } = interest(x)
  const balance = x.desk.columns.fund.data[0] as number
  const out: string[] = []
  if (!(balance >= 0)) out.push(`the insurance fund is ${balance}`)
  if (!(Math.abs(balance - worth) <= TOLERANCE * Math.max(1, gross)))
    out.push(`the insurance fund is ${balance}, its cash and lots are ${worth}`)
  for (let c = 0; c < net.length; c++) {
    const held = quantity_of(x, x.fund, c)
    if (!(Math.abs(held - (net[c] as number)) <= TOLERANCE * Math.max(1, size[c] as number)))
      out.push(`the fund holds ${held} of ${(x.contracts[c] as Contract).market_id}, its lots are ${net[c]}`)
  }
  return out
}

function isolated_stay_apart(x: Exchange): string[] {
  const { isolated } = x.accounts.columns
  const { next } = x.positions.columns
  for (let row = 0; row < x.owned; row++)
    if (isolated.data[row] === 1 && (next.data[row] as number) >= 0) return [`isolated account ${row} has two positions`]
  return []
}
