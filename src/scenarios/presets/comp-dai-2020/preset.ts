/** Compound on 26 November 2020: DAI trades at 1.30 where the oracle looks, and loops of stablecoins are liquidated. */
import { event_preset } from '../event.ts'
import { priors, type Name } from './priors.ts'
import { build, ID, TIME } from './world.ts'

export const comp_dai_2020 = event_preset<Name>({
  id: ID,
  title: 'DAI at 1.30 in Compound’s oracle, 26 November 2020',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/comp-dai-2020.md',
  sources: [
    {
      what: '85.2 M DAI liquidated, DAI to 1.30 on Coinbase Pro, incentive 8 %, no bad debt',
      title: 'Compound forum: DAI Liquidation Event',
      url: 'https://www.comp.xyz/t/dai-liquidation-event/642/88',
    },
    {
      what: '1.30 rejected, the highest accepted near 1.23; 500 gwei; over after ten minutes',
      title: 'Compound forum: DAI Liquidation Event, page 2',
      url: 'https://www.comp.xyz/t/dai-liquidation-event/642?page=2',
    },
    {
      what: 'LoanScan: 103 M USD on Compound',
      title: 'icowarz.com: 100m…; blog.redeeem.com',
      url: 'https://blog.redeeem.com/pricing-mistake-by-coinbase-liquidates-103-million-in-loans-on-compound/',
    },
    {
      what: '1.6 bn DAI supplied, 1.3 bn borrowed, 124 of 225,793 addresses affected',
      title: 'CryptoGlobe, citing R. Leshner',
      url: 'https://cryptoglobe.com/latest/2020/11/103-million-liquidated-on-defi-protocol-compound-after-dai-price-rise',
    },
    {
      what: 'hour of the event, ETH −8 %, anchor ±20 % of Uniswap',
      title: 'Quadriga Initiative: case study Compound price feed error',
      url: 'https://www.quadrigainitiative.com/casestudy/compoundpricefeederror.php',
    },
    {
      what: 'DAI high on Uniswap too, stable on Kraken and Bitfinex; 46 M DAI of one farmer, by flash swap',
      title: 'Compound liquidator makes $4M as oracles post inflated Dai price',
      url: 'https://coinchapter.com/compound-liquidator-makes-4m-as-oracles-post-inflated-dai-price/',
    },
    {
      what: 'market price of 1.03 on nearly every other exchange, millions on offer',
      title: 'Compound forum: DAI Liquidation Event, post 36',
      url: 'https://www.comp.xyz/t/dai-liquidation-event/642/36',
    },
    {
      what: 'tolerance 20 %, average over 30 to 60 min, anybody posts',
      title: 'Compound forum: Governance Proposal 019, Open Price Feed',
      url: 'https://www.comp.xyz/t/governance-proposal-019-open-price-feed/199',
    },
    {
      what: 'rule of acceptance',
      title: 'compound-finance/open-oracle, UniswapAnchoredView.sol',
      url: 'https://github.com/compound-finance/open-oracle/blob/master/contracts/Uniswap/UniswapAnchoredView.sol',
    },
    {
      what: 'collateral factor of DAI 0.75',
      title: 'Compound forum: Compensation Proposal',
      url: 'https://www.comp.xyz/t/compensation-proposal-distribute-comp-to-affected-users-in-the-dai-liquidations/801/73',
    },
    {
      what: 'USDC held at 1; loops up to four times',
      title: 'Maker forum: Upcoming COMP farming change could impact the Dai peg',
      url: 'https://forum.makerdao.com/t/upcoming-comp-farming-change-could-impact-the-dai-peg/2965',
    },
    {
      what: 'ETH on Coinbase on 26 November: open 569.19, low 480.08, close 520.34',
      title: 'Coinbase daily bars (smoothbrainquant/trading-for-new-dads, coinbase_top200_daily)',
      url: 'https://github.com/smoothbrainquant/trading-for-new-dads',
    },
  ],
  priors,
  causes: [
    { id: 'feed', title: 'the reporter’s price', without: 'the oracle says 1.00, what DAI traded at on other exchanges' },
    { id: 'anchor', title: 'the anchor’s band', without: 'every report is accepted' },
    { id: 'eth-fall', title: 'the fall of ETH', without: 'ETH stays where it is' },
    { id: 'top-ups', title: 'owners who answer', without: 'nobody adds collateral or repays' },
    { id: 'congestion', title: 'dear blocks', without: 'a liquidation costs 10 USD of gas' },
  ],
  outcomes: [
    {
      id: 'accepted',
      what: 'highest price of DAI that the pool believed',
      unit: 'USD per DAI',
      band: [1 + 0.23 * 0.7, 1 + 0.23 * 1.3],
      observed: 1.23,
      source: 'Compound forum: the oracle rejected 1.30, the highest allowed was about 1.23; premium ±30 %',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['highest'] ?? null,
    },
    {
      id: 'total',
      what: 'debt liquidated, at the oracle’s prices',
      unit: 'USD',
      band: [80e6 * 0.7, 103e6 * 1.3],
      observed: 103e6,
      source: 'The Block 88.4 M, LoanScan 103 M on Compound: 80 to 103 M, ±30 %',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => {
        let usd = 0
        for (let row = 0; row < log.length; row++) if (log.kind(row) === 'liquidate') usd += log.columns.usd.data[row] as number
        return usd
      },
    },
    {
      id: 'dai',
      what: 'debt in DAI liquidated',
      unit: 'DAI',
      band: [85.2e6 * 0.7, 85.2e6 * 1.3],
      observed: 85.2e6,
      source: 'Compound forum: 85.2 M DAI; tolerance ±30 %',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['dai'] ?? null,
    },
    {
      id: 'bad-debt',
      what: 'debt beyond collateral at the end',
      unit: 'USD',
      band: [0, 100_000],
      observed: 0,
      source: 'Compound forum: none; up to 100,000 USD (0.1 % of what was liquidated) counts as none',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ view }) => view.venues[0]?.shortfall_usd() ?? null,
    },
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})
