/** What must hold of the exchange at any moment. */
import type { Contract } from './contract.ts'
import { cash_in, type Exchange, ISOLATED, quantity_of } from './state.ts'

const TOLERANCE = 1e-9
/** Relative rounding of a sum: half a unit in the last place. */
const ROUNDING = 1.1102230246251565e-16

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
    if (!(Math.abs(net[c] as number) <= TOLERANCE * Math.max(1, gross[c] as number) + ROUNDING * (x.traded[c] as number)))
      out.push(`positions in ${(x.contracts[c] as Contract).market_id} sum to ${net[c]}, not 0`)
  return out
}

function money_is_there(x: Exchange): string[] {
  const out: string[] = []
  for (let k = 0; k < x.coins.length; k++) {
    const { fees, custody } = x.coin.columns
    let sum = fees.data[k] as number
    let gross = Math.abs(sum)
    for (let row = 0; row < x.accounts.length; row++) {
      const cash = cash_in(x, row, k)
      sum += cash
      gross += Math.abs(cash)
    }
    const held = custody.data[k] as number
    if (!(Math.abs(sum - held) <= TOLERANCE * Math.max(1, gross))) out.push(`cash, fund and fees are ${sum}, custody is ${held}`)
    if (!(held >= -TOLERANCE * Math.max(1, gross))) out.push(`custody is ${held}`)
  }
  return out
}

/** To rounding of what passed through: measured by open interest and the money of all accounts, for closed lots leave none behind. */
function fund_owns_its_lots(x: Exchange): string[] {
  const out: string[] = []
  const { gross: size } = interest(x)
  const net = new Float64Array(x.contracts.length)
  const { contract, quantity, price } = x.lots.columns
  for (let fund = 0; fund < x.funds.length; fund++) {
    const coin = x.fund_coin[fund] as number
    let worth = cash_in(x, x.fund + fund, coin)
    let gross = 0
    for (let row = 0; row < x.accounts.length; row++) gross += Math.abs(cash_in(x, row, coin))
    for (let lot = 0; lot < x.lots.length; lot++) {
      const c = contract.data[lot] as number
      if ((x.contracts[c] as Contract).fund !== fund) continue
      worth += (quantity.data[lot] as number) * (price.data[lot] as number)
      net[c] = (net[c] as number) + (quantity.data[lot] as number)
    }
    const balance = x.funds.columns.balance.data[fund] as number
    if (!(balance >= 0)) out.push(`the insurance fund is ${balance}`)
    if (!(Math.abs(balance - worth) <= TOLERANCE * Math.max(1, gross)))
      out.push(`the insurance fund is ${balance}, its cash and lots are ${worth}`)
  }
  for (let c = 0; c < net.length; c++) {
    const { fund, market_id } = x.contracts[c] as Contract
    const held = quantity_of(x, x.fund + fund, c)
    if (!(Math.abs(held - (net[c] as number)) <= TOLERANCE * Math.max(1, size[c] as number)))
      out.push(`the fund holds ${held} of ${market_id}, its lots are ${net[c]}`)
  }
  return out
}

function isolated_stay_apart(x: Exchange): string[] {
  const { mode } = x.accounts.columns
  const { next } = x.positions.columns
  for (let row = 0; row < x.owned; row++)
    if (mode.data[row] === ISOLATED && (next.data[row] as number) >= 0) return [`isolated account ${row} has two positions`]
  return []
}
