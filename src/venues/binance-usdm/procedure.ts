/**
 * What an exchange does with a scope in breach, as data: the steps of each round and the parameters they read. Nothing here is
 * Binance's except the record at the end; another linear perpetual exchange is another record.
 */

/**
 * - cancel: the account's resting orders leave the books
 * - reduce: one immediate-or-cancel order per position, then the fee, then the test again
 * - close: what is left goes to the takers at the takeover price
 */
export type Step = 'cancel' | 'reduce' | 'close'

export interface Procedure {
  /** In breach only below the requirement (true), or already at it (false). */
  readonly strict: boolean
  /** Steps per round; while the scope stays in breach it moves on to the next, and stays at the last. */
  readonly rounds: readonly (readonly Step[])[]
  readonly reduce: {
    /** `compliant`: the smallest amount that heals, all if none does; `whole`: all. */
    readonly size: 'compliant' | 'whole'
    /** Equity ÷ maintenance aimed at: a hair above 1, beyond rounding and where equality is a breach. */
    readonly target: number
  }
  readonly fee: {
    /** `remaining`: charged when the scope is healed or empty, from what it has; `first`: from the wallet before the rest is closed. */
    readonly from: 'remaining' | 'first'
  }
  readonly close: {
    /** Price at which positions leave the scope: where its equity, allotted by maintenance margin, is used up; or the mark. */
    readonly price: 'bankruptcy' | 'mark'
  }
  readonly fund: {
    /** Quote units of equity the fund keeps after a takeover, its positions at the mark. */
    readonly reserve: number
    /** Most gross notional at the mark ÷ equity. */
    readonly leverage: number
  }
  readonly adl: {
    /** `profit_margin`: profit ÷ max(1, wallet) × maintenance ÷ balance, largest first. */
    readonly rank: 'profit_margin'
  }
}

/** Binance USD-M futures: FAQ "Liquidation protocols" and "Auto-deleveraging"; options are where the exchange leaves a choice. */
export function binance(options: {
  readonly strict: boolean
  readonly fee_from: 'remaining' | 'first'
  readonly reserve: number
  readonly leverage: number
}): Procedure {
  return {
    strict: options.strict,
    rounds: [['cancel', 'reduce'], ['close']],
    reduce: { size: 'compliant', target: 1 + 1e-9 },
    fee: { from: options.fee_from },
    close: { price: 'bankruptcy' },
    fund: { reserve: options.reserve, leverage: options.leverage },
    adl: { rank: 'profit_margin' },
  }
}

/** Steps due in a stage; the last round repeats. */
export function steps_at(procedure: Procedure, stage: number): readonly Step[] {
  const { rounds } = procedure
  return rounds[Math.min(stage, rounds.length - 1)] as readonly Step[]
}

/** Health on or below the breach. */
export const in_breach = (procedure: Procedure, health: number): boolean => (procedure.strict ? health < 1 : health <= 1)
