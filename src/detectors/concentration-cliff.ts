/** Open interest that has moved onto one venue: its trouble would be everybody's. */
import type { Detector, PanelShape } from '../model/index.ts'
import { percent, severity_of } from './shared/latch.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const DAY_MS = 86_400_000
const LEVELS = [0.5, 0.65, 0.8] as const

export const concentrationCliff: Detector = {
  id: 'concentration-cliff',
  title: 'Open interest concentrates on one venue',
  source:
    'Herfindahl index of venues; 0.25 is the usual line of high concentration in merger control, venues of one asset are few, so 0.5; docs/detectors/concentration-cliff.md',
  needs: ['open_interest_hhi', 'venue_shift'],
  open: (shape: PanelShape) =>
    watch_each(
      'concentration-cliff',
      'concentration-cliff',
      14 * DAY_MS,
      with_fields(shape, 'open_interest_hhi', 'venue_shift').map(({ symbol, columns }) => ({
        subject: symbol,
        columns,
        read: (row) => {
          const [hhi, shift] = columns.map((column) => row[column] as number) as [number, number]
          if (!Number.isFinite(hhi) || !Number.isFinite(shift)) return 'unknown'
          return {
            severity: shift > 0.1 || hhi > LEVELS[2] ? severity_of(hhi, LEVELS) : undefined,
            what: `concentration of ${symbol} open interest is ${hhi.toFixed(2)}; ${percent(shift, 0)} of it changed venue in 30 days`,
            baseline: `${LEVELS[0]} with a tenth moved in 30 days; n equal venues have 1/n`,
            confidence: 0.6,
            evidence: { hhi, shift },
          }
        },
      })),
    ),
}
