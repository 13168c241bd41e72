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
    for (const { asset, balance } of sides) {
      const units = (balance.data[0] as number) * (factor - 1)
      balance.add(0, units)
      this.ledger.postings.post(asset, units)
      this.ledger.postings.mint(asset, units)
    }
    return factor
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
