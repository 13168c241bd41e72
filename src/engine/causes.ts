/** What chains of causes must obey, read off the log in one pass. */
import { EXOGENOUS, type LogView, MECHANISMS, SOLD } from '../model/index.ts'

/** Shares closer than this are equally large: either source's row may stand as the cause. A share below it is rounding. */
const TIE = 1e-9

interface Main {
  /** Source of the largest share over all mechanisms; −1 none, or two are equally large. */
  readonly source: number
  /** The part of it that prices carried: interest alone has no row. */
  readonly priced: number
}

const PRICES = [MECHANISMS.indexOf('price'), MECHANISMS.indexOf('oracle'), MECHANISMS.indexOf('gas')]

/** The main source of a share set. */
function main_of(log: LogView, set: number): Main {
  const { source, mechanism, share } = log.share_columns
  const [first, last] = log.share_range(set)
  let [main, most, second, priced] = [-1, 0, 0, 0]
  for (let i = first; i < last; i++) {
    const from = source.data[i] as number
    let [all, by_price, seen] = [0, 0, false]
    for (let j = first; j < last; j++) {
      if (source.data[j] !== from) continue
      seen ||= j < i
      all += share.data[j] as number
      if (PRICES.includes(mechanism.data[j] as number)) by_price += share.data[j] as number
    }
    if (seen) continue
    if (all > most) [main, second, most, priced] = [from, most, all, by_price]
    else second = Math.max(second, all)
  }
  return most - second > TIE ? { source: main, priced } : { source: -1, priced: 0 }
}

/** Is a row an order that moved a price on behalf of a venue: its forced sale, or what somebody sold on after a seizure there? */
function moved_for(log: LogView, row: number, venue: number): boolean {
  if (log.kind(row) !== 'fill') return false
  const { victim, cause, venue: at } = log.columns
  if ((victim.data[row] as number) >= 0) return victim.data[row] === venue
  const seizure = cause.data[row] as number
  return seizure >= 0 && at.data[seizure] === venue
}

/** Does a row come from outside: a shock, a fault, an order that nobody forced? */
function from_outside(log: LogView, row: number): boolean {
  const kind = log.kind(row)
  return kind === 'shock' || kind === 'fault' || (kind === 'fill' && (log.columns.victim.data[row] as number) < 0)
}

/** What is wrong with the cause of a row that blames somebody by itself; undefined when nothing is. */
function wrong_blame(log: LogView, row: number, anything: boolean): string | undefined {
  const cause = log.columns.cause.data[row] as number
  const { source, priced } = main_of(log, log.columns.shares.data[row] as number)
  if (source < 0 || !(priced > TIE)) return undefined
  if (source !== EXOGENOUS) {
    if (cause < 0) return `is blamed on venue ${source - 1} and has no cause`
    return moved_for(log, cause, source - 1) ? undefined : `is blamed on venue ${source - 1}, its cause is a row of somebody else`
  }
  if (cause < 0) return anything ? 'is exogenous and has no cause' : undefined
  return from_outside(log, cause) ? undefined : 'is exogenous, its cause is not from outside'
}

/** What is wrong with the cause of a forced sale; undefined when nothing is. */
function wrong_sale(log: LogView, row: number): string | undefined {
  const { cause, victim, venue, sold } = log.columns
  const by = cause.data[row] as number
  if (by < 0) return 'is forced and has no cause'
  const kind = log.kind(by)
  if (kind === 'fill' || kind === 'shock') return `is forced by a ${kind}`
  // In answer to a call the venue that called may be another one.
  const answers = (kind === 'call' || kind === 'respond') && SOLD[sold.data[row] as number] === 'called'
  return venue.data[by] === victim.data[row] || answers ? undefined : 'is forced by an event at another venue'
}

/**
 * Sentences about causes that are not as they should be. What holds:
 * - a cause lies before its effect, so that every chain ends
 * - a forced sale is caused by an event at the venue whose sale it is, or answers a call
 * - an event blamed mainly on a venue, by prices, is caused by an order that moved a price on that venue's behalf
 * - an event blamed mainly on what is exogenous is caused by a shock, a fault or an order that nobody forced, if anything of the kind happened before
 * Every chain so leads from sale to event to sale until it is outside, or at an event that interest alone, or nothing at all, brought about.
 */
export function broken_causes(log: LogView): string[] {
  const { cause, victim, shares } = log.columns
  let anything = false
  let sets = -1
  for (let row = 0; row < log.length; row++) {
    const kind = log.kind(row)
    const forced = kind === 'fill' && (victim.data[row] as number) >= 0
    let wrong: string | undefined
    if ((cause.data[row] as number) >= row) wrong = 'has a cause that is not before it'
    else if (forced) wrong = wrong_sale(log, row)
    // A set is opened by the row that it blames: those that inherit it come later.
    else if ((shares.data[row] as number) > sets) wrong = wrong_blame(log, row, anything)
    if (wrong !== undefined) return [`row ${row} (${kind}) ${wrong}`]
    sets = Math.max(sets, shares.data[row] as number)
    anything ||= kind === 'shock' || kind === 'fault'
  }
  return []
}
