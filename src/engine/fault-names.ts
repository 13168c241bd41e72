/** Which names a fault may use, and whether one means another. */
import { type FaultSpec, InputError } from '../model/index.ts'

/** Actions that may be refused by name, as `withdraw:<venue>`. */
export const HALTING_ACTIONS = ['deposit', 'withdraw', 'borrow', 'repay', 'liquidate', 'start', 'bid', 'redeem'] as const

/** Does a target mean this name? One that ends in `*` means all names that begin so. */
export const means = (target: string, name: string): boolean =>
  target.endsWith('*') ? name.startsWith(target.slice(0, -1)) : target === name

/** Does a target mean this oracle as this component reads it? `oracle:ETH`, `oracle:ETH@aave`, `oracle:*@aave`. */
export function means_oracle(target: string, id: string, reader: string): boolean {
  const at = target.lastIndexOf('@')
  if (at < 0) return means(target, `oracle:${id}`)
  return target.slice(at + 1) === reader && means(target.slice(0, at), `oracle:${id}`)
}

/** All that a world has to be named. */
export interface Names {
  readonly markets: readonly string[]
  readonly venues: readonly string[]
  readonly agents: readonly string[]
  readonly assets: readonly string[]
  readonly oracles: readonly string[]
  /** Oracles as they were opened: id and the component that reads them. */
  readonly readers: readonly (readonly [id: string, reader: string])[]
  /** What components themselves look for. */
  readonly asked: ReadonlySet<string>
  /** Ids of components that a scenario leaves out: what names them is of no effect. */
  readonly gone: ReadonlySet<string>
}

export const targets_of = (fault: FaultSpec): readonly string[] =>
  fault.targets === undefined ? [fault.target] : fault.target === '' ? fault.targets : [fault.target, ...fault.targets]

/** Does a name belong to a component that was left out: its id, or something of its own after `.`, `@` or `:`? */
export function of_gone(target: string, gone: ReadonlySet<string>): boolean {
  if (gone.size === 0) return false
  const rest = target.slice(target.indexOf(':') + 1)
  for (const id of gone)
    if (rest === id || rest.endsWith(`@${id}`) || (rest.startsWith(id) && ['.', ':', '@'].includes(rest[id.length] as string)))
      return true
  return false
}

/** Every name that a halt may use here. */
export function halting_names(names: Names): string[] {
  const { markets, venues, agents, oracles, readers, asked } = names
  const all = new Set<string>(['transfer'])
  for (const id of markets) all.add(`market:${id}`)
  for (const id of venues) all.add(`venue:${id}`)
  for (const id of agents) all.add(`agent:${id}`)
  for (const id of oracles) all.add(`oracle:${id}`)
  for (const [id, reader] of readers) all.add(`oracle:${id}`).add(`oracle:${id}@${reader}`)
  for (const name of asked) all.add(name)
  for (const id of venues) for (const action of HALTING_ACTIONS) all.add(`${action}:${id}`)
  return [...all]
}

/** What a fault of each kind may name. */
function choices(fault: FaultSpec, names: Names): string[] {
  switch (fault.kind) {
    case 'gas':
      return ['']
    case 'finality':
      return ['', 'transfer']
    case 'oracle':
      return halting_names(names).filter((name) => name.startsWith('oracle:') && !/:.*:/.test(name))
    case 'depth':
      return names.markets.map((id) => `market:${id}`)
    case 'blocks':
      return [...names.venues.map((id) => `venue:${id}`), ...names.markets.map((id) => `market:${id}`)]
    case 'drain':
      return [...names.markets.map((id) => `market:${id}`), ...names.venues.map((id) => `venue:${id}`)]
    case 'depeg':
    case 'unbacked':
      return names.assets.map((id) => `asset:${id}`)
    case 'parameter':
      return names.venues.map((id) => `venue:${id}`)
    default:
      return halting_names(names)
  }
}

/** Is it an unopened oracle's own word, `oracle:<id>:void`? Nobody reads that oracle here, so nothing can be said against it. */
function unread(target: string, names: Names): boolean {
  const match = /^oracle:(.+):[^:]+$/.exec(target)
  return match !== null && names.oracles.includes(match[1] as string) && !names.readers.some(([id]) => id === match[1])
}

/** A target as it is meant by an oracle fault: `oracle:*@aave` has its star before the reader. */
function met(target: string, fault: FaultSpec, valid: readonly string[], names: Names): boolean {
  if (valid.some((name) => means(target, name))) return true
  if (!target.startsWith('oracle:') || !['oracle', 'halt', 'sequencer', 'reorg'].includes(fault.kind)) return false
  return names.readers.some(([id, reader]) => means_oracle(target, id, reader))
}

/** @throws InputError for a target that means nothing here */
export function check_targets(faults: readonly FaultSpec[], names: Names): void {
  faults.forEach((fault, i) => {
    const valid = choices(fault, names)
    targets_of(fault).forEach((target, t) => {
      if (met(target, fault, valid, names) || unread(target, names) || of_gone(target, names.gone)) return
      if (fault.kind === 'gas') return
      const field = fault.targets !== undefined && (fault.target === '' || t > 0) ? 'targets' : 'target'
      const shown = valid.slice(0, 40).join(', ') + (valid.length > 40 ? ` … (${valid.length})` : '')
      throw new InputError('scenario', `faults[${i}].${field}`, target, shown === '' ? 'nothing here' : `one of ${shown}`)
    })
  })
}
