/** Columns of accounts at lenders and exchanges while a small world of an event is being put together. */
import { DEFAULT_LIMITS, type LogKind, type LogView, SCENARIO_SCHEMA, type Scenario } from '../../model/index.ts'
import { type PathPoint, path_bars, path_driver } from './path.ts'

/** Accounts of one lender: what each has put in and owes, by position of the asset in the lender's list. */
export class Loans {
  readonly owner: number[] = []
  private readonly emodes: number[] = []
  private readonly account: number[] = []
  private readonly asset: number[] = []
  private readonly put_in: number[] = []
  private readonly owed: number[] = []

  /** @param held units put in and units owed, by position of the asset */
  add(owner: number, held: Readonly<Record<number, readonly [put_in: number, owed: number]>>, emode = 0): void {
    const account = this.owner.length
    this.owner.push(owner)
    this.emodes.push(emode)
    for (const [asset, [put_in, owed]] of Object.entries(held)) {
      this.account.push(account)
      this.asset.push(Number(asset))
      this.put_in.push(put_in)
      this.owed.push(owed)
    }
  }

  /** Units put in by all, less units owed by all: what lies in the pool, if nobody else takes part. */
  idle(asset: number): number {
    return this.asset.reduce(
      (sum, own, i) => (own === asset ? sum + (this.put_in[i] as number) - (this.owed[i] as number) : sum),
      0,
    )
  }

  /** Fields of a lender of the kind `aave-v3`. */
  aave() {
    return {
      accounts: { owner: Int32Array.from(this.owner), emode: Int32Array.from(this.emodes) },
      positions: {
        account: Int32Array.from(this.account),
        reserve: Int32Array.from(this.asset),
        collateral: Float64Array.from(this.put_in),
        debt: Float64Array.from(this.owed),
      },
    }
  }

  /** Fields of a lender of the kind `compound-v2`. */
  compound() {
    return {
      accounts: { owner: Int32Array.from(this.owner) },
      positions: {
        account: Int32Array.from(this.account),
        market: Int32Array.from(this.asset),
        supply: Float64Array.from(this.put_in),
        debt: Float64Array.from(this.owed),
      },
    }
  }
}

/** Accounts of one exchange. The coin of margin is at 1. */
export class Perps {
  readonly owner: number[] = []
  private readonly mode: number[] = []
  private readonly wallet: number[] = []
  private readonly account: number[] = []
  private readonly contract: number[] = []
  private readonly quantity: number[] = []
  private readonly entry: number[] = []
  private readonly coin: [account: number, amount: number, coin: number][] = []

  /**
   * @param mode 0 cross in one coin, 1 isolated, 2 all coins with haircuts
   * @param held contract, quantity (short below 0) and entry price of each position
   * @param units of a further coin
   * @param coin its place among the coins of the exchange
   */
  add(
    owner: number,
    mode: 0 | 1 | 2,
    wallet: number,
    held: readonly (readonly [contract: number, quantity: number, entry: number])[],
    units = 0,
    coin = 1,
  ): void {
    const account = this.owner.length
    this.owner.push(owner)
    this.mode.push(mode)
    this.wallet.push(wallet)
    for (const [contract, quantity, entry] of held) {
      this.account.push(account)
      this.contract.push(contract)
      this.quantity.push(quantity)
      this.entry.push(entry)
    }
    if (units > 0) this.coin.push([account, units, coin])
  }

  columns() {
    const pooled = this.coin.length > 0
    return {
      accounts: {
        owner: Int32Array.from(this.owner),
        isolated: Int32Array.from(this.mode, (mode) => (mode === 1 ? 1 : 0)),
        ...(pooled ? { mode: Int32Array.from(this.mode) } : {}),
        wallet: Float64Array.from(this.wallet),
      },
      positions: {
        account: Int32Array.from(this.account),
        contract: Int32Array.from(this.contract),
        quantity: Float64Array.from(this.quantity),
        entry: Float64Array.from(this.entry),
      },
      ...(pooled
        ? {
            balances: {
              account: Int32Array.from(this.coin, ([account]) => account),
              coin: Int32Array.from(this.coin, ([, , coin]) => coin),
              amount: Float64Array.from(this.coin, ([, amount]) => amount),
              loan: new Float64Array(this.coin.length),
            },
          }
        : {}),
    }
  }
}

/** A scenario of paths and faults. Points in hours; every path stands after its last point. */
export function event_scenario(
  story: { readonly id: string; readonly title: string; readonly start_ms: number; readonly seed: number },
  times: { readonly horizon_h: number; readonly tick_ms: number; readonly volatility?: number },
  paths: Readonly<Record<string, readonly (readonly [at_h: number, price: number])[]>>,
  more: Partial<Scenario> = {},
): Scenario {
  const { id, title, start_ms, seed } = story
  const { horizon_h, tick_ms, volatility = 0 } = times
  const end = horizon_h + 0.5
  const bars = Object.entries(paths).map(([symbol, told]) => {
    const [, last] = told[told.length - 1] as readonly [number, number]
    const points: PathPoint[] = [...told, [end, last] as const].map(([at_h, price]) => ({
      at_ms: Math.round(at_h * 60) * 60_000,
      price,
    }))
    return [symbol, path_bars(points, { symbol, start_ms, seed, volatility })] as const
  })
  return {
    schema: SCENARIO_SCHEMA,
    id,
    title,
    seed,
    horizon_ms: Math.round(horizon_h * 3_600_000),
    tick_ms,
    drivers: [path_driver(start_ms, Object.fromEntries(bars))],
    faults: [],
    gas_usd: 30,
    pinned: [],
    without: [],
    // Accounts that stand exactly at their margins at one exchange close ever smaller rests in turn: some thousands of rounds until nothing is left of it.
    limits: { ...DEFAULT_LIMITS, rounds: 20_000 },
    ...more,
  }
}

/** USD of rows of these kinds, at one venue or at all. */
export function logged_usd(log: LogView, kinds: readonly LogKind[], venue = -1): number {
  const { usd, venue: at } = log.columns
  let sum = 0
  for (let row = 0; row < log.length; row++)
    if (kinds.includes(log.kind(row)) && (venue < 0 || at.data[row] === venue)) sum += usd.data[row] as number
  return sum
}

/** A book of a market maker with money for weeks. */
export const maker_book = (market: string, depth_usd: number) => {
  return { market, depth_usd, half_spread: 0.0005, inventory_usd: 100 * depth_usd }
}
