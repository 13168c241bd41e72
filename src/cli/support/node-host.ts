/** The host of the real program. */
import { Worker } from 'node:worker_threads'
import { heard } from '../../executors/failure.ts'
import { Fault } from '../../model/index.ts'
import { EXIT, type Host, Interrupted } from './host.ts'
import type { Message } from './thread.ts'
import { perform, type Progress, type Work, type WorkResult } from './work.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ends the work that runs now; undefined when none does. */
let stop: (() => void) | undefined

/** A signal ends the work in its thread, and the program with code 3 when there is no work or it comes twice. */
function on_signal(): void {
  const end = stop
  stop = undefined
  if (end === undefined) {
    process.stderr.write('unwind: interrupted\n')
    process.exit(EXIT.interrupted)
  }
  end()
}

/** Runs work in a thread; a signal ends the thread and rejects with `Interrupted`. */
export function in_thread(work: Work, on_progress: Progress): Promise<WorkResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: work })
    let settled = false
    const settle = (act: () => void) => {
      if (settled) return
      settled = true
      stop = undefined
      void worker.terminate().then(act, act)
    }
    stop = () => settle(() => reject(new Interrupted('interrupted')))
    worker.on('message', (message: Message) => {
      switch (message.type) {
        case 'progress':
          return on_progress(message.done, message.phase)
        case 'done':
          return settle(() => resolve(message.result))
        default:
          return settle(() => reject(heard(message)))
      }
    })
    worker.on('error', (error) => settle(() => reject(error)))
    worker.on('exit', (code) => settle(() => reject(new Fault(`the working thread ended by itself with ${code}`))))
  })
}

/** Colours as people ask for them: NO_COLOR and FORCE_COLOR, else whether standard output is a terminal. */
function wants_colour(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return Boolean(process.stdout.isTTY) && TERM !== 'dumb'
}

const DEFAULT_WIDTH = 100
/** No table fits in less. */
const LEAST_WIDTH = 40

/** Columns of the report: the terminal's; in a pipe what COLUMNS asks for, when that is a width. */
export function width_of(terminal_columns: number | undefined, columns: string | undefined): number {
  const asked = /^\d{2,3}$/.test(columns ?? '') ? Number(columns) : DEFAULT_WIDTH
  return Math.max(LEAST_WIDTH, terminal_columns ?? asked)
}

/** From sources (`npm run dev`) there is no file a thread could load: work is done here, and a signal ends the process. */
const FROM_SOURCES = import.meta.url.endsWith('.ts')

export function node_host(): Host {
  if (!FROM_SOURCES) for (const signal of SIGNALS) process.on(signal, on_signal)
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    watched: Boolean(process.stderr.isTTY),
    colour: wants_colour(),
    width: width_of(process.stdout.isTTY ? process.stdout.columns : undefined, process.env['COLUMNS']),
    work: FROM_SOURCES ? perform : in_thread,
  }
}
