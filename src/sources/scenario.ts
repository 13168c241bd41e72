/** Scenarios as JSON or YAML documents. */
import { dirname } from 'node:path'
import { parse as parse_yaml } from 'yaml'
import { z } from 'zod'
import {
  type Bars,
  bars_hash,
  DEFAULT_LIMITS,
  FAULT_KINDS,
  InputError,
  type KindSpec,
  ORACLE_MODES,
  Said,
  SCENARIO_SCHEMA,
  type Scenario,
} from '../model/index.ts'
import { decode_typed, inside, is_plain } from './columns.ts'
import { readBars } from './files.ts'
import { parse_json, read_text } from './read.ts'
import { parse } from './valid.ts'

/** Longest scenario document. */
export const MAX_SCENARIO_BYTES = 4_194_304

const DAY_MS = 86_400_000
const time = z.number().int().min(0).max(1e14)
const id = z.string().min(1).max(200)

const schema = z.strictObject({
  schema: z.literal(SCENARIO_SCHEMA),
  id,
  title: z.string().max(1000).default(''),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
  horizon_ms: z
    .number()
    .int()
    .min(1)
    .max(3650 * DAY_MS)
    .default(DAY_MS),
  tick_ms: z.number().int().min(1).max(DAY_MS).default(60_000),
  drivers: z.array(z.looseObject({ kind: id, id })).default([]),
  faults: z
    .array(
      z.strictObject({
        kind: z.enum(FAULT_KINDS),
        target: z.string().default(''),
        targets: z.array(id).min(1).max(1000).optional(),
        from_ms: time.default(0),
        to_ms: time.default(1e14),
        value: z.number().min(-1e15).max(1e15).default(0),
        ramp_ms: time.optional(),
        fade_ms: time.optional(),
        mode: z.enum(ORACLE_MODES).optional(),
        asset: id.optional(),
        actor: id.optional(),
        field: id.optional(),
        delay_ms: time.optional(),
        grace_ms: time.optional(),
      }),
    )
    .default([]),
  gas_usd: z.number().min(0).max(1e9).default(30),
  pinned: z.array(id).default([]),
  without: z.array(id).default([]),
  limits: z
    .strictObject({
      rounds: z.number().int().min(1).max(1_000_000).default(DEFAULT_LIMITS.rounds),
      rows: z.number().int().min(1).max(2_000_000_000).default(DEFAULT_LIMITS.rows),
    })
    .prefault({}),
  series_hash: z.string().optional(),
})

function document_of(path: string, text: string): unknown {
  if (text.length > MAX_SCENARIO_BYTES)
    throw new InputError(path, 'size', `${text.length} characters`, `at most ${MAX_SCENARIO_BYTES}`)
  const json = /\.json(\.gz)?$/.test(path)
  if (!json && !/\.ya?ml$/.test(path)) throw new InputError(path, 'name', path, 'a name that ends in .json, .yaml or .yml')
  if (json) return parse_json(path, text)
  if (text.trim() === '') throw new InputError(path, '', new Said('an empty file'), 'YAML')
  try {
    return parse_yaml(text, { maxAliasCount: 100, schema: 'core' })
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]?.replace(/:$/, '')
    throw new InputError(path, '', new Said(`damaged: ${reason}`), 'YAML')
  }
}

/** Bars of a replay that stand in a file beside the document: those of the symbols that assets follow. */
async function with_bars(driver: KindSpec, where: string, field: string, folder: string): Promise<readonly [KindSpec, Bars[]]> {
  const { bars, assets } = driver
  if (!is_plain(bars) || typeof bars['file'] !== 'string' || Object.keys(bars).length !== 1) return [driver, []]
  const path = await inside(bars['file'], where, `${field}.bars.file`, folder)
  const symbols = new Set(
    is_plain(assets) ? Object.values(assets).map((asset) => (is_plain(asset) ? asset['symbol'] : undefined)) : [],
  )
  const used = (await readBars(path)).filter((one) => symbols.has(one.symbol))
  return [{ ...driver, bars: Object.fromEntries(used.map((one) => [one.symbol, one])) }, used]
}

/**
 * Reads a scenario; what it leaves out is filled in: seed 1, one day in ticks of a minute, no faults. A replay may name a file
 * of bars beside the document, `bars: {file: …}`; its hash then becomes the scenario's `series_hash`.
 */
export async function readScenario(path: string): Promise<Scenario> {
  const found = decode_typed(document_of(path, await read_text(path)), path, '')
  const scenario = parse(schema, found, path)
  scenario.faults.forEach((fault, i) => {
    if (fault.to_ms <= fault.from_ms)
      throw new InputError(path, `faults[${i}].to_ms`, fault.to_ms, `more than from_ms, ${fault.from_ms}`)
  })
  if (scenario.tick_ms > scenario.horizon_ms)
    throw new InputError(path, 'tick_ms', scenario.tick_ms, `at most horizon_ms, ${scenario.horizon_ms}`)
  const seen = new Set<string>()
  const drivers: KindSpec[] = []
  const all: Bars[] = []
  for (const [i, driver] of scenario.drivers.entries()) {
    if (seen.has(driver.id)) throw new InputError(path, `drivers[${i}].id`, driver.id, 'an id that no other has')
    seen.add(driver.id)
    const [spec, bars] = await with_bars(driver, path, `drivers[${i}]`, dirname(path))
    drivers.push(spec)
    all.push(...bars)
  }
  const { series_hash, ...rest } = scenario
  const hash = series_hash ?? (all.length > 0 ? bars_hash(all) : undefined)
  return { ...rest, drivers, ...(hash === undefined ? {} : { series_hash: hash }) }
}
