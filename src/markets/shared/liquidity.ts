/** Liquidity of pools that leaves and comes back, and tokens that are stolen from them. */
import type { F64, Ledger, WorldBuilder } from '../../model/index.ts'

/** Least share of its liquidity that a pool keeps: without any it has no price. */
const LEAST = 1e-9

/** One side of a pool: what it holds of an asset. */
export interface Side {
  readonly asset: number
  readonly balance: F64
}

/** Providers of one pool, who take the same part of both sides out. */
export class Providers {
  private readonly ledger: Ledger
  private readonly share: F64

  constructor(builder: WorldBuilder, id: string) {
    this.ledger = builder.ledger
    this.share = builder.store.table(`${id}.liquidity`, { share: 'f64' }, 1).columns.share
    this.share.data[0] = 1
  }

  /** Brings the sides to this share of the normal liquidity, from or to outside; returns the factor they were multiplied by. */
  thin(share: number, sides: readonly Side[]): number {
    const next = Math.max(share, LEAST)
    const factor = next / (this.share.data[0] as number)
    this.share.set(0, next)
    // What is left is a product, not a difference: little of much keeps all its digits.
    for (const { asset, balance } of sides) this.flow(asset, balance, (balance.data[0] as number) * factor)
    return factor
  }

  /** Share of the liquidity that is there now; 1 when nobody has left. */
  get there(): number {
    return this.share.data[0] as number
  }

  /** The same for a pool whose custody is not in proportion to its liquidity: `whole` is what all of the liquidity would hold of a side now. */
  move(share: number, sides: readonly (Side & { readonly whole: number })[]): void {
    const next = Math.max(share, LEAST)
    const change = next - this.there
    this.share.set(0, next)
    for (const { asset, balance, whole } of sides) this.flow(asset, balance, (balance.data[0] as number) + whole * change)
  }

  /** The difference comes from outside, or goes there. */
  private flow(asset: number, balance: F64, next: number): void {
    const units = next - (balance.data[0] as number)
    balance.set(0, next)
    this.ledger.postings.post(asset, units)
    this.ledger.postings.mint(asset, units)
  }

  /** Takes a share of one side out; the caller credits the units. */
  drain(asset: number, share: number, sides: readonly Side[]): number {
    const side = sides.find((one) => one.asset === asset)
    if (side === undefined) return 0
    const units = (side.balance.data[0] as number) * share
    side.balance.add(0, -units)
    this.ledger.postings.post(asset, -units)
    return units
  }
}
