/** The vectors beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import {
  FACTOR,
  per_second,
  rate_at,
  type ReferenceAsset,
  ReferenceComet,
  type ReferenceConfig,
  type ReferenceRates,
  Revert,
} from './reference.ts'
import { VECTORS } from './vectors.ts'

type Got = Record<string, bigint | string>

export const USDC = 10n ** 6n
export const WETH = 10n ** 18n
export const USD = 10n ** 8n
/** Thousandths as a factor. */
export const milli = (x: bigint): bigint => x * 10n ** 15n

const asset = (scale: bigint, price: bigint, borrow: bigint, liquidate: bigint, haircut: bigint): ReferenceAsset => ({
  scale,
  price: price * USD,
  borrow_factor: borrow,
  liquidate_factor: liquidate,
  liquidation_factor: haircut,
})
const curve = (base: bigint, low: bigint, kink: bigint, high: bigint): ReferenceRates => ({
  base: base * 10n ** 14n,
  low: low * 10n ** 14n,
  kink: kink * 10n ** 14n,
  high: high * 10n ** 14n,
})

const FLAT = curve(0n, 0n, 8000n, 0n)

function comet(assets: readonly ReferenceAsset[], fields: Partial<ReferenceConfig> = {}): ReferenceComet {
  return new ReferenceComet({
    base_scale: USDC,
    base_price: USD,
    borrow_min: 0n,
    store_front: milli(500n),
    target: 10n ** 30n,
    borrow_curve: FLAT,
    supply_curve: FLAT,
    assets,
    ...fields,
  })
}

/** The first USDC market on Ethereum, with WETH and WBTC. */
export function usdc_market(): ReferenceComet {
  const market = comet(
    [asset(WETH, 2000n, milli(825n), milli(895n), milli(950n)), asset(10n ** 8n, 30_000n, milli(700n), milli(770n), milli(950n))],
    {
      borrow_min: 100n * USDC,
      target: 5_000_000n * USDC,
      borrow_curve: per_second(curve(150n, 350n, 8000n, 2500n)),
      supply_curve: per_second(curve(0n, 325n, 8000n, 4000n)),
    },
  )
  market.supply('lender', 1_000_000n * USDC)
  return market
}

const seen_at = (market: ReferenceComet, ...prices: bigint[]): void =>
  prices.forEach((price, i) => {
    const own = market.config.assets[i]
    if (own !== undefined) own.price = price * USD
  })

function refusal(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Revert) return error.message
    throw error
  }
  return 'accepted'
}

const quote = (haircut: bigint, store_front: bigint, price: bigint, amount: bigint): bigint =>
  comet([asset(WETH, price, FACTOR, FACTOR, haircut)], { store_front }).quote(0, amount * USDC)

function d2(): Got {
  const market = comet([asset(WETH, 1n, FACTOR, FACTOR, milli(800n))])
  market.inventory[0] = 1000n * WETH
  return { got: market.buy(0, 50n * USDC), reserves: market.reserves() }
}

/** Accounts that owe without collateral, as the tests set them. */
function owing(...amounts: readonly bigint[]): ReferenceComet {
  const market = comet([])
  amounts.forEach((amount, i) => {
    market.user(`owner${i}`).principal = -amount
    market.borrow_principal += amount
  })
  return market
}

function d3(): Got {
  const one = owing(100n)
  const paid = one.absorb('owner0')
  const two = owing(100n, 700n, 1200n)
  two.absorb('owner0')
  two.absorb('owner1')
  return { paidOut: paid, reserves: one.reserves(), borrowed: two.borrowed() }
}

function d4(): Got {
  const [half, two_thirds] = [FACTOR / 2n, (FACTOR * 2n) / 3n]
  const market = comet([
    asset(WETH, 175n, half, two_thirds, FACTOR),
    asset(WETH, 3000n, half, two_thirds, FACTOR),
    asset(10n ** 8n, 41_000n, half, two_thirds, FACTOR),
  ])
  market.config.assets.forEach(({ scale }, i) => {
    market.supply_collateral('owner', i, scale)
  })
  market.user('owner').principal = -(44_175n * USDC - 1n)
  market.borrow_principal = 44_175n * USDC - 1n
  market.absorb('owner')
  return { supply: market.present(market.user('owner').principal), totalSupply: market.supplied(), reserves: market.reserves() }
}

function d5(held: bigint, factor: bigint): bigint {
  const market = comet([asset(WETH, 1n, factor, factor, FACTOR)])
  market.supply_collateral('owner', 0, held * 1000n * WETH)
  market.user('owner').principal = -100_000n * USDC
  return market.liquidatable('owner') ? 1n : 0n
}

function d6(): Got {
  const market = usdc_market()
  market.supply_collateral('owner', 0, 10n * WETH)
  market.supply_collateral('owner', 1, 50_000_000n)
  market.withdraw('owner', 20_000n * USDC)
  seen_at(market, 1300n, 20_000n)
  const paidOut = market.absorb('owner')
  const reserves = market.reserves()
  return {
    paidOut,
    userSupply: market.present(market.user('owner').principal),
    reserves,
    quoteWeth1000: market.quote(0, 1000n * USDC),
    quoteWbtc1000: market.quote(1, 1000n * USDC),
    refused: refusal(() => market.buy(0, 14_000n * USDC)),
    buy12000: market.buy(0, 12_000n * USDC),
    reservesAfter: market.reserves(),
  }
}

/** 10 WETH and 16,000 owed, after a time and at a price. */
function one_loan(price: bigint, days: bigint): { market: ReferenceComet; got: Got } {
  const market = usdc_market()
  market.supply_collateral('owner', 0, 10n * WETH)
  market.withdraw('owner', 16_000n * USDC)
  const { borrow, supply } = market.rates()
  market.now_s += days * 86_400n
  market.accrue()
  const borrowBal = -market.present(market.user('owner').principal)
  const reservesBefore = market.reserves()
  seen_at(market, price)
  const paidOut = market.absorb('owner')
  const { principal } = market.user('owner')
  const userSupply = market.present(principal)
  const got = {
    bRatePerSec: borrow,
    sRatePerSec: supply,
    borrowBal,
    reservesBefore,
    paidOut,
    userSupply,
    surplus: userSupply,
    principal,
    reserves: market.reserves(),
    weth: market.inventory[0] ?? 0n,
  }
  return { market, got }
}

function d10(): Got {
  const at = (rates: ReferenceRates, percent: bigint): bigint => rate_at(rates, milli(percent * 10n)) / 10n ** 14n
  const borrow = curve(100n, 500n, 8000n, 3000n)
  const supply = curve(0n, 400n, 8000n, 4000n)
  return { borrow10: at(borrow, 10n), borrow90: at(borrow, 90n), supply10: at(supply, 10n), supply90: at(supply, 90n) }
}

const RUNS: Readonly<Record<string, () => Got>> = {
  D1: () => ({
    discounted: quote(milli(600n), milli(500n), 200n, 200n),
    plain: quote(milli(600n), 0n, 200n, 200n),
    nine: quote(milli(800n), milli(500n), 9n, 810n),
    large: quote(milli(750n), milli(800n), 200n, 10n ** 15n),
  }),
  D2: d2,
  D3: d3,
  D4: d4,
  D5: () => ({ equal: d5(100n, FACTOR), less: d5(95n, FACTOR), weighted: d5(100n, milli(800n)) }),
  D6: d6,
  D7: () => one_loan(1600n, 0n).got,
  D8: () => one_loan(1780n, 30n).got,
  D9: () => one_loan(1787n, 0n).got,
  D10: d10,
}

/** One row a number: `compound-v3 D6 paidOut`. */
export function goldenRows(): GoldenRow[] {
  const rows: GoldenRow[] = []
  for (const [name, { expect, what, source }] of Object.entries(VECTORS)) {
    const got = RUNS[name]?.() ?? {}
    for (const [field, expected] of Object.entries(expect)) {
      const text = String(got[field] ?? 'nothing')
      const id = `compound-v3 ${name} ${field}`
      rows.push({ id, group: 'compound-v3', what, expected, got: text, tolerance: 0, pass: text === expected, source })
    }
  }
  return rows
}
