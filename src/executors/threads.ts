/** Jobs over threads: results stand in the order of the jobs, so nothing of them tells how many threads there were. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Fault } from '../model/index.ts'
import { heard } from './failure.ts'
import { type TaskName, type Tasks, tasks } from './tasks.ts'
import type { Answer, Order } from './thread.ts'

/** From sources there is no file a thread could load. */
const FROM_SOURCES = import.meta.url.endsWith('.ts')

export interface JobOptions {
  /** Threads; by default as many as there are processors. 1, or one job: no thread is started. */
  readonly workers?: number
  /** Called after every job. */
  readonly on_done?: (done: number) => void
}

/**
 * Does all jobs. When one fails the others are stopped.
 * @returns results in the order of the jobs
 * @throws InputError or Fault of the first job that failed
 */
export async function run_jobs<K extends TaskName>(
  task: K,
  shared: Tasks[K]['shared'],
  jobs: readonly Tasks[K]['job'][],
  options: JobOptions = {},
): Promise<Tasks[K]['result'][]> {
  const workers = Math.min(options.workers ?? availableParallelism(), jobs.length)
  if (workers > 1 && !FROM_SOURCES) return over_threads(task, shared, jobs, workers, options)
  const perform = tasks[task](shared)
  return jobs.map((job, at) => {
    const result = perform(job)
    options.on_done?.(at + 1)
    return result
  })
}

async function over_threads<K extends TaskName>(
  task: K,
  shared: Tasks[K]['shared'],
  jobs: readonly Tasks[K]['job'][],
  workers: number,
  { on_done }: JobOptions,
): Promise<Tasks[K]['result'][]> {
  const results: Tasks[K]['result'][] = []
  let [next, done] = [0, 0]
  const threads = Array.from({ length: workers }, () => {
    return new Worker(new URL('./thread.js', import.meta.url), { workerData: { task, shared } })
  })
  const all = new Promise<Tasks[K]['result'][]>((resolve, reject) => {
    for (const thread of threads) {
      const send = () => {
        if (next < jobs.length) thread.postMessage({ at: next, job: jobs[next++] } satisfies Order)
      }
      thread.on('message', (answer: Answer) => {
        if (answer.type !== 'done') return reject(heard(answer))
        results[answer.at] = answer.result as Tasks[K]['result']
        on_done?.(++done)
        if (done === jobs.length) resolve(results)
        else send()
      })
      thread.on('error', reject)
      thread.on('exit', (code) => reject(new Fault(`a thread ended by itself with ${code}`)))
      send()
    }
  })
  try {
    return await all
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}
