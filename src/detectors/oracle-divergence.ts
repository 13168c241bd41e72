/** Venues that disagree about one asset: an oracle or a market is broken, or cut off from the others. */
import type { Detector, PanelShape } from '../model/index.ts'
import { percent, severity_of } from './shared/latch.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const HOUR_MS = 3_600_000
/** Gaps at which lenders' liquidations begin to go wrong: a usual bonus is 5 %. */
const LEVELS = [0.02, 0.05, 0.15] as const

export const oracleDivergence: Detector = {
  id: 'oracle-divergence',
  title: 'Venues report prices of one asset that are apart',
  source:
    'levels from the usual liquidation bonus of 5 %: beyond it, who trusts the wrong price loses; docs/detectors/oracle-divergence.md',
  needs: ['venue_gap'],
  open: (shape: PanelShape) =>
    watch_each(
      'oracle-divergence',
      'oracle-divergence',
      6 * HOUR_MS,
      with_fields(shape, 'venue_gap').map(({ symbol, columns }) => ({
        subject: symbol,
        columns,
        read: (row) => {
          const gap = row[columns[0] as number] as number
          if (!Number.isFinite(gap)) return 'unknown'
          return {
            severity: severity_of(gap, LEVELS),
            what: `venues report prices of ${symbol} that are ${percent(gap)} apart`,
            baseline: `arbitrage keeps them within ${percent(LEVELS[0], 0)}`,
            confidence: gap > LEVELS[1] ? 0.9 : 0.7,
            precedent: gap > LEVELS[2] ? 'DAI 2020-11-26 (1.30 on one exchange)' : '',
            evidence: { gap },
          }
        },
      })),
    ),
}
