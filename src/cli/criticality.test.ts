import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { problems, unknown_fields } from '../../test/cli/json-schema.ts'
import { command } from '../../test/support/command.ts'
import { inRoot } from '../../test/support/files.ts'
import { type CriticalityDoc, criticality_text, type RunDoc } from '../reports/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-criticality-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => command('criticality', ...args)
const TWO = inRoot('examples', 'two-lenders.json')
const schema = JSON.parse(readFileSync(inRoot('docs', 'schemas', 'criticality-1.json'), 'utf8')) as object

async function document(...args: string[]): Promise<CriticalityDoc> {
  const { code, out, err } = await run(...args, '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const found = JSON.parse(out) as CriticalityDoc
  expect(problems(schema as never, found)).toEqual([])
  expect(unknown_fields(schema, found)).toEqual([])
  return found
}

interface Part {
  readonly venue: string
  readonly asset: string
  readonly first_usd: number
  readonly next_usd: number
}

describe('unwind criticality', () => {
  it('a document of the schema: R, R of shocks, a ladder along a direction, a changed parameter', async () => {
    const found = await document(
      TWO,
      ...['--shocks', '20,40', '--along', 'ETH=-50%,USDC=-1%', '--drop', '10'],
      ...['--set', 'venues.aave.reserves.ETH.liquidation_threshold=0.8'],
    )
    expect(found.shocks.map(({ fall, over_ms }) => [fall, over_ms])).toEqual([
      [0.2, 3_600_000],
      [0.4, 3_600_000],
    ])
    for (const one of found.shocks) expect(one.r * one.first_usd).toBeCloseTo(one.next_usd, 3)
    expect(found.along?.moves).toEqual([
      { asset: 'ETH', change: -0.5 },
      { asset: 'USDC', change: -0.01 },
    ])
    const aave = found.along?.steps.filter(({ venue }) => venue === 'aave').map(({ accounts }) => accounts) ?? []
    expect(aave).toHaveLength(11)
    expect(aave[0]).toBe(0)
    // ETH at 3000 and weight 0.83: healths 1.19, 1.27, 1.42 and 1.99, over 2 · 0.99 when ETH has halved and the debt is in USDC at 0.99.
    expect(aave[10]).toBe(3)
    expect(found.changes.map(({ what }) => what)).toEqual(['venues.aave.reserves.ETH.liquidation_threshold=0.8'])
    expect(await document(TWO, '--drop', '10')).toMatchObject({ along: null, changes: [] })
  })

  it('a page with its pictures that asks nothing of the network', async () => {
    const file = join(folder, 'page.html')
    const { code, out } = await run('--accounts', '300', '--drop', '10,20,30,40', '--html', file)
    expect(code).toBe(0)
    for (const text of [
      'R of a shock: a joint fall within an hour, each asset by its beta',
      'Who makes R',
      'without the accounts of one venue',
      'Ladder along the joint fall, each asset by its beta',
      'all by beta',
    ])
      expect(out).toContain(text)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    const page = readFileSync(file, 'utf8')
    for (const id of ['generations', 'curves', 'ladder']) expect(page).toContain(`id="${id}-t"`)
    expect(page.match(/(?:src|href)=/g)).toBeNull()
    expect(page.indexOf('Who makes R')).toBeLessThan(page.indexOf('id="curves-t"'))
  })

  it('names the part of a shock that grows most: next over first of one asset at one venue', async () => {
    const args = ['criticality', 'examples/two-lenders.json', '--shocks', '20']
    const { types } = (JSON.parse((await command(...args, '--json')).out) as { shocks: { types: Part[] }[] }).shocks[0] ?? {
      types: [],
    }
    const most = types.reduce((best, one) => (one.next_usd / one.first_usd > best.next_usd / best.first_usd ? one : best))
    expect((await command(...args)).out).toContain(`${(most.next_usd / most.first_usd).toFixed(2)} ${most.venue} ${most.asset}`)
  })

  it('leads with who makes R of the worst shock, and loses no column in 80', async () => {
    const found = await document(TWO, '--set', 'venues.aave.reserves.ETH.liquidation_threshold=0.81')
    const out = criticality_text(found, { width: 80 })
    for (const text of ['next without  R without', 'next generation   share', '(fall 0 %)', 'With venues.aave.'])
      expect(out).toContain(text)
    expect(out.indexOf('R of a shock')).toBeLessThan(out.indexOf('spectral radius after a fall'))
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('says what it cannot see where a run goes further: here ETH ends far below its fundamental after −30 %', async () => {
    const { out } = await run(TWO)
    expect(out).toMatch(/What R cannot see here\n.*at most/)
    expect(out.replace(/\s+/g, ' ')).toContain('This book has no arbitrageur')
    expect(out.replace(/\s+/g, ' ')).toMatch(/after a fall of 30 % ETH \(beyond 40 %\)/)
  })

  it('is right that a missing arbitrageur matters: one between two markets ends what a second market alone does not', async () => {
    const market = JSON.parse(readFileSync(TWO, 'utf8'))
    market.markets.push({
      ...{ kind: 'constant-product', id: 'POOL', base: 'ETH', quote: 'USDC', fee: 0.0005 },
      ...{ reserve_base: 30_000, reserve_quote: 90e6 },
    })
    market.actors.count++
    market.actors.names.push('arb')
    market.actors.agent.push(-1)
    for (const [asset, amount] of [
      [0, 10_000],
      [1, 30e6],
    ]) {
      market.actors.treasury.actor.push(8)
      market.actors.treasury.asset.push(asset)
      market.actors.treasury.amount.push(amount)
    }
    const [alone, joined] = [join(folder, 'alone.json'), join(folder, 'joined.json')]
    writeFileSync(alone, JSON.stringify(market))
    market.actors.agent[8] = 2
    market.agents.push({ kind: 'arbitrageur', id: 'arb', links: [{ a: 'ETH-USDC', b: 'POOL' }], capital_usd: 30e6 })
    writeFileSync(joined, JSON.stringify(market))
    const says = async (file: string) => (await document(file)).blind_spots.some((spot) => spot.includes('no arbitrageur'))
    const bad_debt = async (file: string) => {
      const { out } = await command('stress', file, '--shock', 'ETH=-30%@1h', '--horizon', '2h', '--json')
      return (JSON.parse(out) as RunDoc).totals.bad_debt_usd
    }
    expect([await says(alone), await says(joined)]).toEqual([true, false])
    expect(await bad_debt(alone)).toBeGreaterThan(1e6)
    expect(await bad_debt(joined)).toBe(0)
  })

  it.each([
    [['--along', 'ETZ=-10%'], '--along is "ETZ"; valid: one of ETH, USDC'],
    [['--along', 'ETH=-100%'], '--along: ETH is "-100%"; valid: more than -100% and at most +10000%'],
    [['--along', 'ETH=-40'], '--along is "ETH=-40"; valid: ASSET=CHANGE%'],
    [['--along', 'ETH=-40%@2h'], '--along is "ETH=-40%@2h"'],
    [['--along', 'ETH=-40%,ETH=-1%'], '--along is "ETH"; valid: every asset once'],
    [['--set', 'venues.aave'], 'PATH=VALUE'],
    [['--set', 'venues.nobody.x=1'], 'venues is "nobody"; valid: one of aave'],
    [['--set', 'venues.aave.reserves=1'], 'a path to a number, a word, true or false'],
    [['--set', 'venues.aave.reserves.ETH.ltv=high'], 'a number, as 0.8 is now'],
    [['--set', 'venues.aave.reserves.ETH.liquidation_threshold=1.4'], 'liquidation_threshold'],
    [['--shocks', '0'], '--shocks'],
  ])('refuses %j', async (args, says) => {
    const { code, out, err } = await run(TWO, ...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
