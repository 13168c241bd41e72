/** What fell from 13 to 18 June 2022, for any market. */
import { at, event, move } from '../history.ts'
import type { Preset } from '../index.ts'

export const steth_path: Preset = event(
  {
    id: 'steth-celsius-3ac',
    title: 'Staked ether at 0.948, BTC to 17,600, 13 to 18 June 2022',
    time: '2022-06-13',
    sources: [
      at('stETH at 0.948 on 13 June', 'teletype.in, June 2022', 'https://teletype.in'),
      at('the pool lost more than half of what it held', 'Nansen: Demystifying stETH’s depeg', 'https://www.nansen.ai'),
      at(
        'BTC above 22,584 on 13 June (a vault’s liquidation price), 17,600 on 18 June',
        'digitalcurrencyresearch.io, 2022-06-14',
        'https://digitalcurrencyresearch.io',
      ),
    ],
    days: 6,
    tick_ms: 300_000,
    page: 'docs/events/steth-celsius-3ac.md',
  },
  // The discount comes on top of what wstETH does as ether: 0.949 of BTC's log move, its beta in the reference market.
  [move('BTC', 17.6 / 22.584 - 1, 120), move('wstETH', 0.789 - 1, 120), move('wstETH', 0.948 - 1, 24)],
  'BTC',
)
