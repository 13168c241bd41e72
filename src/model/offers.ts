/** What passes between venues, agents and the engine in batches: offers, margin calls, due events, statements of account. */

/**
 * Something a venue lets others take.
 * - liquidation: repay up to `debt_max` of `debt` for collateral at `price`
 * - start: a vault in breach that nobody has sent to auction yet; `reward` in debt units for doing so
 * - auction: `collateral_max` for sale at `price`
 * - redo: an auction that must be restarted; `reward` for doing so
 * - redemption: `debt` redeems into `collateral` at `price`
 */
export interface Offer {
  readonly kind: 'liquidation' | 'start' | 'auction' | 'redo' | 'redemption'
  readonly venue: number
  /** Account, or auction id. */
  readonly id: number
  readonly collateral: number
  readonly debt: number
  /** Debt units per collateral unit that the taker pays: the bonus or discount is in it. */
  readonly price: number
  /** Most debt units that can be paid in. */
  readonly debt_max: number
  /** Least debt units per take; parts that would leave less behind are refused. */
  readonly debt_min: number
  /** Most collateral units that come out. */
  readonly collateral_max: number
  readonly reward: number
  readonly health: number
  /** English auctions: the actor whose bid leads, or has won when `debt_max` is 0; −1 nobody. Absent where nobody leads. */
  readonly leader?: number
}

export class Offers {
  readonly list: Offer[] = []
  clear(): void {
    this.list.length = 0
  }
}

/** In place of a market: the venue itself closes the position at its own price, by `repay` of the leg's asset. */
export const AT_VENUE = -2

/**
 * An account laid open to its owner, to attribution and to the index: legs that are assets (side +1) or liabilities (side −1).
 * Law: health = Σ₊ quantity·weight·price ÷ Σ₋ quantity·weight·price.
 */
export class Statement {
  count = 0
  readonly side: number[] = []
  readonly slot: number[] = []
  /** Feed whose quote prices the leg; −1 for cash of the venue's own unit. */
  readonly feed: number[] = []
  readonly asset: number[] = []
  /** Market on which the leg is closed, for contracts; −1 for assets that are deposited or owed; `AT_VENUE`. */
  readonly market: number[] = []
  /** Units owned or owed, interest included. */
  readonly quantity: number[] = []
  /** Liquidation threshold or liability weight, a ratio. */
  readonly weight: number[] = []
  /** Slot price now, in the venue's unit of account, interest index not included. */
  readonly price: number[] = []
  /** Loss by the venue's own flows (interest outside the slots, funding) since the owner's last voluntary change, in the unit of account. */
  rate_loss = 0

  clear(): void {
    this.count = 0
    this.rate_loss = 0
  }

  add(
    side: 1 | -1,
    slot: number,
    feed: number,
    asset: number,
    market: number,
    quantity: number,
    weight: number,
    price: number,
  ): void {
    const i = this.count++
    this.side[i] = side
    this.slot[i] = slot
    this.feed[i] = feed
    this.asset[i] = asset
    this.market[i] = market
    this.quantity[i] = quantity
    this.weight[i] = weight
    this.price[i] = price
  }
}

/** One margin call, or one thing that came back after a delay. */
export interface Call {
  readonly venue: number
  readonly account: number
  readonly actor: number
  readonly health: number
  /** Level below which the owner wants to be told. */
  readonly level: number
  /** Log row of the call. */
  readonly row: number
}

/** Calls for the accounts of one agent, with their statements on request. */
export interface Calls {
  readonly list: readonly Call[]
  statement(i: number, out: Statement): void
}

/** Something that falls due for an agent: its own `wait`, or an arrived transfer. `cause` is the log row it answers. */
export interface DueEvent {
  readonly kind: 'wait' | 'arrival'
  readonly venue: number
  readonly account: number
  readonly actor: number
  readonly asset: number
  readonly amount: number
  readonly plan: number
  readonly cause: number
}

export interface Due {
  readonly list: readonly DueEvent[]
  /** Health of the account named by event i, now. */
  health(i: number): number
  statement(i: number, out: Statement): void
}
