/** What a snapshot must be before any component reads it: its frame, its columns and its references. */
import { z } from 'zod'
import {
  type Actors,
  check_column,
  type ColumnSet,
  EVIDENCE,
  InputError,
  type KindSpec,
  SNAPSHOT_SCHEMA,
  type Snapshot,
} from '../model/index.ts'
import { is_column, is_plain } from './columns.ts'
import { parse } from './valid.ts'

/** Nothing is traded outside these prices; a value beyond is a unit gone wrong (wei for ether, a price in 1e8). */
const LEAST_PRICE_USD = 1e-18
const MOST_PRICE_USD = 1e12

/** Largest size of any number in a component: amounts, depths, prices, times. Sums of products of larger ones lose what conservation is checked to. */
const LARGEST = 1e18

const id = z.string().min(1).max(200)
const spec = z.looseObject({ kind: id, id })
const f64 = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a column of numbers')
const i32 = z.custom<Int32Array>((value) => value instanceof Int32Array, 'a column of whole numbers')

/** The frame of a snapshot; what stands in a component is its kind's business. */
export const snapshot_frame = z.strictObject({
  schema: z.literal(SNAPSHOT_SCHEMA).describe('version of the format'),
  id: id.describe('short name'),
  title: z.string().max(1000).describe('name in headings'),
  time_ms: z.number().int().min(-8.64e15).max(8.64e15).describe('the moment it tells of, ms since 1970 UTC'),
  provenance: z
    .array(
      z.strictObject({
        part: z.string().describe('`assets`, `markets`, `venues.aave.accounts`, …'),
        evidence: z.enum(EVIDENCE).describe('how it is known'),
        source: z.string().describe('where it is from'),
      }),
    )
    .describe('where each part is from; a result is as weak as the weakest; may be empty'),
  assets: z
    .array(
      z.strictObject({
        id: id.describe('name by which everything else refers to it'),
        title: z.string().optional().describe('longer name'),
        price_usd: z.number().min(LEAST_PRICE_USD).max(MOST_PRICE_USD).describe('USD a unit at the start'),
        beta: z
          .number()
          .min(-100)
          .max(100)
          .describe('log move per log move of the shocked asset (÷ its beta) under `--correlated`; 0 does not follow'),
        reference: z.string().optional().describe('id of the market whose mid is its price in reports'),
        numeraire: z.boolean().optional().describe('true: unit of account, never moves'),
      }),
    )
    .min(1)
    .describe('everything that is held, owed or traded'),
  actors: z
    .strictObject({
      count: z.number().int().min(0).max(2_000_000_000).describe('number of actors'),
      names: z.array(z.string()).describe('names of the first of them; may be empty'),
      agent: i32.describe('one an actor: position in `agents`; −1 never acts'),
      treasury: z
        .strictObject({
          actor: i32.describe('position in actors'),
          asset: i32.describe('position in assets'),
          amount: f64.describe('units held at the start, ≥ 0'),
        })
        .describe('what actors hold outside venues, a row each'),
    })
    .describe('who owns accounts and acts'),
  markets: z.array(spec).describe('where assets trade'),
  oracles: z.array(spec).describe('what venues take prices from'),
  venues: z.array(spec).describe('lenders and exchanges, with their accounts'),
  agents: z.array(spec).describe('rules by which actors behave'),
})

/** Columns that are sizes: never negative in any kind of venue. */
const SIZES: ReadonlySet<string> = new Set(['amount', 'collateral', 'debt', 'wallet', 'entry'])

function check_unique(where: string, field: string, list: readonly { readonly id: string }[]): void {
  const seen = new Set<string>()
  list.forEach((item, i) => {
    if (seen.has(item.id)) throw new InputError(where, `${field}[${i}].id`, item.id, 'an id that no other has')
    seen.add(item.id)
  })
}

/** Every value of a column of positions points into a list of `count`, or is −1 where that means nobody. */
function check_positions(where: string, field: string, column: Int32Array, lowest: number, count: number): void {
  for (let i = 0; i < column.length; i++) {
    const value = column[i] as number
    if (value < lowest || value >= count)
      throw new InputError(
        where,
        `${field}[${i}]`,
        value,
        count === 0 && lowest === 0 ? 'nothing: the list is empty' : `${lowest} to ${count - 1}`,
      )
  }
}

function check_actors(where: string, actors: Actors, assets: number, agents: number): void {
  if (actors.names.length > actors.count)
    throw new InputError(where, 'actors.names', `${actors.names.length} names`, `at most ${actors.count}, one an actor`)
  check_column(actors.agent, actors.count, where, 'actors.agent')
  check_positions(where, 'actors.agent', actors.agent, -1, agents)
  const { actor, asset, amount } = actors.treasury as { actor: Int32Array; asset: Int32Array; amount: Float64Array }
  check_column(asset, actor.length, where, 'actors.treasury.asset')
  check_column(amount, actor.length, where, 'actors.treasury.amount', 0)
  check_positions(where, 'actors.treasury.actor', actor, 0, actors.count)
  check_positions(where, 'actors.treasury.asset', asset, 0, assets)
}

/** Refuses numbers of absurd size anywhere in a component, with their place. */
function check_sizes(where: string, field: string, value: unknown): void {
  if (typeof value === 'number') {
    if (Math.abs(value) > LARGEST) throw new InputError(where, field, value, 'a number from −1e18 to 1e18')
  } else if (is_column(value)) {
    if (value instanceof Int32Array) return
    const at = value.findIndex((item) => Math.abs(item) > LARGEST)
    if (at >= 0) check_sizes(where, `${field}[${at}]`, value[at])
  } else if (Array.isArray(value)) value.forEach((item, i) => check_sizes(where, `${field}[${i}]`, item))
  else if (is_plain(value)) for (const [name, item] of Object.entries(value)) check_sizes(where, `${field}.${name}`, item)
}

const set_of = (value: unknown): ColumnSet | undefined =>
  is_plain(value) && Object.values(value).length > 0 && Object.values(value).every(is_column) ? (value as ColumnSet) : undefined

function check_venue(where: string, venue: KindSpec, actors: number): void {
  const rows = Object.values(set_of(venue['accounts']) ?? {})[0]?.length ?? 0
  for (const [name, value] of Object.entries(venue)) {
    const set = set_of(value)
    if (set === undefined) continue
    const field = `venues.${venue.id}.${name}`
    const length = (Object.values(set)[0] as Float64Array).length
    for (const [key, column] of Object.entries(set)) {
      check_column(column, length, where, `${field}.${key}`, SIZES.has(key) ? 0 : Number.NEGATIVE_INFINITY)
      if (key === 'owner' && column instanceof Int32Array) check_positions(where, `${field}.owner`, column, -1, actors)
      if (key === 'account' && column instanceof Int32Array) check_positions(where, `${field}.account`, column, 0, rows)
    }
  }
}

/**
 * The value as a snapshot. What the kinds of its components ask for is checked when a world is built.
 * @throws InputError that names the first thing wrong
 */
export function check_snapshot(value: unknown, where: string): Snapshot {
  const snapshot = parse(snapshot_frame, value, where) as Snapshot
  for (const family of ['assets', 'markets', 'oracles', 'venues', 'agents'] as const)
    check_unique(where, family, snapshot[family])
  snapshot.assets.forEach((asset, i) => {
    if (asset.reference !== undefined && !snapshot.markets.some((market) => market.id === asset.reference))
      throw new InputError(
        where,
        `assets[${i}].reference`,
        asset.reference,
        `a market: ${snapshot.markets
          .map((market) => market.id)
          .slice(0, 40)
          .join(', ')}`,
      )
  })
  check_actors(where, snapshot.actors, snapshot.assets.length, snapshot.agents.length)
  check_sizes(where, 'actors.treasury', snapshot.actors.treasury)
  for (const family of ['markets', 'oracles', 'venues', 'agents'] as const)
    snapshot[family].forEach((spec) => check_sizes(where, `${family}.${spec.id}`, spec))
  for (const venue of snapshot.venues) check_venue(where, venue, snapshot.actors.count)
  return snapshot
}
