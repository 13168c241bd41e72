/**
 * The vow in exact integers: queue of bad debt, and when and how debt and surplus auctions run (dss vow, flop, flap). Amounts rad.
 * The venue runs the queue and `heal`; nobody here bids in debt or surplus auctions, whose rules are stated for the record.
 */
const WAD = 1_000_000_000_000_000_000n

export class ReferenceVow {
  /** Seconds a debt waits in the queue before it can be healed or auctioned. */
  wait = 561_600n
  /** Dai that a debt auction raises, and that a surplus auction sells. */
  sump = 0n
  bump = 0n
  /** Surplus that is kept. */
  hump = 0n
  /** All debt of the vow. */
  sin = 0n
  /** Part of it that is queued, and that is being auctioned. */
  Sin = 0n
  Ash = 0n
  readonly queue = new Map<bigint, bigint>()

  /** Debt that may be healed now. */
  get free(): bigint {
    return this.sin - this.Sin - this.Ash
  }

  /** Queues the debt of a vault sent to auction. */
  fess(now: bigint, tab: bigint): void {
    this.queue.set(now, (this.queue.get(now) ?? 0n) + tab)
    this.Sin += tab
  }

  /** Frees the debt queued at a time. @returns how much, 0 before its wait is over */
  flog(now: bigint, era: bigint): bigint {
    if (now < era + this.wait) return 0n
    const tab = this.queue.get(era) ?? 0n
    this.queue.delete(era)
    this.Sin -= tab
    return tab
  }

  /** May governance tokens be printed to cover debt? */
  mayFlop(dai: bigint): boolean {
    return this.sump <= this.free && dai === 0n
  }

  /** May surplus be sold? */
  mayFlap(dai: bigint): boolean {
    return dai >= this.sin + this.bump + this.hump && this.free === 0n
  }
}

/** Does a lot undercut the last one in a debt auction? `beg` wad, 1.05e18 for 5 %. */
export const undercuts = (last: bigint, lot: bigint, beg: bigint): boolean => beg * lot <= last * WAD

/** Does a bid in a surplus auction (or the first phase of an old collateral auction) exceed the last one? */
export const overbids = (last: bigint, bid: bigint, beg: bigint): boolean => bid * WAD >= beg * last
