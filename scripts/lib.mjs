// What the scripts share. Plain JavaScript on Node alone: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const cache = join(root, '.cache')

export const at = (...parts) => join(root, ...parts)

/** All files below a folder, as sorted paths relative to the root, with `/`. Nothing if the folder does not exist. */
export function filesBelow(folder) {
  /** @type {string[]} */
  const found = []
  const walk = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) walk(child)
      else found.push(relative(root, child).split(sep).join('/'))
    }
  }
  if (existsSync(at(folder))) walk(at(folder))
  return found.sort()
}

/** One hash over names and contents: modification times lie after a checkout. */
export function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    if (!existsSync(at(path))) continue
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(at(path)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** The entry point of an installed tool, run with this Node rather than through a shell. */
export function bin(name, command = name.split('/').pop()) {
  const home = at('node_modules', ...name.split('/'))
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return join(home, typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command])
}

/** True in the file that was started, false where it is imported. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}

/** Runs a tool with the root as its folder; returns its exit code, 1 if it could not start or was killed. */
export function runNode(args, options = {}) {
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options })
  return { code: done.status ?? 1, stdout: String(done.stdout ?? ''), stderr: String(done.stderr ?? ''), error: done.error }
}
