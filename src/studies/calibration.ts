/**
 * Price impact fitted to what was measured: quotes of whole exchanges by size, and liquidations a minute beside the price. Fits are
 * least squares whose normal equations are kept by block, so that a block bootstrap adds sums up instead of reading data again.
 */
import { exp, log, pow, quantileSorted, Rng, solve } from '../math/index.ts'

/** A parameter with its 95 % interval from the block bootstrap. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

export const REPLICATES = 500

/** Value on all blocks and percentile interval over blocks drawn with replacement; draws without a value are left out. */
export function block_interval<T>(
  blocks: readonly T[],
  statistic: (drawn: readonly T[]) => number | null,
  purpose: string,
  replicates = REPLICATES,
): Estimate {
  const rng = new Rng(1, 0, purpose)
  const values: number[] = []
  for (let r = 0; r < replicates; r++) {
    const value = statistic(blocks.map(() => blocks[rng.uniformInt(blocks.length)] as T))
    if (value !== null) values.push(value)
  }
  const sorted = Float64Array.from(values).sort()
  const value = statistic(blocks)
  if (value === null || sorted.length === 0) throw new RangeError(`${purpose}: no fit`)
  return { value, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) }
}

/** Groups by key, in order of first sight. */
export function grouped<T>(list: readonly T[], key: (one: T) => string | number): T[][] {
  const groups = new Map<string | number, T[]>()
  for (const one of list) {
    const group = groups.get(key(one))
    if (group === undefined) groups.set(key(one), [one])
    else group.push(one)
  }
  return [...groups.values()]
}

/** A quote: tokens by position, size in USD, share of the price lost against the best quote of its sweep. */
export interface ImpactQuote {
  readonly src: number
  readonly dst: number
  readonly usd: number
  readonly impact: number
  readonly time_s: number
}

/** Forms of impact ÷ (1 − impact) = (size ÷ depth)^β. `one-depth`: β = 1 and the same depth for all pairs. */
export type QuoteForm = 'one-depth' | 'linear' | 'square-root' | 'power'
export const QUOTE_FORMS = ['one-depth', 'linear', 'square-root', 'power'] as const

/** ln of impact ÷ (1 − impact); quotes within a basis point of the best count as one basis point. */
const odds = (impact: number): number => {
  const kept = Math.min(Math.max(impact, 1e-4), 0.999)
  return log(kept / (1 - kept))
}

interface Normal {
  readonly xx: Float64Array
  readonly xy: Float64Array
}

/**
 * Regressors of a quote: one a token (both of its tokens count, ln depth of a pair is the sum), or a constant; ln size for `power`.
 * Pairs that were never quoted have a depth by that.
 */
function regressors(form: QuoteForm, tokens: number, { src, dst, usd }: ImpactQuote): { x: Float64Array; fixed: number } {
  const x = new Float64Array(form === 'one-depth' ? 1 : tokens + (form === 'power' ? 1 : 0))
  if (form === 'one-depth') x[0] = 1
  else {
    x[src] = 1
    x[dst] = 1
  }
  if (form === 'power') x[tokens] = log(usd)
  return { x, fixed: form === 'power' ? 0 : (form === 'square-root' ? 0.5 : 1) * log(usd) }
}

function normal(form: QuoteForm, tokens: number, quotes: readonly ImpactQuote[]): Normal {
  const n = regressors(form, tokens, quotes[0] as ImpactQuote).x.length
  const out = { xx: new Float64Array(n * n), xy: new Float64Array(n) }
  for (const quote of quotes) {
    const { x, fixed } = regressors(form, tokens, quote)
    const y = odds(quote.impact) - fixed
    for (let i = 0; i < n; i++) {
      if (x[i] === 0) continue
      out.xy[i] = (out.xy[i] as number) + (x[i] as number) * y
      for (let j = 0; j < n; j++) out.xx[i * n + j] = (out.xx[i * n + j] as number) + (x[i] as number) * (x[j] as number)
    }
  }
  return out
}

function solved(blocks: readonly Normal[]): Float64Array | null {
  const n = (blocks[0] as Normal).xy.length
  const total = { xx: new Float64Array(n * n), xy: new Float64Array(n) }
  for (const { xx, xy } of blocks) {
    for (let i = 0; i < xx.length; i++) total.xx[i] = (total.xx[i] as number) + (xx[i] as number)
    for (let i = 0; i < n; i++) total.xy[i] = (total.xy[i] as number) + (xy[i] as number)
  }
  return solve(total.xx, n, total.xy)
}

export interface QuoteFit {
  readonly form: QuoteForm
  readonly coefficients: Float64Array
  /** 95 % interval of the power β; null where it is given. */
  readonly beta: Estimate | null
  /** Predicted impact of a quote, in (0, 1). */
  readonly impact: (quote: ImpactQuote) => number
}

/** Least squares of ln odds of the impact; blocks of the bootstrap are whole pairs. */
export function fit_quotes(form: QuoteForm, tokens: number, quotes: readonly ImpactQuote[], replicates = REPLICATES): QuoteFit {
  const blocks = grouped(quotes, ({ src, dst }) => src * tokens + dst).map((of_pair) => normal(form, tokens, of_pair))
  const coefficients = solved(blocks)
  if (coefficients === null) throw new RangeError(`${form}: the quotes do not tell the tokens apart`)
  const power = (drawn: readonly Normal[]) => solved(drawn)?.[tokens] ?? null
  return {
    form,
    coefficients,
    beta: form === 'power' ? block_interval(blocks, power, 'quotes', replicates) : null,
    impact(quote) {
      const { x, fixed } = regressors(form, tokens, quote)
      let at = fixed
      for (let i = 0; i < x.length; i++) at += (x[i] as number) * (coefficients[i] as number)
      const ratio = exp(Math.min(at, 700))
      return ratio / (1 + ratio)
    },
  }
}

export interface Score {
  /** Root mean square error of ln impact, both sides at least a basis point. */
  readonly rms_log: number
  /** Mean absolute error of the impact, a ratio. */
  readonly absolute: number
  /** 1 − (squared log error ÷ that of the baseline), blocks of whole pairs. */
  readonly skill: Estimate
}

/** Out-of-sample error of a fit, and against a baseline. */
export function score_quotes(fit: QuoteFit, baseline: QuoteFit, quotes: readonly ImpactQuote[], tokens: number): Score {
  const miss = (of: QuoteFit, quote: ImpactQuote) => log(Math.max(of.impact(quote), 1e-4)) - log(Math.max(quote.impact, 1e-4))
  const blocks = grouped(quotes, ({ src, dst }) => src * tokens + dst).map((list) => {
    const sums = { own: 0, theirs: 0, absolute: 0 }
    for (const quote of list) {
      sums.own += miss(fit, quote) * miss(fit, quote)
      sums.theirs += miss(baseline, quote) * miss(baseline, quote)
      sums.absolute += Math.abs(fit.impact(quote) - quote.impact)
    }
    return sums
  })
  const total = (of: readonly (typeof blocks)[number][], key: 'own' | 'theirs' | 'absolute') =>
    of.reduce((sum, one) => sum + one[key], 0)
  const skill = (of: readonly (typeof blocks)[number][]) =>
    total(of, 'theirs') > 0 ? 1 - total(of, 'own') / total(of, 'theirs') : null
  return {
    rms_log: Math.sqrt(total(blocks, 'own') / quotes.length),
    absolute: total(blocks, 'absolute') / quotes.length,
    skill: block_interval(blocks, skill, 'quotes score'),
  }
}

/** A minute with liquidations: bought − sold by force, base units; move of ln price around it; day it belongs to. */
export interface FlowMinute {
  readonly flow: number
  readonly move: number
  readonly day: number
}

export const POWERS: readonly number[] = Array.from({ length: 40 }, (_, i) => (i + 1) * 0.05)

/** Σz², Σz·move per power, z = sign(flow) · |flow|^β. */
interface Moments {
  readonly zz: readonly number[]
  readonly zm: readonly number[]
}

const signed_power = (flow: number, beta: number): number => (flow < 0 ? -1 : 1) * pow(Math.abs(flow), beta)

const moments = (minutes: readonly FlowMinute[], powers: readonly number[]): Moments => ({
  zz: powers.map((beta) => minutes.reduce((sum, { flow }) => sum + signed_power(flow, beta) * signed_power(flow, beta), 0)),
  zm: powers.map((beta) => minutes.reduce((sum, { flow, move }) => sum + signed_power(flow, beta) * move, 0)),
})

/** Of the given powers that whose fit explains most, with its coefficient. */
function best(blocks: readonly Moments[], powers: readonly number[]): { beta: number; coefficient: number } {
  let found = { beta: powers[0] as number, coefficient: 0 }
  let most = Number.NEGATIVE_INFINITY
  powers.forEach((beta, p) => {
    const zz = blocks.reduce((sum, one) => sum + (one.zz[p] as number), 0)
    const zm = blocks.reduce((sum, one) => sum + (one.zm[p] as number), 0)
    if (zz > 0 && (zm * zm) / zz > most) {
      most = (zm * zm) / zz
      found = { beta, coefficient: zm / zz }
    }
  })
  return found
}

export interface FlowFit {
  readonly beta: Estimate
  readonly coefficient: Estimate
  readonly move: (flow: number) => number
}

/** move = coefficient · sign(flow) · |flow|^β by least squares, β among `powers`; blocks are days. */
export function fit_flow(minutes: readonly FlowMinute[], powers = POWERS, replicates = REPLICATES): FlowFit {
  const blocks = grouped(minutes, ({ day }) => day).map((of_day) => moments(of_day, powers))
  const beta = block_interval(blocks, (drawn) => best(drawn, powers).beta, 'flow', replicates)
  const coefficient = block_interval(blocks, (drawn) => best(drawn, powers).coefficient, 'flow', replicates)
  return { beta, coefficient, move: (flow) => coefficient.value * signed_power(flow, beta.value) }
}

/** Root mean square error of a fit, and 1 − squared error ÷ that of the other; blocks are days. */
export function score_flow(move: (flow: number) => number, other: (flow: number) => number, minutes: readonly FlowMinute[]) {
  const blocks = grouped(minutes, ({ day }) => day).map((list) => ({
    own: list.reduce((sum, one) => sum + (one.move - move(one.flow)) * (one.move - move(one.flow)), 0),
    theirs: list.reduce((sum, one) => sum + (one.move - other(one.flow)) * (one.move - other(one.flow)), 0),
  }))
  const sum = (of: readonly (typeof blocks)[number][], key: 'own' | 'theirs') => of.reduce((all, one) => all + one[key], 0)
  return {
    rms: Math.sqrt(sum(blocks, 'own') / minutes.length),
    skill: block_interval(blocks, (of) => 1 - sum(of, 'own') / sum(of, 'theirs'), 'flow score'),
  }
}
