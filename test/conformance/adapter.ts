/**
 * What the conformance suite has to know about a kind of venue: how to write a spec for accounts it draws, and what the kind claims of itself.
 * A new kind is one adapter and its line in `adapters/index.ts`.
 */
import type fc from 'fast-check'
import type { ActionKind, KindSpec, Offer } from '../../src/model/index.ts'
import type { Stand } from './stand.ts'

/** An account as the suite draws it, with the position in `actors` of who owns it. It becomes the row of its place in the list. */
export interface Listed<A> {
  readonly account: A
  readonly owner: number
}

/** An account of a lender or vault book. `safer` and `lighter` leave everything else as it is. */
export interface Plain {
  /** USD of collateral at the opening prices. */
  readonly usd: number
  /** Share of it in the second collateral. */
  readonly second: number
  /** Health at the opening prices, > 1: the debt is what gives it. */
  readonly health: number
}

/** A margin scope of an exchange: notional in USD at the opening prices, signed; margin in USD. */
export interface Scope {
  readonly margin: number
  readonly notional: readonly number[]
  readonly isolated: boolean
}

/** What an exchange's accounts, its funds and its outside hold at a moment: for the laws of a closed exchange. Row by row, accounts first. */
export interface Balances {
  /** Signed units by contract, one list per holder: accounts, `outside`, funds, a pool. By contract they sum to 0. */
  readonly units: readonly (readonly number[])[]
  /** Wallet less Σ units · entry by coin, one list per holder: their sums change only by what comes in and goes out. */
  readonly cash: readonly (readonly number[])[]
  /** Fees that have left the holders and stay in custody, by coin. */
  readonly fees: readonly number[]
  /** Money of each fund, and the coin it is kept in. */
  readonly funds: readonly { readonly coin: number; readonly balance: number }[]
}

/** What only an exchange has. */
export interface Exchange {
  /** Contracts in the order of `Scope.notional`: the market of each, and the asset whose price moves it. */
  readonly contracts: readonly { readonly market: string; readonly asset: string }[]
  /** Assets in which margin, funds and fees are kept, in the order of `Balances`. */
  readonly coins: readonly string[]
  balances(stand: Stand): Balances
  /** Winners are closed at the price of the takeover, as Binance has it, at the mark when they are, or at another that the log row states. */
  readonly adl: 'takeover' | 'mark' | 'stated'
}

export interface Adapter<A = Plain> {
  /** Id of the registered kind. */
  readonly kind: string
  readonly family: 'lender' | 'vault' | 'exchange'
  /** USD of each asset at the start; the oracle of that name answers it. */
  readonly assets: Readonly<Record<string, number>>
  /** Assets whose oracles the suite moves, voids and lets stand still. */
  readonly moves: readonly string[]
  /** Assets that accounts hold and may put in, assets that they owe. */
  readonly held: readonly string[]
  readonly owed: readonly string[]
  /** Actions that the kind serves, those of an exchange's own procedure apart; any other is `unknown`. */
  readonly serves: readonly ActionKind[]
  /** Of these, what comes about too seldom for every short test to see it. */
  readonly rare?: readonly ActionKind[]
  /** Accounts that the kind opens at these prices, all of them safe. */
  readonly account: fc.Arbitrary<A>
  /** Four of them: the first two in breach when what is held has lost 30 %, the third not. */
  readonly sample: readonly A[]
  /** The same account with `by` times the collateral or margin, `by` ≥ 1. */
  safer(account: A, by: number): A
  /** The same account owing (or holding in contracts) `by` times less, `by` ≥ 1. */
  lighter(account: A, by: number): A
  /** Spec of the venue without kind and id; accounts in the order given, rows of the kind's own (depositors, a large safe debtor) after them. */
  spec(accounts: readonly Listed<A>[]): object
  /** Fields of the spec that lives are lived under too, in place of those above: versions, forks, other rules. */
  readonly variants?: readonly object[]
  /** Markets that the spec names, beside one spot book `<asset>-spot` of each asset that moves. */
  readonly markets?: readonly KindSpec[]
  /** `health < level` is the breach, or `health <= level`. */
  readonly breach: 'below' | 'at or below'
  /** Is an account's health its own affair? `own`: bit-equal in any order of the list; `shared`: it contains sums over all accounts, equal to rounding. */
  readonly health: 'own' | 'shared'
  /** True when statements state the law; else why not. */
  readonly plain: true | string
  /** Deposits and repayments never lower the health of the account, nor does owing less than another; else why they may. */
  readonly monotone: true | string
  /** A liquidation takes from all that are in breach, whichever it names. */
  readonly together?: true
  /** Accounts nearer to each other than this factor may change places, where the kind rounds what it holds (bands); absent: none do. */
  readonly grain?: number
  /** Faults that switch something of the kind off: targets as in a scenario, of the venue named `venue`. */
  readonly faults: readonly string[]
  /** Price per unit at which an auction is bid for, where it is not the offer's own. */
  bid?(offer: Offer): number
  readonly exchange?: Exchange
}

/** An adapter whatever its accounts are: the suite draws them and hands them back. */
export type AnyAdapter = Adapter<unknown>
