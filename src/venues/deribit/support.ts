/**
 * Linear contracts in breach leave before the book is asked (docs.deribit.com lsp-api-guide, 2026; derivatives reference §6.6): first to
 * participants of the liquidity-support programme, as far as their capacity goes, then by deleveraging to holders of the other side,
 * those of the same owner first. Both at the mark, a spread better for who receives.
 */
import type { RowList } from '../../margin/index.ts'
import {
  type Action,
  type Actions,
  applied,
  type Log,
  type Result,
  refused,
  type Table,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { Ranking } from '../shared/exchange/adl.ts'
import { shown } from '../shared/exchange/closing.ts'
import type { Contract } from '../shared/exchange/contract.ts'
import { equity, gross_notional } from '../shared/exchange/kernel.ts'
import { breaching, health_due } from '../shared/exchange/procedure.ts'
import { in_breach } from '../shared/exchange/rules.ts'
import { add_cash, type Exchange, find_position, PORTFOLIO, quantity_of, trade } from '../shared/exchange/state.ts'
import { support_capacity } from './kernel.ts'
import { type Desk, is_on } from './options.ts'
import type { SupportSpec } from './snapshot.ts'

/** In an assignment's `plan`. */
export const SUPPORT = 1
export const ADL = 2
/** Before everything else of the round. */
const FIRST = -2

/** Per participant and group: notional taken over in the window that began at `from_ms`. */
const used_shape = { used: 'f64', from_ms: 'f64' } as const

export interface Support {
  readonly spec: SupportSpec
  /** Group by contract, −1 none. */
  readonly group: Int32Array
  readonly used: Table<typeof used_shape>
}

export function open_support(spec: SupportSpec, x: Exchange, builder: WorldBuilder): Support {
  const group = new Int32Array(x.contracts.length).fill(-1)
  spec.groups.forEach((markets, g) => {
    markets.forEach((id, i) => {
      const c = x.contracts.findIndex(({ market_id, shape }) => market_id === id && shape === 'linear')
      if (c < 0) throw builder.invalid(`support.groups[${g}][${i}]`, id, 'the market of a linear contract')
      group[c] = g
    })
  })
  spec.participants.forEach(({ account, shares }, p) => {
    if (account >= x.owned) throw builder.invalid(`support.participants[${p}].account`, account, `0 to ${x.owned - 1}`)
    if (shares.length !== spec.groups.length)
      throw builder.invalid(`support.participants[${p}].shares`, `${shares.length} values`, `${spec.groups.length}, one a group`)
  })
  const used = builder.store.table(`${builder.self.id}.support`, used_shape, spec.participants.length * spec.groups.length)
  used.columns.from_ms.data.fill(Number.NEGATIVE_INFINITY)
  return { spec, group, used }
}

const cell = ({ spec }: Support, p: number, group: number): number => p * spec.groups.length + group

/** Notional a participant used in the present window: it is reset in one step when the window is over. */
function used_now(support: Support, x: Exchange, at: number): number {
  const { used, from_ms } = support.used.columns
  const open = (x.desk.columns.time_ms.data[0] as number) - (from_ms.data[at] as number) < support.spec.window_ms
  return open ? (used.data[at] as number) : 0
}

/** Notional a participant may take over of a group now, units of the collateral. */
export function capacity_now(support: Support, x: Exchange, p: number, group: number): number {
  const { participants, notional_factor } = support.spec
  const { account, shares } = participants[p] as SupportSpec['participants'][number]
  const prices = x.book.prices.data
  const worth = equity(x, account, prices)
  const held = gross_notional(x, account, prices)
  return support_capacity(notional_factor, worth, held, shares[group] as number, used_now(support, x, cell(support, p, group)))
}

/** Is a row's position in a contract assigned? Portfolio margin: only where no options are listed. */
function is_eligible(support: Support, x: Exchange, desk: Desk | undefined, row: number, contract: number): boolean {
  if ((support.group[contract] as number) < 0) return false
  if (desk === undefined || x.accounts.columns.mode.data[row] !== PORTFOLIO) return true
  return !desk.series.some(({ u }, s) => desk.state.columns.settled.data[s] === 0 && is_on(desk, x, contract, u))
}

/** Asks for the assignments of everybody in breach, each a bundle of its own. */
export function assign(support: Support, x: Exchange, desk: Desk | undefined, view: View, below: RowList, out: Actions): void {
  const ranking = new Ranking(x)
  const left = new Map<number, number>()
  const { participants } = support.spec
  const list = Array.from(below.data.subarray(0, below.length)).filter((row) => in_breach(x.rules, health_due(x, row)))
  for (const row of list) {
    const { contract, quantity, next } = x.positions.columns
    for (let at = row; at >= 0; at = next.data[at] as number) {
      const q = quantity.data[at] as number
      const c = contract.data[at] as number
      if (q === 0 || !is_eligible(support, x, desk, row, c)) continue
      const { market, market_id } = x.contracts[c] as Contract
      if (view.halted(`market:${market_id}`)) continue
      const mark = x.book.prices.data[c] as number
      let open = Math.abs(q)
      const ask = (account: number, amount: number, plan: number) => {
        out.bundle(0, FIRST)
        if (account < x.owned) out.add('cancel', { venue: x.venue, account, market })
        out.add('cancel', { venue: x.venue, account: row, market })
        out.add('deleverage', { venue: x.venue, account, market, amount, offer: row, plan })
        open -= amount
      }
      const group = support.group[c] as number
      const rooms = participants.map(({ account }, p) => {
        const key = cell(support, p, group)
        const room = account === row ? 0 : (left.get(key) ?? capacity_now(support, x, p, group))
        left.set(key, room)
        return room
      })
      const whole = rooms.reduce((sum, room) => sum + room, 0)
      // pro rata to capacity, all of it where the position is larger
      const share = whole > 0 ? Math.min(1, (open * mark) / whole) : 0
      rooms.forEach((room, p) => {
        const amount = Math.min(open, (room * share) / mark)
        if (!(amount > 1e-12 * Math.abs(q))) return
        left.set(cell(support, p, group), Math.max(0, room - amount * mark))
        ask(participants[p]?.account as number, amount, SUPPORT)
      })
      if (!(open > 1e-12 * Math.abs(q))) continue
      const owner = x.accounts.columns.owner.data[row] as number
      for (const part of ranking.take(c, q > 0 ? 1 : -1, open, owner))
        if (part.row < x.fund && part.row !== row) ask(part.row, part.amount, ADL)
    }
  }
}

/** What an assignment is done at: slot price, and coins of commission. */
interface Terms {
  readonly price: number
  readonly commission: number
}

/**
 * The mark, a spread better for who receives, and a commission: as far as the part of the scope's equity allotted to the notional bears
 * them. Within one owner what the receiver paid, under the same limit.
 */
function terms_of(support: Support, x: Exchange, action: Action, contract: number, side: 1 | -1): Terms {
  const { offer: row, account: to, amount, plan } = action
  const prices = x.book.prices.data
  const mark = prices[contract] as number
  const notional = amount * mark
  const bearable = Math.max(0, equity(x, row, prices)) * Math.min(1, notional / gross_notional(x, row, prices))
  const owner = x.accounts.columns.owner.data
  if (plan === ADL && to < x.owned && owner[to] === owner[row] && (owner[row] as number) >= 0) {
    const price = x.positions.columns.entry.data[find_position(x, to, contract)] as number
    return { price: side * amount * (mark - price) <= bearable ? price : mark, commission: 0 }
  }
  const { spread, adl_spread, commission } = support.spec
  const off = plan === SUPPORT ? spread : adl_spread
  const cost = notional * (off + commission)
  const part = cost > bearable ? bearable / cost : 1
  return { price: mark * (1 - side * off * part), commission: notional * commission * part }
}

/** Moves part of a position in breach to a participant, or closes it against a holder of the other side. */
export function take_assignment(support: Support, x: Exchange, action: Action, log: Log): Result {
  const { offer: row, account: to, amount, plan } = action
  const contract = x.contract_of[action.market] ?? -1
  if (!(row >= 0 && row < x.owned && to >= 0 && to <= x.outside && to !== row) || contract < 0) return refused('unknown')
  const q = quantity_of(x, row, contract)
  if (!(amount > 0 && amount <= Math.abs(q))) return refused('stale')
  if (!breaching(x, row)) return refused('healthy')
  const side = q > 0 ? 1 : -1
  const mark = x.book.prices.data[contract] as number
  const group = support.group[contract] as number
  if (plan === SUPPORT) {
    const p = support.spec.participants.findIndex(({ account }) => account === to)
    if (p < 0 || group < 0) return refused('unknown')
    if (amount * mark > capacity_now(support, x, p, group) * (1 + 1e-9)) return refused('limit')
    note_used(support, x, cell(support, p, group), amount * mark)
  } else if (to < x.owned && !(-side * quantity_of(x, to, contract) >= amount)) return refused('stale')
  const { price, commission } = terms_of(support, x, action, contract, side)
  const { market, base, coin } = x.contracts[contract] as Contract
  const owner = x.accounts.columns.owner.data
  const what = { market, asset: base, ...shown(x, contract, amount, price) }
  const taken = log.add({
    kind: 'takeover',
    venue: x.venue,
    account: row,
    actor: owner[row] as number,
    ...what,
    ...log.blame(x.venue, row),
  })
  trade(x, row, contract, -side * amount, side * amount * price)
  trade(x, to, contract, side * amount, -side * amount * price)
  if (commission > 0) {
    add_cash(x, row, coin, -commission)
    add_cash(x, to, coin, commission)
  }
  x.book.touch(row)
  if (to < x.owned) x.book.touch(to)
  if (plan === ADL) {
    const extra = amount * Math.max(0, side * (price - mark)) * (x.coin.columns.usd.data[coin] as number)
    log.add({ kind: 'deleverage', venue: x.venue, account: to, actor: owner[to] as number, ...what, extra, cause: taken })
  }
  return applied(amount)
}

function note_used(support: Support, x: Exchange, at: number, notional: number): void {
  const { used, from_ms } = support.used.columns
  const now = x.desk.columns.time_ms.data[0] as number
  if (now - (from_ms.data[at] as number) >= support.spec.window_ms) {
    from_ms.set(at, now)
    used.set(at, 0)
  }
  used.add(at, notional)
}
