/** 10 October 2025: leverage on altcoins meets books that have been left, and a token is worth 0.66 on one exchange alone. */
import { event_preset } from '../event.ts'
import { logged_usd } from '../columns.ts'
import { priors, type Name } from './priors.ts'
import { build, ID, TIME } from './world.ts'

const [BINANCE, HYPERLIQUID, AAVE] = [0, 1, 2]

export const ten_ten = event_preset<Name>({
  id: ID,
  title: 'Two exchanges and a token at 0.66 on one of them, 10 October 2025',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/ten-ten.md',
  sources: [
    {
      what: 'USDE at 0.6567 in its own book from 21:36 to 22:15, transfers degraded 21:18 to 21:51, 283 M USD paid back, fund −188 M',
      title: 'Binance: statements of 11 to 14 October 2025',
      url: 'https://www.binance.com/en/support/announcement',
    },
    {
      what: '34,983 deleveraging fills for 2.103 bn beside liquidations for 5.511 bn USD in twelve minutes, no bad debt',
      title: 'HyperMultiAssetedADL: reconstruction of 10 October 2025',
      url: 'https://github.com/ConejoCapital/HyperMultiAssetedADL',
    },
    {
      what: 'BTC 122,000 to 102,000 and 105,000; mean low of altcoins −63 %; liquidity −90 %; minutes of the day',
      title: 'Amberdata, CoinGlass and press, October 2025, as collected for the derivatives reference',
      url: 'https://blog.amberdata.io',
    },
    {
      what: 'liquidity within 1 % on a major exchange: BTC 20 M, ETH 8 M, large altcoins 2.5 M USD',
      title: 'Kaiko via CoinDesk, October 2025',
      url: 'https://www.coindesk.com',
    },
  ],
  priors,
  causes: [
    {
      id: 'own-book',
      title: 'the token’s price out of its own book',
      without: 'binance reads the token’s market elsewhere, at par',
    },
    { id: 'depth', title: 'makers who left', without: 'books keep the liquidity that they had' },
    { id: 'transfers', title: 'halted transfers', without: 'transfers go on' },
  ],
  outcomes: [
    {
      id: 'hyperliquid-bad-debt',
      what: 'debt that nobody answers for at hyperliquid',
      unit: 'USD',
      band: [0, 0],
      observed: 0,
      source: 'no bad debt was reported',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log, view }) => logged_usd(log, ['bad_debt'], HYPERLIQUID) + (view.venues[HYPERLIQUID]?.shortfall_usd() ?? 0),
    },
    {
      id: 'adl-share',
      what: 'deleveraged ÷ liquidated at hyperliquid',
      unit: 'ratio',
      band: [0.19, 0.57],
      observed: 0.38,
      source: '2.103 ÷ 5.511 bn USD; tolerance ±50 %, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => {
        const liquidated = logged_usd(log, ['reduce', 'takeover'], HYPERLIQUID)
        return liquidated > 0 ? logged_usd(log, ['deleverage'], HYPERLIQUID) / liquidated : null
      },
    },
    {
      id: 'fund-used',
      what: 'what binance’s fund paid out, net',
      unit: 'USD',
      band: [94e6, 376e6],
      observed: 188e6,
      source: 'Binance: 1.23 bn before, 1.04 bn after; tolerance: a factor of two, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['insurance'], BINANCE),
    },
    {
      id: 'lender',
      what: 'liquidated at the lender that reads the token’s market',
      unit: 'USD',
      band: [0, 0],
      observed: 0,
      source: 'the token stayed near par elsewhere: no liquidations for its price were reported there',
      evidence: 'inferred',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['liquidate'], AAVE),
    },
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})
