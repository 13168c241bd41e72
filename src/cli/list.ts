/** `unwind list`: what there is. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import type { EventSource } from '../scenarios/index.ts'
import type { Act } from './support/act.ts'
import type { Host } from './support/host.ts'

interface Entry {
  readonly id: string
  readonly title: string
  readonly source?: string
  /** Of presets: what kind it is, and what a reader can look up. */
  readonly type?: string
  readonly time?: string
  readonly evidence?: string
  readonly sources?: readonly EventSource[]
  readonly page?: string
}

interface Options {
  readonly json?: true
}

const kinds = async (family: 'venues' | 'markets' | 'oracles' | 'drivers' | 'agents'): Promise<readonly Entry[]> =>
  (await import('../scenarios/index.ts')).REGISTRIES[family]

/** Families in the order in which people look for them, each with what it is and how it is read. */
const FAMILIES: Readonly<Record<string, { readonly what: string; readonly load: () => Promise<readonly Entry[]> }>> = {
  venues: { what: 'lending protocols and derivative exchanges', load: () => kinds('venues') },
  markets: { what: 'places to trade one pair', load: () => kinds('markets') },
  oracles: { what: 'what a venue takes its prices from', load: () => kinds('oracles') },
  drivers: { what: 'what moves fundamentals', load: () => kinds('drivers') },
  agents: { what: 'rules by which actors behave', load: () => kinds('agents') },
  analytics: { what: 'tables measured on a run', load: async () => (await import('../analytics/index.ts')).analytics },
  indicators: { what: 'series that describe fragility', load: async () => (await import('../indicators/index.ts')).indicators },
  detectors: { what: 'finders of events in series', load: async () => (await import('../detectors/index.ts')).detectors },
  presets: { what: 'scenarios with a name, and real events with their books', load: preset_entries },
  golden: { what: 'published values that unwind validate recomputes', load: golden_entries },
}

async function golden_entries(): Promise<readonly Entry[]> {
  const { golden } = await import('../validation/index.ts')
  return golden().map((row) => ({ id: row.id, title: row.what, source: row.source }))
}

async function preset_entries(): Promise<readonly Entry[]> {
  const { events, presets } = await import('../scenarios/index.ts')
  return [
    ...events.map(({ id, title, type, time, evidence, sources, page }) => {
      return { id, title, source: sources.map((one) => one.title).join('; '), type, time, evidence, sources, page }
    }),
    ...presets,
  ]
}

const EXAMPLES = `
Examples:
  unwind list                   the families
  unwind list venues            the kinds of a family
  unwind list presets --json    an array of {id, title, source}; of presets also type, evidence and sources
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[family]', `one of ${Object.keys(FAMILIES).join(', ')}`)
    .option('--json', 'print an array')
    .addHelpText('after', EXAMPLES)
    .action((family: string | undefined, options: Options) => act(() => run(family, options, host)))
}

async function run(family: string | undefined, options: Options, host: Host): Promise<number> {
  const entries =
    family === undefined ? Object.entries(FAMILIES).map(([id, { what }]) => ({ id, title: what })) : await read(family)
  host.out(options.json === true ? `${JSON.stringify(entries, null, 2)}\n` : text(entries))
  return 0
}

async function read(family: string): Promise<Entry[]> {
  const found = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined
  if (found === undefined) throw new InputError('family', '', family, `one of ${Object.keys(FAMILIES).join(', ')}`)
  return (await found.load()).map(({ id, title, source, type, time, evidence, sources, page }) => {
    const fields = { id, title, source, type, time, evidence, sources, page }
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Entry
  })
}

function text(entries: readonly Entry[]): string {
  const width = entries.reduce((most, { id }) => Math.max(most, id.length), 0)
  return entries
    .map(({ id, title, type }) => `${id.padEnd(width)}  ${type === undefined ? '' : `${type.padEnd(12)}  `}${title}\n`)
    .join('')
}
