import { describe, expect, it } from 'vitest'
import { bundle, runInBrowser, runInNode } from '../support/browser.ts'
import { findChromium } from '../support/chromium.ts'
import probe from '../support/probe.ts'

describe.skipIf(findChromium() === undefined)('a real browser', () => {
  it('runs a module and returns its answer', async () => {
    const answer = await runInBrowser(
      'export default () => ({ agent: navigator.userAgent, isolated: crossOriginIsolated, node: typeof process })',
    )
    expect(answer).toMatchObject({ isolated: true, node: 'undefined' })
    expect((answer as { agent: string }).agent).toMatch(/Chrome\/\d+/)
  })

  it('computes, draws and hashes as Node does, bit for bit', async () => {
    const entry = "export { default } from './test/support/probe.ts'"
    const here = await runInNode(entry)
    expect(Object.keys(here as object).length).toBeGreaterThan(10)
    expect(await runInBrowser(entry)).toEqual(here)
    expect(probe()).toEqual(here)
  })

  it('says what went wrong', async () => {
    await expect(runInBrowser('export default () => { throw new RangeError("too deep") }')).rejects.toThrow('too deep')
    await expect(runInBrowser('import "./src/nowhere.ts"')).rejects.toThrow('nowhere')
    await expect(runInBrowser('export default undefined')).rejects.toThrow('no default export')
    await expect(runInBrowser('console.error("broken"); export default 1')).rejects.toThrow('broken')
  })

  it('is never given a module that needs Node', async () => {
    await expect(bundle('import { readFileSync } from "node:fs"; export default readFileSync')).rejects.toThrow('node:fs')
  })
})
