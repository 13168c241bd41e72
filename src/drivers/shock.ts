/**
 * Moves from outside, each linear in log price from `at_ms` for `over_ms` and complete afterwards, to the last bit: price ·
 * (1 + change). Shocks of one asset multiply.
 *
 * With `correlated`, a shock of asset s moves every other asset o by beta_o / beta_s of its log move. Assets that have shocks
 * of their own take those alone; numeraires never move; an asset with beta 0 moves nobody with it.
 */
import { z } from 'zod'
import { exp, log } from '../math/index.ts'
import type { Driver, Kind } from '../model/index.ts'

const shock_schema = z.strictObject({
  asset: z.string().describe('Asset that is moved'),
  change: z.number().gt(-1).max(1000).describe('Relative change of the price, −0.3 for −30 %'),
  over_ms: z.number().min(0).default(3_600_000).describe('Time it takes, ms; 0 at once'),
  at_ms: z.number().min(0).default(0).describe('When it begins, ms after the start'),
})

const schema = z.strictObject({
  kind: z.literal('shock').describe('shock'),
  id: z.string().min(1).describe('Name of the driver, unique'),
  shocks: z.array(shock_schema).describe('What is moved, by how much and when'),
  correlated: z.boolean().default(false).describe('Do the other assets follow by their betas?'),
})
type Spec = z.infer<typeof schema>

interface Move {
  readonly asset: number
  /** Factor when complete. */
  readonly factor: number
  readonly log_factor: number
  readonly over_ms: number
  readonly at_ms: number
}

/** Factor of a move, `elapsed` ms after the start. */
function factor_at(move: Move, elapsed_ms: number): number {
  const since = elapsed_ms - move.at_ms
  if (since >= move.over_ms) return since >= 0 ? move.factor : 1
  return since <= 0 ? 1 : exp((since / move.over_ms) * move.log_factor)
}

export const shock: Kind<Spec, Driver> = {
  id: 'shock',
  title: 'Price shocks, linear in log price, alone or with every asset by its beta',
  source: 'Design §7, shocks',
  schema,
  open(spec, builder) {
    const own = spec.shocks.map((item, i): Move => {
      const asset = builder.asset(item.asset, `shocks[${i}].asset`)
      if (builder.assets[asset]?.numeraire)
        throw builder.invalid(`shocks[${i}].asset`, item.asset, 'an asset that is not the unit of account')
      return { asset, factor: 1 + item.change, log_factor: log(1 + item.change), over_ms: item.over_ms, at_ms: item.at_ms }
    })
    const shocked = new Set(own.map((move) => move.asset))
    const moves = [...own]
    for (const move of spec.correlated ? own : []) {
      const beta = builder.assets[move.asset]?.beta as number
      if (beta === 0) continue
      builder.assets.forEach((other, asset) => {
        if (shocked.has(asset) || other.numeraire === true || other.beta === 0) return
        const log_factor = (other.beta / beta) * move.log_factor
        moves.push({ ...move, asset, factor: exp(log_factor), log_factor })
      })
    }
    return {
      advance(time_ms, _dt_ms, _rng, fundamental) {
        const elapsed_ms = time_ms - builder.time_ms
        for (const move of moves) fundamental[move.asset] = (fundamental[move.asset] as number) * factor_at(move, elapsed_ms)
      },
    }
  },
}
