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
import { type Offspring, shock_offspring } from './shock.ts'

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
  /** R of whole shocks: joint falls within an hour. */
  readonly shocks: readonly (Offspring & { readonly fall: number; readonly over_ms: number; readonly reach: number })[]
  readonly leave_out: readonly { readonly what: string; readonly r: number }[]
  /** R with the snapshot changed as asked. */
  readonly changes: readonly { readonly what: string; readonly r: number }[]
  readonly ladder: readonly LadderStep[]
  /** The ladder along the direction asked; null where none was. */
  readonly along: {
    readonly moves: readonly { readonly asset: string; readonly change: number }[]
    readonly steps: readonly ShareStep[]
  } | null
  readonly notes: readonly string[]
}

/** By type and asset, what falls of `span` from a state would make sold; types are venues × assets that are sold at all. */
export function pressure_at(crowd: Crowd, start: Float64Array, span: number, skip?: (victim: Victim) => boolean): Pressure {
  const { assets, venues } = crowd.world.parts
  const n = assets.length
  const step = log(1 - span)
  const impact = crowd.impact()
  const density = new Float64Array(venues.length * n * n)
  const already = new Set(crowd.victims(start).map(({ venue, row }) => `${venue}/${row}`))
  assets.forEach((asset, a) => {
    if (asset.numeraire === true || impact[a] === 0) return
    const logs = start.slice()
    logs[a] = (logs[a] as number) + step
    for (const victim of crowd.victims(logs)) {
      if (already.has(`${victim.venue}/${victim.row}`) || skip?.(victim) === true) continue
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

/** @throws InputError for a span or falls outside (0, 1), an asset or a change that the snapshot does not have */
export function criticality(
  snapshot: Snapshot,
  world: World,
  input: CriticalityInput = CRITICALITY_DEFAULTS,
): CriticalityDocument {
  const { span, falls } = input
  if (!(span > 0 && span < 1)) throw new InputError('--window', '', span, 'above 0 % and below 100 %')
  for (const fall of input.shocks)
    if (!(fall > 0 && fall < 1)) throw new InputError('--shocks', '', fall, 'above 0 % and below 100 %')
  for (const fall of falls) if (!(fall >= 0 && fall < 1)) throw new InputError('--drop', '', fall, 'from 0 % to below 100 %')
  const others = input.changes.map((what) => ({ what, world: build(changed(snapshot, what), shock_scenario([])) }))
  const crowd = new Crowd(world)
  const along = direction(world, input.along)
  const { assets, venues } = world.parts
  const id = (a: number) => assets[a]?.id as string
  const still = new Float64Array(assets.length)
  const now = pressure_at(crowd, still, span)
  const r = reproduction_number(now)
  const n = assets.length
  const k = next_generation(now)
  const curves = [
    curve(crowd, 'joint', (fall) => crowd.by_beta(log(1 - fall)), input),
    ...assets.flatMap((asset, a) =>
      asset.numeraire === true || asset.beta === 0 || now.impact[a] === 0
        ? []
        : [curve(crowd, asset.id, (fall) => still.map((_, b) => (b === a ? log(1 - fall) : 0)), input)],
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
    types: now.types.map(({ venue, asset }, i) => ({
      venue: venues[venue]?.id as string,
      asset: id(asset),
      sales_per_percent_usd: (now.density[i * n + asset] as number) * 0.01,
      own_r: k[i * now.types.length + i] as number,
    })),
    impacts: assets.flatMap((asset, a) =>
      now.impact[a] === 0 ? [] : [{ asset: asset.id, fall_per_million_usd: (now.impact[a] as number) * 1e6 }],
    ),
    shocks: input.shocks.map((fall) => {
      const question = { fall, over_ms: HOUR_MS, reach: REACH }
      return { ...question, ...shock_offspring(snapshot, crowd, question) }
    }),
    leave_out: left_out(crowd, now, span),
    changes: others.map(({ what, world: other }) => ({
      what,
      r: reproduction_number(pressure_at(new Crowd(other), still, span)),
    })),
    ladder: ladder(crowd, snapshot),
    along: along === null ? null : { moves: input.along, steps: ladder_along(crowd, snapshot, along) },
    notes: [
      'R is a threshold of today’s book: over random markets it did not predict simulated multipliers. R of a shock does better; docs/criticality.md has the study.',
      'Everybody sells at once and books do not refill: R is that of a fall faster than recovery.',
      'Sales move all markets of an asset together, as arbitrage would leave them.',
    ],
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
