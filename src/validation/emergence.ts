/** What must emerge: fat tails from leverage, and the leverage cycle, in the published models run as they stand. */
import { Rng } from '../math/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { crashes, type Cycle, leverage_cycle, LEVERAGE_CYCLE, peak_leads } from './models/leverage-cycle.ts'
import { engine_cycle } from './models/cycle-economy.ts'
import { engine_prices } from './models/fund-economy.ts'
import { return_figures, type ReturnFigures, value_funds, ValueFunds, VALUE_FUNDS } from './models/value-funds.ts'
import { band as band_row, numeric } from './row.ts'

const GROUP = 'emergence'
const FUNDS = 'Thurner, Farmer, Geanakoplos, Quantitative Finance 12 (2012) 695–707; bands of literature reference §A9'
const CYCLE =
  'Aymanns, Caccioli, Farmer, Tan, Journal of Financial Stability 27 (2016) 263–277; bands of literature reference §A11'
const LEVERAGES = [1, 2, 3, 5, 10] as const
const YEARS = 600

/** Figures at each largest leverage, mean over seeds 1 to `seeds`; the same draws at every leverage. */
export function fund_figures(seeds: number, steps = 60_000): Map<number, ReturnFigures> {
  return new Map(
    LEVERAGES.map((leverage_max) => {
      const sum = { kurtosis: 0, tail: 0, clustering: 0, defaults: 0 }
      for (let seed = 1; seed <= seeds; seed++) {
        const one = value_funds({ ...VALUE_FUNDS, leverage_max }, new Rng(seed, 0, 'value funds'), steps, 5_000)
        for (const key of Object.keys(sum) as (keyof ReturnFigures)[]) sum[key] += one[key] / seeds
      }
      return [leverage_max, sum]
    }),
  )
}

const band = (id: string, what: string, least: number, most: number, got: number, source: string): GoldenRow =>
  band_row(GROUP, id, what, least, most, got, source)

/** Rows on figures of `fund_figures`. */
export function fund_rows(figures: ReadonlyMap<number, ReturnFigures>, seeds: number): GoldenRow[] {
  const at = (leverage: number) => figures.get(leverage) as ReturnFigures
  const runs = `seeds 1 to ${seeds}, 60,000 steps each after 5,000`
  const tails = LEVERAGES.map((leverage) => at(leverage).tail)
  const rises = tails.filter((tail, i) => i > 0 && tail >= (tails[i - 1] as number)).length
  const kurtoses = LEVERAGES.map((leverage) => at(leverage).kurtosis)
  const falls = kurtoses.filter((kurtosis, i) => i > 0 && kurtosis <= (kurtoses[i - 1] as number)).length
  const clustering = at(10).clustering / at(1).clustering
  return [
    band('A9 kurtosis 1', `value funds without leverage, kurtosis of returns, ${runs}`, 3.05, 3.4, at(1).kurtosis, FUNDS),
    band('A9 kurtosis 10', `value funds at leverage 10, kurtosis of returns, ${runs}`, 8, 100, at(10).kurtosis, FUNDS),
    band('A9 tail 10', `value funds at leverage 10, exponent of the lower tail, ${runs}`, 1.7, 2.5, at(10).tail, FUNDS),
    numeric(
      GROUP,
      'A9 tail falls',
      'steps in leverage 1, 2, 3, 5, 10 at which the tail exponent does not fall',
      0,
      rises,
      0,
      FUNDS,
    ),
    numeric(GROUP, 'A9 kurtosis rises', 'steps in leverage at which kurtosis does not rise', 0, falls, 0, FUNDS),
    band('A9 clustering', 'autocorrelation of |returns|, leverage 10 ÷ leverage 1', 4, 100, clustering, FUNDS),
    numeric(GROUP, 'A9 defaults 1', 'defaults of funds without leverage', 0, at(1).defaults, 0, FUNDS),
  ]
}

/** Largest relative difference of the engine's prices from the model's. */
export function engine_gap(leverage_max: number, seed: number, steps: number): number {
  const prices = engine_prices(leverage_max, new Rng(seed), steps)
  const model = new ValueFunds({ ...VALUE_FUNDS, leverage_max })
  const rng = new Rng(seed)
  let gap = 0
  for (const price of prices) {
    model.step(rng)
    gap = Math.max(gap, Math.abs(price / model.price - 1))
  }
  return gap
}

/** The same economy as a scenario of the engine, on a market that clears by excess demand. */
function engine_rows(): GoldenRow[] {
  const [low, high] = [1, 10].map((leverage) => return_figures(engine_prices(leverage, new Rng(2), 30_000)))
  const runs = 'run by the engine, seed 2, 30,000 steps'
  const model = 'src/validation/models/value-funds.ts, the same draws'
  return [
    numeric(
      GROUP,
      'A9 engine prices',
      'leverage 5, 3000 steps: engine’s price ÷ model’s − 1, largest',
      0,
      engine_gap(5, 4, 3000),
      1e-9,
      model,
    ),
    band('A9 engine kurtosis 1', `value funds without leverage, kurtosis, ${runs}`, 3.05, 3.4, low?.kurtosis as number, FUNDS),
    band('A9 engine kurtosis 10', `value funds at leverage 10, kurtosis, ${runs}`, 8, 100, high?.kurtosis as number, FUNDS),
    band(
      'A9 engine tail 10',
      `value funds at leverage 10, exponent of the lower tail, ${runs}`,
      1.7,
      2.5,
      high?.tail as number,
      FUNDS,
    ),
  ]
}

/** Of the leverage cycle at one alpha, 600 years. */
function figures_of({ price, leverage, ends }: Cycle): { interval: number; lead: number; ends: number; crashes: number } {
  const at = crashes(price)
  const span = ((at[at.length - 1] as number) - (at[0] as number)) * LEVERAGE_CYCLE.step
  return {
    interval: span / (at.length - 1),
    lead: Math.max(...peak_leads(leverage, at)) * LEVERAGE_CYCLE.step,
    ends,
    crashes: at.length,
  }
}

export const cycle_figures = (alpha: number) => figures_of(leverage_cycle({ ...LEVERAGE_CYCLE, alpha }, YEARS))

/** Largest relative difference of the engine's prices from the model's, and of the years to their ends. */
export function cycle_gap(alpha: number, years: number): number {
  const [engine, model] = [engine_cycle(alpha, years), leverage_cycle({ ...LEVERAGE_CYCLE, alpha }, years)]
  if (engine.price.length !== model.price.length || engine.ends !== model.ends) return Number.POSITIVE_INFINITY
  return engine.price.reduce((gap, price, t) => Math.max(gap, Math.abs(price / (model.price[t] as number) - 1)), 0)
}

/** The model as it stands, or run by the engine. */
function cycle_rows(name: string, by: string, run: (alpha: number) => Cycle): GoldenRow[] {
  const stable = [0.02, 0.03, 0.04].flatMap((alpha) => {
    const { interval, lead } = figures_of(run(alpha))
    const what = `leverage cycle${by}, α ${alpha}`
    return [
      band(`A11 ${name}interval ${alpha}`, `${what}: years between crashes`, 15, 18, interval, CYCLE),
      band(`A11 ${name}peak ${alpha}`, `${what}: years from peak of leverage to crash, longest`, 0, 1, lead, CYCLE),
    ]
  })
  const ended = [0.05, 0.06, 0.075].map((alpha) => {
    const { ends } = run(alpha)
    return band(
      `A11 ${name}end ${alpha}`,
      `leverage cycle${by}, α ${alpha}: years until the bank is insolvent`,
      0,
      YEARS,
      ends,
      CYCLE,
    )
  })
  return [...stable, ...ended]
}

function all_cycle_rows(): GoldenRow[] {
  const model = 'src/validation/models/leverage-cycle.ts'
  return [
    ...cycle_rows('', '', (alpha) => leverage_cycle({ ...LEVERAGE_CYCLE, alpha }, YEARS)),
    ...cycle_rows('engine ', ' run by the engine', (alpha) => engine_cycle(alpha, YEARS)),
    ...[0.04, 0.06].map((alpha) =>
      numeric(
        GROUP,
        `A11 engine prices ${alpha}`,
        `α ${alpha}: engine’s price ÷ model’s − 1, largest, to the end`,
        0,
        cycle_gap(alpha, YEARS),
        1e-9,
        model,
      ),
    ),
  ]
}

export function emergence_rows(): GoldenRow[] {
  const seeds = 2
  return [...fund_rows(fund_figures(seeds), seeds), ...engine_rows(), ...all_cycle_rows()]
}
