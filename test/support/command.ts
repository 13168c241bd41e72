/** A command run in this process, as a program that is piped would run it. */
import { main } from '../../src/cli/main.ts'
import { perform } from '../../src/cli/support/work.ts'

export async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await main(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    watched: false,
    colour: false,
    width: 100,
    work: (work) => perform(work, () => {}),
  })
  return { code, out, err }
}
