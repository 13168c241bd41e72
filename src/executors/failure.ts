/** Errors across threads: a class does not survive the way, so what it was is said. */
import { Fault, InputError } from '../model/errors.ts'

export type Failure =
  | { readonly type: 'input'; readonly message: string }
  | { readonly type: 'fault'; readonly message: string; readonly stack: string }

/** An error that has already said its line: the one of another thread. */
class SaidInput extends InputError {
  constructor(message: string) {
    super('', '', '', '')
    this.message = message
  }
}

/** What is sent of an error. */
export function told(error: unknown): Failure {
  if (error instanceof InputError) return { type: 'input', message: error.message }
  if (error instanceof Error) return { type: 'fault', message: `${error.name}: ${error.message}`, stack: error.stack ?? '' }
  return { type: 'fault', message: String(error), stack: '' }
}

/** The error that was sent. */
export function heard(failure: Failure): Error {
  if (failure.type === 'input') return new SaidInput(failure.message)
  const fault = new Fault(failure.message)
  fault.stack = failure.stack
  return fault
}
