/**
 * Which lots are open, without looking at all there ever were. A lot that is closed when a round is planned stays closed, and new ones
 * come at the end. It is a cache: `listed` in the desk's table says that no reset has come between.
 */
import type { Exchange } from './state.ts'

const NONE: readonly number[] = []

export class OpenLots {
  private readonly list: number[] = []
  private seen = 0

  /** Open lots in order, as they are outside bundles; to be read until the next call. */
  now(x: Exchange): readonly number[] {
    const { listed, first_lot } = x.desk.columns
    const { quantity } = x.lots.columns
    const { list } = this
    // where there is none nothing is noted: a plan that is not carried out leaves the state as it was
    if (x.lots.length === 0) return NONE
    if (listed.data[0] !== 1) {
      listed.data[0] = 1
      list.length = 0
      this.seen = first_lot.data[0] as number
    }
    let kept = 0
    for (let i = 0; i < list.length; i++) if (quantity.data[list[i] as number] !== 0) list[kept++] = list[i] as number
    list.length = kept
    for (; this.seen < x.lots.length; this.seen++) if (quantity.data[this.seen] !== 0) list.push(this.seen)
    return list
  }
}
