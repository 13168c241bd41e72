/** Solidity to bytecode: the compilers and the sources come from npm, and what was compiled is kept by the hash of all that went in. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const HOME = dirname(dirname(fileURLToPath(import.meta.url)))
const CACHE = join(HOME, '.cache')
const require = createRequire(import.meta.url)

/** The compilers of package.json, aliased `solc-<version>`. */
export type Solc = '0.6.11' | '0.8.19' | '0.8.27'

interface Spot {
  readonly start: number
  readonly length: number
}

/** solc's storageLayout: where a contract keeps its variables. */
export interface Layout {
  readonly storage: readonly Variable[]
  readonly types: Readonly<
    Record<string, { readonly numberOfBytes: string; readonly value?: string; readonly members?: readonly Variable[] }>
  > | null
}

export interface Variable {
  readonly label: string
  readonly offset: number
  readonly slot: string
  readonly type: string
}

export interface Artifact {
  readonly name: string
  readonly abi: readonly object[]
  /** Hex without 0x; has gaps where libraries are to be linked. */
  readonly bytecode: string
  /** Library name to the gaps it fills, in bytes. */
  readonly links: Readonly<Record<string, readonly Spot[]>>
  readonly layout?: Layout
}

export interface Request {
  readonly solc: Solc
  /** Source names: `unwind/<path in this folder>` for our own, `<package>/<path>` for those from npm. */
  readonly entries: readonly string[]
  /** Prefix of an import to what it stands for, as in solc's remappings. */
  readonly remappings?: Readonly<Record<string, string>>
  /** Runs of the optimiser; none when absent. */
  readonly runs?: number
  readonly via_ir?: boolean
  readonly evm_version?: string
}

const OWN = 'unwind/'

const file_of = (name: string): string =>
  name.startsWith(OWN) ? join(HOME, name.slice(OWN.length)) : join(HOME, 'node_modules', ...name.split('/'))

const uncommented = (source: string): string =>
  source.replace(/("[^"\n]*"|'[^'\n]*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (_, text?: string) => text ?? '')

/** The name under which solc will look for an import written in `from`. */
function resolved(from: string, path: string, remappings: Readonly<Record<string, string>>): string {
  if (path.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), path))
  const prefix = Object.keys(remappings)
    .filter((p) => path.startsWith(p))
    .sort((a, b) => b.length - a.length)[0]
  return prefix === undefined ? path : `${remappings[prefix]}${path.slice(prefix.length)}`
}

/** All sources that the entries reach, by name. Throws an Error for a missing file. */
function gather(request: Request): Map<string, string> {
  const sources = new Map<string, string>()
  const queue = [...request.entries]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (sources.has(name)) continue
    const source = readFileSync(file_of(name), 'utf8')
    sources.set(name, source)
    for (const [, path] of uncommented(source).matchAll(/\bimport\s+(?:[^'";]*?\bfrom\s+)?['"]([^'"]+)['"]/g))
      queue.push(resolved(name, path as string, request.remappings ?? {}))
  }
  return sources
}

function standard_json(request: Request, sources: Map<string, string>): string {
  const names = [...sources.keys()].sort()
  return JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(names.map((name) => [name, { content: sources.get(name) }])),
    settings: {
      remappings: Object.entries(request.remappings ?? {}).map(([from, to]) => `${from}=${to}`),
      optimizer: request.runs === undefined ? { enabled: false } : { enabled: true, runs: request.runs },
      ...(request.via_ir === true ? { viaIR: true } : {}),
      ...(request.evm_version === undefined ? {} : { evmVersion: request.evm_version }),
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.bytecode.linkReferences', 'storageLayout'] } },
    },
  })
}

interface Output {
  readonly errors?: readonly { severity: string; formattedMessage: string }[]
  readonly contracts?: Record<
    string,
    Record<
      string,
      {
        abi: object[]
        storageLayout: Layout
        evm: { bytecode: { object: string; linkReferences: Record<string, Record<string, Spot[]>> } }
      }
    >
  >
}

/** Contracts with bytecode by name (interfaces and abstract ones have none). Throws an Error with solc's messages. */
function digest(output: Output): Record<string, Artifact> {
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join('\n'))
  const artifacts: Record<string, Artifact> = {}
  for (const contracts of Object.values(output.contracts ?? {}))
    for (const [name, { abi, evm, storageLayout }] of Object.entries(contracts)) {
      const { object, linkReferences } = evm.bytecode
      if (object !== '')
        artifacts[name] = {
          name,
          abi,
          bytecode: object,
          links: Object.assign({}, ...Object.values(linkReferences)),
          layout: storageLayout,
        }
    }
  return artifacts
}

/** Compiles what the entries reach. Names of contracts must be unique in it; of two alike the last one wins. */
export function compile(request: Request): Record<string, Artifact> {
  const input = standard_json(request, gather(request))
  const key = createHash('sha256').update(`${request.solc}\n${input}`).digest('hex').slice(0, 32)
  const path = join(CACHE, `${key}.json`)
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Artifact>
  const solc = require(`solc-${request.solc}`) as { compile: (input: string) => string }
  const artifacts = digest(JSON.parse(solc.compile(input)) as Output)
  mkdirSync(CACHE, { recursive: true })
  // Whole or not at all: another process may be compiling the same.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(artifacts))
  renameSync(draft, path)
  return artifacts
}

/** The custom errors of all contracts of a compilation, each once: what `Chain.open` needs to name them. */
export function errors_of(all: Readonly<Record<string, Artifact>>): object[] {
  const errors = Object.values(all).flatMap(({ abi }) => abi.filter((entry) => (entry as { type: string }).type === 'error'))
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()]
}

/** A compiled contract as a package ships it: Hardhat's and Truffle's `bytecode` and `abi`, or waffle's `evm.bytecode.object`. */
export function shipped(name: string): Artifact {
  const json = JSON.parse(readFileSync(file_of(name), 'utf8')) as {
    abi: object[]
    bytecode?: string
    evm?: { bytecode: { object: string } }
    contractName?: string
  }
  const code = json.bytecode ?? json.evm?.bytecode.object ?? ''
  return { name: json.contractName ?? posix.basename(name, '.json'), abi: json.abi, bytecode: code.replace(/^0x/, ''), links: {} }
}

/** The bytecode with its libraries' addresses filled in. Throws an Error when one is missing. */
export function linked(artifact: Artifact, libraries: Readonly<Record<string, string>> = {}): string {
  let code = artifact.bytecode
  for (const [library, spots] of Object.entries(artifact.links)) {
    const address = libraries[library]
    if (address === undefined) throw new Error(`${artifact.name} wants the library ${library}`)
    for (const { start, length } of spots)
      code = code.slice(0, 2 * start) + address.slice(2).toLowerCase() + code.slice(2 * (start + length))
  }
  return code
}
