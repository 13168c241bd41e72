/** Networks read off a snapshot: a world of three people and two lenders, small enough that every figure can be had with a pencil. */
import { type GoldenRow, type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../model/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'
import { network, NETWORK_DEFAULTS, type NetworkDocument } from '../studies/index.ts'
import { numeric } from './row.ts'

const GROUP = 'network'
const WORLD =
  'by hand. At `loop` ann has supplied 100,000 USDC and owes 80,000 of them, 20,000 are at hand. At `bank` bob has 50 ETH at 2,000 and owes 60,000 USDC, cat has supplied 90,000 USDC, 30,000 are at hand'

/** A market of one shape, whose depth within 1 % is in proportion to what is in it. */
const pool = (base: string, id: string, price_usd: number, quote_usd: number): KindSpec => ({
  kind: 'constant-product',
  id,
  base,
  quote: 'USD',
  fee: 0,
  reserve_base: quote_usd / price_usd,
  reserve_quote: quote_usd,
})

type Position = readonly [account: number, reserve: number, supplied: number, owed: number]

/** A lender of USDC, and of ETH if there is any, without interest. */
function lender(id: string, cash: readonly number[], owner: readonly number[], positions: readonly Position[]): KindSpec {
  return {
    kind: 'aave-v3',
    id,
    reserves: cash.map((units, r) => ({
      asset: r === 0 ? 'USDC' : 'ETH',
      ltv: 0.85,
      liquidation_threshold: 0.9,
      liquidation_bonus: 0.05,
      cash: units,
      oracle: { kind: 'fixed', id: r === 0 ? 'USDC/USD' : 'ETH/USD', price: r === 0 ? 1 : 2_000 },
    })),
    accounts: { owner: Int32Array.from(owner) },
    positions: {
      account: Int32Array.from(positions, ([account]) => account),
      reserve: Int32Array.from(positions, ([, reserve]) => reserve),
      collateral: Float64Array.from(positions, (one) => one[2]),
      debt: Float64Array.from(positions, (one) => one[3]),
    },
  }
}

const [ANN, BOB, CAT] = [0, 1, 2]
const SNAPSHOT: Snapshot = {
  schema: SNAPSHOT_SCHEMA,
  id: 'three-people',
  title: 'three people, two lenders',
  time_ms: 0,
  provenance: [],
  assets: [
    { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    { id: 'USDC', price_usd: 1, beta: 0, reference: 'USDC-USD' },
    { id: 'ETH', price_usd: 2_000, beta: 1, reference: 'ETH-USD' },
  ],
  actors: { count: 3, names: ['ann', 'bob', 'cat'], agent: Int32Array.of(-1, -1, -1), treasury: {} },
  markets: [pool('USDC', 'USDC-USD', 1, 5e7), pool('ETH', 'ETH-USD', 2_000, 1.5e8), pool('ETH', 'ETH-USD-2', 2_000, 5e7)],
  oracles: [],
  venues: [
    lender('loop', [20_000], [ANN], [[0, 0, 100_000, 80_000]]),
    lender(
      'bank',
      [30_000, 50],
      [BOB, CAT],
      [
        [0, 1, 50, 0],
        [0, 0, 0, 60_000],
        [1, 0, 90_000, 0],
      ],
    ),
  ],
  agents: [],
}

const asked = (change: number): NetworkDocument =>
  network(SNAPSHOT, build(SNAPSHOT, shock_scenario([])), { ...NETWORK_DEFAULTS, shocks: [{ asset: 'ETH', change }] })

function claim_rows({ claims, owners, liquidity, look_through }: NetworkDocument): GoldenRow[] {
  const node = (id: string) => claims.nodes.find((one) => one.node === id)
  const through = (id: string) => look_through.find((one) => one.claim === id)
  const share = (id: string, asset: string) => through(id)?.assets.find((one) => one.asset === asset)?.share ?? Number.NaN
  const usdc = owners.holders.find(({ asset }) => asset === 'USDC')
  const eth = liquidity.depth.find(({ of }) => of === 'ETH')
  const row = (id: string, what: string, expected: number, got: number | null | undefined, sum: string) =>
    numeric(
      GROUP,
      `snapshot ${id}`,
      what,
      expected,
      got ?? Number.NaN,
      1e-9 * Math.max(1, Math.abs(expected)),
      `${WORLD}: ${sum}`,
    )
  return [
    row('at hand', 'USDC at hand at bank', 30_000, node('bank USDC')?.at_hand_usd, 'as given'),
    row('lent', 'USDC lent by bank', 60_000, node('bank USDC')?.lent_usd, 'what bob owes'),
    row('owed', 'owed by bank in USDC to its accounts', 90_000, node('bank USDC')?.owed_usd, 'what cat has supplied'),
    row('claims', 'all claims', 290_000, claims.owe_usd, '100,000 at loop; 90,000 and 50 · 2,000 at bank'),
    row('holders HHI', 'concentration of holders of USDC', 18_100 / 36_100, usdc?.hhi, '(100² + 90²) ÷ 190²'),
    row(
      'depth HHI',
      'concentration of depth of ETH',
      0.625,
      eth?.hhi,
      'two pools of one shape, 150 and 50 million: 0.75² + 0.25²',
    ),
    row('depth effective', 'equal places as concentrated as these', 1.6, eth?.effective, '1 ÷ 0.625'),
    row('depth-weighted HHI', 'mean over assets, by depth', 0.7, liquidity.weighted_hhi, '(200 · 0.625 + 50 · 1) ÷ 250'),
    row(
      'recursion',
      'how often one USD of a supply borrowed back stands behind itself',
      5,
      through('loop USDC')?.recursion,
      '1 ÷ (1 − 80 ÷ 100)',
    ),
    row(
      'layers',
      'USD of claims behind one USD of bank’s USDC',
      5 / 3,
      through('bank USDC')?.layers,
      '1 + 60 ÷ 90, the loan’s collateral being ETH at bank',
    ),
    row(
      'look-through',
      'ETH behind one USD of bank’s USDC',
      2 / 3,
      share('bank USDC', 'ETH'),
      '60 ÷ 90, bob’s collateral being ETH alone',
    ),
  ]
}

/** Loans lose a tenth when all capital of the borrower is gone. Capital: ann 20, bob 40, cat 90, loop 100, bank 190 thousand. */
function distress_rows(tenth: NetworkDocument, half: NetworkDocument): GoldenRow[] {
  const lost = (first: string) => tenth.debt_rank.find((one) => one.first === first)
  const [cleared] = half.clearing
  const row = (id: string, what: string, expected: number, got: number | undefined, sum: string) =>
    numeric(
      GROUP,
      `snapshot ${id}`,
      what,
      expected,
      got ?? Number.NaN,
      1e-6,
      `${WORLD}; a loan loses a tenth when its borrower has lost all: ${sum}`,
    )
  return [
    row('DebtRank shock direct', 'lost by owners to ETH −10 %', 10_000, lost('shock')?.direct_usd, '50 ETH · 200'),
    row(
      'DebtRank shock further',
      'lost by owners beyond it, differential',
      11_400 / 7,
      lost('shock')?.further_usd,
      'bob x = 0.25 + 100 ÷ 40 · y, bank y = 0.1 · 60 ÷ 190 · x, so x = 0.25 ÷ (1 − 15 ÷ 190) = 0.2714, y = 6 ÷ 190 · x; 40,000 · (x − 0.25) + 90,000 · y, as cat loses what bank does',
    ),
    row(
      'DebtRank shock once',
      'the same with everybody speaking once',
      (130_000 * 1.5) / 190,
      lost('shock')?.further_once_usd,
      'bank loses 6 ÷ 190 · 0.25, bob (at most 1 · that) and cat lose as much once more: 130,000 · 1.5 ÷ 190',
    ),
    row(
      'DebtRank bob',
      'lost by owners beyond bob’s own when he loses all',
      (90_000 * 6) / 190,
      lost('bob')?.further_usd,
      'cat alone: 90,000 · 0.1 · 60 ÷ 190',
    ),
    row(
      'DebtRank bank',
      'lost by owners when bank’s suppliers lose all',
      130_000,
      lost('bank')?.further_usd,
      'all that bob and cat have: 40,000 + 90,000',
    ),
    row('DebtRank ann', 'what suppliers of loop lose with ann', 0.08, lost('ann')?.venues[0]?.lost, '0.1 · 80,000 ÷ 100,000'),
    row('clearing unpaid', 'not paid after ETH −50 %', 10_000, cleared?.unpaid_usd, '60,000 owed by bob, 50 ETH at 1,000'),
    row(
      'clearing borne',
      'of it, lost by accounts',
      10_000,
      cleared?.lost_by_accounts_usd,
      'bank has no fund and cat is its only supplier of USDC',
    ),
    row('clearing pays', 'what bank pays of a USDC', 8 / 9, cleared?.short[0]?.pays, '(30,000 + 50,000) ÷ 90,000'),
  ]
}

export function exposure_rows(): GoldenRow[] {
  const tenth = asked(-0.1)
  return [...claim_rows(tenth), ...distress_rows(tenth, asked(-0.5))]
}
