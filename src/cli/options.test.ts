import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../model/index.ts'
import { configure, parse } from './stress.ts'
import { day_ms, shock, span_ms, whole } from './support/options.ts'
import { width_of } from './support/node-host.ts'
import { commit, discard, prepare } from './support/outputs.ts'
import { meter } from './support/progress.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-options-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const HOST = { width: 100, colour: false }
const DAY = 86_400_000

/** The command line as the work takes it. */
function parsed(...args: string[]) {
  const command = new Command().exitOverride().configureOutput({ outputError: () => {} })
  let options: Parameters<typeof parse>[1] | undefined
  let snapshot: string | undefined
  configure(command, HOST as never, () => {})
  command.action((first: string | undefined, rest: Parameters<typeof parse>[1]) => {
    snapshot = first
    options = rest
  })
  command.parse(args, { from: 'user' })
  return parse(snapshot, options as never, HOST)
}

describe('options of stress', () => {
  it('have their defaults', () => {
    expect(parsed('--shock', 'ETH=-30%@1h').input).toEqual({
      shocks: [{ asset: 'ETH', change: -0.3, over_ms: 3_600_000, at_ms: 0 }],
      correlated: false,
      without: [],
      debug: false,
      json: false,
      look: HOST,
    })
  })

  it('are all understood together', () => {
    const page = join(folder, 'report.html')
    const { input, outputs } = parsed(
      ...[
        '--shock',
        'ETH=-30%@1h',
        '--shock=USDC=-5%@10m+2h',
        '--correlated',
        '--seed',
        '7',
        '--accounts',
        '5000',
        '--horizon',
        '2d',
        '--tick',
        '30s',
      ],
      ...[
        '--without',
        'venue:aave',
        '--without',
        'agent:trader',
        '--json',
        '--debug',
        '--quiet',
        '--html',
        page,
        '--out',
        join(folder, 'run'),
        '--scenario',
        'x.yaml',
      ],
    )
    expect(input).toMatchObject({
      scenario: 'x.yaml',
      shocks: [
        { asset: 'ETH', change: -0.3 },
        { asset: 'USDC', change: -0.05, over_ms: 600_000, at_ms: 7_200_000 },
      ],
      correlated: true,
      seed: 7,
      accounts: 5000,
      horizon_ms: 2 * DAY,
      tick_ms: 30_000,
      without: ['venue:aave', 'agent:trader'],
      json: true,
      debug: true,
    })
    expect(outputs.map((output) => output.path)).toEqual([page, join(folder, 'run')])
    expect(input.html).not.toBe(page)
  })

  it('are understood for a replay', () => {
    const { input } = parsed(
      ...'--replay a.parquet --from 2024-04-12 --to 2024-04-15 --feedback --tiers t.json --aave-params p.json --chain base --seed 3 --tick 1m'.split(
        ' ',
      ),
    )
    expect(input.replay).toEqual({
      series: 'a.parquet',
      from_ms: Date.UTC(2024, 3, 12),
      to_ms: Date.UTC(2024, 3, 15),
      feedback: true,
      tiers: 't.json',
      aave_params: 'p.json',
      chain: 'base',
    })
    expect(input).toMatchObject({ seed: 3, tick_ms: 60_000 })
  })

  it('take a shock that is longer than a day with a horizon that is', () => {
    expect(parsed('--shock', 'ETH=-1%@48h', '--horizon', '2d').input.horizon_ms).toBe(2 * DAY)
  })

  it('take a snapshot by position', () => {
    expect(parsed('market.json', '--shock', 'ETH=-1%').input.snapshot).toBe('market.json')
  })

  // What each line names: the option, what was given, what would be valid.
  it.each([
    ['', 'unwind stress', '--shock ETH=-30%@1h'],
    ['--shock ETH=-130%', '--shock', 'more than -100%'],
    ['--shock ETH', '--shock', 'ASSET=CHANGE%@DURATION'],
    ['--shock ETH=-30%@soon', '--shock', 'a duration'],
    ['--shock ETH=NaN%', '--shock', 'ASSET=CHANGE%@DURATION'],
    [`--shock ETH=-1%@${'9'.repeat(400)}d`, '--shock', 'at most 3650d'],
    ['--shock ETH=-1%@0h', '--shock', 'a duration above 0'],
    ['--shock ETH', '--shock', 'without @DURATION it takes 1h'],
    ['--shock ETH=-1%@48h', '--shock', 'complete within the horizon, 1 d'],
    ['--shock ETH=-1%@1h+24h', '--shock', 'complete within the horizon, 1 d'],
    ['--shock ETH=-1%@1h --shock ETH=-1%', '--shock', 'every asset once'],
    ['--shock ETH=-1%@1m --html /proc/x.html', '--html', 'a path that may be written'],
    ['--shock ETH=-1%@1m --out /proc/x', '--out', 'a path that may be written'],
    ['--shock ETH=-1% --seed 1.5', '--seed', 'a whole number from 0'],
    ['--shock ETH=-1% --seed -1', '--seed', 'a whole number from 0'],
    ['--shock ETH=-1% --seed 99999999999999999999', '--seed', 'a whole number from 0'],
    ['--shock ETH=-1% --seed 1 --seed 2', '--seed', 'one value'],
    ['--shock ETH=-1% --accounts 5', '--accounts', 'a whole number from 100'],
    ['--shock ETH=-1% --horizon 0h', '--horizon', 'a duration above 0'],
    ['--shock ETH=-1% --tick 1', '--tick', 'a duration'],
    ['--correlated --scenario calm', '--correlated', 'together with --shock'],
    ['--shock ETH=-1% --from 2024-01-01', '--from', 'together with --replay'],
    ['--shock ETH=-1% --feedback', '--feedback', 'together with --replay'],
    ['--shock ETH=-1% --tiers a.json', '--tiers', 'together with --replay'],
    ['--shock ETH=-1% --chain base', '--chain', 'together with --aave-params'],
    ['--replay a.parquet', '--from', 'a day'],
    ['--replay a.parquet --from 2024-04-15', '--to', 'a day'],
    ['--replay a.parquet --from 2024-04-15 --to 2024-04-12', '--to', 'a day after --from'],
    ['--replay a.parquet --from 2024-04-15 --to 2024-04-15', '--to', 'a day after --from'],
    ['--replay a.parquet --from 2024-02-30 --to 2024-04-12', '--from', 'a day such as'],
    ['--replay a.parquet --from yesterday --to 2024-04-12', '--from', 'a day such as'],
    ['--replay a.parquet --from 2024-04-12 --to 2024-04-15 --shock ETH=-1%', '--shock', 'without --replay'],
    ['--replay a.parquet --from 2024-04-12 --to 2024-04-15 --scenario calm', '--scenario', 'without --replay'],
    ['--replay a.parquet --from 2024-04-12 --to 2024-04-15 --horizon 1h', '--horizon', 'without --replay'],
    ['m.json --replay a.parquet --from 2024-04-12 --to 2024-04-15', 'snapshot', 'without --replay'],
    ['m.json --shock ETH=-1% --accounts 1000', '--accounts', 'without a snapshot'],
    ['--shock ETH=-1% --html /nowhere/at/all/x.html', '--html', 'a folder that exists'],
    ['m.json --shock ETH=-1% --html m.json', '--html', 'not also an input'],
  ])('%s is refused by name', (line, option, valid) => {
    let error: unknown
    try {
      parsed(...line.split(' ').filter((word) => word !== ''))
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toContain(option)
    expect((error as InputError).message).toContain(valid)
    expect((error as InputError).message).not.toContain('\n')
  })
})

describe('values', () => {
  it('of every kind are read or refused, never NaN', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9.eE+-]{1,20}$/), fc.stringMatching(/^\d{1,5}[smhd]$/)),
        (text) => {
          for (const read of [
            () => whole('--seed', text, 0, 10),
            () => span_ms('--tick', text),
            () => day_ms('--from', text),
            () => shock(text).change,
          ]) {
            try {
              expect(Number.isFinite(read())).toBe(true)
            } catch (error) {
              if (!(error instanceof InputError)) throw error
            }
          }
        },
      ),
    )
  })

  it('days are those of the calendar', () => {
    expect(day_ms('--from', '2024-02-29')).toBe(Date.UTC(2024, 1, 29))
    expect(() => day_ms('--from', '2023-02-29')).toThrow(InputError)
  })
})

describe('outputs', () => {
  const at = (name: string) => join(folder, name)

  it('take their place whole, and nothing is left beside them', () => {
    const outputs = [prepare('--html', at('page.html'), 'file', []), prepare('--out', at('deep/er/run'), 'run', [])]
    const [page, run] = outputs as [(typeof outputs)[number], (typeof outputs)[number]]
    writeFileSync(page.staged, 'new')
    mkdirSync(run.staged)
    writeFileSync(join(run.staged, 'summary.json'), '{"schema":"unwind.run/1"}')
    commit(outputs)
    expect(readFileSync(at('page.html'), 'utf8')).toBe('new')
    expect(readdirSync(at('deep/er/run'))).toEqual(['summary.json'])
    // A second time into the same places; what is not ours stays.
    writeFileSync(join(at('deep/er/run'), 'notes.txt'), 'mine')
    const again = prepare('--out', at('deep/er/run'), 'run', [])
    mkdirSync(again.staged)
    writeFileSync(join(again.staged, 'summary.json'), '2')
    commit([again])
    expect(readdirSync(at('deep/er/run')).sort()).toEqual(['notes.txt', 'summary.json'])
    expect(readFileSync(at('deep/er/run/summary.json'), 'utf8')).toBe('2')
    expect(readdirSync(folder).filter((name) => name.startsWith('.unwind'))).toEqual([])
  })

  it('replace what a link points at, and leave the link', () => {
    writeFileSync(at('real.html'), 'old')
    symlinkSync(at('real.html'), at('link.html'))
    const output = prepare('--html', at('link.html'), 'file', [])
    writeFileSync(output.staged, 'new')
    commit([output])
    expect(readFileSync(at('real.html'), 'utf8')).toBe('new')
    expect(lstatSync(at('link.html')).isSymbolicLink()).toBe(true)
    expect(() => prepare('--html', at('link.html'), 'file', [at('real.html')])).toThrow('not also an input')
  })

  it('leave nothing when they are discarded', () => {
    const output = prepare('--html', at('never.html'), 'file', [])
    writeFileSync(output.staged, 'half')
    writeFileSync(`${output.staged}.${process.pid}.part`, 'half')
    discard([output])
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([])
  })

  it('do not replace what is not theirs', () => {
    mkdirSync(at('photos'))
    writeFileSync(at('photos/cat.jpg'), '')
    expect(() => prepare('--out', at('photos'), 'run', [])).toThrow('a folder with 1 other entries')
    expect(() => prepare('--out', at('photos'), 'snapshot', [])).toThrow('a new or empty folder')
    expect(() => prepare('--out', at('photos/cat.jpg'), 'run', [])).toThrow('valid: a folder')
    expect(() => prepare('--out', at('photos/cat.jpg'), 'snapshot', [])).toThrow('no snapshot')
    expect(() => prepare('--html', at('photos'), 'file', [])).toThrow('valid: a file')
    expect(() => prepare('--out', at('photos/cat.jpg/x'), 'run', [])).toThrow('is a file')
    expect(() => prepare('--html', '', 'file', [])).toThrow('a path')
    expect(() => prepare('--html', '-', 'file', [])).toThrow('standard output has the report')
    // As root, a file could take the place of the device for everyone.
    expect(() => prepare('--html', '/dev/null', 'file', [])).toThrow('a device or a pipe"; valid: the path of a file')
    expect(() => prepare('--out', '/dev/null', 'run', [])).toThrow('a device or a pipe')
    mkdirSync(at('empty'))
    expect(prepare('--out', at('empty'), 'run', []).path).toBe(at('empty'))
  })
})

describe('progress', () => {
  function shown(watched: boolean, quiet: boolean, times: number[]): string {
    let said = ''
    let i = 0
    const progress = meter(
      { watched, err: (text) => void (said += text) },
      quiet,
      () => times[Math.min(i++, times.length - 1)] as number,
    )
    progress.report(0.25, 'running')
    progress.report(0.5, 'running')
    progress.report(0.501, 'running')
    progress.clear()
    return said
  }

  it('is a line on a terminal after a second, and is taken away', () => {
    // oxlint-disable-next-line no-control-regex -- the control sequences are the subject
    expect(shown(true, false, [0, 500, 1500])).toMatch(/^\r\u001b\[2K 50 % running\r\u001b\[2K$/)
  })

  it('is nothing in the first second, for a file or a pipe, or when quiet', () => {
    expect(shown(true, false, [0, 500, 900])).toBe('')
    expect(shown(false, false, [0, 5000, 9000])).toBe('')
    expect(shown(true, true, [0, 5000, 9000])).toBe('')
  })
})

describe('the width of a report', () => {
  it('is the terminal’s, else what COLUMNS asks for, else 100', () => {
    expect(width_of(132, '80')).toBe(132)
    expect(width_of(undefined, '80')).toBe(80)
    for (const odd of [undefined, '', 'wide', '-1', '1e9']) expect(width_of(undefined, odd)).toBe(100)
    // Below this no table fits.
    expect(width_of(20, undefined)).toBe(40)
    expect(width_of(undefined, '10')).toBe(40)
  })
})
