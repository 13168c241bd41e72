import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { unknown_fields } from '../../test/cli/json-schema.ts'
import { SCHEMAS, schema_text } from '../reports/index.ts'
import { main } from './main.ts'
import { type Host, Interrupted } from './support/host.ts'
import { perform, type Work, type WorkResult } from './support/work.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-main-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A run short enough to be repeated many times. */
function small(work: Work): Work {
  if (work.name === 'stress') {
    const tick_ms = Math.min(work.input.tick_ms ?? 60_000, work.input.horizon_ms ?? 60_000)
    return {
      name: 'stress',
      input: { ...work.input, horizon_ms: tick_ms * 3, tick_ms, ...(work.input.snapshot === undefined ? { accounts: 200 } : {}) },
    }
  }
  return work.name === 'synth' ? { name: 'synth', input: { ...work.input, accounts: 200 } } : work
}

/** The scoreboard takes seconds and needs no input but its groups: it has tests of its own. */
const small_work: Worker = (work) => (work.name === 'validate' ? done(work) : perform(small(work), () => {}))

type Worker = (work: Work) => Promise<WorkResult>

/** Runs a command line in this process. */
async function run(args: readonly string[], worker: Worker = small_work) {
  let out = ''
  let err = ''
  const host: Host = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    watched: false,
    colour: false,
    width: 100,
    work: (work) => worker(work),
  }
  const code = await main(args, host)
  return { code, out, err }
}

const done: Worker = () => Promise.resolve({ code: 0, text: 'text\n', note: '' })

describe('the command line', () => {
  it('shows help with examples for the program and every command', async () => {
    for (const args of [[], ['--help'], ['-h'], ['help']]) {
      const { code, out } = await run(args)
      expect({ args, code }).toEqual({ args, code: 0 })
      expect(out).toContain('Usage: unwind ')
      expect(out).toContain('Examples:')
    }
    const all = 'stress replay account criticality network detect warn infer synth snapshot validate list'
    for (const command of all.split(' ')) {
      const { code, out, err } = await run([command, '--help'])
      expect({ command, code, err }).toEqual({ command, code: 0, err: '' })
      expect(out).toMatch(new RegExp(`^Usage: unwind ${command}\\b`))
      expect(out).toContain(`Examples:\n  unwind ${command}`)
      expect((await run(['help', command])).out).toBe(out)
      expect({ command, wide: out.split('\n').filter((line) => line.length > 100 && !line.startsWith('  unwind ')) }).toEqual({
        command,
        wide: [],
      })
    }
  })

  it('shows the version', async () => expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/))

  it.each([
    [['stres'], "unknown command 'stres' (Did you mean stress?)"],
    [['stress', '--shok', 'x'], "unknown option '--shok' (Did you mean --shock?)"],
    [['list', 'venues', 'markets'], 'too many arguments'],
    [['snapshot'], "missing required argument 'snapshot'"],
    [['--'], 'no command was given'],
    [['stress', '--seed'], "option '--seed <n>' argument missing"],
    [['list', 'venus'], 'family is "venus"; valid: one of venues, markets'],
    [['synth', '--accounts', '1e5'], '--accounts is "1e5"; valid: a whole number from 100 to 20000000'],
  ])('%j is one line of standard error and code 2', async (args, says) => {
    const { code, out, err } = await run(args, done)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
    expect(err).toMatch(/^unwind: [^\n]+\n$/)
  })

  it('passes on the code of a check that failed', async () => {
    const { code, out } = await run(['validate'], () => Promise.resolve({ code: 1, text: 'miss\n', note: '' }))
    expect({ code, out }).toEqual({ code: 1, out: 'miss\n' })
  })

  it('ends with 3 when it is interrupted, and prints no result', async () => {
    const { code, out, err } = await run(['stress', '--shock', 'ETH=-1%'], () => Promise.reject(new Interrupted('')))
    expect({ code, out, err }).toEqual({ code: 3, out: '', err: 'unwind: interrupted: nothing was written\n' })
  })

  it('ends with 4 at a fault of ours, with the place only when asked', async () => {
    const fault: Worker = () => Promise.reject(new TypeError('x is\nundefined'))
    const short = await run(['stress', '--shock', 'ETH=-1%'], fault)
    expect(short).toEqual({ code: 4, out: '', err: 'unwind: internal fault: TypeError: x is undefined (--debug shows where)\n' })
    const long = await run(['stress', '--shock', 'ETH=-1%', '--debug'], fault)
    expect(long.err).toContain('main.test.ts')
  })

  it('discards what was written when the work fails in the middle', async () => {
    const page = join(folder, 'page.html')
    const { code } = await run(['stress', '--shock', 'ETH=-1%', '--html', page], (work) => {
      if (work.name === 'stress') writeFileSync(work.input.html as string, 'half')
      return Promise.reject(new TypeError('x'))
    })
    expect(code).toBe(4)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('list', () => {
  it('names the families, and each family is a list of id and title', async () => {
    const families = JSON.parse((await run(['list', '--json'])).out) as { id: string }[]
    expect(families.map((family) => family.id)).toEqual([
      'venues',
      'markets',
      'oracles',
      'drivers',
      'agents',
      'analytics',
      'indicators',
      'detectors',
      'presets',
      'golden',
    ])
    for (const { id } of families) {
      const { code, out } = await run(['list', id, '--json'])
      expect(code).toBe(0)
      const entries = JSON.parse(out) as { id: string; title: string; source?: string }[]
      expect(Array.isArray(entries)).toBe(true)
      for (const entry of entries)
        expect(entry).toMatchObject({
          id: expect.stringMatching(/./),
          title: expect.stringMatching(/./),
          ...('source' in entry ? { source: expect.stringMatching(/./) } : {}),
        })
      expect(SCHEMAS.list.safeParse(entries).success).toBe(true)
      expect(unknown_fields(JSON.parse(schema_text('list')) as object, entries)).toEqual([])
    }
    const venues = JSON.parse((await run(['list', 'venues', '--json'])).out) as { id: string }[]
    expect(venues.map((venue) => venue.id)).toEqual(expect.arrayContaining(['aave-v3', 'maker', 'binance-usdm']))
  })
})

/** Work as it is asked for. */
const whole_work: Worker = (work) => perform(work, () => {})

describe('real events', () => {
  it('stress --preset runs one seed on its own books, and has the outcomes beside what happened', async () => {
    const { code, out, err } = await run(['stress', '--preset', 'may-2021', '--seed', '2', '--json'], whole_work)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const document = JSON.parse(out) as { event: { id: string; outcomes: { id: string; value: number }[] } }
    expect(SCHEMAS['run-1'].safeParse(document).success).toBe(true)
    expect(unknown_fields(JSON.parse(schema_text('run-1')) as object, document)).toEqual([])
    expect(document.event.id).toBe('may-2021')
    const replayed = await run(['replay', 'may-2021', '--seeds', '1', '--first', '2', '--json'], whole_work)
    const { runs } = JSON.parse(replayed.out) as { runs: { outcomes: Record<string, number> }[] }
    expect(Object.fromEntries(document.event.outcomes.map((one) => [one.id, one.value]))).toEqual(runs[0]?.outcomes)
  })

  it('stress --preset says them in words too, and takes hypothetical presets like --scenario', async () => {
    const event = await run(['stress', '--preset', 'may-2021'], whole_work)
    expect(event.out).toContain('\nWhat came out, and what happened\n')
    const [preset, scenario] = [await run(['stress', '--preset', 'calm']), await run(['stress', '--scenario', 'calm'])]
    expect(preset.code).toBe(0)
    expect(preset.out).toBe(scenario.out)
  })

  it('replay leaves causes out, and prints what its schema says', async () => {
    const args = ['replay', 'may-2021', '--seeds', '2', '--thin', '--causes', '--json']
    const { code, out, err } = await run(args, whole_work)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const document = JSON.parse(out) as { runs: object[]; causes: object[] }
    expect(document.runs.length).toBe(2 * (1 + document.causes.length))
    expect(SCHEMAS['replay-1'].safeParse(document).success).toBe(true)
    expect(unknown_fields(JSON.parse(schema_text('replay-1')) as object, document)).toEqual([])
  })

  it.each([
    [['stress', '--preset', 'nowhere'], '--preset is "nowhere"; valid: one of black-thursday, comp-dai-2020'],
    [['stress', '--scenario', 'may-2021'], 'valid: given as --preset may-2021'],
    [['stress', '--preset', 'may-2021', '--accounts', '500'], '--accounts is 500; valid: used without --preset may-2021'],
    [['stress', '--preset', 'may-2021', '--scenario', 'calm'], '--preset is "may-2021"; valid: used without --scenario'],
    [['replay', 'calm'], 'event is "calm"; valid: one of black-thursday, comp-dai-2020'],
    [['replay', 'sep-2021'], 'is a path for any market: unwind stress --preset sep-2021'],
    [['stress', '--preset', 'may-2021', '--seeds', '3'], '--seeds is 3; valid: used without --preset may-2021'],
    [['stress', '--shock', 'ETH=-1%', '--workers', '2'], '--workers means something only together with --seeds'],
    [['replay', 'may-2021', '--seeds', '0'], '--seeds is "0"; valid: a whole number from 1'],
    [['replay', 'may-2021', '--without-cause', 'rain'], '--without-cause is "rain"; valid: one of whale'],
    [['replay', 'may-2021', '--causes', '--without-cause', 'whale'], 'used without --causes'],
  ])('%j is refused in one line', async (args, says) => {
    const { code, out, err } = await run(args, whole_work)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
    expect(err).toMatch(/^unwind: [^\n]+\n$/)
  })
})

/** Words that mean something somewhere, and some that mean nothing. */
const WORDS = [
  ...'stress synth snapshot validate list help venues --help --version --json --quiet --debug --correlated --feedback'.split(' '),
  ...'--shock --scenario --seed --accounts --horizon --tick --without --replay --from --to --tiers --aave-params --chain --html --out --group --'.split(
    ' ',
  ),
  ...'ETH=-30%@1h ETH=-130% XYZ=-5% USD=-5% ETH=+50%@0s =-3% ETH=-1%@1h+1h -30% 0 1 7 100 -1 NaN 1e9 1h 0h 90s 2d 2024-04-12 2024-04-15 2024-13-01'.split(
    ' ',
  ),
  ...'venue:aave venue:binance agent:trader nobody calm base . .. / /nowhere/x ./nothing.json ./nothing.parquet /etc/passwd /dev/null'.split(
    ' ',
  ),
  '',
  '\u0000',
  'ünï\ncode',
]

describe('whatever the command line', () => {
  it('the program does what it says or refuses in one line: never a fault, and nothing is written', async () => {
    const line = fc.array(fc.constantFrom(...WORDS), { maxLength: 7 })
    // Most random lines fail at their first words; half of them get a good beginning.
    const likely = fc
      .tuple(fc.constantFrom(['stress', '--shock', 'ETH=-30%@1h'], ['stress'], ['synth'], ['list'], ['snapshot']), line)
      .map(([head, tail]) => [...head, ...tail])
    const before = readdirSync('.')
    await fc.assert(
      fc.asyncProperty(fc.oneof(line, likely), async (args) => {
        // Outputs that would succeed are another test's business.
        const dry = args.filter(
          (word, i) => !['--out', '--html'].includes(word) && !(args[i - 1] === '--out' || args[i - 1] === '--html'),
        )
        const { code, out, err } = await run(dry)
        expect({ args, code, err }).toEqual({ args, code: expect.toSatisfy((n: number) => [0, 1, 2].includes(n)), err })
        if (code === 2) {
          expect(err).toMatch(/^unwind: [^\n]+\n$/)
          expect(out).toBe('')
        } else expect(err).toBe('')
      }),
      { numRuns: 300 },
    )
    expect(readdirSync('.')).toEqual(before)
  })

  it('outputs that cannot be are refused before any work', async () => {
    for (const place of ['/dev/null/x', '/nowhere/x.html', folder, '']) {
      const { code, err } = await run(['stress', '--shock', 'ETH=-1%', '--html', place], () =>
        Promise.reject(new Error('work was done')),
      )
      expect({ place, code, err }).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^unwind: --html: [^\n]+\n$|^unwind: --html is [^\n]+\n$/),
      })
    }
  })
})
