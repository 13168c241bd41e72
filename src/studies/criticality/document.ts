/** How near a snapshot is to selling that feeds itself: the document `unwind.criticality/1`. */
import {
  amplification,
  next_generation,
  type Pressure,
  reaches_one,
  reproduction_number,
  without_types,
} from '../../analytics/index.ts'
import type { World } from '../../engine/index.ts'
import { log } from '../../math/index.ts'
import { type Evidence, InputError, type Snapshot, weakest } from '../../model/index.ts'
import { content_hash } from '../../model/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { Crowd, type Victim } from './crowd.ts'
import { CRITICALITY_DEFAULTS, type CriticalityInput } from './defaults.ts'
import { changed } from './change.ts'
import { type LadderStep, ladder, ladder_along, type ShareStep } from './ladder.ts'
import { type Asked, blind_spots } from './blind.ts'
import { type ShockParts, shock_parts } from './parts.ts'
import { type Offspring, shock_offspring, ShockedCrowd, type ShockQuestion, stressed_books, totals } from './shock.ts'

export const CRITICALITY_SCHEMA = 'unwind.criticality/1'

const HOUR_MS = 3_600_000
/** Furthest that a first generation's sales are taken to move a price. */
const REACH = 0.1

export interface Curve {
  /** An asset's id, or `joint`: all by their betas, told by the asset whose beta is 1. */
  readonly move: string
  readonly points: readonly { readonly fall: number; readonly r: number }[]
  /** Fall at which R reaches 1; null when it does not within the falls asked. */
  readonly crosses_at: number | null
}

export interface CriticalityDocument {
  readonly schema: typeof CRITICALITY_SCHEMA
  readonly title: string
  readonly snapshot: string
  readonly evidence: Evidence
  readonly definitions: string
  readonly span: number
  readonly r: number
  readonly amplification: number | null
  readonly curves: readonly Curve[]
  readonly types: readonly {
    readonly venue: string
    readonly asset: string
    /** USD of forced sales per 1 % fall of the asset itself. */
    readonly sales_per_percent_usd: number
    /** USD of this type's sales per USD sold of the asset. */
    readonly own_r: number
  }[]
  readonly impacts: readonly { readonly asset: string; readonly fall_per_million_usd: number }[]
  /** R of whole shocks, joint falls within an hour, and who makes it. */
  readonly shocks: readonly (Offspring & ShockQuestion & ShockParts)[]
  /** R at today's prices (the spectral radius) without a part. */
  readonly leave_out: readonly { readonly what: string; readonly r: number }[]
  /** R at today's prices and of each shock with the snapshot changed as asked. */
  readonly changes: readonly {
    readonly what: string
    readonly r: number
    readonly shocks: readonly (Offspring & { readonly fall: number })[]
  }[]
  readonly ladder: readonly LadderStep[]
  /** The ladder along the direction asked; null where none was. */
  readonly along: {
    readonly moves: readonly { readonly asset: string; readonly change: number }[]
    readonly steps: readonly ShareStep[]
  } | null
  /** What this snapshot keeps R from seeing, in plain lines. */
  readonly blind_spots: readonly string[]
  readonly notes: readonly string[]
}

/** By type and asset, what falls of `span` from a state would make sold; types are venues × assets that are sold at all. */
export function pressure_at(crowd: Crowd, start: Float64Array, span: number, skip?: (victim: Victim) => boolean): Pressure {
  const { assets, venues } = crowd.world.parts
  const n = assets.length
  const step = log(1 - span)
  const impact = crowd.impact()
  const density = new Float64Array(venues.length * n * n)
  const from = crowd.stand(start, crowd.opening)
  assets.forEach((asset, a) => {
    if (asset.numeraire === true || impact[a] === 0) return
    const logs = start.slice()
    logs[a] = (logs[a] as number) + step
    for (const victim of crowd.fresh(logs, from)) {
      if (skip?.(victim) === true) continue
      for (const [b, usd] of victim.sold) {
        const at = (victim.venue * n + b) * n + a
        density[at] = (density[at] as number) + usd / -step
      }
    }
  })
  const types = venues.flatMap((_, venue) => assets.map((_asset, asset) => ({ venue, asset })))
  const full: Pressure = { types, impact, density: density.map((value) => Math.max(0, value)) }
  const idle = new Set(
    types.filter((_, i) => full.density.length > 0 && !some(full, i, n)).map(({ venue, asset }) => venue * n + asset),
  )
  return without_types(full, ({ venue, asset }) => idle.has(venue * n + asset))
}

function some({ density }: Pressure, type: number, n: number): boolean {
  for (let a = 0; a < n; a++) if ((density[type * n + a] as number) > 0) return true
  return false
}

/** Share done, 0 to 1, and what is being done. */
export type CriticalityProgress = (done: number, phase: string) => void

/** Steps of the work, each about as long as another. */
class Steps {
  private done = 0
  private readonly of: number
  private readonly report: CriticalityProgress

  constructor(of: number, report: CriticalityProgress) {
    this.of = of
    this.report = report
  }

  take<T>(phase: string, work: () => T): T {
    this.report(this.done / this.of, phase)
    const out = work()
    this.done++
    return out
  }
}

function check({ span, falls, shocks }: CriticalityInput): void {
  if (!(span > 0 && span < 1)) throw new InputError('--window', '', span, 'above 0 % and below 100 %')
  for (const fall of shocks) if (!(fall > 0 && fall < 1)) throw new InputError('--shocks', '', fall, 'above 0 % and below 100 %')
  for (const fall of falls) if (!(fall >= 0 && fall < 1)) throw new InputError('--drop', '', fall, 'from 0 % to below 100 %')
}

/**
 * How near a snapshot is to selling that feeds itself.
 * @param world of the snapshot at its opening, e.g. `build(snapshot, shock_scenario([]))`; it comes back as it was
 * @throws InputError for a span or falls outside (0, 1), an asset or a change that the snapshot does not have
 */
export function criticality(
  snapshot: Snapshot,
  world: World,
  input: CriticalityInput = CRITICALITY_DEFAULTS,
  on_progress: CriticalityProgress = () => {},
): CriticalityDocument {
  const { span } = input
  check(input)
  const others = input.changes.map((what) => {
    const other = changed(snapshot, what)
    return { what, other, world: build(other, shock_scenario([])) }
  })
  const crowd = new Crowd(world)
  const along = direction(world, input.along)
  const { assets } = world.parts
  const still = new Float64Array(assets.length)
  const now = pressure_at(crowd, still, span)
  const r = reproduction_number(now)
  const moving = assets.flatMap((asset, a) => (asset.numeraire === true || asset.beta === 0 || now.impact[a] === 0 ? [] : [a]))
  const questions = input.shocks.map((fall): ShockQuestion => ({ fall, over_ms: HOUR_MS, reach: REACH }))
  const steps = new Steps(1 + moving.length + 2 * questions.length + others.length * (1 + questions.length), on_progress)
  const asked = questions.map((question) =>
    steps.take('running the shocks', (): Asked => {
      const shocked = new ShockedCrowd(crowd, stressed_books(snapshot, crowd, question), question)
      return { shocked, generations: shocked.generations() }
    }),
  )
  const shocks = asked.map(({ shocked, generations }, i) =>
    steps.take('leaving one out', () => ({
      ...(questions[i] as ShockQuestion),
      ...totals(generations),
      ...shock_parts(shocked, world),
    })),
  )
  const changes = others.map(({ what, other, world: its }) => {
    const crowd = steps.take('asking again with changes', () => new Crowd(its))
    const shocks = questions.map((question) =>
      steps.take('asking again with changes', () => ({ fall: question.fall, ...shock_offspring(other, crowd, question) })),
    )
    return { what, r: reproduction_number(pressure_at(crowd, still, span)), shocks }
  })
  const curves = [
    steps.take('moving prices', () => curve(crowd, 'joint', (fall) => crowd.by_beta(log(1 - fall)), input)),
    ...moving.map((a) =>
      steps.take('moving prices', () =>
        curve(crowd, assets[a]?.id as string, (fall) => still.map((_, b) => (b === a ? log(1 - fall) : 0)), input),
      ),
    ),
  ]
  return {
    schema: CRITICALITY_SCHEMA,
    title: `Criticality of ${snapshot.title}`,
    snapshot: content_hash(snapshot),
    evidence: snapshot.provenance.reduce<Evidence>((worst, part) => weakest(worst, part.evidence), 'observed'),
    definitions: 'docs/criticality.md',
    span,
    r,
    amplification: amplification(r),
    curves,
    ...types_of(world, now),
    shocks,
    leave_out: left_out(crowd, now, span),
    changes,
    ladder: ladder(crowd, snapshot),
    along: along === null ? null : { moves: input.along, steps: ladder_along(crowd, snapshot, along) },
    blind_spots: blind_spots(snapshot, crowd, asked),
    notes: NOTES,
  }
}

const NOTES = [
  'The spectral radius is a threshold of today’s book: over random markets it did not rank simulated multipliers. R of a shock does (Spearman 0.83); docs/criticality.md has the study.',
  'Everybody sells at once and books do not refill: R is that of a fall faster than recovery.',
  'Sales move all markets of an asset together, as arbitrage would leave them.',
] as const

function types_of({ parts }: World, now: Pressure): Pick<CriticalityDocument, 'types' | 'impacts'> {
  const { assets, venues } = parts
  const k = next_generation(now)
  return {
    types: now.types.map(({ venue, asset }, i) => ({
      venue: venues[venue]?.id as string,
      asset: assets[asset]?.id as string,
      sales_per_percent_usd: (now.density[i * assets.length + asset] as number) * 0.01,
      own_r: k[i * now.types.length + i] as number,
    })),
    impacts: assets.flatMap((asset, a) =>
      now.impact[a] === 0 ? [] : [{ asset: asset.id, fall_per_million_usd: (now.impact[a] as number) * 1e6 }],
    ),
  }
}

/** Log moves of a direction; null for none. @throws InputError for an asset that the snapshot does not have */
function direction(world: World, along: CriticalityInput['along']): Float64Array | null {
  const { assets } = world.parts
  const logs = new Float64Array(assets.length)
  for (const { asset, change } of along) {
    const a = assets.findIndex(({ id }) => id === asset)
    if (a < 0) throw new InputError('--along', '', asset, `one of ${assets.map(({ id }) => id).join(', ')}`)
    logs[a] = log(1 + change)
  }
  return along.length === 0 ? null : logs
}

function curve(crowd: Crowd, move: string, at: (fall: number) => Float64Array, { falls, span }: CriticalityInput): Curve {
  const points = falls.map((fall) => ({ fall, r: reproduction_number(pressure_at(crowd, at(fall), span)) }))
  const values = points.map((point) => point.r)
  return { move, points, crosses_at: reaches_one(falls, values) }
}

/** R without each venue, each asset's sales, and the account that would sell most. */
function left_out(crowd: Crowd, now: Pressure, span: number): CriticalityDocument['leave_out'] {
  const { assets, venues } = crowd.world.parts
  const still = new Float64Array(assets.length)
  const all = crowd.victims(crowd.by_beta(log(1 - span)))
  const first = new Set(crowd.victims(still).map(({ venue, row }) => `${venue}/${row}`))
  const sold = (victim: Victim) => [...victim.sold.values()].reduce((sum, usd) => sum + Math.max(0, usd), 0)
  const fresh = all.filter(({ venue, row }) => !first.has(`${venue}/${row}`)).sort((a, b) => sold(b) - sold(a))
  const whale = fresh[0]
  const out = [
    ...venues.map(({ id }, v) => ({
      what: `venue:${id}`,
      r: reproduction_number(without_types(now, ({ venue }) => venue === v)),
    })),
    ...assets.flatMap(({ id }, a) =>
      now.types.some(({ asset }) => asset === a)
        ? [{ what: `sales of ${id}`, r: reproduction_number(without_types(now, ({ asset }) => asset === a)) }]
        : [],
    ),
  ]
  if (whale !== undefined) {
    const same = ({ venue, row }: Victim) => venue === whale.venue && row === whale.row
    const what = `account ${whale.row} of ${venues[whale.venue]?.id}`
    out.push({ what, r: reproduction_number(pressure_at(crowd, still, span, same)) })
  }
  return out
}
