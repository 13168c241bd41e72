/** Concentration that makes one trouble everybody's: open interest on one venue; or, from snapshots, many accounts at one price, or one account that is the market. */
import { columns_of, type Detector, type PanelColumn, type PanelShape } from '../model/index.ts'
import { percent, severity_of } from './shared/latch.ts'
import { watch_each, with_fields } from './shared/threshold.ts'

const DAY_MS = 86_400_000
const LEVELS = [0.5, 0.65, 0.8] as const
/** A cliff within a fall of 10, 5 and 2 %. */
const NEARNESS = [1 - 0.1, 1 - 0.05, 1 - 0.02] as const
/** Stands for none within what was asked. */
const NO_CLIFF = 0.5
const EXITS = [0.1, 0.25, 0.5] as const

const by_venue = (shape: PanelShape) =>
  with_fields(shape, 'open_interest_hhi', 'venue_shift').map(({ symbol, columns }) => ({
    subject: symbol,
    columns,
    read: (row: Float64Array) => {
      const [hhi, shift] = columns.map((column) => row[column] as number) as [number, number]
      if (!Number.isFinite(hhi) || !Number.isFinite(shift)) return 'unknown' as const
      return {
        severity: shift > 0.1 || hhi > LEVELS[2] ? severity_of(hhi, LEVELS) : undefined,
        what: `concentration of ${symbol} open interest is ${hhi.toFixed(2)}; ${percent(shift, 0)} of it changed venue in 30 days`,
        baseline: `${LEVELS[0]} with a tenth moved in 30 days; n equal venues have 1/n`,
        confidence: 0.6,
        evidence: { hhi, shift },
      }
    },
  }))

/** Venues of snapshots, the whole market apart: there no single cliff is. */
const by_positions = (shape: PanelShape) =>
  columns_of(shape, 'distance_to_cliff').flatMap((cliff) => {
    const { venue } = shape.columns[cliff] as PanelColumn
    const exit = columns_of(shape, 'largest_exit').find((column) => (shape.columns[column] as PanelColumn).venue === venue) ?? -1
    if (venue === '' || exit < 0) return []
    return [
      {
        subject: venue,
        columns: [cliff, exit],
        read: (row: Float64Array) => {
          const [fall, largest] = [row[cliff] as number, row[exit] as number]
          if (!Number.isFinite(fall) || !Number.isFinite(largest)) return 'unknown' as const
          const near = severity_of(1 - fall, NEARNESS)
          return {
            severity: near ?? (severity_of(largest, EXITS) === undefined ? undefined : ('info' as const)),
            what: `at ${venue} ${fall < NO_CLIFF ? `the next cliff stands at a joint fall of ${percent(fall, 0)}` : 'no cliff stands within a joint fall of 50 %'}; the largest account owes ${percent(largest)} of all`,
            baseline: `a cliff is a step of 1 % in which 5 % of all that is owed becomes liquidatable; from a fall of ${percent(1 - NEARNESS[0], 0)}, or a largest account of ${percent(EXITS[0], 0)}`,
            confidence: 0.6,
            precedent: largest >= EXITS[0] ? 'a loan at Solend 2022-06, docs/events/solend-whale.md' : '',
            evidence: { distance_to_cliff: fall, largest_exit: largest },
          }
        },
      },
    ]
  })

export const concentrationCliff: Detector = {
  id: 'concentration-cliff',
  title: 'Concentration: open interest on one venue, many accounts at one price, or one account that is the market',
  source:
    'Herfindahl index of venues; 0.25 is the usual line of high concentration in merger control, venues of one asset are few, so 0.5; for snapshots own rule; docs/detectors/concentration-cliff.md',
  needs: ['open_interest_hhi?', 'venue_shift?', 'distance_to_cliff?', 'largest_exit?'],
  open: (shape: PanelShape) =>
    watch_each('concentration-cliff', 'concentration-cliff', 14 * DAY_MS, [...by_venue(shape), ...by_positions(shape)]),
}
