/**
 * Faults: switches of the outside world over time. What each does is a function of time alone, but for tokens that are stolen or
 * appear, which happen once. Knows contracts, no kind by name.
 */
import { type Actions, type AssetSpec, type FaultSpec, InputError } from '../model/index.ts'
import { means_oracle, targets_of } from './fault-names.ts'

/** A fault of the scenario with its position there. */
export interface Fault {
  readonly spec: FaultSpec
  readonly index: number
  readonly targets: readonly string[]
}

const HALTS: readonly FaultSpec['kind'][] = ['halt', 'sequencer', 'reorg']
const RAMPS: readonly FaultSpec['kind'][] = ['gas', 'oracle', 'depth', 'depeg', 'parameter']

/** From 0 to 1 within the ramp, 1, and back to 0 within the fade; 0 before `from_ms` and from `to_ms` on. */
export function strength_at(spec: FaultSpec, elapsed_ms: number): number {
  const since = elapsed_ms - spec.from_ms - (spec.delay_ms ?? 0)
  const left = spec.to_ms - elapsed_ms
  if (since < 0 || left <= 0) return 0
  const up = (spec.ramp_ms ?? 0) > 0 ? since / (spec.ramp_ms as number) : 1
  const down = (spec.fade_ms ?? 0) > 0 ? left / (spec.fade_ms as number) : 1
  return Math.min(1, up, down)
}

/** A number that goes from what it is to `value` along a straight line. */
export const ramped = (from: number, value: number, strength: number): number =>
  strength === 1 ? value : from + strength * (value - from)

/** All faults of a scenario, as they stand at one moment. */
export class Faults {
  list: readonly Fault[] = []
  private specs: readonly FaultSpec[] = []
  private readonly halts = new Set<string>()
  private readonly prefixes: string[] = []
  private strengths = new Float64Array(0)
  /** Bundles of agents that still fit into this tick, by fault; +Infinity when it is off. */
  private room = new Float64Array(0)
  /** What transfers take longer, ms. */
  finality_ms = 0
  /** Log row of a fault's beginning, −1 before; set by whoever writes it. */
  row: (fault: Fault) => number = () => -1
  /** While a world is opened: what its components look for. */
  asked: Set<string> | undefined

  constructor(specs: readonly FaultSpec[]) {
    this.take(specs)
  }

  private take(specs: readonly FaultSpec[]): void {
    if (this.specs === specs && this.list.length === specs.length) return
    this.specs = specs
    this.list = specs.map((spec, index) => ({ spec, index, targets: targets_of(spec) }))
    this.strengths = new Float64Array(specs.length)
    this.room = new Float64Array(specs.length).fill(Number.POSITIVE_INFINITY)
  }

  /** The state of all faults at this time after the start. */
  advance(specs: readonly FaultSpec[], elapsed_ms: number): void {
    this.take(specs)
    this.halts.clear()
    this.prefixes.length = 0
    this.finality_ms = 0
    for (const { spec, index, targets } of this.list) {
      const strength = strength_at(spec, elapsed_ms)
      this.strengths[index] = strength
      this.room[index] = spec.kind === 'blocks' && strength > 0 ? spec.value : Number.POSITIVE_INFINITY
      if (spec.kind === 'sequencer') this.wait_after(spec, targets, elapsed_ms)
      if (strength === 0) continue
      if (HALTS.includes(spec.kind)) for (const target of targets) this.halt(target)
      if (spec.kind === 'finality') this.finality_ms += spec.value
    }
  }

  /** Venues that wait for a sequencer to have been up for a while are told by `sentinel:<venue>`. */
  private wait_after(spec: FaultSpec, targets: readonly string[], elapsed_ms: number): void {
    if (elapsed_ms < spec.from_ms || elapsed_ms >= spec.to_ms + (spec.grace_ms ?? 0)) return
    for (const target of targets) if (target.startsWith('venue:')) this.halt(`sentinel:${target.slice('venue:'.length)}`)
  }

  private halt(target: string): void {
    if (target.endsWith('*')) this.prefixes.push(target.slice(0, -1))
    else this.halts.add(target)
  }

  clear(): void {
    this.halts.clear()
    this.prefixes.length = 0
    this.strengths.fill(0)
    this.room.fill(Number.POSITIVE_INFINITY)
    this.finality_ms = 0
  }

  halted(name: string): boolean {
    this.asked?.add(name)
    if (this.halts.has(name)) return true
    for (const prefix of this.prefixes) if (name.startsWith(prefix)) return true
    return false
  }

  /** Is anything halted at all? */
  get any(): boolean {
    return this.halts.size > 0 || this.prefixes.length > 0
  }

  strength(fault: Fault): number {
    return this.strengths[fault.index] as number
  }

  /** Those of one kind, in the order of the scenario. */
  of(kind: FaultSpec['kind']): readonly Fault[] {
    return this.list.filter(({ spec }) => spec.kind === kind)
  }

  /** Those that change what a component reads of an oracle, by themselves: a halt of the oracle as such is the oracle's own matter. */
  on_oracle(id: string, reader: string): readonly Fault[] {
    return this.list.filter(
      ({ spec, targets }) =>
        (spec.kind === 'oracle' || HALTS.includes(spec.kind)) &&
        targets.some((target) => (spec.kind === 'oracle' || target.includes('@')) && means_oracle(target, id, reader)),
    )
  }

  gas_usd(gas_usd: number): number {
    let gas = gas_usd
    for (const fault of this.list)
      if (fault.spec.kind === 'gas' && this.strength(fault) > 0) gas = ramped(gas_usd, fault.spec.value, this.strength(fault))
    return gas
  }

  /** Does a bundle of an agent fit into the blocks of this tick? `names` are the components it touches. */
  fits(names: readonly string[]): boolean {
    for (const fault of this.list) if ((this.room[fault.index] as number) < 1 && touches(fault, names)) return false
    return true
  }

  included(names: readonly string[]): void {
    for (const fault of this.list)
      if ((this.room[fault.index] as number) < Number.POSITIVE_INFINITY && touches(fault, names))
        this.room[fault.index] = (this.room[fault.index] as number) - 1
  }

  /** Are blocks full anywhere now? */
  get crowded(): boolean {
    for (let i = 0; i < this.room.length; i++) if ((this.room[i] as number) < Number.POSITIVE_INFINITY) return true
    return false
  }
}

const touches = (fault: Fault, names: readonly string[]): boolean => names.some((name) => fault.targets.includes(name))

/** Components that the actions of a bundle touch, the clock and the ledger apart. */
export function touched(actions: Actions, b: number, market: (i: number) => string, venue: (i: number) => string): string[] {
  const out = new Set<string>()
  for (let i = actions.starts[b] as number; i < actions.end(b); i++) {
    const action = actions.list[i]
    if (action === undefined || action.kind === 'wait' || action.kind === 'transfer') continue
    if (action.market >= 0) out.add(`market:${market(action.market)}`)
    if (action.venue >= 0) out.add(`venue:${venue(action.venue)}`)
  }
  return [...out]
}

const invalid = (i: number, field: string, found: unknown, valid: string) =>
  new InputError('scenario', `faults[${i}].${field}`, found, valid)

const needs_positive = (spec: FaultSpec): boolean =>
  spec.kind === 'depeg' || (spec.kind === 'oracle' && spec.mode !== 'none' && spec.mode !== 'hold')

function check_value(spec: FaultSpec, i: number): void {
  const { kind, value } = spec
  if (!Number.isFinite(value)) throw invalid(i, 'value', value, 'a finite number')
  if (needs_positive(spec) && !(value > 0)) throw invalid(i, 'value', value, 'more than 0')
  if (kind === 'depth' && !(value >= 0 && value <= 100)) throw invalid(i, 'value', value, 'a share from 0 to 100')
  if (kind === 'drain' && !(value > 0 && value < 1)) throw invalid(i, 'value', value, 'a share above 0 and below 1')
  if (kind === 'unbacked' && !(value > 0)) throw invalid(i, 'value', value, 'units, more than 0')
  if ((kind === 'gas' || kind === 'finality' || kind === 'blocks') && !(value >= 0)) throw invalid(i, 'value', value, '0 or more')
}

/** What each fault must say beside its target. @throws InputError naming the first that does not */
export function check_faults(specs: readonly FaultSpec[], assets: readonly AssetSpec[]): void {
  specs.forEach((spec, i) => {
    const { kind } = spec
    check_value(spec, i)
    if (!(spec.from_ms >= 0)) throw invalid(i, 'from_ms', spec.from_ms, '0 or more')
    for (const field of ['ramp_ms', 'fade_ms'] as const)
      if ((spec[field] ?? 0) > 0 && !(RAMPS.includes(kind) && ['factor', 'value', undefined].includes(spec.mode)))
        throw invalid(i, field, spec[field], `nothing: a ${kind} is on or off`)
    if (kind === 'depeg') {
      const asset = assets.find(({ id }) => `asset:${id}` === spec.target)
      if (asset?.numeraire) throw invalid(i, 'target', spec.target, 'an asset that is not the unit of account')
    }
    if (kind === 'parameter' && spec.field === undefined)
      throw invalid(i, 'field', undefined, 'the name of a parameter of the venue')
    if (kind === 'drain' && !assets.some(({ id }) => id === spec.asset))
      throw invalid(i, 'asset', spec.asset, `one of ${assets.map(({ id }) => id).join(', ')}`)
    if (kind === 'unbacked' && spec.actor === undefined) throw invalid(i, 'actor', undefined, 'who gets it')
  })
}
