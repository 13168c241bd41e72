/** Reads a contract's variables out of storage, by the layout that solc tells: a call through two proxies costs a thousand times as much. */
import { keccak256, zeroPadValue, toBeHex } from 'ethers'
import type { Artifact, Layout, Variable } from './compile.ts'
import type { State } from './state.ts'

interface Spot {
  readonly slot: string
  readonly shift: bigint
  readonly mask: bigint
}

const word = (value: bigint): string => toBeHex(value, 32)

/** Where the variable of a path is: names of variables and members, keys of mappings (addresses or numbers). */
function find(layout: Layout, path: readonly (string | bigint)[]): Spot {
  const types = layout.types ?? {}
  let members: readonly Variable[] | undefined = layout.storage
  let slot = 0n
  let offset = 0
  let type = ''
  for (const step of path) {
    const inside: string | undefined = types[type]?.value
    if (members === undefined && inside !== undefined) {
      const key = typeof step === 'bigint' ? word(step) : zeroPadValue(step, 32)
      slot = BigInt(keccak256(`${key}${word(slot).slice(2)}`))
      type = inside
    } else {
      const variable = members?.find(({ label }) => label === step)
      if (variable === undefined) throw new Error(`no variable ${path.join('.')}`)
      slot += BigInt(variable.slot)
      offset = variable.offset
      type = variable.type
    }
    members = types[type]?.members
  }
  const bytes = BigInt(types[type]?.numberOfBytes ?? 32)
  return { slot: word(slot), shift: 8n * BigInt(offset), mask: (1n << (8n * bytes)) - 1n }
}

/** `read(pool, '_reserves', asset, 'deficit')`. Throws an Error for no such variable. */
export type Reader = (address: string, ...path: (string | bigint)[]) => bigint

/** A reader of one contract's variables, at whatever addresses. */
export function reader(state: State, artifact: Artifact): Reader {
  const { layout } = artifact
  if (layout === undefined) throw new Error(`${artifact.name} came without its layout`)
  const known = new Map<string, Spot>()
  return (address, ...path) => {
    const name = path.join('.')
    const spot = known.get(name) ?? find(layout, path)
    known.set(name, spot)
    return (state.word(address, spot.slot) >> spot.shift) & spot.mask
  }
}
