/** Maker on 12 and 13 March 2020: collateral sold for nothing while blocks are full. */
import type { LogView } from '../../../model/index.ts'
import { event_preset } from '../event.ts'
import { type Name, priors } from './priors.ts'
import { build, ID, TIME } from './world.ts'

export const black_thursday = event_preset<Name>({
  id: ID,
  title: 'Maker’s collateral sold for nothing, 12 and 13 March 2020',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/black-thursday.md',
  sources: [
    {
      what: '36 % of the liquidations by bids of zero, 8.32 M USD, deficit 5.67 M DAI, largest loss 35,000 ETH; scripts that do not raise gas; oracle updates not sent',
      title: 'whiterabbit: Black Thursday for MakerDAO',
      url: 'https://medium.com/@whiterabbit_hq/black-thursday-for-makerdao-8-32-million-was-liquidated-for-0-dai-36b83cac56b6',
    },
    {
      what: '62,890 ETH for zero by four wallets',
      title: 'cryptoscoop: The MakerDAO Auction Is Happening',
      url: 'https://www.cryptoscoop.io/the-makerdao-auction-is-happening-heres-what-to-expect/',
    },
    {
      what: 'liquidations begin at 08:00 UTC with ETH at 171; ten times as many in 24 hours as ever before',
      title: 'Dragonfly Research: Daos Ex Machina',
      url: 'https://medium.com/dragonfly-research/daos-ex-machina-an-in-depth-timeline-of-makers-recent-crisis-66d2ae39dd65',
    },
    {
      what: '2.4 M ETH in Maker; 194 at 22:00 UTC, low of 124 at 12:44 UTC; 4 M DAI unbacked; owners added some 200,000 ETH',
      title: 'CoinDesk, 12 March 2020 (dinocrypto.com)',
      url: 'https://dinocrypto.com/news/defi-leader-makerdao-weighs-emergency-shutdown-following-eth-price-drop',
    },
    {
      what: 'bottom of 95.87 some 26 hours after the start, quick recovery to 130; 200 gwei for most of the day; 280 vaults with 77,000 ETH',
      title: 'DeFi Saver: Black Thursday at DeFi Saver',
      url: 'https://coin.fyi/news/dai/black-thursday-at-defi-saver-covering-recent-events-and-plans-for-updates-fktcic',
    },
    {
      what: 'ETH 193 → 95 in less than 24 hours; gas 200 and more, as high as 400 gwei on 13 March',
      title: 'Aave: Crypto Black Thursday',
      url: 'https://medium.com/aave/crypto-black-thursday-the-good-the-bad-and-the-ugly-7f2acebf2b83',
    },
    {
      what: 'ETH on Coinbase: 11 March low 181.00; 12 March open 194.62, low 101.22, close 110.30; 13 March close 135.51',
      title: 'Coinbase daily bars (smoothbrainquant/trading-for-new-dads, coinbase_top200_daily)',
      url: 'https://github.com/smoothbrainquant/trading-for-new-dads',
    },
    {
      what: 'mean gas of the day about 80 gwei, six times the usual',
      title: 'Block Stock & Barrel: What happened at MakerDAO on 12-13 Mar 2020',
      url: 'https://www.blockstockandbarrel.com/post/what-happened-at-makerdao-on-12-13-mar-2020',
    },
    {
      what: 'feeds at 166 with the market 15 % lower; 4 M deficit on the day',
      title: 'CoinMarketCal: MakerDAO gets stress tested as ETH price plummets',
      url: 'https://coinmarketcal.com/en/news/makerdao-gets-stress-tested-as-eth-price-plummets',
    },
    {
      what: 'transactions that hang block those after them; the part of the waiting transactions that miners consider shrinks',
      title: 'Blocknative: Evidence of Mempool Manipulation on Black Thursday',
      url: 'https://www.blocknative.com/blog/mempool-forensics',
    },
    {
      what: 'published keeper: discount 0.25 or 0.5, gas fixed at 100 gwei or 1.4 to 1.6 times an estimate',
      title: 'makerdao/dockerized-auction-keeper, my_environment_flip.sh and env/environment.sh',
      url: 'https://github.com/makerdao/dockerized-auction-keeper',
    },
    {
      what: 'bids of a keeper stuck behind its own settlements',
      title: 'makerdao/auction-keeper, issue 45',
      url: 'https://github.com/sky-ecosystem/auction-keeper/issues/45',
    },
    {
      what: 'lots of 50 ETH, bids of 10 minutes, ratio 150 %, penalty 13 %, oracle an hour late; ceiling 150 M, lowered to 100 M',
      title: 'makerdao/dss, spells of March 2020, as docs/venues/maker-2020.md states them',
      url: 'https://github.com/makerdao/dss',
    },
  ],
  priors,
  causes: [
    { id: 'congestion', title: 'full blocks', without: 'gas stays at 10 gwei' },
    {
      id: 'scripts',
      title: 'keepers that do not raise gas',
      without: 'those who run the script raise their gas like the others',
    },
    {
      id: 'oracle-delay',
      title: 'the hour of the oracle',
      without: 'vaults read the market itself: no security module, no update that is not sent',
    },
    { id: 'top-ups', title: 'owners who answer', without: 'nobody adds collateral or repays' },
  ],
  outcomes: [
    {
      id: 'zero-share',
      what: 'auctions won by bids of less than 1 DAI, share of all that were settled',
      unit: 'share',
      band: [0.2, 0.55],
      observed: 0.36,
      source: 'whiterabbit: 36 % of all liquidations; tolerance 20 to 55 %',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => {
        const all = takes(log)
        return all.length === 0 ? null : all.filter((row) => for_nothing(log, row)).length / all.length
      },
    },
    {
      id: 'zero-eth',
      what: 'collateral won by such bids',
      unit: 'ETH',
      band: [35_000, 100_000],
      observed: 62_890,
      source: 'cryptoscoop, whiterabbit; tolerance 35,000 to 100,000',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) =>
        takes(log).reduce((sum, row) => sum + (for_nothing(log, row) ? (log.columns.amount.data[row] as number) : 0), 0),
    },
    {
      id: 'deficit',
      what: 'debt of the system that nothing covers, at the end',
      unit: 'DAI',
      band: [2.5e6, 9e6],
      observed: 5.67e6,
      source: 'whiterabbit: 5.67 M; CoinDesk: 4 M during the day; tolerance 2.5 to 9 M',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['deficit'] ?? null,
    },
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function takes(log: LogView): number[] {
  const rows: number[] = []
  for (let row = 0; row < log.length; row++) if (log.kind(row) === 'take') rows.push(row)
  return rows
}

const for_nothing = (log: LogView, row: number): boolean => (log.columns.usd.data[row] as number) < 1
