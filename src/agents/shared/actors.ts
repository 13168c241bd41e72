/** The actors that an agent is the rule for: their stable names, their draws, and what is left in their treasuries. */
import type { Rng } from '../../math/index.ts'
import type { View, WorldBuilder } from '../../model/index.ts'

/** Actors of one agent, ascending; the n-th is called `<agent>/<n>` in draws, whoever else exists. */
export class Actors {
  readonly list: Int32Array
  private readonly id: string

  constructor(builder: WorldBuilder) {
    this.list = builder.my_actors()
    this.id = builder.self.id
  }

  /** Position of an actor, or −1. */
  position(actor: number): number {
    let low = 0
    let high = this.list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.list[middle] as number) < actor) low = middle + 1
      else high = middle
    }
    return this.list[low] === actor ? low : -1
  }

  name(position: number): string {
    return `${this.id}/${position}`
  }

  /**
   * The stream for one purpose of one actor about one thing at one time: it depends on nothing else, so neither the number of
   * rounds nor other venues and agents shift it.
   * @param thing row, auction or market it is about, ≥ 0
   */
  draws(rng: Rng, purpose: string, position: number, time_ms: number, thing: number): Rng {
    return rng.stream(purpose, this.name(position)).stream(time_ms, thing)
  }

  /** The key that orders bundles of equal priority without favouring anyone. */
  tie(rng: Rng, position: number, time_ms: number, thing: number): number {
    return this.draws(rng, 'tie', position, time_ms, thing).uniform()
  }
}

/** Treasuries less what this batch has already planned to spend. */
export class Purse {
  private readonly spent = new Map<number, number>()
  private readonly assets: number

  constructor(assets: number) {
    this.assets = assets
  }

  /** Forgets the plans of the last batch. */
  clear(): void {
    this.spent.clear()
  }

  left(view: View, actor: number, asset: number): number {
    return Math.max(0, view.ledger.balance(actor, asset) - (this.spent.get(actor * this.assets + asset) ?? 0))
  }

  spend(actor: number, asset: number, amount: number): void {
    const key = actor * this.assets + asset
    this.spent.set(key, (this.spent.get(key) ?? 0) + amount)
  }
}
