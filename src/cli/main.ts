#!/usr/bin/env node
/** The program `unwind`. A command's file is loaded when that command is asked for, so help is quick. */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { InputError } from '../model/errors.ts'
import { wrap } from '../reports/lines.ts'
import type { Act } from './support/act.ts'
import { EXIT, type Host, Interrupted } from './support/host.ts'
import { version } from './support/package.ts'

type Configure = (command: Command, host: Host, act: Act) => void

const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<{ configure: Configure }> }>> = {
  stress: { summary: 'what happens if: one run, with and without feedback, and its report', load: () => import('./stress.ts') },
  replay: { summary: 'a real event over many seeds, beside what happened', load: () => import('./replay.ts') },
  account: {
    summary: 'what breaks an account or a book: liquidation prices alone and along joint moves, and what falls do',
    load: () => import('./account.ts'),
  },
  criticality: {
    summary: 'how near a market is to selling that feeds itself: R of falls and who makes it, the spectral radius, ladders',
    load: () => import('./criticality.ts'),
  },
  network: {
    summary: 'who owes whom and holds the same as whom, what is behind a claim in the end, and who would bring down whom',
    load: () => import('./network.ts'),
  },
  detect: { summary: 'events in a history of prices, open interest, funding, liquidations', load: () => import('./detect.ts') },
  warn: { summary: 'chances of a fall and of how far it would go, and whether they have skill', load: () => import('./warn.ts') },
  infer: {
    summary: 'who holds what, inferred from price, open interest and funding: cohorts and liquidation density, with bands',
    load: () => import('./infer.ts'),
  },
  synth: { summary: 'make a synthetic reference market of any size', load: () => import('./synth.ts') },
  snapshot: { summary: 'inspect and check a snapshot', load: () => import('./snapshot.ts') },
  validate: { summary: 'recompute published values and show the scoreboard', load: () => import('./validate.ts') },
  list: { summary: 'list venues, markets, oracles, drivers, agents, presets, …', load: () => import('./list.ts') },
}

const EXAMPLES = `
Examples:
  unwind stress --shock ETH=-30%@1h --correlated      the main job
  unwind stress --help                                 all of its options
  unwind synth --accounts 1000000 --out market/        a larger market
  unwind list presets                                  scenarios with a name

Every figure is defined in docs/definitions.md.
Exit codes: 0 done, 1 a check failed, 2 bad input, 3 interrupted, 4 internal fault.
`

/** Runs one command line and returns its exit code. Never throws. */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const debug = args.includes('--debug')
  try {
    return await dispatch(args.length === 0 ? ['--help'] : args, host)
  } catch (error) {
    return explain(error, host, debug)
  }
}

async function dispatch(args: readonly string[], host: Host): Promise<number> {
  // `help stress` and `stress --help` say the same.
  const asked = args[0] === 'help' && args[1] !== undefined ? [args[1], '--help'] : args
  const name = asked[0] ?? ''
  const jobs: (() => number | Promise<number>)[] = []
  const program = skeleton(host)
  for (const [id, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(id).description(summary).helpOption('-h, --help', 'show this help')
    if (id === name) (await load()).configure(command, host, (job) => void jobs.push(job))
  }
  await program.parseAsync([...asked], { from: 'user' })
  return (await jobs[0]?.()) ?? EXIT.done
}

/** Help within the width: a sentence that goes on in the next line is one paragraph. A command stays whole, to be copied. */
function fitted(help: string, width: number): string {
  return help
    .replace(/(\S)\n(?=[a-z(])/g, '$1 ')
    .split('\n')
    .flatMap((line) =>
      line.length <= width || line.startsWith('  unwind ')
        ? [line]
        : wrap(line.trimStart(), width, ' '.repeat(line.search(/\S/))),
    )
    .join('\n')
}

function skeleton(host: Host): Command {
  return new Command('unwind')
    .description('Finds, foresees and stress-tests crypto de-leveraging events.')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ helpWidth: host.width })
    .configureOutput({ writeOut: (text) => host.out(fitted(text, host.width)), writeErr: () => {}, outputError: () => {} })
    .exitOverride()
}

/** One line on standard error, and the exit code. */
function explain(error: unknown, host: Host, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done
    const what = error.code === 'commander.help' ? 'no command was given' : one_line(error.message.replace(/^error: /, ''))
    host.err(`unwind: ${what}; unwind --help shows what there is\n`)
    return EXIT.input
  }
  if (error instanceof InputError) {
    host.err(`unwind: ${one_line(error.message)}\n`)
    return EXIT.input
  }
  if (error instanceof Interrupted) {
    host.err('unwind: interrupted: nothing was written\n')
    return EXIT.interrupted
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  host.err(`unwind: internal fault: ${one_line(message)}${debug ? '' : ' (--debug shows where)'}\n`)
  if (debug && error instanceof Error && error.stack !== undefined) host.err(`${error.stack}\n`)
  return EXIT.fault
}

// oxlint-disable-next-line no-control-regex -- a name from a file must not steer the terminal
const one_line = (text: string): string => text.replace(/\s*[\n\r]\s*/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')

const started = process.argv[1]
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  // The reader of a pipe may leave early: that is no fault of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done)
    process.stderr.write(`unwind: standard output cannot be written (${error.code ?? error.message})\n`)
    process.exit(EXIT.fault)
  })
  const { node_host } = await import('./support/node-host.ts')
  process.exitCode = await main(process.argv.slice(2), node_host())
}
