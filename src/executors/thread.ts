/** A thread that does jobs of one task, one at a time, as they are sent. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Failure, told } from './failure.ts'
import { type TaskName, tasks } from './tasks.ts'

/** To a thread: the place of a job in the list, and the job. */
export interface Order {
  readonly at: number
  readonly job: unknown
}

/** From a thread. */
export type Answer = { readonly type: 'done'; readonly at: number; readonly result: unknown } | Failure

function serve(port: MessagePort): void {
  const { task, shared } = workerData as { task: TaskName; shared: never }
  let perform: ((job: never) => unknown) | undefined
  port.on('message', ({ at, job }: Order) => {
    try {
      perform ??= tasks[task](shared)
      port.postMessage({ type: 'done', at, result: perform(job as never) } satisfies Answer)
    } catch (error) {
      port.postMessage(told(error))
    }
  })
}

if (parentPort !== null) serve(parentPort)
