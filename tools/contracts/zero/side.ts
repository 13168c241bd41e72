/** The reference of a case with what it does not know, and what an act's amounts come to in its state. */
import { lots } from '../../../src/venues/liquity-v1/reference-calls.ts'
import { MCR, nominalRatio, ReferenceLiquity } from '../../../src/venues/liquity-v1/reference.ts'
import { ReferencePool, WAD } from '../../../src/venues/liquity-v1/reference-pool.ts'
import type { Act } from './case.ts'
import type { Name } from './world.ts'

/** The reference, and what it does not know: whose trove is whose, and what everybody holds. */
export interface Side {
  system: ReferenceLiquity
  readonly trove: Map<Name, number>
  readonly tokens: Map<Name, bigint>
  readonly surplus: Map<Name, bigint>
}

export const copy_of = ({ system, trove, tokens, surplus }: Side): Side => {
  const { pool } = system
  const deposits = new Map([...pool.deposits].map(([who, deposit]) => [who, { ...deposit }]))
  // Its sums are private, and copied like the rest.
  const sums = new Map((pool as unknown as { sums: Map<string, bigint> }).sums)
  const own = Object.assign(Object.create(ReferencePool.prototype) as ReferencePool, pool, { deposits, sums })
  const troves = system.troves.map((t) => ({ ...t }))
  const copy = Object.create(ReferenceLiquity.prototype) as ReferenceLiquity
  return {
    system: Object.assign(copy, system, { pool: own, troves, order: [...system.order] }),
    trove: new Map(trove),
    tokens: new Map(tokens),
    surplus: new Map(surplus),
  }
}

export const id_of = ({ trove }: Side, who: Name): number => trove.get(who) ?? -1
export const is_open = (side: Side, who: Name): boolean => side.system.troves[id_of(side, who)]?.open === true
export const tokens_of = ({ tokens }: Side, who: Name): bigint => tokens.get(who) ?? 0n
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const part_of = (base: bigint, { bps, off }: { bps: bigint; off: bigint }): bigint => most(0n, (base * bps) / 10_000n + off)

/** What an act comes to in this state: collateral and tokens, each with its sign where an adjustment has one. */
export interface Amounts {
  readonly coll: bigint
  readonly tokens: bigint
}

function adjusted(side: Side, step: Act & { kind: 'adjust' }): Amounts {
  const { system } = side
  if (!is_open(side, step.who)) return { coll: step.coll === 'none' ? 0n : WAD, tokens: 0n }
  const { coll, debt } = system.entire(id_of(side, step.who))
  const needed = (debt * MCR) / system.price
  const room = most(0n, (coll * system.price) / MCR - debt)
  const whole = step.by_coll.bps % 2n === 0n
  const by_coll = part_of(step.coll === 'take' && !whole ? most(0n, coll - needed) : coll, step.by_coll)
  const net = debt - system.terms.gas_compensation
  const base = step.debt === 'draw' ? room : whole ? net : most(0n, net - system.terms.min_net_debt)
  const by_debt = part_of(base, step.by_debt)
  return {
    coll: step.coll === 'none' ? 0n : step.coll === 'add' ? by_coll : -by_coll,
    tokens: step.debt === 'none' ? 0n : step.debt === 'draw' ? by_debt : -by_debt,
  }
}

/** Net debt of the lowest troves that a redemption would reach, up to the n-th. */
function net_of({ system }: Side, nth: number): bigint {
  const up = [...system.order].reverse().filter((id) => system.icr(id) >= MCR)
  return up.slice(0, nth).reduce((sum, id) => sum + system.standing(id).debt - system.terms.gas_compensation, 0n)
}

export function amounts_of(side: Side, step: Act): Amounts {
  const { system } = side
  if (step.kind === 'adjust') return adjusted(side, step)
  if (step.kind === 'open') {
    const debt = step.amount + system.borrowFee(step.amount) + system.terms.gas_compensation
    return { coll: part_of((debt * WAD) / system.price, step), tokens: step.amount }
  }
  const funds = tokens_of(side, step.who)
  if (step.kind === 'redeem') return { coll: 0n, tokens: part_of(step.of === 'funds' ? funds : net_of(side, step.nth), step) }
  if (step.kind === 'take') return { coll: 0n, tokens: part_of(system.pool.compounded(step.who), step) }
  if (step.kind === 'send') return { coll: 0n, tokens: (funds * step.bps) / 10_000n }
  if (step.kind !== 'provide') return { coll: 0n, tokens: 0n }
  const debt = is_open(side, step.whom) ? system.entire(id_of(side, step.whom)).debt : 0n
  return { coll: 0n, tokens: part_of(step.of === 'funds' ? funds : most(0n, debt - system.pool.total), step) }
}

/** The ratio without price that the trove redeemed in part will have: the caller's hint. */
export function hint_of({ system }: Side, amount: bigint, most_troves: number): bigint {
  const part = lots(system, amount, most_troves > 0 ? { most: most_troves } : {}).out.find(({ whole }) => !whole)
  if (part === undefined) return 0n
  const { coll, debt } = system.standing(part.id)
  return nominalRatio(coll - part.taken, debt - part.lot)
}
