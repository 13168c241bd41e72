/**
 * A Fluid vault (T1) in exact integers, as far as a liquidation needs it: positions are opened, the price moves, anybody liquidates or absorbs,
 * and a position is looked up. Exchange prices are 1. Amounts in smallest units, prices with 27 decimals, percentages in basis points.
 */
import {
  type Factor,
  PARTIALS,
  part_of,
  product,
  quotient,
  ratio_at_tick,
  Revert,
  scaled,
  stored,
  tick_at_ratio,
  WHOLE,
  X96,
} from './reference-math.ts'

const E27 = 10n ** 27n
const E54 = E27 * E27
const HIGHEST_PRICE = 10n ** 45n
const LEAST = 10_000n
const NONE = Number.NEGATIVE_INFINITY

export interface Settings {
  readonly collateral_factor: bigint
  readonly threshold: bigint
  readonly most: bigint
  readonly penalty: bigint
}

/** Positions that fell together and stand at one ratio. A later one rests on an earlier, lower one, into which it may merge. */
interface Branch {
  state: 'fresh' | 'liquidated' | 'merged' | 'closed'
  readonly base: Branch | undefined
  minima: number
  partials: bigint
  debt: bigint
  /** Of a merged branch: to the factor of its base. */
  factor: Factor
}

/** Those who entered one tick between two of its liquidations. */
interface Cohort {
  debt: bigint
  branch: Branch | undefined
  factor: Factor
  absorbed: boolean
}

interface Position {
  readonly tick: number
  readonly collateral: bigint
  readonly dust: bigint
  readonly cohort: Cohort
}

const fresh = (base: Branch | undefined): Branch => ({
  state: 'fresh',
  base,
  minima: NONE,
  partials: 0n,
  debt: 0n,
  factor: WHOLE,
})

/** Ratio at which a branch stands: part of the way from the tick below its own. */
export function ratio_of(tick: number, partials: bigint): bigint {
  const ratio = ratio_at_tick(tick)
  const below = (ratio * 10_000n) / 10_015n
  return below + ((ratio - below) * partials) / PARTIALS
}

/** Where a walk down the ticks stands. */
interface Walk {
  branch: Branch
  tick: number
  ratio: bigint
  debt: bigint
  collateral: bigint
  paid: bigint
  bought: bigint
  left: bigint
}

export class ReferenceVault {
  price: bigint
  absorbed = { collateral: 0n, debt: 0n }
  private readonly settings: Settings
  private readonly positions: Position[] = []
  private readonly ticks = new Map<number, Cohort>()
  private branch = fresh(undefined)
  private owed = 0n

  constructor(settings: Settings, price: bigint) {
    this.settings = settings
    this.price = price
  }

  private get capped(): bigint {
    if (this.price === 0n || this.price > E54) throw new Revert('InvalidOraclePrice')
    return this.price > HIGHEST_PRICE ? HIGHEST_PRICE : this.price
  }

  private limit(percentage: bigint): number {
    return tick_at_ratio((((this.capped * X96) / E27) * percentage) / 10_000n).tick
  }

  /** Highest tick of which nothing has been liquidated, below another. */
  private next_tick(below: number): number {
    let next = NONE
    for (const [tick, { debt }] of this.ticks) if (debt > 0n && tick < below && tick > next) next = tick
    return next
  }

  /** Top of the vault: an untouched tick, or the branch that has fallen furthest up. */
  private top(): { readonly tick: number; readonly touched: boolean } {
    const untouched = this.next_tick(Number.POSITIVE_INFINITY)
    const { state, minima, base } = this.branch
    const fallen = state === 'liquidated' ? minima : (base?.minima ?? NONE)
    return fallen > untouched ? { tick: fallen, touched: true } : { tick: untouched, touched: false }
  }

  /** Opens a position; returns its number. */
  open(collateral: bigint, debt: bigint): number {
    if (collateral < LEAST || debt < LEAST) throw new Revert('InvalidOperateAmount')
    const net = ((debt + 1n) * 1_000_000_001n) / 1_000_000_000n + 1n
    const below = tick_at_ratio((net * X96) / collateral)
    const tick = below.tick + 1
    const counted = (((below.ratio * 10_015n) / 10_000n) * collateral) >> 96n
    if (tick > tick_at_ratio((((this.capped * this.settings.collateral_factor) / 10_000n) * X96) / E27).tick)
      throw new Revert('PositionAboveCF')
    const { tick: top } = this.top()
    if (tick >= top && this.branch.state === 'liquidated') this.branch = fresh(this.branch)
    const cohort = this.ticks.get(tick) ?? { debt: 0n, branch: undefined, factor: WHOLE, absorbed: false }
    cohort.debt = stored(cohort.debt + counted, false)
    this.ticks.set(tick, cohort)
    const dust = counted - net
    this.owed = stored(this.owed + net, true)
    return this.positions.push({ tick, collateral: stored(collateral, false), dust: stored(dust, false), cohort }) - 1
  }

  /** What is left of a position. */
  position(i: number): { readonly collateral: bigint; readonly debt: bigint } {
    const { tick, collateral, dust, cohort } = this.positions[i] as Position
    const at_first = ((ratio_at_tick(tick) * (collateral + 1n)) >> 96n) + 1n
    if (cohort.absorbed) return { collateral: 0n, debt: 0n }
    if (cohort.branch === undefined) return { collateral, debt: at_first - dust }
    let { branch, factor } = cohort
    while (branch.state === 'merged') {
      factor = product(factor, branch.factor)
      branch = branch.base as Branch
    }
    const now = branch.state === 'closed' ? 0n : scaled(at_first, branch.factor, factor)
    if (now <= at_first / 100n) return { collateral: 0n, debt: 0n }
    // One in ten thousand stays behind, so that no branch is ever empty.
    const debt = (now * 9_999n) / 10_000n
    if (debt <= dust) return { collateral: 0n, debt: 0n }
    return { collateral: (debt * X96) / ratio_of(branch.minima, branch.partials), debt: debt - dust }
  }

  /** Takes over everything above the maximum limit. */
  absorb(): void {
    const most = this.limit(this.settings.most)
    for (const [tick, cohort] of this.ticks) {
      if (tick <= most) continue
      this.absorbed.debt += cohort.debt
      this.absorbed.collateral += (cohort.debt * X96) / ratio_at_tick(tick)
      cohort.absorbed = true
      this.ticks.delete(tick)
    }
    let branch = this.branch.state === 'liquidated' ? this.branch : this.branch.base
    while (branch !== undefined && branch.minima > most) {
      this.absorbed.debt += branch.debt
      this.absorbed.collateral += (branch.debt * X96) / ratio_of(branch.minima, branch.partials)
      branch.state = 'closed'
      branch = branch.base
    }
    const untouched = this.next_tick(Number.POSITIVE_INFINITY)
    this.branch = branch !== undefined && branch.minima > untouched ? branch : fresh(branch)
  }

  /**
   * Repays up to `amount` of debt for collateral, from the top down to the tick of the threshold.
   * @param from_absorbed takes what was absorbed first, at its own ratio
   */
  liquidate(amount: bigint, from_absorbed: boolean): { readonly debt: bigint; readonly collateral: bigint } {
    if (this.top().tick === NONE) throw new Revert('TopTickDoesNotExist')
    const per_debt = ((E54 / this.capped) * (10_000n + this.settings.penalty)) / 10_000n
    const threshold = this.limit(this.settings.threshold)
    if (this.top().tick > this.limit(this.settings.most)) {
      this.absorb()
      if (amount === 0n) return { debt: 0n, collateral: 0n }
    }
    if (amount < LEAST || amount < this.owed / 1_000_000_000n) throw new Revert('InvalidLiquidationAmt')
    let [debt, collateral] = [0n, 0n]
    if (from_absorbed) [debt, collateral] = this.sell_absorbed(amount)
    const top = this.top()
    if (top.tick > threshold && amount > debt) {
      const walk = this.descend(top, threshold, per_debt, amount - debt)
      debt += walk.paid
      collateral += walk.bought
    }
    if (debt === 0n) throw new Revert('InvalidLiquidation')
    this.owed = stored(this.owed > debt ? this.owed - debt : 0n, true)
    return { debt, collateral }
  }

  private sell_absorbed(amount: bigint): [bigint, bigint] {
    const { collateral, debt } = this.absorbed
    const paid = debt > amount ? amount : debt
    const bought = debt > amount ? (collateral * amount) / debt : collateral
    this.absorbed = { collateral: collateral - bought, debt: debt - paid }
    return [paid, bought]
  }

  private descend(
    top: { readonly tick: number; readonly touched: boolean },
    threshold: number,
    per_debt: bigint,
    amount: bigint,
  ): Walk {
    const { branch } = this
    const ratio = top.touched ? ratio_of(top.tick, branch.partials) : ratio_at_tick(top.tick)
    if (top.touched && top.tick === threshold + 1 && branch.partials === 1n) throw new Revert('InvalidLiquidation')
    const walk: Walk = { branch, tick: top.tick, ratio, debt: 0n, collateral: 0n, paid: 0n, bought: 0n, left: amount }
    for (let touched = top.touched; ; ) {
      this.join(walk, touched)
      const next = this.next_tick(touched ? Number.POSITIVE_INFINITY : walk.tick)
      const minima = walk.branch.base?.minima ?? NONE
      const merges = minima > next && minima > threshold
      const to = merges ? minima : Math.max(next, threshold)
      const below = merges ? ratio_of(minima, (walk.branch.base as Branch).partials) : ratio_at_tick(to)
      if (this.step(walk, to, below, to === threshold && !merges, merges, per_debt)) return walk
      if (merges) this.merge(walk)
      walk.tick = to
      walk.ratio = below
      touched = merges
    }
  }

  /** What stands at the walk's tick comes along: a whole tick, or the branch itself. */
  private join(walk: Walk, touched: boolean): void {
    let debt = walk.branch.debt
    if (!touched) {
      const cohort = this.ticks.get(walk.tick) as Cohort
      debt = cohort.debt
      cohort.branch = walk.branch
      cohort.factor = walk.branch.factor
      this.ticks.delete(walk.tick)
    }
    walk.debt += debt
    walk.collateral += (debt * X96) / walk.ratio
  }

  /** Down to the next ratio or as far as the money goes; true at the end. */
  private step(walk: Walk, to: number, below: bigint, last: boolean, merges: boolean, per_debt: bigint): boolean {
    let paid = ((walk.debt - (below * walk.debt) / walk.ratio) * E27) / (E27 - (per_debt * below) / X96)
    let bought = (paid * per_debt) / E27
    if (paid === walk.debt) paid -= 1n
    const short = paid >= walk.left
    let [tick, partials] = [to + 1, 1n]
    if (short) {
      paid = walk.left
      bought = (paid * per_debt) / E27
      ;[tick, partials] = stands(((walk.debt - paid) * X96) / (walk.collateral - bought), to, merges)
    }
    walk.branch.factor = part_of(walk.branch.factor, ((1n << 64n) * (walk.debt - paid)) / walk.debt)
    walk.debt -= paid
    walk.collateral -= bought
    walk.paid += paid
    walk.bought += bought
    walk.left -= paid
    if (!short && !last) return false
    if (walk.debt < 100n) throw new Revert('BranchDebtTooLow')
    Object.assign(walk.branch, { state: 'liquidated', minima: tick, partials, debt: stored(walk.debt, true) })
    this.branch = walk.branch
    return true
  }

  private merge(walk: Walk): void {
    const base = walk.branch.base as Branch
    walk.branch.factor = quotient(base.factor, walk.branch.factor)
    walk.branch.state = 'merged'
    walk.branch = base
  }
}

/** Tick and partials of the ratio at which the money ended. A liquidated tick is never a whole one. */
function stands(ratio: bigint, to: number, merges: boolean): [number, bigint] {
  const { tick, ratio: below } = tick_at_ratio(ratio)
  if (tick < to && !merges) return [tick + 2, 1n]
  const length = (below * 10_015n) / 10_000n - below
  const partials = ((ratio - below) * PARTIALS) / length
  return [tick + 1, partials === 0n ? 1n : partials >= PARTIALS ? PARTIALS - 1n : partials]
}
