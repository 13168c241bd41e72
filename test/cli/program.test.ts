// The program as it is published: compiled, in a process of its own.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOG_KINDS, SOLD } from '../../src/model/index.ts'
import { ensureBuilt, MAIN, unwind } from '../support/dist.ts'
import { inRoot } from '../support/files.ts'
import { problems, unknown_fields } from './json-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-program-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Json = Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- documents as they come
const schema = (name: string) => JSON.parse(readFileSync(inRoot('docs', 'schemas', `${name}.json`), 'utf8')) as Json
const SMALL = ['--accounts', '2000', '--horizon', '3h']
const CRASH = ['stress', '--shock', 'ETH=-30%@1h', '--correlated', ...SMALL]

/** One run that everything below looks at: report, page and folder. */
let ran: ReturnType<typeof unwind>
let document: Json
beforeAll(() => {
  ensureBuilt()
  ran = unwind([...CRASH, '--html', at('page.html'), '--out', at('run')])
  document = JSON.parse(readFileSync(at('run/summary.json'), 'utf8')) as Json
})

describe('unwind stress', () => {
  it('prints the report, says nothing else, and ends with 0', () => {
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^ETH −30 % in 1 h, correlated/)
    for (const heading of [
      'What was shocked',
      'What followed',
      'Who infected whom',
      'Forced flow over time',
      'Cascade multiplier',
      'Evidence',
      'Identity',
    ])
      expect(ran.stdout).toContain(`\n${heading}`)
    for (const hash of ['id', 'snapshot', 'scenario', 'log']) expect(ran.stdout).toContain(document['run'][hash])
    // oxlint-disable-next-line no-control-regex -- colours must not reach a pipe
    expect(ran.stdout).not.toMatch(/\u001b/)
  })

  it('--json prints the document alone: the one that --out keeps, the same on every run', () => {
    const again = unwind([...CRASH, '--json'])
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(again.stdout)).toEqual(document)
  })

  it('--seeds gives the same on one thread and on two, beside the report of the first', () => {
    const small = [...CRASH.slice(0, 4), '--accounts', '200', '--horizon', '2h']
    const [one, two] = ['1', '2'].map((workers) => unwind([...small, '--seeds', '3', '--workers', workers, '--json']))
    expect({ code: two?.code, stderr: two?.stderr }).toEqual({ code: 0, stderr: '' })
    expect(two?.stdout).toBe(one?.stdout)
    const { ensemble, ...first } = JSON.parse(two?.stdout ?? '') as Json
    expect(ensemble.runs.map(({ seed }: Json) => seed)).toEqual([1, 2, 3])
    expect(ensemble.runs[0].log).toBe(first['run'].log)
    expect(first).toEqual(JSON.parse(unwind([...small, '--json']).stdout))
    expect([
      ...problems(schema('run-1'), { ...first, ensemble }),
      ...unknown_fields(schema('run-1'), { ...first, ensemble }),
    ]).toEqual([])
  })

  it('the document is what docs/schemas/run-1.json says, and nothing more', () => {
    expect(problems(schema('run-1'), document)).toEqual([])
    expect(unknown_fields(schema('run-1'), document)).toEqual([])
  })

  it('every law held, and every column of infections sums to the forced sales of its venue', () => {
    expect(document['laws'].checked).toBeGreaterThan(0)
    expect(document['laws'].broken).toEqual([])
    for (const venue of document['venues']) {
      const cells = document['infections'].filter((cell: Json) => cell['to'] === venue.id)
      for (const field of ['usd', 'usd_pivotal']) {
        const sum = cells.reduce((total: number, cell: Json) => total + cell[field], 0)
        expect(Math.abs(sum - venue.forced_sales_usd)).toBeLessThanOrEqual(1e-9 * Math.max(1, venue.forced_sales_usd))
      }
    }
    expect(document['totals'].forced_sales_usd).toBeGreaterThan(0)
  })

  it('--out holds log, shares, summary and page; the log has the rows that the summary sums', async () => {
    expect(readdirSync(at('run')).sort()).toEqual(['log.parquet', 'report.html', 'shares.parquet', 'summary.json'])
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(at('run/log.parquet')) })
    const shares = await parquetReadObjects({ file: await asyncBufferFromFile(at('run/shares.parquet')) })
    expect(rows.filter((row) => !LOG_KINDS.includes(row['kind'] as never))).toEqual([])
    expect(rows.every((row) => SOLD.includes(row['sold'] as never) && (row['cause'] as number) < (row['row'] as number))).toBe(
      true,
    )
    const forced = rows.filter((row) => row['kind'] === 'fill' && row['sold'] !== 'free')
    const sum = forced.reduce((total, row) => total + (row['usd'] as number), 0)
    expect(Math.abs(sum / document['totals'].forced_sales_usd - 1)).toBeLessThan(1e-9)
    expect(new Set(forced.map((row) => row['victim_id']))).toEqual(
      new Set(document['venues'].filter((v: Json) => v['forced_sales_usd'] > 0).map((v: Json) => v['id'])),
    )
    const sets = new Map<number, number>()
    for (const row of shares) sets.set(row['set'] as number, (sets.get(row['set'] as number) ?? 0) + (row['share'] as number))
    expect(sets.size).toBeGreaterThan(0)
    for (const total of sets.values()) expect(Math.abs(total - 1)).toBeLessThan(1e-9)
  })

  it('--html is the page of the same run', () => {
    const page = readFileSync(at('page.html'), 'utf8')
    expect(page).toBe(readFileSync(at('run/report.html'), 'utf8'))
    expect(page).toContain(document['run'].log)
    expect(page.match(/<path class="mid" d="M/g)?.length).toBeGreaterThan(1)
    expect(page).toMatch(/<rect class="v\d"/)
  })

  it('another seed is another run on the same snapshot', () => {
    const other = JSON.parse(unwind([...CRASH, '--seed', '7', '--json']).stdout) as Json
    expect(other['run'].snapshot).toBe(document['run'].snapshot)
    expect(other['run'].id).not.toBe(document['run'].id)
    expect(other['run'].log).not.toBe(document['run'].log)
  })
})

describe('unwind synth and snapshot', () => {
  it('make the same market twice, in both forms, and inspect it', () => {
    const file = unwind(['synth', '--accounts', '500', '--out', at('market.json'), '--json'])
    const tree = unwind(['synth', '--accounts', '500', '--out', at('market'), '--json'])
    expect([file.code, tree.code, file.stderr, tree.stderr]).toEqual([0, 0, '', ''])
    const [one, two] = [file, tree].map(({ stdout }) => JSON.parse(stdout) as Json) as [Json, Json]
    expect(one['snapshot']).toMatch(/^[0-9a-f]{32}$/)
    expect(two['snapshot']).toBe(one['snapshot'])
    for (const form of ['market.json', 'market']) {
      const { code, stdout } = unwind(['snapshot', at(form), '--json'])
      const check = JSON.parse(stdout) as Json
      expect({ code, hash: check['snapshot'] }).toEqual({ code: 0, hash: one['snapshot'] })
      expect(problems(schema('snapshot-check-1'), check)).toEqual([])
      expect(unknown_fields(schema('snapshot-check-1'), check)).toEqual([])
      // The crowd, and the exchange accounts of one maker and one arbitrageur.
      expect(check['counts'].accounts).toBe(500 + 2)
    }
    const text = unwind(['snapshot', at('market')]).stdout
    expect(text).toContain(one['snapshot'])
    expect(text).toContain('every law holds')
    const run = unwind(['stress', at('market.json'), '--shock', 'ETH=-5%@10m', '--horizon', '30m', '--json'])
    expect(JSON.parse(run.stdout)).toMatchObject({ run: { snapshot: one['snapshot'] } })
  })
})

describe('unwind validate', () => {
  it('meets every golden row, in groups and as an array', () => {
    const { code, stdout, stderr } = unwind(['validate', '--json'])
    expect(code).toBe(0)
    // Public data that are not part of the package may be absent.
    expect(stderr).toMatch(/^(skipped: [^\n]+\n)?$/)
    const rows = JSON.parse(stdout) as Json[]
    expect(problems(schema('golden'), rows)).toEqual([])
    expect(rows.filter((row) => row['pass'] !== true)).toEqual([])
    const group = rows[0]?.['group'] as string
    const one = unwind(['validate', '--group', group])
    expect(one.code).toBe(0)
    expect(one.stdout).toContain(`${rows.filter((row) => row['group'] === group).length} golden row`)
  })
})

/** Starts the program and sends it a signal after a while. */
function interrupted(
  args: readonly string[],
  signal: NodeJS.Signals,
  after_ms: number,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args])
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data: Buffer) => void (stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => void (stderr += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    setTimeout(() => child.kill(signal), after_ms)
  })
}

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of a run ends it with 3 and leaves nothing', async (signal) => {
    const args = [
      'stress',
      '--shock',
      'ETH=-30%@1h',
      '--correlated',
      '--accounts',
      '500000',
      '--out',
      at('stopped'),
      '--html',
      at('stopped.html'),
    ]
    const before = readdirSync(folder).sort()
    const { code, stdout, stderr } = await interrupted(args, signal, 1_000)
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: 'unwind: interrupted: nothing was written\n' })
    expect(readdirSync(folder).sort()).toEqual(before)
  })
})

describe('a pipe that closes early', () => {
  it('is no fault', async () => {
    const child = spawn(process.execPath, [MAIN, ...CRASH, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => void (stderr += data.toString()))
    child.stdout.destroy()
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
