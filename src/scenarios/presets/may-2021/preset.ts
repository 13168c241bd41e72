/** Liquity on 19 May 2021: ETH falls by almost half in hours, the system goes into recovery mode, its largest debtor repays in time. */
import type { LogView } from '../../../model/index.ts'
import { event_preset } from '../event.ts'
import { priors, type Name } from './priors.ts'
import { build, ID, TIME } from './world.ts'

export const may_2021 = event_preset<Name>({
  id: ID,
  title: 'Liquity in recovery mode, 19 May 2021',
  time: TIME,
  evidence: 'synthetic',
  page: 'docs/events/may-2021.md',
  sources: [
    {
      what: 'ETH ~3,400 → ~1,800, 1,054 troves before, 121 + 189 liquidated, 93.5 M LUSD offset, ~48,668 ETH, two entries into recovery mode',
      title: 'Liquity: How Liquity Handled its First Big Stress Test',
      url: 'https://www.liquity.org/blog/how-liquity-handled-its-first-big-stress-test',
    },
    {
      what: 'the same; 606,000 ETH of one owner nearly liquidated',
      title: 'IOSG: What did Liquity experience during the test of the 519 market crash?',
      url: 'https://www.chaincatcher.com/en/article/2062004',
    },
    {
      what: 'he repaid 300 M LUSD in recovery mode, above 110 %, warned by others',
      title: '孙宇晨拯救了币圈? (news.gscaijing.com)',
      url: 'http://news.gscaijing.com/archives/77178',
    },
    {
      what: 'LUSD supply of ~480 M at the month’s low, ~733 M at its end',
      title: 'Liquity newsletter, May 2021',
      url: 'https://www.liquity.org/blog/liquity-newsletter-may-2021',
    },
    {
      what: 'ETH on Coinbase: low 3,101 on 17 May; 1,860 low and 2,443.91 close on 19 May; high 4,384 on 12 May',
      title: 'Coinbase daily bars (smoothbrainquant/trading-for-new-dads, coinbase_top200_daily)',
      url: 'https://github.com/smoothbrainquant/trading-for-new-dads',
    },
    {
      what: 'gas worse than on Black Thursday on many metrics',
      title: 'Gauntlet: Aave Protocol Liquidation Retrospective, May 2021',
      url: 'https://medium.com/gauntlet-networks/aave-protocol-liquidation-retrospective-may-2021',
    },
    {
      what: 'parameters and rules of the system',
      title: 'liquity/dev at 39f1f7f, as docs/venues/liquity-v1.md states them',
      url: 'https://github.com/liquity/dev',
    },
  ],
  priors,
  causes: [
    { id: 'whale', title: 'the repayment of 300 M LUSD', without: 'the owner of 606,000 ETH does not answer' },
    { id: 'top-ups', title: 'owners who answer', without: 'nobody adds collateral or repays, the owner of 606,000 ETH included' },
    { id: 'congestion', title: 'dear blocks', without: 'a liquidation costs 10 USD of gas' },
    { id: 'oracle-delay', title: 'the feed', without: 'the system reads the market itself: no deviation threshold, no delay' },
  ],
  outcomes: [
    {
      id: 'troves',
      what: 'troves liquidated',
      unit: 'count',
      band: [220, 420],
      observed: 310,
      source: 'Liquity: 121 in normal and 189 in recovery mode',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => liquidations(log).length,
    },
    {
      id: 'offset',
      what: 'debt burnt by the stability pool',
      unit: 'LUSD',
      band: [93.5e6 * 0.75, 93.5e6 * 1.25],
      observed: 93.5e6,
      source: 'Liquity; tolerance ±25 %',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => sum(log, (row) => (log.columns.usd.data[row] as number) - (log.columns.extra.data[row] as number)),
    },
    {
      id: 'entries',
      what: 'entries into recovery mode, ten minutes or more apart',
      unit: 'count',
      band: [1, 4],
      observed: 2,
      source: 'Liquity: entered twice, briefly; tolerance 1 to 4',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ watched }) => watched['entries'] ?? null,
    },
    {
      id: 'redistributed',
      what: 'debt that the pool could not take',
      unit: 'LUSD',
      band: [0, 1],
      observed: 0,
      source: 'Liquity: the pool absorbed all of the defaulted debt',
      evidence: 'observed',
      over_seeds: 'median',
      measure: ({ log }) => sum(log, (row) => log.columns.extra.data[row] as number),
    },
  ],
  build: (draws, seed, { without = [], thin = false }) => build(draws, seed, without, thin),
})

function liquidations(log: LogView): number[] {
  const rows: number[] = []
  for (let row = 0; row < log.length; row++) if (log.kind(row) === 'liquidate') rows.push(row)
  return rows
}

const sum = (log: LogView, of: (row: number) => number): number => liquidations(log).reduce((total, row) => total + of(row), 0)
