// Is what lies in node_modules what the lockfile asks for? Read from npm's own record of the last install, so any way of installing counts.
import { existsSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { at, root } from './lib.mjs'

const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined)

/** The first package that is missing or differs, undefined if there is none. */
export function staleness(wanted, installed, exists) {
  if (installed === undefined) return 'node_modules'
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!path.startsWith('node_modules/') || entry.link) continue
    const present = installed.packages[path]
    if (
      present === undefined
        ? !(entry.optional || entry.peer)
        : present.version !== entry.version || present.integrity !== entry.integrity
    )
      return path
    if (present !== undefined && !exists(path)) return path
  }
  return undefined
}

export function installIfNeeded(log) {
  const wanted = read(at('package-lock.json'))
  const stale = staleness(wanted, read(at('node_modules', '.package-lock.json')), (path) => existsSync(at(path, 'package.json')))
  if (stale === undefined) return true
  log(
    stale === 'node_modules'
      ? 'installing dependencies (once)'
      : `installing dependencies (${stale} is not what package-lock.json says)`,
  )
  // The same npm that started us, by its script; NODE_ENV=production must not leave the compiler out; its output goes to standard error.
  const script = process.env.npm_execpath
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn']
  const viaScript = script !== undefined && /npm-cli\.[cm]?js$/.test(script)
  const [command, rest] = viaScript ? [process.execPath, [script, ...args]] : ['npm', args]
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: !viaScript && process.platform === 'win32' }
  const done = spawnSync(command, rest, options)
  if (done.error) log(`npm could not be started: ${done.error.message}`)
  else if (done.status !== 0) log('npm ci failed (see above); it needs a package registry within reach')
  return done.status === 0
}
