/** USDC over the weekend of 11 to 13 March 2023: a lender's mode for stablecoins pays liquidators 1 % while the collateral is worth 12 % less. */
import type { FaultSpec, Provenance } from '../../../model/index.ts'
import { event_scenario, Loans, logged_usd } from '../columns.ts'
import { type Draws, type EventBuild, event_preset, prior } from '../event.ts'
import { answering, feed, PAR, SmallWorld } from '../small.ts'
import { HOURS, usdc_depeg_path, usdc_points } from './path.ts'

const ID = 'usdc-depeg'
const TIME = '2023-03-11T00:00:00Z'
const START_MS = 1_678_492_800_000
const END_MS = HOURS * 3_600_000
/** Where liquidators of this chain sell; feeds read the market of the world. */
const POOL = 'USDC-POOL'

const priors = {
  low: prior(0.87, 0.88, 'uniform', 'USD per USDC at the low', 'observed', 'Low of 0.87 to 0.88 on 11 March.'),
  debt: prior(
    10e6,
    100e6,
    'log-uniform',
    'USD owed in the mode for stablecoins on USDC',
    'synthetic',
    'A side market of a large lender; not published.',
  ),
  buffer: prior(
    0.005,
    0.03,
    'log-uniform',
    'health − 1, median',
    'synthetic',
    'Stable against stable at a limit of 97.5 % is run close to it.',
  ),
  depth: prior(
    0.3e6,
    6e6,
    'log-uniform',
    'USD within 1 % where USDC is sold',
    'inferred',
    'Sizes with 4 % slippage at their smallest were 1.5 M (against USDT) and 15 M (against DAI): on this book 0.32 and 3.2 M within 1 % if that is the average slippage, 0.59 and 5.9 M if it is that of the last unit.',
  ),
  answers: prior(0.1, 0.6, 'uniform', 'share of owners who answer a call', 'synthetic', 'Nothing is known.'),
  freeze_h: prior(8, 24, 'log-uniform', 'UTC hour of the freeze', 'synthetic', 'The guardian froze reserves on the 11th.'),
} as const
type Name = keyof typeof priors

export const usdc_depeg = event_preset<Name>({
  id: ID,
  title: 'USDC at 0.875 and a lender’s mode for stablecoins, 11 to 13 March 2023',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/usdc-depeg.md',
  sources: [
    {
      what: '3.3 of 43.5 bn in a failed bank, 0.87 to 0.88, near par on 13 March',
      title: 'Galaxy: USDC’s fall',
      url: 'https://www.galaxy.com',
    },
    {
      what: 'path of USDC: medians of 15 min and of hours of BTC-USD ÷ BTC-USDC where more than 0.05 BTC traded; lowest minute 0.8748',
      title: 'Binance.US, minutes of March 2023 (cl8550-crypto/iaqf_analysis)',
      url: 'https://github.com/cl8550-crypto/iaqf_analysis',
    },
    {
      what: 'size with 4 % slippage 219 M → 1.5 M USD against USDT, 166 M → 15 M against DAI',
      title: 'Risk DAO: USDC depegging',
      url: 'https://medium.com/risk-dao',
    },
    {
      what: '300,000 USD of insolvency on two chains, 550,000 estimated before; bonus 1 %; freeze',
      title: 'Aave forum 12241',
      url: 'https://governance.aave.com/t/12241',
    },
  ],
  priors,
  causes: [
    { id: 'bonus', title: 'the bonus of 1 %', without: 'liquidators get 2.5 %, the most that the limit of 97.5 % allows' },
    { id: 'thin', title: 'liquidity that dried up', without: 'books keep 20 times the liquidity that is drawn' },
    { id: 'unpaused', title: 'liquidations that went on', without: 'reserves are paused from the start until the end' },
  ],
  outcomes: [
    {
      id: 'bad-debt',
      what: 'debt beyond collateral at the end',
      unit: 'USD',
      band: [30_000, 3e6],
      observed: 300_000,
      source: 'Aave forum 12241: 280,000 and 20,000 USD; tolerance: a factor of ten, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log, view }) => logged_usd(log, ['bad_debt']) + (view.venues[0]?.shortfall_usd() ?? 0),
    },
  ],
  path: usdc_depeg_path,
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

const PROVENANCE: readonly Provenance[] = [
  { part: 'assets.USDC', evidence: 'observed', source: 'Binance.US, minutes; low: Galaxy' },
  { part: 'venues.aave', evidence: 'synthetic', source: 'bonus of the mode: Aave forum 12241; accounts drawn' },
  { part: 'markets', evidence: 'inferred', source: 'Risk DAO: size with 4 % slippage' },
]

function pool(loans: Loans, bonus: number) {
  return {
    kind: 'aave-v3',
    id: 'aave',
    version: '3.0',
    reserves: [
      {
        asset: 'USDC',
        ltv: 0.825,
        liquidation_threshold: 0.85,
        liquidation_bonus: 0.05,
        cash: loans.idle(0),
        oracle: feed('USDC', 0.0025),
      },
      { asset: 'USD', ltv: 0, liquidation_threshold: 0, cash: 50e6, oracle: PAR },
    ],
    emodes: [
      {
        label: 'stablecoins',
        ltv: 0.97,
        liquidation_threshold: 0.975,
        liquidation_bonus: bonus,
        collateral: ['USDC'],
        borrowable: ['USD'],
      },
    ],
    ...loans.aave(),
  }
}

function build(draws: Draws<Name>, seed: number, without: readonly string[], thin: boolean): EventBuild {
  const depth_usd = draws.depth * (without.includes('thin') ? 20 : 1)
  const world = new SmallWorld(
    ID,
    seed,
    [{ id: 'USDC', usd: 1, depth_usd, book: POOL }],
    [{ kind: 'borrower', id: 'borrower', sizes: answering(draws.answers) }],
  )
  const loans = new Loans()
  world.lend(loans, {
    count: thin ? 60 : 400,
    owed: draws.debt,
    largest: 0.15,
    health: [draws.buffer, 0.7, 0.002],
    over_one: true,
    backing: 1 / 0.975,
    emode: 1,
    purse: ['USD', 0.2],
  })
  loans.add(world.cast.add('borrower'), { 0: [200e6, 0] })
  const story = { id: ID, title: 'USDC to 0.87 and back', start_ms: START_MS, seed }
  const venues = [pool(loans, without.includes('bonus') ? 0.025 : 0.01)]
  return {
    snapshot: world.snapshot('A stablecoin mode in March 2023', START_MS, PROVENANCE, { venues }),
    scenario: event_scenario(
      story,
      { horizon_h: HOURS, tick_ms: (thin ? 15 : 5) * 60_000 },
      { USDC: usdc_points(draws.low) },
      { faults: faults(draws, without), gas_usd: 1, pinned: [] },
    ),
    notes: [
      'One pool stands for two chains. Everybody else who borrowed there is left out.',
      'The feed reads the market of the world, which is held to its path by nobody trading there; liquidators sell in a pool of their chain.',
    ],
  }
}

/** A pause keeps liquidators out as well; the freeze that really came does not, and is no more than no new loans. */
function faults(draws: Draws<Name>, without: readonly string[]): FaultSpec[] {
  const from_ms = Math.round(draws.freeze_h * 3_600_000)
  return without.includes('unpaused')
    ? [{ kind: 'halt', target: 'reserve:aave.USDC', from_ms: 0, to_ms: END_MS, value: 0 }]
    : [{ kind: 'halt', target: 'borrow:aave', from_ms, to_ms: END_MS, value: 0 }]
}
