// The scripts that install, start and count, on made-up situations.
import { describe, expect, it } from 'vitest'

const script = (name: string) => import(new URL(`../../scripts/${name}.mjs`, import.meta.url).href) as Promise<unknown>

type Lock = { packages: Record<string, object> }
const { staleness } = (await script('install')) as {
  staleness: (wanted: Lock, installed: Lock | undefined, exists: (path: string) => boolean) => string | undefined
}
const { commandLine } = (await script('start')) as {
  commandLine: (args: string[], isCommand: (word: string) => boolean) => string[]
}
const { count } = (await script('test')) as {
  count: (report: object | undefined, code: number) => { passed: number; failed: number }
}

describe('is an install needed', () => {
  const entry = { version: '1.0.0', integrity: 'x' }
  const wanted = {
    packages: {
      '': {},
      'node_modules/a': entry,
      'node_modules/b': { ...entry, optional: true },
      web: {},
      'node_modules/web': { link: true },
    },
  }
  const installed = { packages: { 'node_modules/a': entry } }
  const yes = () => true

  it('not when all that is needed is there', () => {
    expect(staleness(wanted, installed, yes)).toBeUndefined()
  })

  it('when nothing is installed, or something is missing, other or gone', () => {
    expect(staleness(wanted, undefined, yes)).toBe('node_modules')
    expect(staleness(wanted, { packages: {} }, yes)).toBe('node_modules/a')
    expect(staleness(wanted, { packages: { 'node_modules/a': { ...entry, version: '1.0.1' } } }, yes)).toBe('node_modules/a')
    expect(staleness(wanted, { packages: { 'node_modules/a': { ...entry, integrity: 'y' } } }, yes)).toBe('node_modules/a')
    expect(staleness(wanted, installed, () => false)).toBe('node_modules/a')
  })
})

describe('what npm start means', () => {
  const main = ['stress', '--shock', 'ETH=-30%@1h', '--correlated']
  it.each([
    [[], main],
    [
      ['--seed', '7', '--json'],
      [...main, '--seed', '7', '--json'],
    ],
    [
      ['book.json', '--json'],
      [...main, 'book.json', '--json'],
    ],
    [
      ['--shock', 'BTC=-20%@1h'],
      ['stress', '--shock', 'BTC=-20%@1h'],
    ],
    [
      ['--seed', '7', '--scenario=calm'],
      ['stress', '--seed', '7', '--scenario=calm'],
    ],
    [['--help'], ['stress', '--help']],
    [
      ['list', 'venues'],
      ['list', 'venues'],
    ],
  ])('%j', (args, expected) => {
    expect(commandLine(args, (word) => word === 'list')).toEqual(expected)
  })
})

describe('the count of a run', () => {
  const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) })
  const report = (passed: number, failed: number, ...testResults: object[]) => ({
    numPassedTests: passed,
    numFailedTests: failed,
    testResults,
  })

  it('is what the report says', () => {
    expect(count(report(2, 0, file('passed', 'passed', 'passed')), 0)).toEqual({ passed: 2, failed: 0 })
    expect(count(report(1, 1, file('failed', 'passed', 'failed')), 1)).toEqual({ passed: 1, failed: 1 })
  })

  it('has a failure for a file that could not be read, a run that crashed and a report that is missing', () => {
    expect(count(report(1, 0, file('passed', 'passed'), file('failed')), 1)).toEqual({ passed: 1, failed: 1 })
    expect(count(report(1, 0, file('passed', 'passed')), 1)).toEqual({ passed: 1, failed: 1 })
    expect(count(undefined, 0)).toEqual({ passed: 0, failed: 1 })
  })
})
