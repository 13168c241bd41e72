/** R from snapshots of a few accounts, each beside a computation by hand from debts, pools and the law of the lender. */
import { exp, log } from '../math/index.ts'
import { type GoldenRow, SNAPSHOT_SCHEMA, type Snapshot } from '../model/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'
import { criticality, Crowd, shock_parts, ShockedCrowd, stressed_books } from '../studies/index.ts'
import { numeric } from './row.ts'

const GROUP = 'criticality'
/** USD on each side of every pool. */
const POOL = 1e10
/** Weight of collateral, and what of a debt is seized: bonus 5 %, all of it below a health of 0.95. */
const [WEIGHT, SEIZED] = [0.8, 1.05]
const ASSETS = { ETH: 3_000, BTC: 60_000 } as const
type Coin = keyof typeof ASSETS

/** USD of collateral by coin, and USD owed. */
type Account = Readonly<Partial<Record<Coin, number>>> & { readonly owes: number }

/** Borrowers of dollars at one lender; a constant-product pool for every coin. */
function market(accounts: readonly Account[]): Snapshot {
  const coins = Object.keys(ASSETS) as Coin[]
  const reserves = ['USDC', ...coins]
  const positions = accounts.flatMap((account, row) => [
    ...coins.flatMap((coin, c) =>
      account[coin] === undefined ? [] : [{ row, reserve: c + 1, collateral: account[coin] / ASSETS[coin], debt: 0 }],
    ),
    { row, reserve: 0, collateral: 0, debt: account.owes },
  ])
  const law = { ltv: 0.75, liquidation_threshold: WEIGHT, liquidation_bonus: SEIZED - 1, protocol_fee: 0, reserve_factor: 0 }
  const rates = { optimal_usage: 0.8, base_rate: 0, slope1: 0, slope2: 0, cash: 1e9 }
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'by-hand',
    title: 'by hand',
    time_ms: 1_700_000_000_000,
    provenance: [{ part: 'accounts', evidence: 'synthetic', source: 'by hand' }],
    assets: [
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      { id: 'USDC', price_usd: 1, beta: 0 },
      ...coins.map((id) => ({ id, price_usd: ASSETS[id], beta: 1, reference: `${id}-USD` })),
    ],
    actors: { count: 1, names: ['ann'], agent: Int32Array.of(-1), treasury: {} },
    markets: coins.map((base) => ({
      ...{ kind: 'constant-product', id: `${base}-USD`, base, quote: 'USD', fee: 0 },
      ...{ reserve_base: POOL / ASSETS[base], reserve_quote: POOL },
    })),
    oracles: [],
    venues: [
      {
        ...{ kind: 'aave-v3', id: 'pool' },
        reserves: reserves.map((asset) => ({
          ...{ asset, ...law, ...rates },
          oracle:
            asset === 'USDC'
              ? { kind: 'fixed', id: 'USDC/USD', price: 1 }
              : {
                  kind: 'chainlink',
                  id: `${asset}/USD`,
                  path: [{ market: `${asset}-USD` }],
                  deviation: 0.005,
                  heartbeat_ms: 3_600_000,
                },
        })),
        accounts: { owner: new Int32Array(accounts.length) },
        positions: {
          account: Int32Array.from(positions, ({ row }) => row),
          reserve: Int32Array.from(positions, ({ reserve }) => reserve),
          collateral: Float64Array.from(positions, ({ collateral }) => collateral),
          debt: Float64Array.from(positions, ({ debt }) => debt),
        },
      },
    ],
    agents: [],
  }
}

const asked = (snapshot: Snapshot) =>
  criticality(snapshot, build(snapshot, shock_scenario([])), {
    ...{ span: SPAN, falls: [0], shocks: [], along: [], changes: [] },
  })

/** Fall over which sales are averaged. */
const SPAN = 0.05
/** What may be sold until the price is 1 % lower, at the price before: x · y = k, so the price goes with the square of the reserve. */
const WITHIN = POOL * (1 / Math.sqrt(0.99) - 1)
/** Fall of the log price per USD sold. */
const IMPACT = 0.01 / WITHIN
/** USD sold over the span as USD per unit of log price. */
const dense = (usd: number) => usd / -log(1 - SPAN)

function radius_rows(): GoldenRow[] {
  // 300 M of ETH carry 240 M: in breach after 230/240, so within 5 %; everything it sells moves the one pool.
  const single = asked(market([{ ETH: 300e6, owes: 230e6 }]))
  const r = dense(230e6 * SEIZED) * IMPACT
  // A dollar sold, then what the fall it makes sells, then what that does, until nothing is left.
  let [all, generation] = [0, 1]
  while (generation > 1e-15) {
    all += generation
    const fall = generation * IMPACT
    generation = fall * dense(230e6 * SEIZED)
  }
  // Beside it an account on both coins; who sells what when one of them has fallen, by value.
  const sold = { only: 230e6 * SEIZED, both: 236e6 * SEIZED }
  const [fallen, not] = [150 * (1 - SPAN), 150]
  const [of_fallen, of_other] = [fallen / (fallen + not), not / (fallen + not)]
  const k = [
    [dense(sold.only + sold.both * of_fallen) * IMPACT, dense(sold.both * of_other) * IMPACT],
    [dense(sold.both * of_other) * IMPACT, dense(sold.both * of_fallen) * IMPACT],
  ] as const
  const [trace, product] = [k[0][0] + k[1][1], k[0][0] * k[1][1] - k[0][1] * k[1][0]]
  const joint = asked(
    market([
      { ETH: 300e6, owes: 230e6 },
      { ETH: 150e6, BTC: 150e6, owes: 236e6 },
    ]),
  )
  const source = 'by hand: debts × 1.05 ÷ |ln 0.95| × 1 % ÷ depth of x · y = k'
  return [
    numeric(GROUP, 'radius of one account', 'one borrower, one pool: the spectral radius', r, single.r, 1e-9, source),
    numeric(
      GROUP,
      'amplification',
      '1 ÷ (1 − R) beside its generations, added up',
      all,
      single.amplification ?? -1,
      1e-6,
      source,
    ),
    numeric(
      GROUP,
      'radius of two coins',
      'two borrowers, one on two coins: root of the quadratic of K',
      (trace + Math.sqrt(trace * trace - 4 * product)) / 2,
      joint.r,
      1e-9,
      source,
    ),
    numeric(GROUP, 'nobody near', 'no borrower within the span', 0, asked(market([{ ETH: 300e6, owes: 100e6 }])).r, 0, source),
  ]
}

/** R of a fall of 14 %, which takes borrowers of 230 and 225 M, and by what their sales do one of 200 M. */
function shock_rows(): GoldenRow[] {
  const question = { fall: 0.14, over_ms: 3_600_000, reach: 0.01 }
  const snapshot = market([230e6, 225e6, 200e6].map((owes) => ({ ETH: 300e6, owes })))
  const world = build(snapshot, shock_scenario([]))
  const crowd = new Crowd(world)
  const shocked = new ShockedCrowd(crowd, stressed_books(snapshot, crowd, question), question)
  const { first_usd, next_usd, r } = shocked.generations()
  const { without, largest } = shock_parts(shocked, world)
  const looks = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2].map((size) => size * log(1 - question.fall))
  // Sold at a price of exp(x), told at the start price.
  const mean = (owes: number, at: readonly number[]) => at.reduce((sum, x) => sum + (owes * SEIZED) / exp(x), 0) / looks.length
  // The first two are in breach from 230/240 and 225/240, at every size; their sales move the pool by more than 1 %, the reach.
  const first = mean(230e6, looks) + mean(225e6, looks)
  const tipped = looks.map((x) => x + log(1 - question.reach)).filter((x) => x < log(200 / 240))
  const next = mean(200e6, tipped)
  const source = 'by hand: who is below debt ÷ 240 M at nine sizes of the shock, and at them 1 % further'
  const left = without.find(({ account }) => account === 0)
  return [
    numeric(GROUP, 'shock first', 'first generation, ratio', 1, first_usd / first, 1e-9, source),
    numeric(GROUP, 'shock next', 'next generation, ratio', 1, next_usd / next, 1e-9, source),
    numeric(GROUP, 'shock R', 'R of the shock', next / first, r, 1e-9, source),
    numeric(
      GROUP,
      'shock largest',
      'share of account 0 in the first',
      mean(230e6, looks) / first,
      (largest[0]?.first_usd ?? 0) / first_usd,
      1e-9,
      source,
    ),
    numeric(
      GROUP,
      'shock without 0',
      'R without account 0: the other of the first still moves 1 %',
      next / mean(225e6, looks),
      left?.r ?? -1,
      1e-9,
      source,
    ),
    numeric(
      GROUP,
      'shock without 2',
      'R without account 2: nobody tips over',
      0,
      without.find(({ account }) => account === 2)?.r ?? -1,
      0,
      source,
    ),
  ]
}

export const criticality_rows = (): GoldenRow[] => [...radius_rows(), ...shock_rows()]
