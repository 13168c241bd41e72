import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { problems, unknown_fields } from '../../test/cli/json-schema.ts'
import { inRoot } from '../../test/support/files.ts'
import { usd } from '../reports/format.ts'
import { main } from './main.ts'
import type { Host } from './support/host.ts'
import { percents, ratio_of, typed_leg } from './support/positions.ts'
import { perform, type Work } from './support/work.ts'

const folder = mkdtempSync(join(tmpdir(), 'unwind-account-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command line in this process; the work it asked for is kept. */
async function run(...args: string[]) {
  let [out, err] = ['', '']
  let asked: Work | undefined
  const host: Host = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    watched: false,
    colour: false,
    width: 100,
    work: (work) => {
      asked = work
      return perform(work, () => {})
    },
  }
  const code = await main(['account', ...args], host)
  return { code, out, err, asked }
}
const SMALL = ['--accounts', '200']
const schema = JSON.parse(readFileSync(inRoot('docs', 'schemas', 'account-1.json'), 'utf8')) as object

describe('unwind account', () => {
  it('one account: health, legs, thresholds, falls, assumptions', async () => {
    const { code, out, err } = await run('--venue', 'aave', '--account', '3', ...SMALL, '--volatility', 'BTC=2.9,ETH=3.9%')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const text of [
      'Account 3 of aave (aave-v3), borrower/3: health',
      'Holds and owes',
      'In breach when',
      'daily vols',
      'When prices move jointly: all coins alike',
      'The joint move: every asset that has a beta moves by the same part',
      'Assumptions',
      'Definitions: docs/account.md',
    ])
      expect(out).toContain(text)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('--json is the document of the schema, the same every time, and nothing else', async () => {
    for (const args of [
      ['--venue', 'aave', '--account', '3', ...SMALL],
      ['--venue', 'maker', ...SMALL],
      ['--owner', 'trader/2', ...SMALL],
      ['--collateral', '5.7e6 SOL', '--debt', '108e6 USDC', '--threshold', '0.85'],
    ]) {
      const { code, out } = await run(...args, '--json')
      expect(code).toBe(0)
      const document = JSON.parse(out) as object
      expect(problems(schema as never, document)).toEqual([])
      expect(unknown_fields(schema, document)).toEqual([])
      expect((await run(...args, '--json')).out).toBe(out)
    }
  })

  it('a book: the ladder from the deepest fall to the furthest rise, and the nearest', async () => {
    const { out } = await run('--venue', 'maker', '--top', '3', '--drop', '10,40', '--rise', '20', ...SMALL)
    // By what its vaults hold: none has BTC.
    expect(out).toMatch(/breaks\sat\s(ETH|wstETH)\s/)
    expect(out).not.toMatch(/breaks\sat\sBTC/)
    const ladder = out.split('\n').filter((line) => /^ +(?:[−+]\d|now)/.test(line))
    expect(ladder.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(['−40.0 %', '−10.0 %', 'now', '+20.0 %'])
    expect(out.split('Nearest to liquidation')[1]?.match(/borrower\//g)).toHaveLength(3)
  })

  it('says which joint move is meant, and that a book counts what is owed or the notional of contracts', async () => {
    const args = ['--venue', 'binance', '--top', '2', ...SMALL]
    const [alike, betas, given] = await Promise.all(
      [[], ['--correlated'], ['--move', 'ETH=-1']].map(async (more) => (await run(...args, ...more)).out.replace(/\s+/g, ' ')),
    )
    expect(alike).toContain('Liquidatable when prices move jointly: all coins alike')
    expect(alike).toContain('(--correlated: each by its beta, as in unwind criticality)')
    expect(betas).toContain('Liquidatable when prices move jointly: all by their betas')
    expect(betas).toContain('The joint move: each asset moves by its beta, as in unwind criticality.')
    expect(given).toContain('Liquidatable when prices move jointly: ETH')
    expect(given).not.toContain('The joint move:')
    expect(alike).toContain('account owner health owed or notional equity')
    // The account's own view of the first of them: its cash is what it owes or holds, its contract has the notional.
    const row = /Nearest to liquidation .*?price at the venue (\d+) \S+ [\d.]+ (\$[\d.]+ \w) /.exec(
      alike as string,
    ) as unknown as string[]
    const own = JSON.parse((await run('--venue', 'binance', '--account', row[1] as string, ...SMALL, '--json')).out) as {
      accounts: { notional_usd: number }[]
    }
    expect(usd(own.accounts[0]?.notional_usd as number)).toBe(row[2])
  })

  it('what is asked reaches the work', async () => {
    const { asked } = await run(
      ...['--owner', 'borrower/1', '--venue', 'aave', '--move', 'ETH=-1, BTC=-0.8', '--with', 'weETH=ETH', '--apart'],
      ...['--drop', '5,12.5%', '--rise', '7', '--volatility', 'ETH=4', ...SMALL],
    )
    expect(asked).toMatchObject({
      name: 'account',
      input: {
        accounts: 200,
        question: {
          owner: 'borrower/1',
          venue: 'aave',
          moves: [
            ['ETH', -1],
            ['BTC', -0.8],
          ],
          with: [['weETH', 'ETH']],
          apart: true,
          steps: [0.05, 0.125],
          back_steps: [0.07],
          volatilities: { ETH: 0.04 },
        },
      },
    })
  })

  it('--html writes a page that needs nothing from elsewhere', async () => {
    const path = join(folder, 'page.html')
    for (const args of [['--account', '3'], []]) {
      expect((await run('--venue', 'aave', ...args, ...SMALL, '--drop', '10,60', '--html', path)).code).toBe(0)
      const page = readFileSync(path, 'utf8')
      expect(page).toMatch(/^<!doctype html>/)
      expect(page).toContain('<svg class="chart"')
      expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    }
    rmSync(path)
  })

  it('a position typed by hand: the price that is left open, or all about it', async () => {
    const whale = await run(
      '--collateral',
      '5.7e6 SOL',
      '--debt',
      '108,000,000 USDC',
      '--threshold',
      '85%',
      '--close-factor',
      '20%',
    )
    // 108 ÷ (5.7 · 0.85)
    expect(whale.out).toContain('The position is in breach below SOL 22.291.')
    expect(whale.out).toContain('repays $21.6 M')
    expect(whale.out).toContain('USDC at 1 USD: no price was given.')
    // 278.5 M · 1.45 ÷ 23,962.6
    const vault = await run('--collateral', '23,962.6 WBTC', '--debt', '278.5e6 DAI', '--ratio', '145%')
    expect(vault.out).toContain('in breach below WBTC 16,852')
    const several = await run(
      '--collateral',
      '10 ETH @ 3000 : 0.83',
      '--collateral',
      '5 stETH@2990:0.8',
      '--debt',
      '30000 USDC',
      '--with',
      'stETH=ETH',
    )
    expect(several.out).toContain('ETH 2,441.7, stETH 2,433.5')
  })

  it.each([
    [[], 'unwind account is "without an account"; valid: --venue V [--account N], --owner NAME, or --collateral and --debt'],
    [['--account', '3'], '--account means something only together with --venue'],
    [['--venue', 'aave', '--account', '3', '--owner', 'x'], '--account is "3"; valid: used without --owner'],
    [['--venue', 'aave', '--account', '-1'], '--account is "-1"; valid: a whole number from 0'],
    [['--venue', 'aave', '--account', '99999', ...SMALL], '--account is 99999; valid: 0 to '],
    [['--venue', 'bank', ...SMALL], '--venue: venue is "bank"; valid: one of aave, maker, binance'],
    [['--owner', 'nobody', ...SMALL], '--owner is "nobody"; valid: an actor of the snapshot: liquidator-1'],
    [['--venue', 'aave', '--drop', '0'], '--drop is "0"; valid: per cents above 0 and below 100'],
    [['--venue', 'aave', '--drop', '5,5'], '--drop is "5,5"; valid: every per cent once'],
    [['--venue', 'aave', '--move', 'ETH'], '--move is "ETH"; valid: ASSET=NUMBER'],
    [['--venue', 'aave', '--move', 'ETH=x'], '--move is "x"; valid: a number such as -0.8'],
    [['--venue', 'aave', '--move', 'XYZ=-1', ...SMALL], '--move: asset is "XYZ"; valid: one of USD, USDC'],
    [['--venue', 'aave', '--with', 'ETH'], '--with is "ETH"; valid: ASSET=ASSET'],
    [['--venue', 'aave', '--account', '1', '--top', '3'], '--top means something only together with --venue alone'],
    [['--venue', 'aave', '--threshold', '0.8'], '--threshold means something only together with --collateral'],
    [['--venue', 'aave', '--debt', '1 X'], '--venue is "aave"; valid: used without a position typed by hand'],
    [['--debt', '1 X'], '--collateral is missing; valid: at least one leg'],
    [['--collateral', '1 X', '--threshold', '0.5'], '--debt is missing; valid: at least one leg'],
    [['--collateral', '1 X', '--debt', '1 USDC'], '--collateral: weight is missing; valid: a weight for X'],
    [['--collateral', 'X 1', '--debt', '1 USDC'], '--collateral is "X 1"; valid: AMOUNT ASSET [@ PRICE] [: WEIGHT]'],
    [['--collateral', '1 X', '--debt', '1 Y', '--threshold', '0.5'], 'the position is "X and Y without a price"'],
    [
      ['--collateral', '1 X', '--debt', '1 USDC', '--threshold', '1.5'],
      '--threshold is "1.5"; valid: a ratio above 0 and up to 1',
    ],
    [['--collateral', '1 X', '--debt', '1 USDC', '--ratio', '0.9'], '--ratio is "0.9"'],
    [
      ['--collateral', '1 X', '--debt', '1 USDC', '--ratio', '1.5', '--threshold', '0.5'],
      '--ratio is "1.5"; valid: used without --threshold',
    ],
    [
      ['--collateral', '1 X', '--debt', '1 USDC', '--threshold', '0.5', '--bonus', '0.1'],
      '--bonus means something only together with --close-factor',
    ],
  ])('%j is refused in a line', async (args, says) => {
    const path = join(folder, 'none.html')
    const { code, out, err } = await run(...args, '--html', path)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(`unwind: ${says}`)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(path)).toBe(false)
  })
})

describe('legs and ratios', () => {
  it('legs come back as they were written', () => {
    const number = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.01, max: 1, noNaN: true }), (quantity, price, weight) => {
        expect(typed_leg('--collateral', `${quantity} wstETH @ ${price} : ${weight}`, undefined)).toEqual({
          asset: 'wstETH',
          quantity,
          price,
          weight,
        })
        expect(typed_leg('--collateral', `${quantity} A`, 0.5)).toEqual({ asset: 'A', quantity, weight: 0.5 })
      }),
    )
  })

  it.each(['1,00 ETH', '1 ETH @', '1 ETH @ -3', '-1 ETH', '1e400 ETH', '1 ETH : 2', 'ETH', '', '1 2 3'])(
    '%j is no leg',
    (text) => {
      expect(() => typed_leg('--collateral', text, 0.8)).toThrow('--collateral')
    },
  )

  it('per cents and ratios', () => {
    expect(percents('--drop', '5, 10%,99')).toEqual([0.05, 0.1, 0.99])
    expect(ratio_of('--threshold', '85%', 0, 1)).toBe(0.85)
    expect(ratio_of('--ratio', '1.45', 1, 100)).toBe(1.45)
    expect(ratio_of('--bonus', '0', 0, 1)).toBe(0)
    for (const bad of ['0', '101%', 'x', '']) expect(() => ratio_of('--threshold', bad, 0, 1)).toThrow('--threshold')
  })
})
