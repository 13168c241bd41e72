/** The thread that works. The main thread stays free to hear Ctrl-C and ends this one whatever it is doing. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Failure, told } from '../../executors/failure.ts'
import { perform, type Work, type WorkResult } from './work.ts'

export type Message =
  | { readonly type: 'progress'; readonly done: number; readonly phase: string }
  | { readonly type: 'done'; readonly result: WorkResult }
  | Failure

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
    send(told(error))
  }
}

await main()
