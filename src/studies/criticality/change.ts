/** A snapshot with one parameter changed: `venues.aave.reserves.ETH.liquidation_threshold=0.8`. */
import { InputError, type Snapshot } from '../../model/index.ts'

const WHERE = '--set'
/** Fields by which an entry of a list may be named. */
const NAMES = ['id', 'asset', 'symbol', 'name', 'kind'] as const

type Entry = Readonly<Record<string, unknown>>

const is_entry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)

/** Keys under which parts of a value may be named in a path. */
function names_of(value: unknown): string[] {
  if (!Array.isArray(value)) return is_entry(value) ? Object.keys(value) : []
  return value.map((entry, i) => {
    const found = is_entry(entry) ? NAMES.map((name) => entry[name]).find((name) => typeof name === 'string') : undefined
    return typeof found === 'string' ? found : String(i)
  })
}

function set(value: unknown, path: readonly string[], to: unknown, at: string): unknown {
  const [head, ...rest] = path
  if (head === undefined) {
    if (typeof value === 'object' && value !== null)
      throw new InputError(WHERE, at, 'a whole part', 'a path to a number, a word, true or false')
    if (typeof value !== typeof to) throw new InputError(WHERE, at, to, `a ${typeof value}, as ${String(value)} is now`)
    return to
  }
  const names = names_of(value)
  const i = names.indexOf(head)
  if (i < 0)
    throw new InputError(WHERE, at, head, names.length === 0 ? 'nothing below it' : `one of ${names.slice(0, 40).join(', ')}`)
  const here = at === '' ? head : `${at}.${head}`
  if (Array.isArray(value)) return value.map((entry, k) => (k === i ? set(entry, rest, to, here) : entry))
  const entry = value as Entry
  return { ...entry, [head]: set(entry[head], rest, to, here) }
}

/**
 * @param change `path=value`; a step of the path is a key, or of a list the id, asset, symbol, name or kind of an entry
 * @throws InputError for a path the snapshot does not have, or a value of another sort than the one there
 */
export function changed(snapshot: Snapshot, change: string): Snapshot {
  const cut = change.indexOf('=')
  if (cut <= 0) throw new InputError(WHERE, '', change, 'PATH=VALUE, such as venues.aave.reserves.ETH.liquidation_threshold=0.8')
  const text = change.slice(cut + 1).trim()
  const number = Number(text)
  const value = text === 'true' || text === 'false' ? text === 'true' : text !== '' && Number.isFinite(number) ? number : text
  return set(snapshot, change.slice(0, cut).trim().split('.'), value, '') as Snapshot
}
