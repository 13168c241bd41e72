/**
 * Common factors along stated paths, and what each asset makes of them: ln S(t)/S(0) = Σ loading · move of the factor at t.
 *
 * A factor is a price (an index of shares, a coin, a theme), whose move is its log return, or a level (a yield, in natural units), whose move is its
 * difference. Its path is straight between the times that are given, in the logarithm for a price; before the first and after the last it stands.
 * An asset's loading is its beta to a price, and its log return per unit of a level: −4 with a yield says that +1 % costs it 4 %.
 *
 * Source of the form: linear factor model of returns, Ross, J. Economic Theory 13 (1976) 341–360.
 */
import { z } from 'zod'
import { exp, log } from '../math/index.ts'
import type { Driver, Kind, WorldBuilder } from '../model/index.ts'

const point = z.strictObject({
  at_ms: z.number().int().min(0).max(1e14).describe('when, ms after the start'),
  change: z.number().min(-10).max(1000).describe('change since the start: relative for a price, in natural units for a level'),
})

const schema = z.strictObject({
  kind: z.literal('factor').describe('factor'),
  id: z.string().min(1).describe('Name of the driver, unique'),
  factors: z
    .array(
      z.strictObject({
        id: z.string().min(1).describe('Name of the factor'),
        measure: z.enum(['price', 'level']).default('price').describe('price: changes are relative; level: differences'),
        path: z.array(point).min(1).max(10_000).describe('Times, ascending, with the change since the start'),
      }),
    )
    .min(1)
    .max(100)
    .describe('What moves'),
  loadings: z
    .record(z.string(), z.record(z.string(), z.number().min(-1000).max(1000)))
    .describe('By asset: log return per log return, or per unit of a level, of each factor; absent: 0'),
})
type Spec = z.infer<typeof schema>

interface Path {
  readonly at_ms: Float64Array
  readonly move: Float64Array
}

function path_of({ path, measure }: Spec['factors'][number], i: number, builder: WorldBuilder): Path {
  path.forEach((item, p) => {
    const where = `factors[${i}].path[${p}]`
    if (p > 0 && item.at_ms <= (path[p - 1]?.at_ms as number))
      throw builder.invalid(`${where}.at_ms`, item.at_ms, 'later than the one before')
    if (measure === 'price' && !(item.change > -1)) throw builder.invalid(`${where}.change`, item.change, 'above -1')
  })
  // The start is a point of the path, unless it is given.
  const all = (path[0]?.at_ms as number) > 0 ? [{ at_ms: 0, change: 0 }, ...path] : path
  return {
    at_ms: Float64Array.from(all, ({ at_ms }) => at_ms),
    move: Float64Array.from(all, ({ change }) => (measure === 'price' ? log(1 + change) : change)),
  }
}

/** Move at a time: straight between points. */
function move_at({ at_ms, move }: Path, elapsed_ms: number): number {
  const last = at_ms.length - 1
  if (elapsed_ms >= (at_ms[last] as number)) return move[last] as number
  let i = 0
  while ((at_ms[i + 1] as number) <= elapsed_ms) i++
  const [from, to] = [at_ms[i] as number, at_ms[i + 1] as number]
  const share = Math.max(0, elapsed_ms - from) / (to - from)
  return (move[i] as number) + share * ((move[i + 1] as number) - (move[i] as number))
}

export const factor: Kind<Spec, Driver> = {
  id: 'factor',
  title: 'Common factors along stated paths: any shape, and every asset by its loadings; equities, yields, a theme',
  source: 'Linear factor model, Ross, J. Economic Theory 13 (1976) 341–360',
  schema,
  open(spec, builder) {
    const paths = spec.factors.map((item, i) => path_of(item, i, builder))
    const names = spec.factors.map(({ id }) => id)
    const rows = Object.keys(spec.loadings)
      .sort()
      .map((name) => {
        const asset = builder.asset(name, `loadings.${name}`)
        if (builder.assets[asset]?.numeraire)
          throw builder.invalid(`loadings.${name}`, name, 'an asset that is not the unit of account')
        const own = spec.loadings[name] as Record<string, number>
        for (const id of Object.keys(own))
          if (!names.includes(id)) throw builder.invalid(`loadings.${name}.${id}`, id, `one of ${names.join(', ')}`)
        return { asset, loadings: names.map((id) => own[id] ?? 0) }
      })
    return {
      advance(time_ms, _dt_ms, _rng, fundamental) {
        const moves = paths.map((path) => move_at(path, time_ms - builder.time_ms))
        for (const { asset, loadings } of rows) {
          let sum = 0
          for (let f = 0; f < loadings.length; f++) sum += (loadings[f] as number) * (moves[f] as number)
          if (sum !== 0) fundamental[asset] = (fundamental[asset] as number) * exp(sum)
        }
      },
    }
  },
}
