/** The thread that works. The main thread stays free to hear Ctrl-C and ends this one whatever it is doing. */
import { parentPort, workerData } from 'node:worker_threads'
import { InputError } from '../../model/index.ts'
import { perform, type Work, type WorkResult } from './work.ts'

export type Message =
  | { readonly type: 'progress'; readonly done: number; readonly phase: string }
  | { readonly type: 'done'; readonly result: WorkResult }
  | { readonly type: 'input'; readonly message: string }
  | { readonly type: 'fault'; readonly message: string; readonly stack: string }

const BETWEEN_MS = 50

async function main(): Promise<void> {
  const port = parentPort
  if (port === null) return
  const send = (message: Message) => port.postMessage(message)
  let last = 0
  try {
    const result = await perform(workerData as Work, (done, phase) => {
      const now = Date.now()
      if (now - last < BETWEEN_MS) return
      last = now
      send({ type: 'progress', done, phase })
    })
    send({ type: 'done', result })
  } catch (error) {
    if (error instanceof InputError) send({ type: 'input', message: error.message })
    else if (error instanceof Error) send({ type: 'fault', message: `${error.name}: ${error.message}`, stack: error.stack ?? '' })
    else send({ type: 'fault', message: String(error), stack: '' })
  }
}

await main()
