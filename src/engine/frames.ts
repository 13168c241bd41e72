/** Samples of a run: one row per frame, and the lowest mid each asset saw. */
import type { FramesView, Store, Table } from '../model/index.ts'

export class Frames implements FramesView {
  readonly assets: number
  readonly venues: number
  private readonly head: Table<{ time_ms: 'f64' }>
  private readonly by_asset: Table<{ fundamental: 'f64'; mid_usd: 'f64'; endogenous: 'f64' }>
  private readonly by_venue: Table<{ forced_usd: 'f64' }>
  /** Per asset: lowest reference mid in USD and when. */
  readonly lows: Table<{ usd: 'f64'; time_ms: 'f64' }>
  /** asset × source: the displacement vector when the mid stood lowest. */
  readonly low_vectors: Table<{ displacement: 'f64' }>
  /** Per venue: forced sales so far, in USD at execution. */
  readonly forced: Table<{ usd: 'f64' }>

  constructor(store: Store, assets: number, venues: number) {
    this.assets = assets
    this.venues = venues
    this.head = store.table('frames.head', { time_ms: 'f64' })
    this.by_asset = store.table('frames.asset', { fundamental: 'f64', mid_usd: 'f64', endogenous: 'f64' })
    this.by_venue = store.table('frames.venue', { forced_usd: 'f64' })
    this.lows = store.table('frames.lows', { usd: 'f64', time_ms: 'f64' }, assets)
    this.low_vectors = store.table('frames.low_vectors', { displacement: 'f64' }, assets * (venues + 1))
    this.forced = store.table('frames.forced', { usd: 'f64' }, venues)
  }

  get length(): number {
    return this.head.length
  }
  get time_ms(): Float64Array {
    return this.head.columns.time_ms.data.subarray(0, this.head.length)
  }
  /** frame × asset, USD. */
  get fundamental(): Float64Array {
    return this.by_asset.columns.fundamental.data.subarray(0, this.by_asset.length)
  }
  /** frame × asset, USD at the reference market. */
  get mid_usd(): Float64Array {
    return this.by_asset.columns.mid_usd.data.subarray(0, this.by_asset.length)
  }
  /** frame × asset, log displacement by all venues. */
  get endogenous(): Float64Array {
    return this.by_asset.columns.endogenous.data.subarray(0, this.by_asset.length)
  }
  /** frame × venue, cumulative USD. */
  get forced_usd(): Float64Array {
    return this.by_venue.columns.forced_usd.data.subarray(0, this.by_venue.length)
  }

  /** Takes one sample; `usd(asset)` and `displacement(asset, source)` read the reference markets. */
  sample(
    time_ms: number,
    fundamental: Float64Array,
    usd: (asset: number) => number,
    displacement: (asset: number, source: number) => number,
  ): void {
    const row = this.head.push()
    this.head.columns.time_ms.data[row] = time_ms
    for (let a = 0; a < this.assets; a++) {
      const at = this.by_asset.push()
      let endogenous = 0
      for (let s = 1; s <= this.venues; s++) endogenous += displacement(a, s)
      this.by_asset.columns.fundamental.data[at] = fundamental[a] as number
      this.by_asset.columns.mid_usd.data[at] = usd(a)
      this.by_asset.columns.endogenous.data[at] = endogenous
      this.low(a, time_ms, usd(a), displacement)
    }
    for (let v = 0; v < this.venues; v++) {
      const at = this.by_venue.push()
      this.by_venue.columns.forced_usd.data[at] = this.forced.columns.usd.data[v] as number
    }
  }

  /** Notes a price that may be the lowest so far; journaled, for it may be called inside a bundle. */
  low(asset: number, time_ms: number, usd: number, displacement: (asset: number, source: number) => number): void {
    const lows = this.lows.columns
    const before = lows.usd.data[asset] as number
    if (before !== 0 && !(usd < before)) return
    lows.usd.set(asset, usd)
    lows.time_ms.set(asset, time_ms)
    const sources = this.venues + 1
    for (let s = 0; s < sources; s++) this.low_vectors.columns.displacement.set(asset * sources + s, displacement(asset, s))
  }

  low_usd(asset: number): number {
    return this.lows.columns.usd.data[asset] as number
  }
  low_displacement(asset: number, source: number): number {
    return this.low_vectors.columns.displacement.data[asset * (this.venues + 1) + source] as number
  }
}
