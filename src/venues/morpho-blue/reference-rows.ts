/** The vectors beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { ReferenceMarket, type PreLiquidation } from './reference.ts'
import { adaptive_rate, CURVE, incentive_factor, PRICE_SCALE, WAD, YEAR_S } from './reference-math.ts'
import { VECTORS } from './vectors.ts'

type Got = Record<string, bigint>

export const USDC = 10n ** 6n
/** Price of a collateral of 18 decimals in a loan of 6. */
export const price_of = (usd: bigint): bigint => usd * 10n ** 24n
const LLTV = (86n * WAD) / 100n
const ALL = 100n * WAD

/** The market of F1 to F5 with its borrower, then seen at another price. */
export function market_at(price: bigint): ReferenceMarket {
  const market = new ReferenceMarket(LLTV, price_of(4000n))
  market.supply('lender', 1_000_000n * USDC)
  market.supply_collateral('owner', ALL)
  market.borrow('owner', 200_000n * USDC)
  market.price = price
  return market
}

function f1(): Got {
  const market = market_at(price_of(2300n))
  const { repaid, repaid_shares: shares } = market.liquidate('owner', 50n * WAD, 0n)
  return { repaid, shares, collateral: market.position('owner').collateral, borrow: market.borrow_assets }
}

function by_shares(shares: bigint): Got {
  const market = market_at(price_of(2300n))
  const { seized, repaid } = market.liquidate('owner', 0n, shares)
  return { seized, repaid, rest: market.position('owner').collateral }
}

function by_collateral(price: bigint, seized: bigint): Got {
  const market = market_at(price)
  const out = market.liquidate('owner', seized, 0n)
  return {
    seized: out.seized,
    repaid: out.repaid,
    badDebt: out.bad_debt,
    badShares: out.bad_debt_shares,
    supplyAssets: market.supply_assets,
    supplyShares: market.supply_shares,
    collateral: market.position('owner').collateral,
    borrow: market.borrow_assets,
  }
}

function small(lltv: bigint, supplied: bigint, collateral: bigint, debt: bigint, price: bigint, shares: bigint): Got {
  const market = new ReferenceMarket(lltv, PRICE_SCALE)
  market.supply('lender', supplied)
  market.supply_collateral('owner', collateral)
  market.borrow('owner', debt)
  market.price = price
  const { seized, repaid } = market.liquidate('owner', 0n, shares)
  return { seized, repaid }
}

const DAY_S = 86_400n
const yearly = (rate: bigint): bigint => rate * YEAR_S
const first = (utilisation: bigint): bigint => adaptive_rate(utilisation, 0n, 0n).mean
const after = (utilisation: bigint, days: bigint) => adaptive_rate(utilisation, CURVE.initial, days * DAY_S)

/** Parameters of F9. */
export const PRE: PreLiquidation = {
  pre_lltv: (83n * WAD) / 100n,
  lif1: (101n * WAD) / 100n,
  lif2: (104n * WAD) / 100n,
  lcf1: WAD / 10n,
  lcf2: WAD / 2n,
}

function f9(): Got {
  const market = new ReferenceMarket(LLTV, price_of(2300n))
  market.supply('lender', 1_000_000n * USDC)
  market.supply_collateral('owner', 10n * WAD)
  market.borrow('owner', 19_400n * USDC)
  const { ltv, quotient, lif, lcf, shares } = market.pre_terms('owner', PRE)
  return { ltv, quotient, lif, lcf, most: (shares * market.borrow_assets) / market.borrow_shares }
}

const RUNS: Readonly<Record<string, () => Got>> = {
  F1: f1,
  F2: () => by_shares(10n ** 17n),
  F3: () => by_shares(2n * 10n ** 17n),
  F4: () => by_collateral(price_of(2000n), ALL),
  F5: () => by_collateral(price_of(2000n), ALL - 1n),
  F6: () => small((75n * WAD) / 100n, 1000n, 400n, 300n, PRICE_SCALE - WAD / 100n, 1n),
  F6b: () => by_collateral(0n, ALL),
  F7: () => small((945n * WAD) / 1000n, 1000n * WAD, 100n * WAD, 90n * WAD, (95n * PRICE_SCALE) / 100n, 90n * WAD * 1_000_000n),
  F8: () => ({
    full: first(WAD),
    target: first((9n * WAD) / 10n),
    initial: CURVE.initial,
    lowest: CURVE.lowest,
    highest: CURVE.highest,
  }),
  'F8-empty': () => ({ rate: first(0n) }),
  'F8-full-5d': () => ({ mean: yearly(after(WAD, 5n).mean) }),
  'F8-empty-5d': () => ({ mean: yearly(after(0n, 5n).mean) }),
  'F8-half-45d': () => ({ end: yearly(after((95n * WAD) / 100n, 45n).end) }),
  F9: f9,
  LIF: () =>
    Object.fromEntries(
      Object.keys(VECTORS.LIF?.expect ?? {}).map((name) => [name, incentive_factor((BigInt(name) * WAD) / 1000n)]),
    ),
}

/** One row a number: `morpho-blue F4 badDebt`. */
export function goldenRows(): GoldenRow[] {
  const rows: GoldenRow[] = []
  for (const [name, vector] of Object.entries(VECTORS)) {
    const got = RUNS[name]?.() ?? {}
    const [word, rest] = name.split(/-(.*)/)
    const tolerance = vector.tolerance ?? 0
    for (const [field, expected] of Object.entries(vector.expect)) {
      const value = got[field]
      const near = value !== undefined && Math.abs(Number(value) / Number(expected) - 1) <= tolerance
      rows.push({
        id: `morpho-blue ${word} ${rest === undefined ? '' : `${rest} `}${field}`,
        group: 'morpho-blue',
        what: vector.what,
        expected,
        got: value === undefined ? 'nothing' : value.toString(),
        tolerance,
        pass: value !== undefined && (value === BigInt(expected) || (tolerance > 0 && near)),
        source: vector.source,
      })
    }
  }
  return rows
}
