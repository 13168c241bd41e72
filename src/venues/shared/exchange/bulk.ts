/**
 * Liquidation, insurance fund and deleveraging of many accounts over a path of marks: the machine's law under Binance's rules on an
 * empty book, as a function of its inputs. Left out: order books and what fills on them (a scope goes straight to takeover), fees,
 * funding, pooled coins, owners who answer, and the log. Scopes in breach are marked first and closed in rounds, lowest health first;
 * a round decides everything on the state it finds, then books it; the mark is done when a round books nothing.
 *
 * The indices (`bulk-danger.ts`, `bulk-ranking.ts`) decide only whom to look at. `exhaustive` looks at everyone; the results are equal.
 */
import { find_breached, move_boxes, watch } from './bulk-danger.ts'
import { accepts, close_lots, gain, lots_of, type Purse, purse_of, sell_lots, settle, sweep_lots } from './bulk-fund.ts'
import { type BulkPart, BulkRanking } from './bulk-ranking.ts'
import { Holders, PROFIT } from './holders.ts'
import {
  type Bulk,
  type BulkLot,
  type BulkSpec,
  breached,
  cash_at,
  equity_of,
  FUND_ROW,
  health_of,
  is_flat_row,
  leg_required,
  open_columns,
  quantity_at,
  reset_columns,
  zero_price,
} from './bulk-state.ts'

/** One position of a scope, to winners, or to the fund where there are no parts. */
interface Close {
  readonly contract: number
  readonly quantity: number
  readonly parts: readonly BulkPart[] | undefined
}

/** What a round books together or not at all. */
type Bundle =
  | { readonly kind: 'mark' | 'cover'; readonly row: number }
  | { readonly kind: 'close'; readonly row: number; readonly closes: readonly Close[] }
  | { readonly kind: 'hand_on'; readonly lot: BulkLot; readonly parts: readonly BulkPart[] }

export class BulkExchange {
  /** Columns and sums now; to be read, not written. */
  readonly state: Bulk
  private readonly ranking: BulkRanking
  private readonly healths: Float64Array
  private readonly seen: Uint8Array
  /** Rows in breach; those a round has changed; those marked at this mark. */
  private readonly breach: number[] = []
  private readonly touched: number[] = []
  private readonly marked: number[] = []
  private readonly losing = new Holders()

  constructor(spec: BulkSpec) {
    this.state = open_columns(spec)
    this.ranking = new BulkRanking(this.state)
    this.healths = new Float64Array(this.state.rows)
    this.seen = new Uint8Array(this.state.rows)
  }

  /** Back to the spec. */
  reset(): void {
    reset_columns(this.state)
    this.ranking.new_box(true)
  }

  /** Goes to the next marks, one price > 0 a contract, and does what is due there. */
  step(marks: ArrayLike<number>): void {
    const { state: b, ranking, breach, marked } = this
    const moved = move_boxes(b, marks)
    for (let c = 0; c < b.contracts; c++) b.price[c] = marks[c] as number
    b.flow.fill(0)
    b.totals.marks++
    if (moved > 0) ranking.new_box(moved === 2)
    breach.length = 0
    find_breached(b, breach, this.healths)
    for (let round = 0; ; round++) {
      const done = this.round()
      const sold = round === 0 && sell_lots(b)
      if (!done && !sold) break
      this.look_again()
    }
    for (const row of marked) b.running[row] = 0
    marked.length = 0
  }

  /** Rows that were in breach and those that changed, tested again: nobody else can be in breach now. */
  private look_again(): void {
    const { state: b, healths, seen, breach, touched } = this
    for (const row of breach) seen[row] = 1
    for (const row of touched) {
      if (seen[row] === 0) breach.push(row)
      seen[row] = 1
    }
    touched.length = 0
    let kept = 0
    for (const row of breach) {
      seen[row] = 0
      const health = health_of(b, row)
      b.totals.tests++
      if (!breached(b, health)) continue
      healths[row] = health
      breach[kept++] = row
    }
    breach.length = kept
  }

  private touch(row: number): void {
    watch(this.state, row)
    this.ranking.changed(row)
    this.touched.push(row)
  }

  /** Plans on the state as it is, then books. Did anything happen? */
  private round(): boolean {
    const { state: b, healths, breach } = this
    if (breach.length === 0 && b.fund.lots.length === 0) return false
    this.ranking.new_round()
    const purse = purse_of(b)
    const bundles: Bundle[] = []
    if (purse.worth < 0) this.plan_lots(purse, bundles)
    breach.sort((p, q) => (healths[p] as number) - (healths[q] as number) || p - q)
    for (const row of breach) {
      if (is_flat_row(b, row)) bundles.push({ kind: 'cover', row })
      else if (b.running[row] === 0) bundles.push({ kind: 'mark', row })
      else bundles.push({ kind: 'close', row, closes: this.plan_scope(row, purse) })
    }
    let done = false
    for (const bundle of bundles) if (this.book(bundle)) done = true
    if (done) sweep_lots(b)
    return done
  }

  /** Each position to the fund if it accepts, else to winners; the largest maintenance first. */
  private plan_scope(row: number, purse: Purse): Close[] {
    const { state: b } = this
    const held: number[] = []
    for (let c = 0; c < b.contracts; c++) if (quantity_at(b, row, c) !== 0) held.push(c)
    if (held.length > 1) held.sort((p, q) => leg_required(b, row, q) - leg_required(b, row, p) || p - q)
    const closes: Close[] = []
    for (const contract of held) {
      const q = quantity_at(b, row, contract)
      const to_fund = accepts(b, purse, contract, q, zero_price(b, row, contract))
      closes.push({ contract, quantity: q, parts: to_fund ? undefined : this.ranking.take(contract, q) })
    }
    return closes
  }

  /** While the fund could not pay for its own positions at the mark, it hands on the worst of them. */
  private plan_lots(purse: Purse, bundles: Bundle[]): void {
    const { state: b } = this
    const { losing } = this
    losing.clear()
    const { lots } = b.fund
    for (let at = 0; at < lots.length; at++) {
      const { contract, quantity, price } = lots[at] as BulkLot
      const change = quantity * ((b.price[contract] as number) - price)
      if (change < 0) losing.rank_in(at, PROFIT, -change, 1)
    }
    for (let head = losing.head(); purse.worth < 0 && head >= 0; head = losing.head()) {
      losing.left[head] = 0
      const lot = b.fund.lots[losing.row[head] as number] as BulkLot
      const { contract, quantity } = lot
      bundles.push({ kind: 'hand_on', lot, parts: this.ranking.take(contract, quantity) })
      const held = purse.held[contract] as number
      purse.worth -= quantity * ((b.price[contract] as number) - lot.price)
      purse.gross += (Math.abs(held - quantity) - Math.abs(held)) * (b.price[contract] as number)
      purse.held[contract] = held - quantity
    }
  }

  private book(bundle: Bundle): boolean {
    const { state: b } = this
    switch (bundle.kind) {
      case 'mark':
        if (b.running[bundle.row] === 1 || !breached(b, health_of(b, bundle.row))) return false
        b.running[bundle.row] = 1
        this.marked.push(bundle.row)
        return true
      case 'cover':
        return this.cover(bundle.row)
      case 'close':
        return this.close(bundle.row, bundle.closes)
      case 'hand_on': {
        const { lot, parts } = bundle
        if (!this.can_give(lot.contract, lot.quantity, parts)) return false
        for (const { row, amount } of parts) this.deleverage(lot, row, amount)
        b.fund.closed = true
        return true
      }
    }
  }

  /** A winner who ended below 0 has no position left: the fund pays. */
  private cover(row: number): boolean {
    const { state: b } = this
    const short = -cash_at(b, row)
    if (!(short > 0) || !is_flat_row(b, row)) return false
    b.cells[row * b.stride] = 0
    b.fund.cash -= short
    gain(b, -short)
    b.running[row] = 0
    b.totals.bad_debt += short
    if (b.spec.record === true) b.events.push({ kind: 'cover', row, contract: -1, amount: short, price: 0 })
    this.touch(row)
    return true
  }

  /** Do these holders still have what the plan takes? */
  private can_give(c: number, quantity: number, parts: readonly BulkPart[]): boolean {
    const { state: b } = this
    const sign = quantity > 0 ? -1 : 1
    let left = Math.abs(quantity)
    for (const { row, amount } of parts) {
      if (!(amount <= left)) return false
      left -= amount
      if (row === FUND_ROW && !(lots_of(b, c, sign) >= amount)) return false
      if (row >= 0 && !(sign * quantity_at(b, row, c) >= amount)) return false
    }
    return true
  }

  /** Takes a whole scope over at its bankruptcy prices; its last position leaves it with exactly nothing. */
  private close(row: number, closes: readonly Close[]): boolean {
    const { state: b } = this
    for (const { contract, quantity, parts } of closes) {
      if (quantity_at(b, row, contract) !== quantity) return false
      if (parts !== undefined && !this.can_give(contract, quantity, parts)) return false
    }
    const lots = this.lots_of_scope(row, closes)
    if (lots === undefined) return false
    b.totals.liquidations++
    for (let i = 0; i < closes.length; i++) {
      const { parts } = closes[i] as Close
      const lot = lots[i] as BulkLot
      const { contract, quantity, price } = lot
      b.totals.liquidated += Math.abs(quantity) * price
      if (b.spec.record === true) b.events.push({ kind: 'takeover', row, contract, amount: Math.abs(quantity), price })
      settle(b, FUND_ROW, contract, quantity, price)
      if (parts !== undefined) for (const part of parts) this.deleverage(lot, part.row, part.amount)
      else {
        b.fund.lots.push(lot)
        b.totals.fund_positions++
      }
    }
    b.running[row] = 0
    this.touch(row)
    return true
  }

  /** Empties the scope and says at which prices; undefined, and nothing changed, where the fund no longer accepts its part. */
  private lots_of_scope(row: number, closes: readonly Close[]): BulkLot[] | undefined {
    const { state: b } = this
    const { cells, stride } = b
    const first = row * stride
    const debt = -equity_of(b, row)
    // what winners take needs no purse
    const to_fund = closes.some(({ parts }) => parts === undefined)
    const purse = to_fund ? purse_of(b) : undefined
    const before = to_fund ? cells.slice(first, first + stride) : undefined
    let willing = true
    const lots: BulkLot[] = []
    for (let i = 0; i < closes.length; i++) {
      const { contract, quantity, parts } = closes[i] as Close
      const price = zero_price(b, row, contract)
      if (parts === undefined && purse !== undefined && !accepts(b, purse, contract, quantity, price)) willing = false
      const cash = cells[first] as number
      const coins = i === closes.length - 1 ? -cash : quantity * price
      cells[first] = cash + coins
      cells[first + 1 + 2 * contract] = 0
      cells[first + 2 + 2 * contract] = 0
      lots.push({ contract, quantity, price: coins / quantity, mark: b.totals.marks })
    }
    if (!willing && before !== undefined) {
      cells.set(before, first)
      return undefined
    }
    if (debt > 0) b.totals.bad_debt += debt
    return lots
  }

  /** Closes part of a lot against a holder at the lot's price. */
  private deleverage(lot: BulkLot, row: number, amount: number): void {
    const { state: b } = this
    const { contract, price } = lot
    const side = lot.quantity > 0 ? 1 : -1
    lot.quantity -= side * amount
    if (row === FUND_ROW) close_lots(b, contract, -side, amount, price)
    else {
      settle(b, row, contract, side * amount, price)
      settle(b, FUND_ROW, contract, -side * amount, price)
      if (row >= 0) this.touch(row)
    }
    const { totals } = b
    totals.adl_parts++
    totals.adl += amount * price
    totals.adl_loss += amount * Math.max(0, side * (price - (b.price[contract] as number)))
    if (b.spec.record === true) b.events.push({ kind: 'deleverage', row, contract, amount, price })
  }
}
