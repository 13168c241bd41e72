/** What the machine of exchanges does not know of a row's margin: options, and contracts under portfolio margin. */
import { type Exchange, type Extra, PORTFOLIO } from '../shared/exchange/state.ts'
import { short_initial, short_maintenance } from './kernel.ts'
import { type Desk, holdings_of, index_of, option_value, type Series } from './options.ts'
import { portfolio_maintenance } from './portfolio.ts'

/** In units of account; nothing of a row before the exchange is open. */
export function extra_of(desk: Desk): Extra {
  const is_portfolio = (x: Exchange, row: number) => x.accounts.columns.mode.data[row] === PORTFOLIO
  return {
    covers: (row) => desk.x !== undefined && row < desk.x.owned && is_portfolio(desk.x, row),
    add(row, prices, out) {
      const { x } = desk
      if (x === undefined || row >= x.owned) return
      const whole = is_portfolio(x, row)
      const { series, quantity, next } = desk.held.columns
      for (let at = (desk.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1) {
        const q = quantity.data[at] as number
        // under single-option margin what was paid for is no margin for anything else
        if (q === 0 || (q > 0 && !whole)) continue
        const s = series.data[at] as number
        const value = q * option_value(desk, x, s, prices)
        if (value > 0) out.assets += value
        else out.debts -= value
        if (!whole) out.maintenance += -q * standard_margin(desk, x, s, prices, false)
      }
      if (whole) out.maintenance += portfolio_maintenance(desk, x, row, prices)
    },
    initial(row, prices) {
      const { x } = desk
      if (x === undefined || row >= x.owned) return 0
      if (is_portfolio(x, row)) return desk.spec.portfolio.initial_factor * portfolio_maintenance(desk, x, row, prices)
      let sum = 0
      for (const at of holdings_of(desk, row)) {
        const q = desk.held.columns.quantity.data[at] as number
        if (q < 0) sum -= q * standard_margin(desk, x, desk.held.columns.series.data[at] as number, prices, true)
      }
      return sum
    },
  }
}

/** Of a short option, units of account per unit, its mark apart. */
function standard_margin(desk: Desk, x: Exchange, s: number, prices: Float64Array, initial: boolean): number {
  const { u, call, strike } = desk.series[s] as Series
  const index = index_of(desk, x, u, prices)
  const mark = option_value(desk, x, s, prices) / index
  const { terms } = desk.spec
  return index * (initial ? short_initial(terms, call, index, strike, mark) : short_maintenance(terms, call, mark))
}
