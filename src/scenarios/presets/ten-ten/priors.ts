/** What nobody knows of 10 October 2025, stated before any run. */
import { prior } from '../event.ts'

export const priors = {
  outside: prior(
    0.3,
    0.7,
    'uniform',
    'share of the fall, in ln price, that came from outside',
    'synthetic',
    'The rest is what forced sales do in the run; nobody has taken the two apart.',
  ),
  first_leg: prior(
    0.15,
    0.4,
    'uniform',
    'share of the fall by 21:10',
    'inferred',
    'The announcement at 20:50 began it; the minute with most liquidations was 21:15, and three quarters came before 21:36.',
  ),
  eth_fall: prior(0.15, 0.25, 'uniform', 'fall of ETH', 'inferred', 'Between that of BTC (14 to 16 %) and that of the others.'),
  hyperliquid_oi: prior(
    8e9,
    16e9,
    'log-uniform',
    'USD of longs at the on-chain exchange',
    'inferred',
    'More than it closed (7.6 bn USD in twelve minutes), less than all that was closed anywhere (65 bn).',
  ),
  binance_oi: prior(
    15e9,
    40e9,
    'log-uniform',
    'USD of longs at the other exchange',
    'synthetic',
    'The largest by volume; 65 bn USD were closed over all exchanges.',
  ),
  long_leverage: prior(
    4,
    12,
    'log-uniform',
    'notional ÷ margin of longs, median',
    'synthetic',
    'Nothing is published; brackets allow 20 to 125.',
  ),
  short_leverage: prior(
    1,
    5,
    'log-uniform',
    'notional ÷ margin of shorts, median',
    'synthetic',
    'Hedgers and makers among them.',
  ),
  short_gain: prior(
    -0.05,
    0.3,
    'uniform',
    'gain of shorts before the day, ÷ entry, median',
    'synthetic',
    'The coins of the basket had fallen for weeks, BTC stood near its high.',
  ),
  depth: prior(
    0.5,
    2,
    'log-uniform',
    'liquidity before it left, ÷ that of a major exchange',
    'inferred',
    'Within 1 %: BTC 20 M, ETH 8 M, a large altcoin 2.5 M USD (Kaiko, October 2025), times the exchanges that hang together.',
  ),
  usde_share: prior(
    0.02,
    0.1,
    'log-uniform',
    'share of longs at the exchange with the flaw who use the token as margin',
    'inferred',
    '283 M USD were paid back to those whom the token’s price liquidated: a few per cent of what stood there.',
  ),
  loops: prior(
    1.02,
    1.1,
    'log-uniform',
    'health of loops of the token at the lender, median',
    'synthetic',
    'Stable against stable is run close to the limit.',
  ),
  answers: prior(0.2, 0.8, 'uniform', 'share of traders who do not answer a call', 'synthetic', 'Everything took minutes.'),
} as const

export type Name = keyof typeof priors
