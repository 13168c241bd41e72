/** Liquidations that were wanted and not made for gas: since when, as an epoch, so that what prices took meanwhile can be told apart. */
import type { Offer, Store, Table, View } from '../model/index.ts'
import type { Epochs, Subject } from './attribution.ts'

const shape = { epoch: 'i32', tick: 'i32' } as const
const NEVER = -2

/**
 * Does an offer lie there only because the gas of taking it costs more than it brings? What it brings is counted at mids, before fees and slippage, so that
 * what also fails for those is not called late.
 */
export function outweighed(offer: Offer, view: View): boolean {
  const { kind, reward, price, debt, debt_max, collateral, collateral_max } = offer
  const unit = view.usd(debt)
  if (kind === 'start') return reward > 0 && reward * unit <= view.gas_usd
  if (kind !== 'liquidation' || !(price > 0)) return false
  const brings = Math.min(debt_max, collateral_max * price) * (view.usd(collateral) / price - unit)
  return brings > 0 && brings <= view.gas_usd
}

/** Per account the epoch since which it waits, and the tick at which it was last seen waiting. */
export class Late {
  private readonly tables: readonly Table<typeof shape>[]
  private readonly epochs: Epochs
  private readonly subjects: readonly Subject[]

  constructor(store: Store, epochs: Epochs, subjects: readonly Subject[], ids: readonly string[]) {
    this.epochs = epochs
    this.subjects = subjects
    this.tables = subjects.map(({ venue }, v) => {
      const table = store.table(`engine.late.${ids[v]}`, shape, venue.rows)
      table.columns.tick.data.fill(NEVER)
      return table
    })
  }

  /** An account's liquidation is not made in this tick. Outside bundles. */
  note(venue: number, account: number, tick: number, stamp: number): void {
    const c = this.tables[venue]?.columns
    if (c === undefined || !(account >= 0 && account < (this.subjects[venue] as Subject).venue.rows)) return
    if ((c.tick.data[account] as number) < tick - 1) c.epoch.data[account] = this.epochs.now(stamp, this.subjects)
    c.tick.data[account] = tick
  }

  /** The epoch since which an account has been waiting without a break; −1 when it has not. */
  since(venue: number, account: number, tick: number): number {
    const c = (this.tables[venue] as Table<typeof shape>).columns
    return (c.tick.data[account] as number) >= tick - 1 ? (c.epoch.data[account] as number) : -1
  }
}
