/** One scenario over many seeds: how far the figures of a run depend on what is drawn. Part of `unwind.run/1`. */
import type { Scenario, Snapshot } from '../model/index.ts'
import { type Spread, spread } from './spread.ts'
import { type RunDocument, stress } from './stress.ts'

/** What one seed gave: figures of its document. */
export interface EnsembleSeed {
  readonly seed: number
  readonly status: RunDocument['status']
  readonly log: string
  readonly broken: readonly string[]
  readonly figures: readonly Figure[]
}

interface Figure {
  readonly part: 'market' | 'venue' | 'asset'
  /** Of which venue or asset; '' of the market. */
  readonly of: string
  /** As in `totals`, `venues` and `assets` of the document. */
  readonly figure: string
  readonly value: number | null
}

export interface Ensemble {
  readonly seeds: { readonly first: number; readonly count: number }
  readonly figures: readonly (Omit<Figure, 'value'> & Spread)[]
  readonly laws: { readonly broken: readonly string[]; readonly limits: number }
  /** Every seed, to be run again and compared. */
  readonly runs: readonly { readonly seed: number; readonly log: string }[]
}

/** What an ensemble needs of a document. */
export function figures_of({ status, run, laws, totals, venues, assets }: RunDocument): EnsembleSeed {
  const list = (part: Figure['part'], of: string, values: Readonly<Record<string, number | null>>): Figure[] =>
    Object.entries(values).map(([figure, value]) => ({ part, of, figure, value }))
  return {
    ...{ seed: run.seed, status, log: run.log, broken: laws.broken },
    figures: [
      ...list('market', '', { ...totals }),
      ...venues.flatMap(({ id, kind: _, ...figures }) => list('venue', id, { ...figures })),
      ...assets.flatMap(({ id, low_usd, end_usd, drawdown, gap, endogenous_share }) =>
        list('asset', id, { low_usd, end_usd, drawdown, gap, endogenous_share }),
      ),
    ],
  }
}

/** Runs the scenario with another seed, with and without feedback. A function of its arguments: it may run anywhere, in any order. */
export const ensemble_seed = (snapshot: Snapshot, scenario: Scenario, seed: number): EnsembleSeed =>
  figures_of(stress(snapshot, { ...scenario, seed }).document)

/** @param unordered runs of one snapshot and scenario, at least one, in whatever order */
export function ensemble(unordered: readonly EnsembleSeed[]): Ensemble {
  const runs = [...unordered].sort((a, b) => a.seed - b.seed)
  const first = runs[0]
  if (first === undefined) throw new RangeError('an ensemble of no seeds')
  return {
    seeds: { first: first.seed, count: runs.length },
    // All runs are of one snapshot: their lists are alike.
    figures: first.figures.map(({ value: _, ...figure }, i) => ({
      ...figure,
      ...spread(runs.map((one) => one.figures[i]?.value ?? null)),
    })),
    laws: {
      broken: runs.flatMap(({ seed, broken }) => broken.map((line) => `seed ${seed}: ${line}`)),
      limits: runs.filter(({ status }) => status === 'limit').length,
    },
    runs: runs.map(({ seed, log }) => ({ seed, log })),
  }
}
