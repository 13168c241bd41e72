/** Books of real events, drawn: sizes, ratios and purses of accounts that nobody has listed. */
import { exp, log, normalCdf, normalQuantile } from '../../math/index.ts'
import { type Actors, type KindSpec } from '../../model/index.ts'
import { Draw, sizes } from '../../synth/draw.ts'

/** Draws of one preset and seed: value i of a purpose belongs to account i. */
export class EventDraw {
  private readonly seed: number
  private readonly preset: string
  private readonly open = new Map<string, Draw>()

  constructor(preset: string, seed: number) {
    this.preset = preset
    this.seed = seed
  }

  of(purpose: string): Draw {
    let draw = this.open.get(purpose)
    if (draw === undefined) {
      draw = new Draw(this.seed, `${this.preset}.${purpose}`)
      this.open.set(purpose, draw)
    }
    return draw
  }

  /** Log-normal around its median, conditioned on being at least `least`: nobody stands below, and nobody is put on the edge. */
  above(purpose: string, i: number, median: number, sigma: number, least: number): number {
    const below = normalCdf(log(least / median) / sigma)
    return median * exp(sigma * normalQuantile(below + (1 - below) * this.of(purpose).uniform(i)))
  }

  /** Parts of 1, Pareto with this exponent, none above `largest`. */
  shares(purpose: string, n: number, tail: number, largest: number): Float64Array {
    return sizes(n, this.of(purpose), tail, largest)
  }
}

/** Owners, agents and treasuries while a snapshot is being put together. Named actors come first. */
export class Cast {
  private readonly names: string[] = []
  private readonly agent: number[] = []
  private readonly treasury = { actor: [] as number[], asset: [] as number[], amount: [] as number[] }
  private readonly agents: readonly KindSpec[]
  private readonly assets: readonly string[]

  constructor(agents: readonly KindSpec[], assets: readonly string[]) {
    this.agents = agents
    this.assets = assets
  }

  /** A new actor; named ones before all others. @returns its position */
  add(agent: string, name?: string): number {
    if (name !== undefined) this.names.push(name)
    this.agent.push(this.agents.findIndex((one) => one.id === agent))
    return this.agent.length - 1
  }

  endow(actor: number, asset: string, amount: number): void {
    if (!(amount > 0)) return
    this.treasury.actor.push(actor)
    this.treasury.asset.push(this.assets.indexOf(asset))
    this.treasury.amount.push(amount)
  }

  actors(): Actors {
    const { actor, asset, amount } = this.treasury
    return {
      count: this.agent.length,
      names: this.names,
      agent: Int32Array.from(this.agent),
      treasury: { actor: Int32Array.from(actor), asset: Int32Array.from(asset), amount: Float64Array.from(amount) },
    }
  }
}

/** A borrower's answers that are none: he is called and does nothing. */
export const IGNORES = [{ above_usd: 0, top_up: 0, repay: 0, cut: 0, ignore: 1, automated: 0 }] as const
