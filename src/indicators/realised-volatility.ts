/** Realised volatility of close-to-close log returns over a rolling window. */
import { log } from '../math/index.ts'
import { column_at, type Indicator, type PanelShape, symbols_with } from '../model/index.ts'
import { Rolling } from './shared/rolling.ts'

const WINDOW_MS = 30 * 86_400_000
const YEAR_MS = 365 * 86_400_000

export const realisedVolatility: Indicator = {
  id: 'realised_volatility',
  title: 'Realised volatility, 30 days',
  source: 'Standard deviation of log returns about zero, annualised by √(365 days ÷ step): literature.md C2 (rv30)',
  needs: ['close'],
  reads: 'high: prices have been moving much',
  open(shape: PanelShape) {
    const symbols = symbols_with(shape, 'close')
    const columns = symbols.map((symbol) => column_at(shape, 'close', symbol))
    const span = Math.max(2, Math.round(WINDOW_MS / shape.step_ms))
    const squares = symbols.map(() => new Rolling(span))
    const before = new Float64Array(symbols.length).fill(Number.NaN)
    const year = YEAR_MS / shape.step_ms
    return {
      outputs: symbols.map((symbol) => ({ field: 'realised_volatility', symbol, venue: '', unit: 'ratio per √year' })),
      warmup: span,
      push(_, row, out) {
        for (let s = 0; s < columns.length; s++) {
          const close = row[columns[s] as number] as number
          const move = close > 0 ? log(close / (before[s] as number)) : Number.NaN
          before[s] = close > 0 ? close : Number.NaN
          const rolling = squares[s] as Rolling
          rolling.push(move * move)
          out[s] = rolling.full ? Math.sqrt((rolling.sum / rolling.count) * year) : Number.NaN
        }
      },
    }
  },
}
