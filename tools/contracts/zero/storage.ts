/** What the contracts have stored, read out of storage: their package has no layouts, so the slots are counted here. */
import type { Chain, Contract } from '../harness/chain.ts'
import type { Artifact, Layout, Variable } from '../harness/compile.ts'
import { type Reader, reader } from '../harness/slots.ts'

type Member = readonly [label: string, slot: number, type: string, offset?: number]

const variables = (members: readonly Member[]): Variable[] =>
  members.map(([label, slot, type, offset = 0]) => ({ label, slot: String(slot), type, offset }))

const TYPES: NonNullable<Layout['types']> = {
  word: { numberOfBytes: '32' },
  half: { numberOfBytes: '16' },
  address: { numberOfBytes: '20' },
  byte: { numberOfBytes: '1' },
  words: { numberOfBytes: '32', value: 'word' },
  sums: { numberOfBytes: '32', value: 'words' },
  trove: {
    numberOfBytes: '128',
    members: variables([
      ['debt', 0, 'word'],
      ['coll', 1, 'word'],
      ['stake', 2, 'word'],
      ['status', 3, 'byte'],
    ]),
  },
  troves: { numberOfBytes: '32', value: 'trove' },
  snapshot: {
    numberOfBytes: '64',
    members: variables([
      ['coll', 0, 'word'],
      ['debt', 1, 'word'],
    ]),
  },
  snapshots: { numberOfBytes: '32', value: 'snapshot' },
  deposit: { numberOfBytes: '64', members: variables([['initial', 0, 'word']]) },
  deposits: { numberOfBytes: '32', value: 'deposit' },
  node: {
    numberOfBytes: '64',
    members: variables([['next', 0, 'address', 1]]),
  },
  nodes: { numberOfBytes: '32', value: 'node' },
}

const read_by = (chain: Chain, members: readonly Member[]): Reader =>
  reader(chain.state, {
    name: '',
    abi: [],
    bytecode: '',
    links: {},
    layout: { storage: variables(members), types: TYPES },
  } as Artifact)

const TROVES: readonly Member[] = [
  ...(
    [
      ['base_rate', 14],
      ['fee_at', 15],
      ['stakes', 17],
      ['stakes_snapshot', 18],
      ['coll_snapshot', 19],
      ['l_coll', 20],
      ['l_debt', 21],
      ['coll_error', 24],
      ['debt_error', 25],
    ] as const
  ).map(([label, slot]): Member => [label, slot, 'word']),
  ['troves', 16, 'troves'],
  ['snapshots', 22, 'snapshots'],
]
const POOL: readonly Member[] = [
  ['collateral', 9, 'word'],
  ['total', 10, 'word'],
  ['deposits', 11, 'deposits'],
  ['p', 16, 'word'],
  ['scale', 17, 'half'],
  ['epoch', 17, 'half', 16],
  ['sums', 18, 'sums'],
  ['collateral_error', 21, 'word'],
  ['loss_error', 22, 'word'],
]
const holdings = (first: number): readonly Member[] => [
  ['coll', first, 'word'],
  ['debt', first + 1, 'word'],
]
const LIST: readonly Member[] = [
  ['head', 2, 'address'],
  ['nodes', 6, 'nodes'],
]

export interface Storage {
  readonly system: () => readonly bigint[]
  /** Of a trove's owner or a depositor. */
  readonly user: (address: string) => readonly bigint[]
  /** Addresses from the highest ratio to the lowest. */
  readonly sorted: () => readonly string[]
}

export function storage(
  chain: Chain,
  parts: Readonly<Record<'active' | 'defaulted' | 'surplus' | 'token' | 'troves' | 'pool' | 'list', Contract>>,
): Storage {
  const by = (name: keyof typeof parts, members: readonly Member[]) => {
    const read = read_by(chain, members)
    return (...path: (string | bigint)[]) => read(parts[name].address, ...path)
  }
  const [active, defaulted] = [by('active', holdings(4)), by('defaulted', holdings(2))]
  const [troves, pool, list] = [by('troves', TROVES), by('pool', POOL), by('list', LIST)]
  const surplus = by('surplus', [['balances', 4, 'words']])
  const token = by('token', [['balances', 57, 'words']])
  const numbers = TROVES.slice(0, 9).map(([label]) => label)
  return {
    system: () => [
      active('coll') + defaulted('coll'),
      active('debt') + defaulted('debt'),
      ...numbers.map((label) => troves(label)),
      ...['total', 'collateral', 'p', 'scale', 'epoch'].map((label) => pool(label)),
      pool('sums', pool('epoch'), pool('scale')),
      ...['collateral_error', 'loss_error'].map((label) => pool(label)),
    ],
    user: (address) => [
      ...['debt', 'coll', 'stake'].map((field) => troves('troves', address, field)),
      troves('troves', address, 'status') === 1n ? 1n : 0n,
      ...['coll', 'debt'].map((field) => troves('snapshots', address, field)),
      pool('deposits', address, 'initial'),
      surplus('balances', address),
      token('balances', address),
    ],
    sorted: () => {
      const out: string[] = []
      for (let at = list('head'); at !== 0n; at = list('nodes', out.at(-1) as string, 'next'))
        out.push(`0x${at.toString(16).padStart(40, '0')}`)
      return out
    },
  }
}
