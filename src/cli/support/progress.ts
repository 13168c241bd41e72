/** A line on a terminal that says how far it is. */
import type { Host } from './host.ts'
import type { Progress } from './work.ts'

const AFTER_MS = 1_000
const CLEAR = '\r\u001b[2K'

export interface Meter {
  readonly report: Progress
  /** Takes the line away. */
  clear(): void
}

/** Nothing is shown when nobody watches, when the person wants quiet, or in the first second. */
export function meter(host: Pick<Host, 'err' | 'watched'>, quiet: boolean, now: () => number = Date.now): Meter {
  if (quiet || !host.watched) return { report: () => {}, clear: () => {} }
  const begun = now()
  let shown = ''
  return {
    report(done, phase) {
      if (now() - begun < AFTER_MS) return
      const share = Math.min(100, Math.max(0, Math.floor(done * 100)))
      const line = `${String(share).padStart(3)} % ${phase}`
      if (line !== shown) host.err(CLEAR + line)
      shown = line
    },
    clear() {
      if (shown !== '') host.err(CLEAR)
      shown = ''
    },
  }
}
