/** Chances from files of series, and what they would cost by snapshots. */
import { iso_time } from '../../analytics/index.ts'
import { InputError, Said } from '../../model/index.ts'
import { warn_text } from '../../reports/index.ts'
import { is_asset } from '../../studies/coverage.ts'
import type { Given } from '../../studies/detection.ts'
import { warn_document } from '../../studies/warn-document.ts'
import { daily_panel, DAY_MS, WARNING } from '../../studies/warning.ts'
import { painter } from '../support/colour.ts'
import type { Progress, WorkResult } from '../support/work.ts'
import { type Files, read_all, read_positions } from './detect.ts'

export interface WarnInput extends Files {
  readonly evaluate: boolean
  readonly fall: number
  readonly horizon_days: number
  readonly shock: number
  readonly amplification: number
  /** Runs a shock. */
  readonly seeds: number
  /** Every subject in the text. */
  readonly all: boolean
}

export async function warn_task(input: WarnInput, on_progress: Progress): Promise<WorkResult> {
  const known = await read_positions(input.snapshots, on_progress)
  const given = await read_all(input.files, on_progress)
  on_progress(0.1, 'indicators')
  const series = [...given, ...known.given].flatMap((one) => one.series)
  const panel = given.length === 0 ? undefined : daily_panel(series, range(given, input))
  if (panel !== undefined && panel.time_ms.length === 0)
    throw new InputError(input.files[0] ?? '', 'series', 'no values', 'prices of at least one asset')
  const { fall, horizon_days, shock, amplification } = input
  const document = warn_document({
    ...{ given: [...given, ...known.given], panel, positions: known.positions, files: known.files },
    options: { ...WARNING, fall, horizon_days, shock, amplification },
    ...{ evaluate: input.evaluate, seeds: input.seeds },
    on_progress: (done, phase) => on_progress(0.2 + 0.8 * done, phase),
  })
  const text = input.json
    ? `${JSON.stringify(document, null, 2)}\n`
    : warn_text(document, { width: input.look.width, painter: painter(input.look.colour), all: input.all })
  return { code: 0, text, note: '' }
}

/** The range of the prices of the first file, unless one is asked for. */
function range(given: readonly Given[], { from_ms, to_ms }: WarnInput): { readonly from_ms: number; readonly to_ms: number } {
  const priced = (given[0]?.series ?? []).filter(({ field, time_ms }) => field === 'close' && time_ms.length > 0)
  const closes = priced.filter(({ symbol }) => is_asset(symbol))
  if (closes.length === 0)
    throw new InputError(
      given[0]?.file ?? 'files',
      'close',
      new Said(
        priced.length === 0
          ? 'in no column'
          : `that of ${priced.map(({ symbol }) => symbol).join(', ')}: an index or a pair, no asset`,
      ),
      'prices of an asset in the first file: they say what is asked about; other files add signs',
    )
  const first = closes.reduce((low, { time_ms }) => Math.min(low, time_ms[0] as number), Number.POSITIVE_INFINITY)
  const final = closes.reduce(
    (high, { time_ms, delay_ms = 0 }) => Math.max(high, (time_ms[time_ms.length - 1] as number) + delay_ms),
    Number.NEGATIVE_INFINITY,
  )
  const held = `prices from ${iso_time(first)} to ${iso_time(final)}, as ${given[0]?.file} has`
  if (from_ms !== undefined && from_ms >= final) throw new InputError('--from', '', iso_time(from_ms), `a day within the ${held}`)
  if (to_ms !== undefined && to_ms <= first) throw new InputError('--to', '', iso_time(to_ms), `a day within the ${held}`)
  return { from_ms: from_ms ?? first, to_ms: Math.floor((to_ms ?? final) / DAY_MS) * DAY_MS }
}
