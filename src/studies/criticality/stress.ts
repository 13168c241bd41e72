/** What books give at the worst moment of a shock: the impact of what the shock makes others sell. */
import { run, type World } from '../../engine/index.ts'
import { exp, log } from '../../math/index.ts'

/** Distances from the mid at which books are asked, ratios. */
const WITHIN = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4] as const

/** Least depth of every market on the way, without feedback: makers have looked, and have widened or left. */
export class StressedBooks {
  /** By market: USD at start prices that one side gives within each of the distances. */
  readonly depth_usd: readonly Float64Array[]
  private readonly by_asset: readonly Float64Array[]

  /** @param world fresh, with the shock as its scenario; comes back reset */
  constructor(world: World) {
    const { assets, markets } = world.parts
    const depth = markets.map(() => new Float64Array(WITHIN.length).fill(Number.POSITIVE_INFINITY))
    const look = (): void =>
      depth.forEach((least, m) => {
        const start_usd = world.parts.start_usd[world.market(m).base] as number
        WITHIN.forEach((within, i) => {
          least[i] = Math.min(least[i] as number, world.depth(m, within) * start_usd)
        })
      })
    look()
    run(world, {
      feedback: false,
      on_tick: () => {
        look()
        return undefined
      },
    })
    world.reset()
    this.depth_usd = depth
    this.by_asset = assets.map((_, asset) =>
      depth.reduce(
        (sum, of, m) => (world.market(m).base === asset ? sum.map((usd, i) => usd + (of[i] as number)) : sum),
        new Float64Array(WITHIN.length),
      ),
    )
  }

  /** Is anybody quoting there throughout? */
  quoted(market: number): boolean {
    return (this.depth_usd[market]?.[WITHIN.length - 1] as number) > 0
  }

  /** Is any market of the asset quoted throughout? */
  quotes(asset: number): boolean {
    return (this.by_asset[asset]?.[0] as number) > 0
  }

  /**
   * Fall of an asset's log price when `usd` of it are sold at once to all its markets, which move as one. Between the distances asked
   * and beyond them a power law; 0 where nobody quotes.
   */
  fall(asset: number, usd: number): number {
    const depth = this.by_asset[asset] as Float64Array
    if (!(usd > 0 && this.quotes(asset))) return 0
    let i = 1
    while (i < WITHIN.length - 1 && usd > (depth[i] as number)) i++
    const at = (k: number) => log(-log(1 - (WITHIN[k] as number)))
    const [low, high] = [log(depth[i - 1] as number), log(depth[i] as number)]
    if (!(high > low)) return -log(1 - (WITHIN[i - 1] as number))
    return exp(at(i - 1) + ((log(usd) - low) / (high - low)) * (at(i) - at(i - 1)))
  }
}
