import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { content_hash, InputError, type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../model/index.ts'
import { parquet_bytes } from './parquet.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'

const root = mkdtempSync(join(tmpdir(), 'unwind-snapshot-'))
afterAll(() => rmSync(root, { recursive: true }))

const VENUE: KindSpec = {
  kind: 'aave-v3',
  id: 'aave',
  reserves: [{ asset: 'ETH', cash: 1000, emodes: [] }],
  emodes: [{ label: 'x', collateral: ['ETH'], borrowable: [] }],
  accounts: { owner: Int32Array.of(0, 1, -1), emode: Int32Array.of(0, 1, 0) },
  positions: {
    account: Int32Array.of(0, 1, 2),
    reserve: Int32Array.of(0, 0, 0),
    collateral: Float64Array.of(1.25, 0.1 + 0.2, 1e-9),
    debt: Float64Array.of(0, 1 / 3, 1e-21),
  },
  // Columns whose names say nothing, and one whose name says otherwise.
  extra: { index: Int32Array.of(7, 8), isolated: Float64Array.of(0.5, 1.5), value: Float64Array.of(-1, 2.5) },
}

const SNAPSHOT: Snapshot = {
  schema: SNAPSHOT_SCHEMA,
  id: 'small',
  title: 'A small market',
  time_ms: 1_700_000_000_000,
  provenance: [{ part: 'assets', evidence: 'synthetic', source: 'made up for a test' }],
  assets: [
    { id: 'ETH', price_usd: 2000.1, beta: 1, reference: 'ETH-USD' },
    { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
  ],
  actors: {
    count: 3,
    names: ['maker'],
    agent: Int32Array.of(0, -1, -1),
    treasury: { actor: Int32Array.of(0, 0), asset: Int32Array.of(0, 1), amount: Float64Array.of(10, 0.07) },
  },
  markets: [{ kind: 'order-book', id: 'ETH-USD', base: 'ETH', quote: 'USD' }],
  oracles: [],
  venues: [VENUE],
  agents: [{ kind: 'market-maker', id: 'makers', samples: Float64Array.of(1, 2) }],
}

const forms = ['one.json', 'one.json.gz', 'folder'] as const

describe('snapshots', () => {
  it.each(forms)('come back with the same content: %s', async (form) => {
    const path = join(root, form)
    await writeSnapshot(SNAPSHOT, path)
    const back = await readSnapshot(path)
    expect(back).toEqual(SNAPSHOT)
    expect(content_hash(back)).toBe(content_hash(SNAPSHOT))
    // Again over what is there, and nothing else is left behind.
    await writeSnapshot(SNAPSHOT, path)
    expect(content_hash(await readSnapshot(path))).toBe(content_hash(SNAPSHOT))
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('keep any column bit for bit, whatever its name and type', async () => {
    const name = fc.constantFrom('owner', 'account', 'collateral', 'quantity', 'asset', 'x y', 'index')
    const column = fc.oneof(
      fc
        .array(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e18 }), { minLength: 3, maxLength: 3 })
        .map((list) => Float64Array.from(list)),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 }).map((list) => Int32Array.from(list)),
    )
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, column, { minKeys: 1 }), fc.constantFrom(...forms), async (set, form) => {
        const accounts = { owner: Int32Array.of(0, 1, 2) }
        const snapshot: Snapshot = { ...SNAPSHOT, venues: [{ kind: 'k', id: 'v', accounts, others: set }] }
        const path = join(root, form)
        await writeSnapshot(snapshot, path)
        expect(content_hash(await readSnapshot(path))).toBe(content_hash(snapshot))
      }),
      { numRuns: 60 },
    )
  })

  it('take column sets from files beside the document, of any form of table', async () => {
    const folder = join(root, 'mixed')
    mkdirSync(join(folder, 'data'), { recursive: true })
    await writeSnapshot(SNAPSHOT, join(folder, 'a.json'))
    const document = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))
    writeFileSync(join(folder, 'data', 'accounts.csv'), 'owner,emode\n0,0\n1,1\n-1,0\n')
    document.venues[0].accounts = { file: 'data/accounts.csv' }
    writeFileSync(join(folder, 'b.json'), JSON.stringify(document))
    expect(content_hash(await readSnapshot(join(folder, 'b.json')))).toBe(content_hash(SNAPSHOT))
  })
})

/** A parsed document, in which a test changes what it likes. */
type Loose = ReturnType<typeof JSON.parse>

/** The document of SNAPSHOT with a change. */
async function changed(change: (document: Loose) => unknown, name = 'bad.json'): Promise<string> {
  await writeSnapshot(SNAPSHOT, join(root, 'good.json'))
  const document = JSON.parse(readFileSync(join(root, 'good.json'), 'utf8'))
  const path = join(root, name)
  writeFileSync(path, JSON.stringify(change(document) ?? document))
  return path
}

describe('malformed snapshots', () => {
  it.each<[string, (document: Loose) => unknown, string]>([
    [
      'schema',
      (d) => void (d.schema = 'unwind.snapshot/2'),
      'schema is "unwind.snapshot/2"; valid: "unwind.snapshot/1" (this version reads no other)',
    ],
    ['no schema', () => [], 'schema is missing; valid: "unwind.snapshot/1"'],
    ['missing field', (d) => void delete d.actors.count, 'actors.count is missing; valid: a whole number, at least 0'],
    ['unknown field', (d) => void (d.marktes = []), 'marktes is no field that is known; valid: one of schema, id, title'],
    ['type', (d) => void (d.title = 5), 'title is 5; valid: text'],
    [
      'price',
      (d) => void (d.assets[0].price_usd = -1),
      'assets[0].price_usd is -1; valid: a number, at least 1e-18 and at most 1000000000000',
    ],
    [
      'price in another unit',
      (d) => void (d.assets[0].price_usd = 1e300),
      'assets[0].price_usd is 1e+300; valid: a number, at least 1e-18 and at most 1000000000000',
    ],
    [
      'amount of absurd size',
      (d) => void (d.actors.treasury.amount[0] = 1e19),
      'actors.treasury.amount[0] is 10000000000000000000; valid: a number from −1e18 to 1e18',
    ],
    [
      'debt of absurd size',
      (d) => void (d.venues[0].positions.debt[1] = 1e300),
      'venues.aave.positions.debt[1] is 1e+300; valid: a number from −1e18 to 1e18',
    ],
    [
      'depth of absurd size',
      (d) => void (d.agents[0].books = [{ market: 'x', depth_usd: 1e300 }]),
      '.books[0].depth_usd is 1e+300; valid: a number from −1e18 to 1e18',
    ],
    [
      'evidence',
      (d) => void (d.provenance[0].evidence = 'guessed'),
      'provenance[0].evidence is "guessed"; valid: "observed" or "inferred" or "synthetic"',
    ],
    [
      'negative',
      (d) => void (d.venues[0].positions.debt[1] = -3),
      'venues.aave.positions.debt[1] is -3; valid: a finite number ≥ 0',
    ],
    ['null', (d) => void (d.venues[0].positions.debt[1] = null), 'venues[0].positions.debt[1] is null; valid: a finite number'],
    ['text', (d) => void (d.venues[0].accounts.owner[2] = '1'), 'venues[0].accounts.owner[2] is "1"; valid: a finite number'],
    [
      'fraction',
      (d) => void (d.venues[0].accounts.owner[2] = 0.5),
      'venues[0].accounts.owner[2] is 0.5; valid: a whole number of 32 bits',
    ],
    ['owner', (d) => void (d.venues[0].accounts.owner[2] = 3), 'venues.aave.accounts.owner[2] is 3; valid: -1 to 2'],
    ['account', (d) => void (d.venues[0].positions.account[0] = -1), 'venues.aave.positions.account[0] is -1; valid: 0 to 2'],
    [
      'ragged',
      (d) => void d.venues[0].positions.debt.pop(),
      'venues[0].positions.debt is "2 values"; valid: 3 values, as account has',
    ],
    ['treasury', (d) => void (d.actors.treasury.amount[0] = -1), 'actors.treasury.amount[0] is -1; valid: a finite number ≥ 0'],
    ['asset', (d) => void (d.actors.treasury.asset[0] = 9), 'actors.treasury.asset[0] is 9; valid: 0 to 1'],
    ['agent', (d) => void (d.actors.agent[0] = 1), 'actors.agent[0] is 1; valid: -1 to 0'],
    ['agents', (d) => void d.actors.agent.pop(), 'actors.agent is "2 values"; valid: 3 values'],
    ['names', (d) => void (d.actors.names = ['a', 'b', 'c', 'd']), 'actors.names is "4 names"; valid: at most 3, one an actor'],
    ['reference', (d) => void (d.assets[0].reference = 'BTC-USD'), 'assets[0].reference is "BTC-USD"; valid: a market: ETH-USD'],
    ['twice', (d) => void d.assets.push(d.assets[0]), 'assets[2].id is "ETH"; valid: an id that no other has'],
    ['no kind', (d) => void delete d.venues[0].kind, 'venues[0].kind is missing; valid: text'],
    [
      'depth',
      (d) => void (d.venues[0].x = JSON.parse('['.repeat(99) + ']'.repeat(99))),
      'is "deeper nesting"; valid: at most 32 levels',
    ],
  ])('%s', async (_, change, message) => {
    const path = await changed(change)
    const error = await readSnapshot(path).catch((found: unknown) => found)
    expect(error).toBeInstanceOf(InputError)
    expect((error as Error).message).toContain(message)
    expect((error as Error).message.startsWith(path)).toBe(true)
  })

  it.each([
    ['../secret.csv', 'a relative path inside the folder'],
    ['/etc/passwd', 'a relative path inside the folder'],
    ['data/../../x.csv', 'a relative path inside the folder'],
    ['C:\\x.csv', 'a relative path inside the folder'],
    ['./x.csv', 'a relative path inside the folder'],
    ['', 'a relative path inside the folder'],
    ['absent.csv', 'is missing; valid: a file that exists'],
    ['link.csv', 'links followed'],
    ['linked/secret.csv', 'links followed'],
    ['folder', 'a file'],
  ])('files outside the folder: %s', async (file, message) => {
    const folder = join(root, 'inside')
    if (!existsSync(folder)) {
      mkdirSync(join(folder, 'folder'), { recursive: true })
      mkdirSync(join(root, 'outside'))
      writeFileSync(join(root, 'outside', 'secret.csv'), 'owner,emode\n0,0\n1,1\n-1,0\n')
      symlinkSync(join(root, 'outside', 'secret.csv'), join(folder, 'link.csv'))
      symlinkSync(join(root, 'outside'), join(folder, 'linked'))
    }
    const path = await changed((d) => void (d.venues[0].accounts = { file }), 'inside/bad.json')
    await expect(readSnapshot(path)).rejects.toThrow(message)
    await expect(readSnapshot(path)).rejects.toThrow(InputError)
  })

  it('tables that are damaged, of another length, or without a whole number', async () => {
    const path = await changed((d) => void (d.venues[0].accounts = { file: 'a.parquet' }))
    const whole = parquet_bytes({ owner: Int32Array.of(0, 1, -1), emode: Int32Array.of(0, 1, 0) })
    writeFileSync(join(root, 'a.parquet'), whole.slice(0, -9))
    await expect(readSnapshot(path)).rejects.toThrow(/a\.parquet is "damaged: .*valid: a complete Parquet file/)
    writeFileSync(join(root, 'a.parquet'), parquet_bytes({ owner: Float64Array.of(0, 0.5, 0), emode: Int32Array.of(0, 1, 0) }))
    await expect(readSnapshot(path)).rejects.toThrow('a.parquet: owner[1] is 0.5; valid: a whole number of 32 bits')
    writeFileSync(
      join(root, 'a.parquet'),
      parquet_bytes({ owner: Float64Array.of(0, Number.NaN, 0), emode: Int32Array.of(0, 1, 0) }),
    )
    await expect(readSnapshot(path)).rejects.toThrow('a.parquet: owner, row 2 is NaN; valid: a finite number')
    const names = await changed((d) => void (d.venues[0].accounts = { file: 'a.parquet', i32: ['nobody'] }))
    await expect(readSnapshot(names)).rejects.toThrow('venues[0].accounts.i32 is "nobody"; valid: one of owner, emode')
  })

  it('paths that are none', async () => {
    await expect(readSnapshot(join(root, 'absent.json'))).rejects.toThrow('absent.json is missing; valid: a file that exists')
    await expect(readSnapshot(join(root, 'outside'))).rejects.toThrow(
      'outside is a folder without snapshot.json; valid: a snapshot',
    )
    writeFileSync(join(root, 'text.json'), '{"schema": ')
    await expect(readSnapshot(join(root, 'text.json'))).rejects.toThrow(
      /text\.json is damaged at line 1, column 12: the text ends too early; valid: JSON/,
    )
    writeFileSync(join(root, 'text.json.gz'), 'no gzip')
    await expect(readSnapshot(join(root, 'text.json.gz'))).rejects.toThrow('valid: a complete gzip file')
  })

  it('any change of a document gives a snapshot or an InputError', async () => {
    await writeSnapshot(SNAPSHOT, join(root, 'good.json'))
    const whole = readFileSync(join(root, 'good.json'), 'utf8')
    const put = fc.constantFrom(
      '',
      '"',
      '[',
      ']',
      '{',
      '}',
      ',',
      '-',
      '1e999',
      'null',
      '[[]]',
      '{"f64":[1]}',
      '{"file":"x"}',
      '"__proto__":1,',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length), fc.nat(9), put), { minLength: 1, maxLength: 3 }), async (cuts) => {
        let text = whole
        for (const [at, length, replacement] of cuts) text = text.slice(0, at) + replacement + text.slice(at + length)
        writeFileSync(join(root, 'any.json'), text)
        const found: unknown = await readSnapshot(join(root, 'any.json')).catch((error: unknown) => error)
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError)
      }),
      { numRuns: 300 },
    )
  })
})

describe('writing', () => {
  it('refuses what could not be read back, and leaves nothing', async () => {
    const path = join(root, 'never')
    for (const target of [path, `${path}.json`]) {
      await expect(writeSnapshot({ ...SNAPSHOT, agents: [{ kind: 'k', id: 'a', x: Number.NaN }] }, target)).rejects.toThrow(
        'agents[0].x is NaN; valid: a finite number',
      )
      expect(existsSync(target)).toBe(false)
    }
    await expect(writeSnapshot(SNAPSHOT, join(root, 'absent', 'deep', 'x.json'))).rejects.toThrow(InputError)
    mkdirSync(join(root, 'busy'))
    writeFileSync(join(root, 'busy', 'thesis.txt'), 'dear')
    await expect(writeSnapshot(SNAPSHOT, join(root, 'busy'))).rejects.toThrow(
      'valid: an empty folder, or one with a snapshot.json',
    )
    expect(readdirSync(join(root, 'busy'))).toEqual(['thesis.txt'])
  })
})
