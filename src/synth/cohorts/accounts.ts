/** Inferred cohorts as accounts of an exchange in a snapshot: a few isolated accounts a cohort, evidence `inferred`. */
import { type ColumnSet, index_of, InputError, type KindSpec, type Snapshot } from '../../model/index.ts'
import { type Shape, spread_out } from './law.ts'
import type { Cohorts } from './posterior.ts'

export interface CohortAccounts {
  readonly accounts: { readonly owner: Int32Array; readonly isolated: Int32Array; readonly wallet: Float64Array }
  readonly positions: {
    readonly account: Int32Array
    readonly contract: Int32Array
    readonly quantity: Float64Array
    readonly entry: Float64Array
  }
}

export interface AccountOptions {
  readonly shape: Shape
  /** Position in the list of actors of the first owner; owners follow each other, one an account. */
  readonly first_owner: number
  /** Position in the venue's accounts of the first account; 0 by default. */
  readonly first_account?: number
  /** Position in the venue's contracts; 0 by default. */
  readonly contract?: number
  /** Accounts a cohort, of equal quantity, over the leverages of its bucket; 5 by default. */
  readonly slices?: number
}

/**
 * Columns of an exchange's accounts and positions. Quantities are posterior means; longs and shorts both sum to the open interest, so
 * positions sum to zero. Margin: |quantity|·entry ÷ leverage in the quote for linear contracts, |face| ÷ (entry·leverage) coins for inverse.
 */
export function cohort_accounts({ cohorts }: Cohorts, options: AccountOptions): CohortAccounts {
  const { shape, first_owner, first_account = 0, contract = 0, slices = 5 } = options
  const parts = cohorts.flatMap(({ side, entry, leverage, quantity }) =>
    spread_out(leverage, slices).map((own) => ({
      entry,
      leverage: own,
      quantity: ((side === 'long' ? 1 : -1) * quantity.mean) / slices,
    })),
  )
  const n = parts.length
  const quantity = Float64Array.from(parts, (part) => part.quantity)
  // What rounding leaves goes to the largest, so that the book closes exactly.
  let [sum, largest] = [0, 0]
  for (let i = 0; i < n; i++) {
    sum += quantity[i] as number
    if (Math.abs(quantity[i] as number) > Math.abs(quantity[largest] as number)) largest = i
  }
  if (n > 0) quantity[largest] = (quantity[largest] as number) - sum
  return {
    accounts: {
      owner: Int32Array.from({ length: n }, (_, i) => first_owner + i),
      isolated: new Int32Array(n).fill(1),
      wallet: Float64Array.from(parts, ({ entry, leverage }, i) => {
        const size = Math.abs(quantity[i] as number)
        return shape === 'linear' ? (size * entry) / leverage : size / (entry * leverage)
      }),
    },
    positions: {
      account: Int32Array.from({ length: n }, (_, i) => first_account + i),
      contract: new Int32Array(n).fill(contract),
      quantity,
      entry: Float64Array.from(parts, ({ entry }) => entry),
    },
  }
}

const joined = (old: Float64Array | Int32Array | undefined, more: Float64Array | Int32Array) => {
  const length = old?.length ?? 0
  const out = more instanceof Float64Array ? new Float64Array(length + more.length) : new Int32Array(length + more.length)
  if (old !== undefined) out.set(old)
  out.set(more, length)
  return out
}

/** Columns with rows appended; columns the cohorts do not have get `fill`. */
function appended(old: ColumnSet, more: ColumnSet, n: number, fill: (name: string) => number): ColumnSet {
  const names = [...new Set([...Object.keys(old), ...Object.keys(more)])]
  return Object.fromEntries(
    names.map((name) => {
      const values = more[name] ?? (old[name] instanceof Float64Array ? new Float64Array(n) : new Int32Array(n)).fill(fill(name))
      return [name, joined(old[name], values)]
    }),
  )
}

/**
 * The snapshot with the cohorts at one of its exchanges, each account with an owner of its own who acts by `agent`, or never where
 * none is named; everything that was there stays.
 * @throws InputError for a venue, market or agent that the snapshot does not have
 */
export function with_inferred(
  snapshot: Snapshot,
  at: {
    readonly venue: string
    readonly market: string
    readonly shape: Shape
    readonly agent?: string
    readonly slices?: number
  },
  cohorts: Cohorts,
): Snapshot {
  const v = index_of(snapshot.venues, at.venue, 'cohorts', 'venue')
  const agent = at.agent === undefined ? -1 : index_of(snapshot.agents, at.agent, 'cohorts', 'agent')
  const venue = snapshot.venues[v] as KindSpec
  const contracts = (venue['contracts'] ?? []) as readonly { readonly market: string }[]
  const contract = contracts.findIndex(({ market }) => market === at.market)
  if (contract < 0)
    throw new InputError('cohorts', 'market', at.market, contracts.map(({ market }) => market).join(', ') || 'an exchange')
  const none: ColumnSet = {}
  const old = { accounts: (venue['accounts'] ?? none) as ColumnSet, positions: (venue['positions'] ?? none) as ColumnSet }
  const { actors } = snapshot
  const made = cohort_accounts(cohorts, {
    shape: at.shape,
    first_owner: actors.count,
    first_account: old.accounts['owner']?.length ?? 0,
    contract,
    ...(at.slices === undefined ? {} : { slices: at.slices }),
  })
  const n = made.accounts.owner.length
  const accounts = appended(old.accounts, made.accounts, n, (name) => (name === 'mode' ? 1 : 0))
  const positions = appended(old.positions, made.positions, n, () => 0)
  return {
    ...snapshot,
    actors: { ...actors, count: actors.count + n, agent: joined(actors.agent, new Int32Array(n).fill(agent)) as Int32Array },
    venues: snapshot.venues.map((one, i) => (i === v ? { ...one, accounts, positions } : one)),
    provenance: [
      ...snapshot.provenance,
      {
        part: `venues.${at.venue}.accounts (${at.market})`,
        evidence: cohorts.evidence,
        source: 'cohorts inferred from price, open interest and funding (docs/cohorts.md)',
      },
    ],
  }
}
