import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { File } from './tidy.ts'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const inRoot = (...parts: string[]) => join(ROOT, ...parts)

/** Files below a folder of the repository whose name passes, sorted, with `/`; none if the folder does not exist. */
export function filesBelow(folder: string, wanted: (path: string) => boolean): File[] {
  const found: string[] = []
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') walk(child)
      } else found.push(relative(ROOT, child).split(sep).join('/'))
    }
  }
  if (existsSync(inRoot(folder))) walk(inRoot(folder))
  return found
    .filter(wanted)
    .sort()
    .map((path) => ({ path, text: readFileSync(inRoot(path), 'utf8') }))
}
