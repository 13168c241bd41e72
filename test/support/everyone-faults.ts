/** Random faults that mean something in a world. */
import type { Rng } from '../../src/math/index.ts'
import type { FaultSpec, KindSpec, Scenario, Snapshot } from '../../src/model/index.ts'

export interface Drawn {
  readonly snapshot: Snapshot
  readonly scenario: Scenario
}

/** Log-uniform between low and high. */
export const between = (rng: Rng, low: number, high: number) => low * (high / low) ** rng.uniform()
export const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.uniformInt(list.length)] as T

/** Oracles written in place: id and venue. */
function inline_oracles(value: unknown, venue: string, out: [string, string][]): void {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return
  for (const [key, inner] of Object.entries(value)) {
    const { kind, id } = (inner ?? {}) as { kind?: unknown; id?: unknown }
    if ((key === 'oracle' || key === 'index') && typeof kind === 'string' && typeof id === 'string') out.push([id, venue])
    inline_oracles(inner, venue, out)
  }
}

const POOLS = ['constant-product', 'stable-swap', 'weighted']
const THINNABLE = ['order-book', 'concentrated', ...POOLS]
const names = (list: readonly KindSpec[], prefix: string, kinds?: readonly string[]) =>
  list.filter(({ kind }) => kinds === undefined || kinds.includes(kind)).map(({ id }) => `${prefix}:${id}`)

/** What there is to break, with the draws that say which. */
class Targets {
  readonly rng: Rng
  readonly snapshot: Snapshot
  readonly oracles: [string, string][] = []
  readonly venues: string[]
  readonly markets: string[]
  readonly aave: readonly KindSpec[]
  readonly movable: string[]

  constructor(rng: Rng, snapshot: Snapshot) {
    this.rng = rng
    this.snapshot = snapshot
    for (const venue of snapshot.venues) inline_oracles(venue, venue.id, this.oracles)
    for (const { id } of snapshot.oracles) this.oracles.push([id, ''])
    this.venues = names(snapshot.venues, 'venue')
    this.markets = names(snapshot.markets, 'market')
    this.aave = snapshot.venues.filter(({ kind }) => kind === 'aave-v3')
    this.movable = snapshot.assets.filter(({ numeraire }) => numeraire !== true).map(({ id }) => id)
  }

  oracle(): string {
    const [id, venue] = pick(this.rng, this.oracles)
    return venue === '' || this.rng.uniform() < 0.5 ? `oracle:${id}` : `oracle:${id}@${venue}`
  }

  /** Anything that can be halted. */
  anything(): string {
    const { rng, snapshot, venues, markets } = this
    const action = pick(rng, ['withdraw', 'deposit', 'borrow', 'repay', 'liquidate', 'bid', 'start'])
    const agents = names(snapshot.agents, 'agent')
    return pick(rng, [
      pick(rng, venues),
      pick(rng, markets),
      this.oracle(),
      `${action}:${pick(rng, snapshot.venues).id}`,
      'transfer',
      pick(rng, agents),
    ])
  }

  /** Those actors who have a name and a rule. */
  named(): string[] {
    const { actors } = this.snapshot
    return actors.names.filter((_, i) => (actors.agent[i] as number) >= 0)
  }
}

type Body = Omit<FaultSpec, 'from_ms' | 'to_ms' | 'value' | 'target'> & Partial<FaultSpec>

function parameter({ rng, aave }: Targets, ramps: object): Body | undefined {
  const reserves = (aave[0]?.['reserves'] ?? []) as readonly { asset: string }[]
  if (aave[0] === undefined || reserves.length === 0) return undefined
  const [field, value] = pick(rng, [
    ['liquidation_threshold', 0.3 + 0.6 * rng.uniform()],
    ['base_rate', rng.uniform()],
    ['slope2', 5 * rng.uniform()],
  ] as const)
  return { ...ramps, kind: 'parameter', target: `venue:${aave[0].id}`, field: `${pick(rng, reserves).asset}.${field}`, value }
}

function theft({ rng, snapshot, aave, movable }: Targets): Body | undefined {
  const robbed = [...names(aave, 'venue'), ...names(snapshot.markets, 'market', POOLS)]
  if (robbed.length === 0) return undefined
  return { kind: 'drain', target: pick(rng, robbed), asset: pick(rng, movable), value: 0.01 + 0.9 * rng.uniform() }
}

function unbacked(t: Targets): Body | undefined {
  const named = t.named()
  if (named.length === 0) return undefined
  return { kind: 'unbacked', target: `asset:${pick(t.rng, t.movable)}`, value: between(t.rng, 1, 1e7), actor: pick(t.rng, named) }
}

function oracle(t: Targets, ramps: object): Body {
  const mode = pick(t.rng, ['factor', 'none', 'hold'] as const)
  return { ...(mode === 'factor' ? ramps : {}), kind: 'oracle', target: t.oracle(), mode, value: between(t.rng, 0.3, 3) }
}

/** One of each kind, in the order of the draw. */
const KINDS: readonly ((t: Targets, ramps: object, span: number) => Body | undefined)[] = [
  (t) => ({ kind: 'halt', target: t.anything() }),
  (t, ramps) => ({ ...ramps, kind: 'gas', value: between(t.rng, 1, 5_000) }),
  oracle,
  ({ rng, snapshot }, ramps) => ({
    ...ramps,
    kind: 'depth',
    target: pick(rng, names(snapshot.markets, 'market', THINNABLE)),
    value: rng.uniform() ** 3,
  }),
  (t, _, span) => ({
    kind: 'sequencer',
    targets: [t.anything(), t.anything(), 'oracle:*'],
    grace_ms: Math.floor(t.rng.uniform() * span),
  }),
  (t) => ({ kind: 'reorg', target: t.anything() }),
  ({ rng }) => ({ kind: 'finality', value: Math.floor(rng.uniform() * 3_600_000) }),
  ({ rng, venues, markets }) => ({ kind: 'blocks', target: pick(rng, [...venues, ...markets]), value: rng.uniformInt(20) }),
  ({ rng, movable }, ramps) => ({
    ...ramps,
    kind: 'depeg',
    target: `asset:${pick(rng, movable)}`,
    value: between(rng, 0.4, 1.5),
  }),
  unbacked,
  theft,
  parameter,
]

/** A fault of a random kind that means something in this world, or none where there is nothing for its kind. */
export function random_fault(rng: Rng, { snapshot, scenario: { horizon_ms } }: Drawn): FaultSpec | undefined {
  const from_ms = Math.floor(rng.uniform() * horizon_ms)
  const span = 1 + Math.floor(rng.uniform() * horizon_ms)
  const part = () => Math.floor(rng.uniform() * span)
  const ramps = rng.uniform() < 0.5 ? {} : { ramp_ms: part(), fade_ms: part() }
  const body = pick(rng, KINDS)(new Targets(rng, snapshot), ramps, span)
  return body === undefined ? undefined : { target: '', value: 0, ...body, from_ms, to_ms: from_ms + span }
}
