/** Liquidation prices and first calls of real positions from the two or three numbers that were published, through the venues' own laws. */
import { SNAPSHOT_SCHEMA, type GoldenRow, type KindSpec, type Snapshot } from '../model/index.ts'
import type { AccountDoc } from '../reports/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'
import { account_document } from '../studies/index.ts'
import { numeric } from './row.ts'

const GROUP = 'accounts'

const SOLEND =
  'Solana whale transfers $25M from DeFi protocol Solend, https://cryptonews.net/news/defi/8527237/ ($22.30, about $21M); Liquidation fear, https://solanews.net/liquidation-fear/ ($22.27)'
const CELSIUS =
  'Celsius has borrowed 278 million on Maker, https://digitalcurrencyresearch.io/2022/06/14/celsius-has-borrowed-278-million-on-maker; 17,919.37 WBTC: https://thedefiant.io/celsius-paying-down-debt'
const TOPPED_UP =
  'Celsius races to add more guarantees to Maker as threat of liquidation looms (CryptoSlate), https://dongyhuynhtantrieu.com/celsius-races-to-add-more-guarantees-to-maker-as-threat-of-liquidation-looms/; 23,962.6 WBTC: https://thedefiant.io/celsius-paying-down-debt'
const SKY =
  'DeFi whale sees $106 million in ETH liquidated on Sky during market meltdown (Spot On Chain), https://spheric.media/2025/04/07/defi-whale-sees-106-million-in-eth-liquidated-on-sky-during-market-meltdown/'
const COMPOUND = 'DAI Liquidation Event, post 88, https://www.comp.xyz/t/dai-liquidation-event/642/88'

/** A world of one coin and one dollar token, each with a market against USD, and one venue with one account. */
function world_of(coin: string, price_usd: number, dollar: string, venue: KindSpec): Snapshot {
  const pool = (base: string, price: number): KindSpec => ({
    kind: 'constant-product',
    id: `${base}-USD`,
    base,
    quote: 'USD',
    fee: 0,
    reserve_base: 1e9 / price,
    reserve_quote: 1e9,
  })
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'identity',
    title: 'one account',
    time_ms: 0,
    provenance: [],
    assets: [
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      { id: coin, price_usd, beta: 1, reference: `${coin}-USD` },
      { id: dollar, price_usd: 1, beta: 0, reference: `${dollar}-USD` },
    ],
    actors: { count: 0, names: [], agent: new Int32Array(0), treasury: {} },
    markets: [pool(coin, price_usd), pool(dollar, 1)],
    oracles: [],
    venues: [venue],
    agents: [],
  }
}

const feed = (asset: string) => ({
  kind: 'chainlink',
  id: `${asset}/USD`,
  path: [{ market: `${asset}-USD` }],
  deviation: 0.005,
  heartbeat_ms: 3_600_000,
})

/** A vault of one type. */
function vault(asset: string, ratio: number, collateral: number, debt: number): KindSpec {
  return {
    kind: 'maker',
    id: 'maker',
    dai: 'DAI',
    ilks: [{ id: 'A', asset, liquidation_ratio: ratio, stability_fee: 0, oracle: feed(asset) }],
    accounts: {
      owner: Int32Array.of(-1),
      ilk: Int32Array.of(0),
      collateral: Float64Array.of(collateral),
      debt: Float64Array.of(debt),
    },
  }
}

interface Pool {
  readonly held: string
  readonly owed: string
  readonly factor: number
  readonly supply: number
  readonly debt: number
  readonly close_factor: number
  readonly incentive: number
}

/** A pool of two markets, as Compound v2 and its forks have them, with one account. */
function pool({ held, owed, factor, supply, debt, close_factor, incentive }: Pool): KindSpec {
  return {
    kind: 'compound-v2',
    id: 'pool',
    close_factor,
    incentive,
    seize_share: 0,
    markets: [
      { asset: held, collateral_factor: factor, cash: supply, oracle: feed(held) },
      { asset: owed, collateral_factor: 0, cash: debt, oracle: feed(owed) },
    ],
    accounts: { owner: Int32Array.of(-1) },
    positions: {
      account: Int32Array.of(0, 0),
      market: Int32Array.of(0, 1),
      supply: Float64Array.of(supply, 0),
      debt: Float64Array.of(0, debt),
    },
  }
}

type Direction = AccountDoc['accounts'][number]['directions'][number]

/** The answers about the account when one asset moves alone. */
function alone(
  snapshot: Snapshot,
  asset: string,
  steps: readonly number[],
  back_steps: readonly number[],
): Direction | undefined {
  const world = build(snapshot, shock_scenario([]))
  const { accounts } = account_document(snapshot, world, {
    venue: snapshot.venues[0]?.id as string,
    account: 0,
    moves: [],
    correlated: false,
    with: [],
    apart: false,
    steps,
    back_steps,
    volatilities: {},
    top: 1,
  })
  return accounts[0]?.directions.find((direction) => direction.move === asset)
}

/** Price at the venue at which the account breaks when the asset falls; NaN when it does not. */
function breaks_at(snapshot: Snapshot, asset: string): number {
  return alone(snapshot, asset, [], [])?.forward?.prices[0]?.there ?? Number.NaN
}

function solend(): GoldenRow[] {
  const whale = pool({ held: 'SOL', owed: 'USDC', factor: 0.85, supply: 5.7e6, debt: 108e6, close_factor: 0.2, incentive: 1.05 })
  const snapshot = world_of('SOL', 34.49, 'USDC', whale)
  const price = breaks_at(snapshot, 'SOL')
  // A hair below the trigger, so that the pool takes the call.
  const clip = alone(snapshot, 'SOL', [1 - (price / 34.49) * (1 - 1e-6)], [])?.outcomes[0]?.liquidation?.first_usd ?? Number.NaN
  return [
    row('A01', 'Solend whale 2022: 5.7 M SOL, 108 M USD owed, threshold 85 %; liquidation price', 22.285, price, 0.003, SOLEND),
    row('A02', 'the same, close factor 20 %: first call at the trigger, USD', 21.3e6, clip, 0.05, SOLEND),
  ]
}

function maker(): GoldenRow[] {
  const celsius = breaks_at(world_of('WBTC', 24_000, 'DAI', vault('WBTC', 1.45, 17_919.37, 278e6)), 'WBTC')
  const topped_up = breaks_at(world_of('WBTC', 24_000, 'DAI', vault('WBTC', 1.45, 23_962.6, 278.5e6)), 'WBTC')
  const sky = breaks_at(world_of('ETH', 1800, 'DAI', vault('ETH', 1.5, 67_570, 74.49e6)), 'ETH')
  return [
    row('A03', 'Celsius vault 2022: 17,919.37 WBTC, 278 M DAI, 145 %; liquidation price', 22_584, celsius, 0.006, CELSIUS),
    row('A04', 'Celsius after top-ups: 23,962.6 WBTC, 278.5 M DAI; liquidation price', 16_852.58, topped_up, 0.003, TOPPED_UP),
    row('A05', 'Sky whale 2025: 67,570 ETH, 74.49 M DAI, 150 %; liquidation price', 1650, sky, 0.005, SKY),
  ]
}

/** DAI priced at 1.30 against USDC: half of 170.4 M DAI may be repaid, which is the 85.2 M of that day in one account. */
function compound(): GoldenRow[] {
  const loop = pool({ held: 'USDC', owed: 'DAI', factor: 0.75, supply: 294e6, debt: 170.4e6, close_factor: 0.5, incentive: 1.08 })
  const taken = alone(world_of('USDC', 1, 'DAI', loop), 'DAI', [], [0.3])?.outcomes[0]?.liquidation
  const penalty = taken === null || taken === undefined ? Number.NaN : (taken.seized_usd - taken.liquidated_usd) / 1.3
  return [
    row(
      'A11',
      'Compound 2020-11-26: 85.2 M DAI repaid, incentive 8 %; penalty of the borrowers, DAI',
      6.8e6,
      penalty,
      0.01,
      COMPOUND,
    ),
  ]
}

const row = (id: string, what: string, expected: number, got: number, tolerance: number, source: string): GoldenRow =>
  numeric(GROUP, id, what, expected, got, tolerance * expected, source)

/** Identities of real events. */
export function identity_rows(): GoldenRow[] {
  return [...solend(), ...maker(), ...compound()]
}
