/** How much can be sold and at what price: spreads, depth, price moved by trade, and whose books it is spread over. */
import { exp, log } from '../math/index.ts'
import { columns_of, type Indicator, type PanelShape } from '../model/index.ts'
import { Returns, Rolling } from './shared/rolling.ts'
import { DAY_MS, over_venues, per_symbol, type Reader, SILENT, steps_in } from './shared/streams.ts'

const MONTH_MS = 30 * DAY_MS

const spread: Indicator = {
  id: 'spread',
  title: 'Quoted spread, one day',
  source: '(ask − bid) ÷ mid, mean of a day',
  needs: ['bid', 'ask'],
  reads: 'high: makers step back',
  open(shape) {
    const span = steps_in(shape, DAY_MS, 1)
    return per_symbol(shape, 'spread', 'ratio', ['bid', 'ask'], span - 1, ([bid = -1, ask = -1]) => {
      const rolling = new Rolling(span)
      return (row) => {
        const [low, high] = [row[bid] as number, row[ask] as number]
        rolling.push((2 * (high - low)) / (high + low))
        return rolling.full ? rolling.mean : Number.NaN
      }
    })
  },
}

const CORWIN = 3 - 2 * Math.sqrt(2)

const range_spread: Indicator = {
  id: 'range_spread',
  title: 'Spread told from ranges, 30 days',
  source:
    'Corwin and Schultz (2012): S = 2(e^α − 1)/(1 + e^α) from the ranges of two neighbouring bars; negative ones count as 0',
  needs: ['high', 'low'],
  reads: 'high: trade is costly, where no book is recorded',
  open(shape) {
    const span = steps_in(shape, MONTH_MS)
    return per_symbol(shape, 'range_spread', 'ratio', ['high', 'low'], span, ([high = -1, low = -1]) => {
      const rolling = new Rolling(span)
      let [top, bottom] = [Number.NaN, Number.NaN]
      return (row) => {
        const [h, l] = [row[high] as number, row[low] as number]
        const [one, two] = [log(top / bottom), log(h / l)]
        const both = log(Math.max(top, h) / Math.min(bottom, l))
        const beta = Math.sqrt(one * one + two * two)
        const alpha = ((Math.sqrt(2) - 1) * beta) / CORWIN - both / Math.sqrt(CORWIN)
        rolling.push(Math.max(0, (2 * (exp(alpha) - 1)) / (1 + exp(alpha))))
        top = h
        bottom = l
        return rolling.steps > span && rolling.full ? rolling.mean : Number.NaN
      }
    })
  },
}

const amihud: Indicator = {
  id: 'illiquidity',
  title: 'Price moved per million USD traded, 30 days',
  source: 'Amihud (2002): mean of |return| ÷ (volume × close), per 10⁶ USD',
  needs: ['close', 'volume'],
  reads: 'high: little trade moves the price much',
  open(shape) {
    const span = steps_in(shape, MONTH_MS)
    return per_symbol(shape, 'illiquidity', 'ratio per million usd', ['close', 'volume'], span, ([close = -1, volume = -1]) => {
      const moves = new Returns()
      const rolling = new Rolling(span)
      return (row) => {
        const move = moves.push(row[close] as number)
        rolling.push((Math.abs(move) * 1e6) / ((row[volume] as number) * (row[close] as number)))
        return rolling.steps > span && rolling.full ? rolling.mean : Number.NaN
      }
    })
  },
}

const depth_change: Indicator = {
  id: 'depth_change',
  title: 'Depth at 1 % against its 30 days',
  source: 'ln(depth ÷ mean depth of 30 days); in stress 75–90 % of it goes',
  needs: ['depth'],
  reads: 'below −1: books are thin',
  open(shape) {
    const span = steps_in(shape, MONTH_MS)
    return per_symbol(shape, 'depth_change', 'log ratio', ['depth'], span - 1, ([depth = -1]) => {
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push(row[depth] as number)
        return rolling.full ? log(rolling.last / rolling.mean) : Number.NaN
      }
    })
  },
}

/** USD sold at market. */
const SIZE = 1e6

const slippage: Indicator = {
  id: 'slippage',
  title: 'Cost of selling a million USD at once',
  source:
    'own model: depth linear from its value at 1 % (coins, or USD by its unit): on average half of how far the sale moves the price, 1 % × size ÷ depth; at most 1',
  needs: ['depth', 'close'],
  reads: 'high: a forced order of this size costs this share',
  open: (shape) =>
    per_symbol(shape, 'slippage', 'ratio', ['depth', 'close'], 0, ([depth = -1, close = -1]) => {
      const in_usd = (shape.columns[depth] as { unit: string }).unit === 'usd'
      return (row) => {
        const usd = (row[depth] as number) * (in_usd ? 1 : (row[close] as number))
        return usd > 0 ? Math.min(1, (0.01 * SIZE) / usd) / 2 : Number.NaN
      }
    }),
}

const pool_depth: Indicator = {
  id: 'pool_liquidity_change',
  title: 'Liquidity in range of a pool against its 30 days',
  source: 'ln(L ÷ mean L of 30 days)',
  needs: ['liquidity'],
  reads: 'very negative: providers leave the pool, or the price has left their range',
  open(shape) {
    const span = steps_in(shape, MONTH_MS)
    return per_symbol(shape, 'pool_liquidity_change', 'log ratio', ['liquidity'], span - 1, ([liquidity = -1]) => {
      const rolling = new Rolling(span)
      return (row) => {
        rolling.push(row[liquidity] as number)
        return rolling.full ? log(rolling.last / rolling.mean) : Number.NaN
      }
    })
  },
}

/** Shares of venues in a field, per symbol. */
function shares(row: Float64Array, columns: readonly number[]): number[] {
  const known = columns.map((column) => Math.max(0, row[column] as number))
  const whole = known.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0)
  return known.map((value) => (Number.isFinite(value) && whole > 0 ? value / whole : 0))
}

/** Herfindahl–Hirschman index of venues in a field: Σ share². */
const hhi = (id: string, title: string, field: string): Indicator => ({
  id,
  title,
  source: 'Σ over venues of share²: 1 one venue, 1/n n equal ones',
  needs: [field],
  reads: 'high: one venue’s trouble is everybody’s',
  open: (shape) =>
    over_venues(shape, id, 'ratio', field, 2, 0, (columns) => (row) => {
      const sum = shares(row, columns).reduce((total, share) => total + share * share, 0)
      return sum > 0 ? sum : Number.NaN
    }),
})

const shift: Indicator = {
  id: 'venue_shift',
  title: 'Open interest that changed venue in 30 days',
  source: '½ Σ over venues of |share − share 30 days ago|',
  needs: ['open_interest'],
  reads: 'high: positions move between venues, or leave one',
  open(shape) {
    const span = steps_in(shape, MONTH_MS, 1)
    return over_venues(shape, 'venue_shift', 'ratio', 'open_interest', 2, span, (columns) => {
      const past = columns.map(() => new Rolling(span + 1))
      return (row) => {
        shares(row, columns).forEach((share, v) => (past[v] as Rolling).push(share))
        let sum = 0
        for (const one of past) sum += Math.abs(one.last - one.back(span))
        return (past[0] as Rolling).steps > span ? sum / 2 : Number.NaN
      }
    })
  },
}

const order_flow: Indicator = {
  id: 'order_flow_imbalance',
  title: 'Market buys against market sells, one day',
  source: '(bought − sold) ÷ (bought + sold) at market over a day',
  needs: ['buy_volume', 'sell_volume'],
  reads: 'near −1: everybody sells at market',
  open(shape) {
    const span = steps_in(shape, DAY_MS, 1)
    return per_symbol(
      shape,
      'order_flow_imbalance',
      'ratio',
      ['buy_volume', 'sell_volume'],
      span - 1,
      ([buy = -1, sell = -1]): Reader => {
        const [bought, sold] = [new Rolling(span), new Rolling(span)]
        return (row) => {
          bought.push(row[buy] as number)
          sold.push(row[sell] as number)
          return bought.full && sold.full ? (bought.sum - sold.sum) / (bought.sum + sold.sum) : Number.NaN
        }
      },
    )
  },
}

const utilisation: Indicator = {
  id: 'distance_to_kink',
  title: 'Utilisation under the kink of its rate curve',
  source: 'optimal utilisation − utilisation',
  needs: ['utilisation', 'optimal_utilisation'],
  reads: 'negative: rates are steep, and what is left can be withdrawn by few',
  open: (shape) =>
    per_symbol(
      shape,
      'distance_to_kink',
      'ratio',
      ['utilisation', 'optimal_utilisation'],
      0,
      ([used = -1, best = -1]) =>
        (row) => {
          return (row[best] as number) - (row[used] as number)
        },
    ),
}

const rate_stress: Indicator = {
  id: 'borrow_rate_z',
  title: 'Borrow rate against 30 days, in standard deviations',
  source: '(now − mean) ÷ standard deviation of the pool’s borrow rate: without utilisation itself, what shows that it ran up',
  needs: ['current_variable_borrow_rate'],
  reads: 'high: a pool is being drained',
  open(shape: PanelShape) {
    if (columns_of(shape, 'current_variable_borrow_rate').length === 0) return SILENT
    const span = steps_in(shape, MONTH_MS)
    return per_symbol(
      shape,
      'borrow_rate_z',
      'standard deviations',
      ['current_variable_borrow_rate'],
      span - 1,
      ([rate = -1]) => {
        const rolling = new Rolling(span)
        return (row) => {
          rolling.push(row[rate] as number)
          return rolling.full ? rolling.score : Number.NaN
        }
      },
    )
  },
}

export const liquidity: readonly Indicator[] = [
  spread,
  range_spread,
  amihud,
  depth_change,
  slippage,
  pool_depth,
  hhi('open_interest_hhi', 'Concentration of open interest on venues', 'open_interest'),
  hhi('volume_hhi', 'Concentration of trade on venues', 'volume'),
  shift,
  order_flow,
  utilisation,
  rate_stress,
]
