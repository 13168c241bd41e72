/** Times by processor, which other programs disturb less than the clock, and what a bench says about them. */
import { readFileSync } from 'node:fs'
import os from 'node:os'

/** Collects garbage where node runs with --expose-gc, so that nobody pays for another's. */
export const gc = (globalThis as { gc?: () => void }).gc ?? (() => {})

/** Processor time of this process, ms. */
export function now(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Processor time of the thread that runs the program, ms: without the compiler's and collector's own. NaN where the system does not tell. */
export function own(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    return Number.NaN
  }
}

/** Processor time of some work, ms. */
export function timed(work: () => unknown): number {
  const from = now()
  work()
  return now() - from
}

/** A figure a round. The first round warms up and does not count. */
export class Samples {
  readonly list: number[] = []
  add(value: number): void {
    this.list.push(value)
  }
  get rest(): number[] {
    return this.list.slice(1).toSorted((a, b) => a - b)
  }
  get median(): number {
    const { rest } = this
    return rest[rest.length >> 1] as number
  }
  /** Median and range, in units of `per`. */
  spread(per = 1, digits = 1): string {
    const { rest } = this
    const text = (value: number) => (value / per).toFixed(digits)
    return `${text(this.median)} (${text(rest[0] as number)}–${text(rest.at(-1) as number)})`
  }
  toString(): string {
    return this.spread().replace(' ', ' ms ')
  }
}

/** The quotient of two figures round by round: what drifts for both alike cancels. */
export function ratios(a: Samples, b: Samples): Samples {
  const out = new Samples()
  a.list.forEach((value, i) => {
    out.add(value / (b.list[i] as number))
  })
  return out
}

export function line(what: string, got: string, wanted = ''): void {
  process.stdout.write(`${what.padEnd(68)} ${got.padEnd(34)} ${wanted}\n`)
}

export function heading(): void {
  const cpus = os.cpus()
  process.stdout.write(
    `Node ${process.version}, ${cpus[0]?.model} × ${cpus.length}, load ${(os.loadavg()[0] as number).toFixed(1)}\n`,
  )
}
