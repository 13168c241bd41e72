/** The snapshot of one venue under test: its actors, its assets with a spot book each, and oracles that the test sets. */
import { type KindSpec, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA } from '../../src/model/index.ts'
import type { AnyAdapter } from './adapter.ts'

/** Positions in `actors`: owners of accounts, then one who has everything, one who has nothing. Ledger actors are one more. */
export const OWNERS = 8
export const KEEPER = OWNERS + 1
export const PAUPER = OWNERS + 2
export const ACTORS = OWNERS + 2

export const START_MS = 1_700_000_000_000
export const MINUTE_MS = 60_000

/** USD per asset in the treasury of every owner, and of the keeper. */
const OWNER_USD = 1e5
const KEEPER_USD = 1e9

function treasuries(assets: Readonly<Record<string, number>>) {
  const [actor, asset, amount]: [number[], number[], number[]] = [[], [], []]
  for (let who = 0; who <= OWNERS; who++)
    Object.values(assets).forEach((usd, what) => {
      actor.push(who)
      asset.push(what)
      amount.push((who < OWNERS ? OWNER_USD : KEEPER_USD) / usd)
    })
  return { actor: Int32Array.from(actor), asset: Int32Array.from(asset), amount: Float64Array.from(amount) }
}

/** Opens a venue of any kind beside the spot books of the assets that move. */
export function snapshot(adapter: AnyAdapter, spec: object, parts: Parts) {
  const { kind, assets, moves } = adapter
  const spot = moves.map((id) => ({ kind: 'rail', id: `${id}-spot`, base: id, quote: 'USD', price: assets[id] }))
  const names = Object.keys({ USD: 1, ...assets })
  const prices = { USD: 1, ...assets } as Record<string, number>
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'stand',
    title: 'One venue',
    time_ms: START_MS,
    provenance: [],
    assets: names.map((id) => ({
      id,
      price_usd: prices[id] as number,
      beta: 1,
      ...(id === 'USD' ? { numeraire: true } : {}),
      ...(moves.includes(id) ? { reference: `${id}-spot` } : {}),
    })),
    actors: {
      count: ACTORS,
      names: Array.from({ length: ACTORS }, (_, i) => `actor ${i}`),
      agent: new Int32Array(ACTORS).fill(-1),
      treasury: treasuries(prices),
    },
    markets: [...spot, ...(adapter.markets ?? []), ...(parts.markets ?? [])],
    oracles: names.map((id) => parts.oracles?.[id] ?? { kind: 'dial', id, price: prices[id] }),
    venues: [{ kind, id: 'venue', ...spec }],
    agents: [],
  }
}

export const SCENARIO = {
  schema: SCENARIO_SCHEMA,
  id: 'stand',
  title: 'stand',
  seed: 1,
  horizon_ms: 86_400_000,
  tick_ms: MINUTE_MS,
  drivers: [],
  faults: [],
  gas_usd: 0,
  pinned: [],
  without: [],
  limits: { rounds: 100, rows: 1e6 },
} as const

/** What a scene has beside the venue, or in place of a dial. */
export interface Parts {
  readonly markets?: readonly KindSpec[]
  readonly oracles?: Readonly<Record<string, KindSpec>>
}
