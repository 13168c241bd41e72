// Runs a module in a real browser and brings back what it says.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'
import { ROOT } from './files.ts'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One file of JavaScript for a browser; fails if anything it imports needs Node. Paths are relative to the root. */
export async function bundle(entrySource: string): Promise<string> {
  const result = await build({
    stdin: { contents: entrySource, resolveDir: ROOT, sourcefile: 'entry.ts', loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    logLevel: 'silent',
  })
  return result.outputFiles[0]?.text ?? ''
}

/** The same bundle, called the same way, in a process of Node's own. */
export async function runInNode(entrySource: string): Promise<unknown> {
  const code = Buffer.from(await bundle(entrySource)).toString('base64')
  const program = `
    const module = await import('data:text/javascript;base64,${code}')
    const answer = typeof module.default === 'function' ? module.default() : module.default
    process.stdout.write(JSON.stringify(await answer))`
  const done = spawnSync(process.execPath, ['--input-type=module'], { input: program, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (done.status !== 0) throw new Error(done.error?.message ?? done.stderr)
  return JSON.parse(done.stdout) as unknown
}

async function serve(script: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/entry.js'
    const found = isScript || request.url === '/'
    response.writeHead(found ? 200 : 404, {
      'content-type': isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8',
      // With these a page may share memory between workers, as the threads of Node do.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    response.end(isScript ? script : '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>unwind</title>')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

/** Gives `use` a page of a new browser that forgets everything and meets no network but this machine. */
export async function withPage<T>(use: (page: Page) => Promise<T>): Promise<T> {
  const found = findChromium()
  if (found === undefined) throw new Error('no Chromium here: install one and name it in CHROMIUM_PATH')
  const profile = mkdtempSync(join(tmpdir(), 'unwind-browser-'))
  let context: BrowserContext | undefined
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: found.path,
      env: { ...process.env, ...found.env },
      headless: true,
      chromiumSandbox: false,
      args: FLAGS,
    })
    return await use(context.pages()[0] ?? (await context.newPage()))
  } finally {
    await context?.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/**
 * Bundles a module (`entrySource`, imports relative to the root, such as './src/math/index.ts'), runs it in a page served from this machine and
 * returns its default export, called if it is a function and awaited, as JSON carries it.
 */
export async function runInBrowser(entrySource: string): Promise<unknown> {
  const { url, server } = await serve(await bundle(entrySource))
  try {
    return await withPage(async (page) => {
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      await page.goto(url)
      const json = await page.evaluate<string | undefined>(
        "import('/entry.js').then(async (module) => JSON.stringify(await (typeof module.default === 'function' ? module.default() : module.default)))",
      )
      if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('; ')}`)
      if (json === undefined) throw new Error('the module has no default export that JSON can carry')
      return JSON.parse(json) as unknown
    })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
