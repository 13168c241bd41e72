/** Small scenes for the edge cases: four accounts of one kind, of which two are in breach after a crash, and whoever comes along. */
import { expect } from 'vitest'
import { ALL, type LogKind, type Result } from '../../../src/model/index.ts'
import type { AnyAdapter, Plain } from '../adapter.ts'
import { adapters } from '../adapters/index.ts'
import { KINDS, type EdgeKind, type Event } from '../edge-cases.ts'
import { KEEPER, listed, MINUTE_MS, type Parts, Stand, type Step } from '../stand.ts'

/** Rows of the sample: in breach after −30 %, and safe. */
export const WEAK = 0
export const SAFE = 2

export const adapter_of = (kind: EdgeKind): AnyAdapter => {
  const found = adapters.find((adapter) => adapter.kind === kind)
  if (found === undefined) throw new Error(`no adapter for ${kind}`)
  return found
}

type Spec = Record<string, unknown>
interface Change extends Parts {
  readonly accounts?: readonly Plain[]
  /** Changes the adapter's spec. */
  spec?(spec: Spec): Spec
}

export function scene(kind: EdgeKind, change: Change = {}): Stand {
  const adapter = adapter_of(kind)
  const spec = (accounts: Parameters<typeof adapter.spec>[0]) => {
    const own = adapter.spec(accounts) as Spec
    return change.spec === undefined ? own : change.spec(own)
  }
  return new Stand({ ...adapter, spec }, listed(change.accounts ?? adapter.sample), {}, change)
}

/** Fields of every entry of a list in a spec, of those that `where` picks. */
export function each(spec: Spec, list: string, fields: object, where: (item: Spec) => boolean = () => true): Spec {
  return { ...spec, [list]: (spec[list] as Spec[]).map((item) => (where(item) ? { ...item, ...fields } : item)) }
}

/** What is held loses so much, and the venue sees it. */
export function crash(stand: Stand, left = 0.7): Stand {
  for (const id of stand.adapter.held) stand.answer(id, (stand.adapter.assets[id] as number) * left)
  stand.tick(MINUTE_MS)
  return stand
}

const has = (stand: Stand, kind: 'liquidate' | 'bid'): boolean => stand.adapter.serves.includes(kind)

/** Liquidating a row: by repaying, or by starting what the kind does with it. */
export function strike(stand: Stand, account = WEAK, actor = KEEPER, amount = ALL): Step {
  const [asset, asset2] = [stand.asset(stand.adapter.held[0] as string), stand.asset(stand.adapter.owed[0] as string)]
  return has(stand, 'liquidate') ? ['liquidate', { account, asset, asset2, amount, actor }] : ['start', { account, actor }]
}

/** What an owner does with his own account, in the first collateral or the first debt. */
export function own(stand: Stand, kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', amount: number, account = SAFE): Step {
  const { held, owed } = stand.adapter
  const asset = stand.asset((kind === 'borrow' || kind === 'repay' ? owed[0] : held[0]) as string)
  return [kind, { account, asset, amount, actor: stand.venue.owner(account) }]
}

export const said = (result: Result): string => result.status

/** Units of the first debt that a row owes, of the first collateral that it holds. */
export function leg(stand: Stand, row: number, side: 1 | -1): number {
  const legs = stand.statement(row)
  let units = 0
  for (let i = 0; i < legs.count; i++) if (legs.side[i] === side) units += legs.quantity[i] as number
  return units
}

/** USD in rows of the log of one kind. */
export function logged(stand: Stand, kind: LogKind): number {
  const { log } = stand.world.parts
  let usd = 0
  for (let row = 0; row < log.length; row++) if (log.kind(row) === kind) usd += log.columns.usd.data[row] as number
  return usd
}

export const balance = (stand: Stand, actor: number, id: string): number => stand.world.ledger.balance(actor, stand.asset(id))

/** Every collateral of accounts lies in the venue: nothing of it can be lent out. */
export function holds_all_collateral(stand: Stand): void {
  const held = new Float64Array(stand.world.parts.assets.length)
  stand.venue.holdings(held)
  for (const id of stand.adapter.held) {
    const asset = stand.asset(id)
    let owned = 0
    for (let row = 0; row < stand.venue.rows; row++) {
      const legs = stand.statement(row)
      for (let i = 0; i < legs.count; i++) if (legs.side[i] === 1 && legs.asset[i] === asset) owned += legs.quantity[i] as number
    }
    expect(held[asset]).toBeGreaterThanOrEqual(owned * (1 - 1e-12))
  }
}

/** Neither the spec nor what it lists takes such a field. */
export function refuses_field(kind: EdgeKind, field: string): void {
  expect(() => scene(kind)).not.toThrow()
  expect(() => scene(kind, { spec: (spec) => ({ ...spec, [field]: true }) })).toThrow(field)
  for (const list of ['reserves', 'markets', 'collaterals', 'vaults', 'ilks', 'branches']) {
    if (!(list in (adapter_of(kind).spec([]) as Spec))) continue
    expect(() => scene(kind, { spec: (spec) => each(spec, list, { [field]: true }) })).toThrow(field)
  }
}

/** A proof of one cell. */
export type Proof = (kind: EdgeKind) => void
/** Proofs of a row: by kind. */
export type Proofs = Readonly<Record<EdgeKind, Proof>>

export const for_all = (proof: Proof): Proofs => Object.fromEntries(KINDS.map((kind) => [kind, proof])) as Record<EdgeKind, Proof>

export interface Row {
  readonly event: Event
  readonly proofs: Proofs
}
