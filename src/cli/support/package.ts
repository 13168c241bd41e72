/** Where this package lies, and its version. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A path inside the package, the same from sources and from compiled files: both lie three folders down. */
export const in_package = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

export function version(): string {
  return (JSON.parse(readFileSync(in_package('package.json'), 'utf8')) as { version: string }).version
}
