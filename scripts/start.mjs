// `npm start`: the main job, ETH −30 % within an hour, correlated, on the reference market.
// `npm start -- --seed 7 --json` adds options to it; `npm start -- --scenario NAME` (or --shock, --replay) replaces what is shocked;
// `npm start -- list venues` runs any other command.
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { at, isMain } from './lib.mjs'

const whatHappens = /^--(shock|scenario|replay)(=|$)/

/** The command line of `unwind` that `npm start -- …args` means. */
export function commandLine(args, isCommand) {
  const [first] = args
  if (first !== undefined && isCommand(first)) return args
  const chosen = args.some((arg) => whatHappens.test(arg) || arg === '--help' || arg === '-h')
  return chosen ? ['stress', ...args] : ['stress', '--shock', 'ETH=-30%@1h', '--correlated', ...args]
}

if (isMain(import.meta.url)) {
  const main = at('dist', 'cli', 'main.js')
  const isCommand = (word) => word === '--version' || (/^[a-z][a-z-]*$/.test(word) && existsSync(at('dist', 'cli', `${word}.js`)))
  if (!existsSync(main)) {
    process.stderr.write('unwind: dist/cli/main.js is missing; run `npm run build`\n')
    process.exit(4)
  }
  process.argv = [process.argv[0], main, ...commandLine(process.argv.slice(2), isCommand)]
  await import(pathToFileURL(main).href)
}
