// `npm test`, all of it: types, lint, format, then every test (unit, tidy, documents, browser).
// A failed check does not hide the ones after it. `npm test -- margin` passes the words on to vitest and runs nothing else.
// Leaves .cache/summary.json {passed, failed} for .ci/run.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { build } from './build.mjs'
import { at, bin, cache, isMain, runNode } from './lib.mjs'

const checks = [
  ['build', () => (build(undefined, 1) ? 0 : 1)],
  ['types of the tests', () => runNode([bin('typescript', 'tsc'), '-b', 'tsconfig.test.json']).code],
  ['types of the pure layers (no DOM, no Node)', () => runNode([bin('typescript', 'tsc'), '-b', 'tsconfig.pure.json']).code],
  ['lint', () => runNode([bin('oxlint'), '--type-aware', '--deny-warnings']).code],
  ['format', () => runNode([bin('@biomejs/biome'), 'format']).code],
]

/** What vitest's JSON report says; a report that is missing or says nothing is a failure. */
export function count(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1 }
  // A file that cannot be collected has no test to fail, yet it failed.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + broken
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed }
}

function main(words) {
  const summary = at('.cache', 'summary.json')
  const reportPath = at('.cache', 'vitest.json')
  mkdirSync(cache, { recursive: true })
  for (const path of [summary, reportPath]) rmSync(path, { force: true })

  const total = { passed: 0, failed: 0 }
  const bad = []
  for (const [name, check] of words.length === 0 ? checks : []) {
    const ok = check() === 0
    total[ok ? 'passed' : 'failed'] += 1
    if (!ok) bad.push(name)
    process.stdout.write(`${ok ? '✓' : '✗'} ${name}\n`)
  }
  const { code } = runNode([bin('vitest'), 'run', ...words])
  const tests = count(existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : undefined, code)
  total.passed += tests.passed
  total.failed += tests.failed
  if (tests.failed > 0) bad.push('tests')
  writeFileSync(summary, JSON.stringify(total))
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${bad.length > 0 ? `: ${bad.join(', ')}` : ''}\n`)
  return total.failed === 0 && code === 0 ? 0 : 1
}

if (isMain(import.meta.url)) process.exitCode = main(process.argv.slice(2))
