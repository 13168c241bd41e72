/** 10 October 2025: leverage meets books that have been left, and a token is worth 0.66 on one exchange alone. */
import { event_preset } from '../event.ts'
import { logged_usd } from '../columns.ts'
import { venue_figures } from '../figures.ts'
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
      what: 'USDE at 0.6567, WBETH at 430 and BNSOL at 34.9 in books of its own from 21:36 to 22:16, transfers degraded 21:18 to 21:51, 283 M USD paid back, fund −188 M',
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
      what: 'open interest at the on-chain exchange 14 bn USD; falls of 47 % on average, 58 % over the largest hundred; ETH 3,551, SOL 174',
      title: 'CoinDesk Data: the 19 billion USD liquidation, October 2025',
      url: 'https://www.coindesk.com/research/market-spotlight-the-19-billion-liquidation-that-shook-crypto',
    },
    {
      what: 'open interest 13.8 bn USD',
      title: 'Catenaa, 25 October 2025',
      url: 'https://catenaa.com/markets/cryptocurrencies/hyperliquid-liquidations-spike-after-7-4b-market-cascade',
    },
    {
      what: 'ETH 4,346 to 3,574, SOL −30 %',
      title: 'Blockscope: the October crash',
      url: 'https://research.blockscope.co/the-october-crash',
    },
    {
      what: 'ETH 3,436; HYPE −54, DOGE −62 %',
      title: 'The Straits Times, October 2025 (newspage360.com)',
      url: 'https://newspage360.com/crypto/crypo-suffers-record-25-billion-crash-as-investors-now-rush-to-hedge-against-another-freefall',
    },
    {
      what: 'more than 2 bn USD of the token redeemed within 24 hours',
      title: 'Ethena, as collected for the derivatives reference',
      url: 'https://ethena.fi',
    },
    {
      what: 'the token within 30 bp of par on Curve, Fluid and Uniswap; nobody liquidated where feeds follow the deepest pools; 2 bn redeemed',
      title: 'G. Young (Ethena), as Cointelegraph reported on 12 October 2025 (maincoin.money)',
      url: 'https://maincoin.money/?p=17094',
    },
    {
      what: 'more than 300 M USD of liquidity of the token on chain, tens of millions at Binance; sales of 60 to 90 M there',
      title: 'Ethena and press, 13 October 2025 (usheadlinenews.com)',
      url: 'https://usheadlinenews.com/2025/10/13/why-did-the-ethena-stablecoin-drop-in-price-only-on-binance',
    },
    {
      what: 'paid back: the difference between the price of liquidation and that of 00:00 UTC, for margin in the three tokens from 21:36 to 22:16',
      title: 'Binance’s terms of compensation, as Coinpaprika reported (holder.io)',
      url: 'https://holder.io/news/binance-sets-depeg-payouts-283m-already-reimbursed',
    },
    {
      what: 'USDe pays 12 % a year, as margin too, from 22 September 2025',
      title: 'Binance: USDe rewards (Binance Square)',
      url: 'https://www.binance.bh/en-NZ/square/post/31361872446577',
    },
    {
      what: 'a lender that takes the token for a dollar; 90 %, 93 %, 2 %',
      title: 'Aave v3 Ethereum Core: oracle of USDe and its mode, July 2025',
      url: 'https://github.com/bgd-labs/aave-address-book',
    },
    {
      what: 'the vault that takes over has a tight cap, a small percentage of the liquidity vault; deleveraging follows its losses',
      title: 'Hyperliquid, announcement after the JELLY market, March 2025',
      url: 'https://tglist.com/ru/channel/vIeNxn',
    },
    {
      what: '50,000 traders with positions before; the largest that was liquidated 203 M USD of ETH',
      title: 'CoinGlass, 11 October 2025 (Binance Square)',
      url: 'https://www.binance.bh/en-AE/square/post/30850840862433',
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
      title: 'tokens’ prices out of their own books',
      without: 'binance reads USDE’s market elsewhere, and the markets of ETH and SOL',
    },
    { id: 'depth', title: 'makers who left', without: 'books keep the liquidity that they had' },
    { id: 'transfers', title: 'halted transfers', without: 'transfers go on' },
    { id: 'dollar-feed', title: 'a lender that takes the token for a dollar', without: 'it reads the token’s own market' },
  ],
  outcomes: [
    {
      id: 'hyperliquid-bad-debt',
      what: 'loss that neither accounts, nor the vault, nor winners bear at hyperliquid',
      unit: 'USD',
      band: [0, 1e6],
      observed: 0,
      source: 'no bad debt was reported; up to 1 M USD (0.02 % of what was liquidated) counts as none',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log, view }) => logged_usd(log, ['default'], HYPERLIQUID) + (view.venues[HYPERLIQUID]?.shortfall_usd() ?? 0),
    },
    {
      id: 'negative-equity',
      what: 'equity below zero when positions were taken over at hyperliquid',
      unit: 'USD',
      band: [23.19e6 / 2, 23.19e6 * 2],
      observed: 23.19e6,
      source: 'HyperMultiAssetedADL: 302 accounts, 23.19 M USD; tolerance: a factor of two, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['bad_debt'], HYPERLIQUID),
    },
    {
      id: 'liquidated',
      what: 'liquidated at hyperliquid',
      unit: 'USD',
      band: [5.511e9 / 2, 5.511e9 * 1.5],
      observed: 5.511e9,
      source: 'HyperMultiAssetedADL: 5.511 bn in twelve minutes; tolerance ±50 %, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['reduce', 'takeover'], HYPERLIQUID),
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
      what: 'liquidated at the lender',
      unit: 'USD',
      band: [0, 0],
      observed: 0,
      source: 'a token taken for a dollar does not fall; nobody was liquidated where feeds follow the deepest pools (G. Young)',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => logged_usd(log, ['liquidate'], AAVE),
    },
    {
      id: 'elsewhere',
      what: 'lowest price of USDE elsewhere',
      unit: 'USD per USDE',
      band: [0.99, 1],
      observed: 0.997,
      source:
        'G. Young: deviations of 30 bp or less on Curve, Fluid and Uniswap (one other exchange had 0.92); tolerance: 1 %, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ view }) => view.frames.low_usd(view.assets.findIndex(({ id }) => id === 'USDE')),
    },
    {
      id: 'token-loss',
      what: 'lost by those with tokens as margin from 21:36 to 22:16, at prices of the end',
      unit: 'USD',
      band: [141.5e6, 566e6],
      observed: 283e6,
      source: 'Binance paid 283 M USD back: price of liquidation against that of 00:00 UTC; tolerance: a factor of two, ours',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['token_loss'] ?? null,
    },
  ],
  figures: [
    {
      id: 'token-closed',
      what: 'closed of those with tokens, 21:36 to 22:16',
      unit: 'USD',
      measure: ({ watched }) => watched['token_closed'] ?? null,
    },
    {
      id: 'token-taken',
      what: 'tokens taken of them, at prices of the end',
      unit: 'USD',
      measure: ({ watched }) => watched['token_taken'] ?? null,
    },
    ...venue_figures(BINANCE, 'binance', ['liquidated']),
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})
