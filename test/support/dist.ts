// The compiled program, for tests that run it as a user does.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { inRoot } from './files.ts'

let built: boolean | undefined

/** Builds dist/ if the sources changed since; throws with the compiler's words if that fails. Costs a hash when nothing changed. */
export function ensureBuilt(): void {
  if (built) return
  const done = spawnSync(process.execPath, [inRoot('scripts', 'build.mjs')], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`the build failed:\n${done.stdout}${done.stderr}`)
  built = true
}

export const MAIN = inRoot('dist', 'cli', 'main.js')

export const hasCli = () => existsSync(inRoot('src', 'cli', 'main.ts'))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `unwind …args` as it is published. */
export function unwind(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {}): Ran {
  ensureBuilt()
  const done = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, ...options })
  if (done.error) throw done.error
  return { code: done.status, stdout: done.stdout, stderr: done.stderr }
}
