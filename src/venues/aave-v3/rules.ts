/** What differs between the versions of Aave v3: one table, read by the reference and by the kernel alike. */

export const VERSIONS = ['3.0', '3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '3.7'] as const
export type Version = (typeof VERSIONS)[number]

/** Health above which a large position is liquidated only in part; half of what is owed; USD. */
export const CLOSE_FACTOR_HEALTH = 0.95
export const CLOSE_FACTOR = 0.5
/** USD: a smaller leg is liquidated whole (3.3+). */
export const WHOLE_BELOW_USD = 2000
/** USD: what a partial liquidation must leave of both legs (3.3+). */
export const LEFTOVER_USD = 1000
/** Base currency has 8 decimals: values below are nothing. */
export const NOTHING_USD = 1e-8
export const SECONDS_PER_YEAR = 31_536_000

export interface Rules {
  readonly version: Version
  /** Grace period after a reserve was paused (3.1+). */
  readonly grace: boolean
  /** Nobody borrows more units than are supplied (3.1+), whatever the cash. */
  readonly borrows_of_supply: boolean
  /** Debt of an account without collateral becomes the reserve's deficit (3.3+). */
  readonly deficit: boolean
  /** The close factor counts half of the whole debt; small legs go whole; nothing may leave dust (3.3+). Before: half of the one debt. */
  readonly whole_position: boolean
  /** Where collateral and debt are one asset, the treasury's part of the interest is taken twice (3.3 to 3.6). */
  readonly accrues_twice: boolean
  /** Enabling what is enabled, or disabling what is not, changes nothing and asks for nothing but an open reserve (3.4+). */
  readonly idle_switch: boolean
  /** Nobody liquidates himself (3.4+). */
  readonly no_self_liquidation: boolean
  /** Interest compounds as rate·time, to the third order (3.4+). Before: binomially, by the second. */
  readonly compounds_in_time: boolean
  /** Health weighs each collateral by its own threshold (3.5+). Before: all by their average, rounded down to a basis point. */
  readonly weighs_each: boolean
  /** Shares and values round in the pool's favour (3.5+). Before: half up. */
  readonly directional: boolean
  /** A loan is checked against collateral after it was taken (3.5+), before that against the sum it would come to. */
  readonly checks_after_borrow: boolean
  /** Collateral and loan-to-value in an e-mode do not depend on the reserve's own (3.6+). Before: an asset without threshold of its own is no collateral anywhere. */
  readonly emode_alone: boolean
  /** Liquidation rounds against the liquidator, and what is left is judged by shares (3.7+). */
  readonly directional_liquidation: boolean
  /** E-modes may make everything outside them worthless for borrowing (3.7+). */
  readonly isolated_emodes: boolean
  /** Debt ceilings, siloed borrowing and the sequencer sentinel exist (until 3.6). */
  readonly isolation: boolean
}

/** The rules of a version. */
export function rules_of(version: Version): Rules {
  const from = (first: Version) => VERSIONS.indexOf(version) >= VERSIONS.indexOf(first)
  return {
    version,
    grace: from('3.1'),
    borrows_of_supply: from('3.1'),
    deficit: from('3.3'),
    whole_position: from('3.3'),
    accrues_twice: from('3.3') && !from('3.7'),
    idle_switch: from('3.4'),
    no_self_liquidation: from('3.4'),
    compounds_in_time: from('3.4'),
    weighs_each: from('3.5'),
    directional: from('3.5'),
    checks_after_borrow: from('3.5'),
    emode_alone: from('3.6'),
    directional_liquidation: from('3.7'),
    isolated_emodes: from('3.7'),
    isolation: !from('3.7'),
  }
}
