/**
 * Correlated geometric Brownian motion: ln S(t)/S(0) = (μ − σ²/2)·t + σ·W(t), a year being 365 days.
 *
 * W is drawn on a grid of `step_ms` and linear in between, so that a price is a function of time alone: runs whose ticks cut
 * time differently see the same path. The k-th draw of an asset belongs to (driver, asset, k); no other asset, and no order in
 * which assets are listed, moves it.
 *
 * Correlation is one number ρ ≥ 0 (one common factor: z = √ρ·common + √(1 − ρ)·own, so that an asset's path does not depend
 * on who else is there), or a matrix over named assets (Cholesky in the order given: a path depends on the assets named before).
 */
import { z } from 'zod'
import { cholesky, exp, type Rng } from '../math/index.ts'
import type { Columns, Driver, Kind, WorldBuilder } from '../model/index.ts'

const YEAR_MS = 31_536_000_000

const schema = z.strictObject({
  kind: z.literal('gbm').describe('gbm'),
  id: z.string().min(1).describe('Name of the driver, unique; its draws are keyed by it'),
  volatility: z.record(z.string(), z.number().min(0).max(20)).describe('Annual volatility by asset, 0.8 for 80 %'),
  drift: z.record(z.string(), z.number().min(-20).max(20)).default({}).describe('Annual drift by asset; absent: 0, a martingale'),
  correlation: z
    .union([
      z.number().min(0).max(1),
      z.strictObject({
        assets: z.array(z.string()).min(1).describe('Assets in the order of the matrix; the others are independent'),
        matrix: z.array(z.array(z.number().min(-1).max(1))).describe('Positive definite, ones on its diagonal'),
      }),
    ])
    .default(0)
    .describe('Correlation of the driving noise: one number for all pairs, or a matrix'),
  step_ms: z.number().int().min(1000).default(60_000).describe('Grid on which the noise is drawn, ms'),
})
type Spec = z.infer<typeof schema>

interface Path {
  readonly asset: number
  readonly entity: string
  readonly volatility: number
  /** Log drift per ms. */
  readonly drift: number
  /** Positions in the list of noises, with their weights. */
  readonly from: readonly number[]
  readonly weights: readonly number[]
}

/** What is drawn: one standard normal per entity and step. */
const noise_shape = { sum: 'f64', next: 'f64' } as const

/** Weights of each path on the entities, whose names start with those of the paths. */
function weights_of(
  spec: Spec,
  names: readonly string[],
  builder: WorldBuilder,
): { entities: string[]; rows: Map<number, number>[] } {
  const entities = [...names]
  const rows = names.map((_, i) => new Map([[i, 1]]))
  const { correlation } = spec
  if (typeof correlation === 'number') {
    if (correlation === 0) return { entities, rows }
    entities.push('')
    rows.forEach((row, i) => {
      row.set(i, Math.sqrt(1 - correlation)).set(names.length, Math.sqrt(correlation))
    })
    return { entities, rows }
  }
  const { assets, matrix } = correlation
  const n = assets.length
  if (new Set(assets).size !== n) throw builder.invalid('correlation.assets', assets.join(', '), 'each asset once')
  if (matrix.length !== n || matrix.some((row) => row.length !== n))
    throw builder.invalid('correlation.matrix', matrix, `${n} rows of ${n} numbers`)
  const at = (i: number, j: number) => matrix[i]?.[j] as number
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      if (at(i, j) !== at(j, i) || (i === j && at(i, j) !== 1))
        throw builder.invalid(`correlation.matrix[${i}][${j}]`, at(i, j), 'a symmetric matrix with ones on its diagonal')
  const factor = cholesky(Float64Array.from(matrix.flat()), n)
  if (factor === null) throw builder.invalid('correlation.matrix', matrix, 'a positive definite matrix')
  assets.forEach((name, i) => {
    const path = names.indexOf(name)
    if (path < 0) throw builder.invalid(`correlation.assets[${i}]`, name, `an asset with a volatility: ${names.join(', ')}`)
    const row = rows[path] as Map<number, number>
    row.clear()
    for (let j = 0; j <= i; j++) row.set(names.indexOf(assets[j] as string), factor[i * n + j] as number)
  })
  return { entities, rows }
}

/** Adds the draws of all whole steps up to `step`, and looks at the one after. */
function draw(noise: Columns<typeof noise_shape>, streams: readonly Rng[], from: number, step: number): void {
  for (let e = 0; e < streams.length; e++) {
    const stream = streams[e] as Rng
    let sum = noise.sum.data[e] as number
    for (let k = from; k < step; k++) sum += stream.normalAt(k)
    noise.sum.data[e] = sum
    noise.next.data[e] = stream.normalAt(step)
  }
}

function paths_of(spec: Spec, names: readonly string[], rows: readonly Map<number, number>[], builder: WorldBuilder): Path[] {
  return names.map((name, i) => {
    const asset = builder.asset(name, `volatility.${name}`)
    if (builder.assets[asset]?.numeraire)
      throw builder.invalid(`volatility.${name}`, name, 'an asset that is not the unit of account')
    const volatility = spec.volatility[name] as number
    const drift = ((spec.drift[name] ?? 0) - 0.5 * volatility * volatility) / YEAR_MS
    const row = [...(rows[i] as Map<number, number>)].filter(([, weight]) => weight !== 0)
    return { asset, entity: name, volatility, drift, from: row.map(([e]) => e), weights: row.map(([, weight]) => weight) }
  })
}

export const gbm: Kind<Spec, Driver> = {
  id: 'gbm',
  title: 'Correlated geometric Brownian motion',
  source: 'Black and Scholes, J. Political Economy 81 (1973) 637–654, equation of the stock price',
  schema,
  open(spec, builder) {
    const names = Object.keys(spec.volatility).sort()
    for (const name of Object.keys(spec.drift))
      if (!names.includes(name)) throw builder.invalid(`drift.${name}`, name, `an asset with a volatility: ${names.join(', ')}`)
    const { entities, rows } = weights_of(spec, names, builder)
    const paths = paths_of(spec, names, rows, builder)
    const noise = builder.store.table(`${spec.id}.noise`, noise_shape, entities.length).columns
    const clock = builder.store.table(`${spec.id}.clock`, { steps: 'f64' }, 1).columns
    clock.steps.data[0] = -1
    const scale = Math.sqrt(spec.step_ms / YEAR_MS)
    return {
      advance(time_ms, _dt_ms, rng, fundamental) {
        const elapsed_ms = Math.max(0, time_ms - builder.time_ms)
        const step = Math.floor(elapsed_ms / spec.step_ms)
        const seen = clock.steps.data[0] as number
        if (step !== seen) {
          const streams = entities.map((entity) => rng.stream(`driver ${spec.id}`, entity))
          draw(noise, streams, Math.max(seen, 0), step)
          clock.steps.data[0] = step
        }
        const part = elapsed_ms / spec.step_ms - step
        for (const path of paths) {
          let z = 0
          for (let i = 0; i < path.from.length; i++) {
            const e = path.from[i] as number
            z += (path.weights[i] as number) * ((noise.sum.data[e] as number) + part * (noise.next.data[e] as number))
          }
          const factor = exp(path.drift * elapsed_ms + path.volatility * scale * z)
          fundamental[path.asset] = (fundamental[path.asset] as number) * factor
        }
      },
    }
  },
}
