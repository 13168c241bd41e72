import { describe, expect, it } from 'vitest'
import { Rng } from '../math/index.ts'
import { fit_flow, fit_quotes, type FlowMinute, type ImpactQuote, score_flow, score_quotes } from './calibration.ts'

/** Quotes of a known law: odds of the impact = (size ÷ depth)^β, ln depth^β of a pair the sum over its tokens, noise of 0.3. */
function quotes(beta: number, from_s: number): ImpactQuote[] {
  const rng = new Rng(7, 0, `quotes ${from_s}`)
  const depth = [-4, -5, -6, -3.5, -4.5]
  const out: ImpactQuote[] = []
  for (let src = 0; src < 5; src++)
    for (let dst = 0; dst < 5; dst++)
      for (let k = 0; src !== dst && k < 60; k++) {
        const usd = 1e4 * Math.exp(rng.uniform() * 5)
        const at = beta * Math.log(usd) + (depth[src] as number) + (depth[dst] as number) + 0.3 * rng.normal()
        out.push({ src, dst, usd, impact: 1 / (1 + Math.exp(-at)), time_s: from_s + k })
      }
  return out
}

describe('calibration on data of a known law', () => {
  it('finds the power of quotes within its interval, and beats one depth for all on pairs it has not seen', () => {
    const known = quotes(0.8, 0)
    const unseen = (one: ImpactQuote) => one.src === 1 && one.dst === 3
    const train = known.filter((one) => !unseen(one))
    const power = fit_quotes('power', 5, train, 200)
    expect(power.beta?.low).toBeLessThan(0.8)
    expect(power.beta?.high).toBeGreaterThan(0.8)
    expect((power.beta?.high as number) - (power.beta?.low as number)).toBeLessThan(0.1)
    const score = score_quotes(power, fit_quotes('one-depth', 5, train, 200), known.filter(unseen), 5)
    expect(score.skill.low).toBeGreaterThan(0)
    // the noise of the law itself, 0.3, is what is left
    expect(score.rms_log).toBeLessThan(0.4)
  })

  it('finds power and coefficient of flow within their intervals, and that a wrong power is worse', () => {
    const rng = new Rng(9, 0, 'flow')
    const minutes: FlowMinute[] = []
    for (let k = 0; k < 4000; k++) {
      const flow = 300 * rng.normal()
      const move = 1e-4 * Math.sign(flow) * Math.sqrt(Math.abs(flow)) + 1e-3 * rng.normal()
      minutes.push({ flow, move, day: Math.floor(k / 200) })
    }
    const [train, test] = [minutes.filter(({ day }) => day < 15), minutes.filter(({ day }) => day >= 15)]
    const power = fit_flow(train, undefined, 200)
    expect(power.beta.low).toBeLessThanOrEqual(0.5)
    expect(power.beta.high).toBeGreaterThanOrEqual(0.5)
    const root = fit_flow(train, [0.5], 200)
    expect(root.coefficient.low).toBeLessThan(1e-4)
    expect(root.coefficient.high).toBeGreaterThan(1e-4)
    const linear = fit_flow(train, [1.5], 200)
    expect(score_flow(root.move, linear.move, test).skill.low).toBeGreaterThan(0)
  })
})
