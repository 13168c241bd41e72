/** An Aave pool of the house with a million borrowers, without the world around it: reserves, accounts, book. */
import type { Accounts, RowList } from '../src/margin/index.ts'
import type { WorldBuilder } from '../src/model/index.ts'
import { Store } from '../src/model/store.ts'
import { bound, health, open_accounts } from '../src/venues/aave-v3/accounts.ts'
import { open_reserves, type Pool, read_config } from '../src/venues/aave-v3/pool.ts'
import { rules_of } from '../src/venues/aave-v3/rules.ts'
import { type AaveV3Spec, schema } from '../src/venues/aave-v3/snapshot.ts'
import { generator } from './margin-accounts.ts'

/** Two dollars that are owed, six assets that are collateral. */
export const RESERVES = 8
const DOLLARS = 2
export const SLOTS = 2 * RESERVES
const THRESHOLDS = [0, 0, 0.83, 0.78, 0.795, 0.68, 0.75, 0.7]

/** One row a position, ascending by account. */
export interface Positions {
  readonly rows: number
  readonly account: Int32Array
  readonly reserve: Int32Array
  readonly collateral: Float64Array
  readonly debt: Float64Array
}

/**
 * Borrowers with one (55 %), two (30 %) or three collaterals and one (90 %) or two debts, healths even over [1.05, 3.05) where every
 * price is 1.
 */
export function draw(rows: number, seed: number): Positions {
  const u = generator(seed)
  const [account, reserve] = [new Int32Array(5 * rows), new Int32Array(5 * rows)]
  const [collateral, debt] = [new Float64Array(5 * rows), new Float64Array(5 * rows)]
  let at = 0
  for (let row = 0; row < rows; row++) {
    const many = u()
    const held = many < 0.55 ? 1 : many < 0.85 ? 2 : 3
    const owed = u() < 0.9 ? 1 : 2
    const [dollar, first] = [Math.floor(u() * DOLLARS), Math.floor(u() * 6)]
    const step = 1 + Math.floor(u() * 2)
    const begin = at + owed
    let weighted = 0
    for (let k = 0; k < held; k++) {
      const r = DOLLARS + ((first + k * step) % 6)
      reserve[begin + k] = r
      collateral[begin + k] = 1000 * u()
      weighted += (collateral[begin + k] as number) * (THRESHOLDS[r] as number)
    }
    const all = weighted / (1.05 + 2 * u())
    const part = owed === 1 ? 1 : u()
    for (let k = 0; k < owed; k++) {
      reserve[at + k] = (dollar + k) % DOLLARS
      debt[at + k] = all * (k === 0 ? part : 1 - part)
    }
    account.fill(row, at, begin + held)
    at = begin + held
  }
  const some = <T extends Int32Array | Float64Array>(column: T) => column.slice(0, at) as T
  return { rows, account: some(account), reserve: some(reserve), collateral: some(collateral), debt: some(debt) }
}

/** The same accounts, row i from row order[i]. */
export function reordered(p: Positions, order: RowList): Positions {
  const first = new Int32Array(p.rows + 1)
  p.account.forEach((row) => {
    first[row + 1] = (first[row + 1] as number) + 1
  })
  for (let row = 0; row < p.rows; row++) first[row + 1] = (first[row + 1] as number) + (first[row] as number)
  const size = p.account.length
  const out = { rows: p.rows, account: new Int32Array(size), reserve: new Int32Array(size) }
  const [collateral, debt] = [new Float64Array(size), new Float64Array(size)]
  let at = 0
  for (let row = 0; row < p.rows; row++) {
    const there = order.data[row] as number
    for (let from = first[there] as number; from < (first[there + 1] as number); from++) {
      out.account[at] = row
      out.reserve[at] = p.reserve[from] as number
      collateral[at] = p.collateral[from] as number
      debt[at++] = p.debt[from] as number
    }
  }
  return { ...out, collateral, debt }
}

function spec_of({ rows, account, reserve, collateral, debt }: Positions): AaveV3Spec {
  return schema.parse({
    kind: 'aave-v3',
    id: 'aave',
    reserves: THRESHOLDS.map((liquidation_threshold, r) => ({
      asset: `A${r}`,
      liquidation_threshold,
      ltv: liquidation_threshold,
      liquidation_bonus: 0.05,
      cash: 1e12,
      oracle: `A${r}`,
    })),
    accounts: { owner: new Int32Array(rows).fill(-1) },
    positions: { account, reserve, collateral, debt },
  })
}

/** The parts of a pool that its healths depend on, and how a book sees them. */
export interface Borrowers {
  readonly pool: Pool
  readonly accounts: Accounts
}

export function open(positions: Positions): Borrowers {
  const spec = spec_of(positions)
  const store = new Store()
  const assets = spec.reserves.map((_, r) => ({ id: `A${r}`, price_usd: 1, beta: 1 }))
  const builder = {
    store,
    assets,
    actors: 1,
    asset: (id: unknown) => assets.findIndex((asset) => asset.id === id),
    invalid: (field: string, found: unknown, valid: string) => new Error(`${field} is ${String(found)}; valid: ${valid}`),
  } as unknown as WorldBuilder
  const rules = rules_of(spec.version)
  const config = read_config(spec, rules, builder)
  const state = open_reserves(store, spec, config, builder)
  const pool = { rules, config, accounts: open_accounts(spec, config, state, builder) } as unknown as Pool
  const accounts: Accounts = {
    strict: true,
    health: (row, prices) => health(pool, row, prices),
    bound: (row, prices, level, out) => bound(pool, row, prices, level, out),
  }
  return { pool, accounts }
}

/** Puts the same accounts in another order into the columns of a pool. */
export function lay({ pool }: Borrowers, positions: Positions): void {
  const other = open(positions).pool.accounts
  pool.accounts.head.data.set(other.head.data)
  for (const name of ['reserve', 'next', 'collateral', 'debt', 'enabled'] as const)
    pool.accounts.entries.columns[name].data.set(other.entries.columns[name].data)
}

/** Nothing is owed any more by these rows. */
export function close(pool: Pool, rows: Int32Array, count: number): void {
  const { head, entries } = pool.accounts
  const { next, debt } = entries.columns
  for (let i = 0; i < count; i++)
    for (let at = head.data[rows[i] as number] as number; at >= 0; at = next.data[at] as number) debt.data[at] = 0
}

/**
 * Evaluates everyone, bit for bit as the pool's own `health`, and as fast as was found: one pass over the entries, which lie in the
 * order of the accounts, without a branch, for how many entries an account has is what a processor cannot guess. A closure, for the
 * compiler then knows where the columns are, as long as there is one only. Only for pools as `open` makes them: each collateral has its own threshold, nobody is in
 * an e-mode, everybody owes or has owed something.
 */
export function evaluator({ pool }: Borrowers, prices: Float64Array, out: Float64Array): () => void {
  const { columns, length } = pool.accounts.entries
  const [reserve, next] = [columns.reserve.data, columns.next.data]
  const [collateral, debt, enabled] = [columns.collateral.data, columns.debt.data, columns.enabled.data]
  const threshold = pool.config.threshold_of
  return () => {
    let weighted = 0
    let owed = 0
    let row = 0
    for (let at = 0; at < length; at++) {
      const r = reserve[at] as number
      weighted += (enabled[at] as number) * (collateral[at] as number) * (prices[2 * r] as number) * (threshold[r] as number)
      owed += (debt[at] as number) * (prices[2 * r + 1] as number)
      // the last entry of an account overwrites what the others left
      out[row] = weighted / owed
      const ends = (next[at] as number) >>> 31
      row += ends
      weighted *= 1 - ends
      owed *= 1 - ends
    }
  }
}
