/** From a snapshot's words to the exchange's opening state. */
import { AdlIndex, is_indexed } from './adl-index.ts'
import { MarginBook, type Tiers } from '../../../margin/index.ts'
import type { Oracle, WorldBuilder } from '../../../model/index.ts'
import type { Contract, Haircut } from './contract.ts'
import { curve_of, initial_of, steps_of, tiers_of, with_closing_fee } from './brackets.ts'
import { fill_accounts } from './accounts.ts'
import { bound, health } from './kernel.ts'
import type { Rules } from './rules.ts'
import type { CoinSpec, ContractSpec, ExchangeSpec } from './snapshot.ts'
import { type Exchange, type Extra, holdings, tables } from './state.ts'

/** Impact notional = 200 quote units ÷ initial margin rate at the highest leverage (Binance FAQ "Funding rates"). */
const IMPACT_MARGIN = 200

interface FundSpec {
  readonly id: string
  readonly coin: number
  readonly balance: number
}

/** Coins: those listed, else the collateral alone. */
function coins_of(spec: ExchangeSpec, builder: WorldBuilder): CoinSpec[] {
  const first = { asset: spec.collateral, weights: [{ floor: 0, weight: 1 }], by: 'amount', owed: 1, loan_rate: 0 } as const
  if (spec.coins === undefined) return [{ ...first, weights: [...first.weights] }]
  if (spec.coins[0]?.asset !== spec.collateral)
    throw builder.invalid('coins[0].asset', spec.coins[0]?.asset, `the collateral, ${spec.collateral}`)
  spec.coins.forEach(({ asset, weights }, k) => {
    if (spec.coins?.findIndex((one) => one.asset === asset) !== k)
      throw builder.invalid(`coins[${k}].asset`, asset, 'a coin named once')
    weights.forEach(({ floor }, t) => {
      const before = weights[t - 1]?.floor
      if (t === 0 ? floor !== 0 : !(floor > (before as number)))
        throw builder.invalid(`coins[${k}].weights[${t}].floor`, floor, t === 0 ? '0' : `above ${before}`)
    })
  })
  return spec.coins
}

const haircut_of = ({ weights, by, owed, loan_rate }: CoinSpec): Haircut => ({
  floor: Float64Array.from(weights, (band) => band.floor),
  weight: Float64Array.from(weights, (band) => band.weight),
  by_value: by === 'value',
  owed,
  loan: loan_rate,
})

function funds_of(spec: ExchangeSpec, coins: readonly CoinSpec[], builder: WorldBuilder): FundSpec[] {
  const out: FundSpec[] = [{ id: '', coin: 0, balance: spec.fund }]
  spec.funds.forEach(({ id, coin = spec.collateral, balance }, f) => {
    const at = coins.findIndex((one) => one.asset === coin)
    if (at < 0) throw builder.invalid(`funds[${f}].coin`, coin, `one of the coins, ${coins.map((one) => one.asset).join(', ')}`)
    if (out.some((one) => one.id === id)) throw builder.invalid(`funds[${f}].id`, id, 'a name used once')
    out.push({ id, coin: at, balance })
  })
  return out
}

/** Checks that a contract's market quotes what its shape settles in. */
function settlement_of(
  spec: ContractSpec,
  coins: readonly CoinSpec[],
  builder: WorldBuilder,
  field: string,
): { market: number; coin: number } {
  const market = builder.market(spec.market, `${field}.market`)
  const { base, quote_asset, settles } = builder.market_at(market)
  if (settles !== builder.self.index)
    throw builder.invalid(`${field}.market`, spec.market, 'a market whose `settles` is this venue')
  const asset = spec.coin ?? coins[0]?.asset
  const coin = coins.findIndex((one) => one.asset === asset)
  if (coin < 0) throw builder.invalid(`${field}.coin`, asset, `one of the coins, ${coins.map((one) => one.asset).join(', ')}`)
  const settled = builder.asset(asset, `${field}.coin`)
  if (spec.shape === 'linear' && quote_asset !== settled)
    throw builder.invalid(`${field}.market`, spec.market, 'a market quoted in the collateral')
  if (spec.shape === 'inverse' && base !== settled)
    throw builder.invalid(`${field}.market`, spec.market, 'a market whose base is the coin: an inverse contract settles in it')
  return { market, coin }
}

function fund_of(spec: ContractSpec, coin: number, funds: readonly FundSpec[], builder: WorldBuilder, field: string): number {
  const fund =
    spec.fund === undefined ? funds.findIndex((one) => one.coin === coin) : funds.findIndex((one) => one.id === spec.fund)
  if (fund < 0 || funds[fund]?.coin !== coin)
    throw builder.invalid(`${field}.fund`, spec.fund, 'a fund kept in the coin the contract settles in')
  return fund
}

function contract_of(
  spec: ContractSpec,
  i: number,
  coins: readonly CoinSpec[],
  funds: readonly FundSpec[],
  builder: WorldBuilder,
): Contract {
  const field = `contracts[${i}]`
  const { market, coin } = settlement_of(spec, coins, builder, field)
  const tiers = tiers_of(spec, builder, field)
  const first = tiers.rate[0] as number
  const { base, quote_asset } = builder.market_at(market)
  const initial = initial_of(spec)
  const { interval_ms, interest, clamp, cap, formula, average, premium, paid_on, per_ms } = spec.funding
  const index = builder.oracle(spec.index, `${field}.index`)
  const external = spec.mark.external === undefined ? undefined : builder.oracle(spec.mark.external, `${field}.mark.external`)
  const index_feed = builder.feed(`${builder.self.id}.index.${spec.market}`)
  const mark_feed = builder.feed(`${builder.self.id}.mark.${spec.market}`)
  return {
    shape: spec.shape,
    multiplier: spec.multiplier,
    market,
    market_id: spec.market,
    base,
    quote: quote_asset,
    coin,
    tiers,
    sized: spec.sized,
    initial,
    initial_curve: curve_of(spec.initial_curve, spec.shape),
    interest_low: spec.interest_low ?? Number.POSITIVE_INFINITY,
    interest_high: spec.interest_high ?? Number.POSITIVE_INFINITY,
    liquidation_fee: spec.liquidation_fee,
    take_bound: spec.take_bound,
    taker_fee: spec.taker_fee,
    maker_fee: spec.maker_fee,
    fund: fund_of(spec, coin, funds, builder, field),
    fund_most: spec.fund_accept.max_notional ?? Number.POSITIVE_INFINITY,
    index,
    index_feed,
    mark_feed,
    slot_feed: spec.shape === 'linear' ? mark_feed : builder.feed(`${builder.self.id}.slot.${spec.market}`),
    mark: {
      parts: spec.mark.parts,
      window_ms: spec.mark.ma_window_ms,
      ema_ms: spec.mark.ema_ms,
      clamp: spec.mark.clamp ?? Number.POSITIVE_INFINITY,
    },
    external,
    impact_notional: spec.impact_notional ?? IMPACT_MARGIN / Math.max(initial[0] as number, 1e-3),
    funding: { interval_ms, interest, clamp, cap: cap ?? 0.75 * first, formula, average, premium, paid_on, per_ms },
  }
}

function by_market(contracts: readonly Contract[], builder: WorldBuilder): Int32Array {
  const most = Math.max(...contracts.map((contract) => contract.market))
  const out = new Int32Array(most + 1).fill(-1)
  contracts.forEach((contract, c) => {
    if (out[contract.market] !== -1) throw builder.invalid(`contracts[${c}].market`, contract.market_id, 'a market named once')
    out[contract.market] = c
  })
  return out
}

/**
 * @param extra a kind's own part of margin, made once the exchange's tables are there
 * @throws InputError for whatever does not fit
 */
export function open_exchange(spec: ExchangeSpec, rules: Rules, builder: WorldBuilder, extra?: Extra): Exchange {
  const { id, index } = builder.self
  const coins = coins_of(spec, builder)
  const assets = coins.map((coin, k) => builder.asset(coin.asset, spec.coins === undefined ? 'collateral' : `coins[${k}].asset`))
  const funds = funds_of(spec, coins, builder)
  const contracts = spec.contracts.map((item, i) => contract_of(item, i, coins, funds, builder))
  const contract_of_market = by_market(contracts, builder)
  const owned = spec.accounts?.owner.length ?? 0
  const rows = owned + 1 + funds.length
  const triggers = contracts.map((contract) => with_closing_fee(contract, rules))
  const pooled = spec.coins !== undefined
  const held = holdings(builder.store, id, rows, triggers, {
    curves: spec.contracts.map((item, c) =>
      item.sized ? steps_of(triggers[c] as Tiers) : curve_of(item.maintenance_curve, item.shape),
    ),
    coin_of: Int32Array.from(contracts, (contract) => contract.coin),
    haircuts: pooled ? coins.map(haircut_of) : [],
    ratio: rules.trigger.pooled_ratio,
    portfolio_ratio: rules.trigger.portfolio_ratio,
    ...(extra === undefined ? {} : { extra }),
  })
  const slots = contracts.length + (pooled ? coins.length : 0)
  const book: MarginBook = new MarginBook(builder.store, `${id}.book`, slots, rows, {
    strict: rules.trigger.strict,
    health: (row, prices) => (row < owned ? health(held, row, prices) : Number.POSITIVE_INFINITY),
    bound: (row, prices, level, out) => (row < owned ? bound(held, row, prices, level, book.cash, out) : out.none()),
  })
  const x: Exchange = {
    ...held,
    ...tables(builder.store, id, coins.length, contracts.length, funds.length),
    id,
    venue: index,
    coins: coins.map((coin, k) => ({ asset: assets[k] as number, ...price_of(coin, k, builder) })),
    contracts,
    contract_of: contract_of_market,
    rules,
    fund_coin: Int32Array.from(funds, (fund) => fund.coin),
    book,
    ledger: builder.ledger,
    owned,
    outside: owned,
    fund: owned + 1,
    opened: new Float64Array(contracts.length),
    holders: new Map(),
    index: undefined,
    market: (c) => builder.market_at((contracts[c] as Contract).market),
  }
  fill_accounts(
    x,
    spec,
    funds.map((fund) => fund.balance),
    builder,
  )
  if (is_indexed(x)) x.index = new AdlIndex(held.tiers)
  return x
}

function price_of(coin: CoinSpec, k: number, builder: WorldBuilder): { oracle: Oracle | undefined; feed: number } {
  if (coin.price === undefined) return { oracle: undefined, feed: -1 }
  return {
    oracle: builder.oracle(coin.price, `coins[${k}].price`),
    feed: builder.feed(`${builder.self.id}.coin.${coin.asset}`),
  }
}
