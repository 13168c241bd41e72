// The house keeps its own rules: ARCHITECTURE.md says them, test/support/tidy.ts checks them, this file applies them.
import { describe, expect, it } from 'vitest'
import { filesBelow } from './support/files.ts'
import { applyExceptions, checkFile, checkRegistration, type Exception, FAMILIES, type Finding } from './support/tidy.ts'

/** May only shrink: an exception that is no longer needed fails the test below, and a new one needs a reason nobody can argue with. */
const EXCEPTIONS: readonly Exception[] = []

const typescript = (path: string) => path.endsWith('.ts') && !path.endsWith('.d.ts')
const script = (path: string) => /\.(mjs|ts)$/.test(path) && !path.endsWith('.d.ts')
const sources = filesBelow('src', typescript)
const others = ['test', 'bench', 'examples', 'scripts', 'tools'].flatMap((folder) => filesBelow(folder, script))

const findings = [
  ...[...sources, ...others].flatMap(checkFile),
  ...FAMILIES.flatMap((family) => checkRegistration(family, sources)),
]
const { open, stale } = applyExceptions(findings, EXCEPTIONS)
const lines = (rules: readonly Finding['rule'][]) =>
  open.filter((finding) => rules.includes(finding.rule)).map((finding) => `${finding.path}:${finding.line} ${finding.what}`)

describe('tidy', () => {
  it('reads the sources', () => {
    expect(sources.length).toBeGreaterThan(0)
  })

  it('imports go down the layers, never sideways', () => {
    expect(lines(['layer', 'sibling', 'registry'])).toEqual([])
  })

  it('pure layers have no clock, entropy, environment, input, output or asynchrony', () => {
    expect(lines(['pure'])).toEqual([])
  })

  it('pure layers import no package but zod', () => {
    expect(lines(['third party'])).toEqual([])
  })

  it('pure layers compute with what every engine computes alike', () => {
    expect(lines(['arithmetic'])).toEqual([])
  })

  it('BigInt stays in reference.ts and at the edges', () => {
    expect(lines(['bigint'])).toEqual([])
  })

  it('every kind is in the list of its family', () => {
    expect(lines(['registration'])).toEqual([])
  })

  it('files and functions are short', () => {
    expect(lines(['file length', 'function length'])).toEqual([])
  })

  it('no exception is left that nothing needs', () => {
    expect(stale).toEqual([])
  })
})
