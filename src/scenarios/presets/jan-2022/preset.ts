/** Maker on 21 January 2022: seven large vaults with an hour's notice, one of which is liquidated. */
import type { LogView } from '../../../model/index.ts'
import { event_preset } from '../event.ts'
import { type Name, priors } from './priors.ts'
import { build, ID, TIME, VAULTS } from './world.ts'

export const jan_2022 = event_preset<Name>({
  id: ID,
  title: 'Seven vaults of 630 M USD with an hour’s notice, 21 January 2022',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/jan-2022.md',
  sources: [
    {
      what: 'seven vaults with 630 M USD of collateral above 2,500 at 22:00 UTC; 28,048 ETH sold from about 23:00 UTC in 49 minutes; 2,403 during it; six saved',
      title: 'forklog: MakerDAO users avert liquidations worth more than $600 million',
      url: 'https://forklog.com/en/makerdao-users-avert-liquidations-worth-more-than-600-million',
    },
    {
      what: 'the same owner’s positions stood in one region of prices a month later; type ETH-A',
      title: 'The Block: ETH market faces $500 million liquidation if price drops below $2,100',
      url: 'https://www.theblock.co/linked/135292/eth-market-faces-500-million-liquidation-if-price-drops-below-2100',
    },
    {
      what: 'ETH on Coinbase: 21 January open 3,000.99, low 2,467.11, close 2,569.01; 22 January close 2,411.90',
      title: 'Coinbase daily bars (smoothbrainquant/trading-for-new-dads, coinbase_top200_daily)',
      url: 'https://github.com/smoothbrainquant/trading-for-new-dads',
    },
    {
      what: 'cut 0.99 every 90 s, expected duration 40 min, 35 M USD of ETH for 4 % of slippage',
      title: 'Maker forum: ETH and WBTC Vaults Liquidations 2.0 Parameters',
      url: 'https://forum.makerdao.com/t/eth-and-wbtc-vaults-liquidations-2-0-parameters/7628',
    },
    {
      what: 'limit on ETH-A at auction 40 → 65 M DAI, cycle of 20 to 30 minutes',
      title: 'Maker forum, topic 11531, November 2021',
      url: 'https://forum.makerdao.com/t/11531',
    },
  ],
  priors,
  causes: [
    { id: 'top-ups', title: 'the owner who answers', without: 'nobody adds collateral or repays' },
    { id: 'oracle-delay', title: 'the hour of the oracle', without: 'vaults read the market itself: no security module' },
    { id: 'hole', title: 'the limit on what is at auction', without: 'everything may be at auction at once' },
    { id: 'congestion', title: 'dear blocks', without: 'a liquidation costs 10 USD of gas' },
  ],
  outcomes: [
    {
      id: 'eth-sold',
      what: 'collateral of the seven sold at auction',
      unit: 'ETH',
      band: [15_000, 80_000],
      observed: 28_048,
      source: 'forklog; tolerance 15,000 to 80,000',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => rows(log, 'take').reduce((sum, row) => sum + (log.columns.amount.data[row] as number), 0),
    },
    {
      id: 'auction-min',
      what: 'first auction, from its start to its last sale',
      unit: 'min',
      band: [20, 120],
      observed: 49,
      source: 'forklog, makerburn; tolerance 20 to 120',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => {
        const first = rows(log, 'seize')[0]
        if (first === undefined) return null
        const { time_ms, cause } = log.columns
        const last = rows(log, 'take')
          .filter((row) => cause.data[row] === first)
          .at(-1)
        return last === undefined ? null : ((time_ms.data[last] as number) - (time_ms.data[first] as number)) / 60_000
      },
    },
    {
      id: 'all-seven',
      what: 'chance that all seven are liquidated',
      unit: 'share',
      band: [0, 0.25],
      observed: null,
      source: 'six of seven were saved: less than one in four',
      evidence: 'inferred',
      over_seeds: 'mean',
      measure: ({ log }) => (new Set(rows(log, 'seize').map((row) => log.columns.account.data[row])).size === VAULTS ? 1 : 0),
    },
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function rows(log: LogView, kind: 'take' | 'seize'): number[] {
  const found: number[] = []
  for (let row = 0; row < log.length; row++) if (log.kind(row) === kind) found.push(row)
  return found
}
