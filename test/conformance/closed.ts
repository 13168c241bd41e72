/** The laws of a closed exchange, read off its balances and its log after every bundle, and not through the laws it states itself. */
import type { Balances, Exchange } from './adapter.ts'
import type { Stand } from './stand.ts'

const EXACT = 1e-9

const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0)
const gross = (list: readonly number[]): number => list.reduce((total, x) => total + Math.abs(x), 0)

/** What was seen, so that a test can say that it saw enough. */
export interface Closings {
  takeovers: number
  deleveraged: number
  handed_on: number
  funded: number
  emptied: number
}

/** A row of the log as these laws read it. */
interface Row {
  readonly at: number
  readonly kind: string
  readonly account: number
  readonly contract: number
  readonly amount: number
  readonly price: number
  readonly cause: number
}

/** Watches a stand from now on; every applied bundle is held to the laws. */
export class Closed {
  readonly seen: Closings = { takeovers: 0, deleveraged: 0, handed_on: 0, funded: 0, emptied: 0 }
  private readonly stand: Stand
  private readonly exchange: Exchange
  private readonly opening: readonly number[]
  /** Largest sizes and sums of cash so far: what rounding is judged by. */
  private readonly size: number[]
  private money: number
  private before: Balances
  private rows: number

  constructor(stand: Stand) {
    const { exchange } = stand.adapter
    if (exchange === undefined) throw new Error(`${stand.adapter.kind} is no exchange`)
    this.stand = stand
    this.exchange = exchange
    this.before = exchange.balances(stand)
    this.size = exchange.contracts.map((_, c) => gross(this.before.units.map((held) => held[c] as number)))
    this.money = Math.max(1, gross(this.before.cash.flat()))
    this.opening = this.outside_money(this.before)
    this.rows = stand.world.parts.log.length
    stand.after = () => this.look()
  }

  /** By coin: what holders and fees have, and what treasuries have, less what was created: what passes between them. */
  private outside_money({ cash, fees }: Balances): number[] {
    const { ledger, assets } = this.stand.world.parts
    const held = new Float64Array(assets.length)
    ledger.holdings(held)
    const minted = ledger.postings.minted.columns.amount.data
    return this.exchange.coins.map((id, k) => {
      const asset = this.stand.asset(id)
      return sum(cash.map((of) => of[k] as number)) + (fees[k] as number) + (held[asset] as number) - (minted[asset] as number)
    })
  }

  private look(): void {
    const now = this.exchange.balances(this.stand)
    const rows = this.fresh()
    this.money = Math.max(this.money, gross(now.cash.flat()))
    this.sums(now)
    this.fund(now, rows)
    this.deleveraging(now, rows)
    this.scopes(now, rows)
    this.before = now
    this.rows = this.stand.world.parts.log.length
  }

  /** What moved since then (funding, what owners put in or took out) is not what the next bundle does. */
  moved(): void {
    const now = this.exchange.balances(this.stand)
    this.money = Math.max(this.money, gross(now.cash.flat()))
    this.sums(now)
    this.before = now
    this.rows = this.stand.world.parts.log.length
  }

  private fresh(): Row[] {
    const { log } = this.stand.world.parts
    const out: Row[] = []
    for (let at = Math.min(this.rows, log.length); at < log.length; at++) out.push(this.row(at))
    return out
  }

  private row(at: number): Row {
    const { log } = this.stand.world.parts
    const read = (name: 'account' | 'market' | 'amount' | 'price' | 'cause') => log.columns[name].data[at] as number
    const market = this.stand.world.parts.markets[read('market')]?.id
    return {
      at,
      kind: log.kind(at),
      account: read('account'),
      contract: this.exchange.contracts.findIndex((contract) => contract.market === market),
      amount: read('amount'),
      price: read('price'),
      cause: read('cause'),
    }
  }

  /** Positions sum to zero; cash in = cash out + fees + fund. */
  private sums(now: Balances): void {
    this.exchange.contracts.forEach(({ market }, c) => {
      const units = now.units.map((held) => held[c] as number)
      this.size[c] = Math.max(this.size[c] as number, gross(units))
      if (!(Math.abs(sum(units)) <= EXACT * Math.max(1, this.size[c] as number)))
        throw new Error(`positions in ${market} sum to ${sum(units)}`)
    })
    const money = this.outside_money(now)
    money.forEach((total, k) => {
      const [start, id] = [this.opening[k] as number, this.exchange.coins[k]]
      if (!(Math.abs(total - start) <= EXACT * Math.max(Math.abs(start), this.money)))
        throw new Error(`${id}: holders, fees and treasuries had ${start}, now ${total}`)
    })
  }

  /** A fund is never below 0, and what went out of it was in it: before, or by what came in meanwhile. */
  private fund(now: Balances, rows: readonly Row[]): void {
    now.funds.forEach(({ balance }, f) => {
      if (!(balance >= 0)) throw new Error(`fund ${f} is ${balance}`)
      if (balance === 0 && (this.before.funds[f]?.balance as number) > 0) this.seen.emptied++
    })
    const paid = rows.filter(({ kind, amount }) => kind === 'insurance' && amount > 0)
    const got = rows.filter(({ kind, amount }) => kind === 'insurance' && amount < 0)
    const borne = sum(rows.filter(({ kind }) => kind === 'default').map(({ amount }) => amount))
    const had = sum(this.before.funds.map(({ balance }) => balance))
    const out = sum(paid.map(({ amount }) => amount)) - borne
    const into = -sum(got.map(({ amount }) => amount))
    if (rows.some(({ kind }) => kind === 'insurance')) this.seen.funded++
    if (!(out <= had + into + EXACT * this.money)) throw new Error(`funds of ${had} paid ${out}, with ${into} coming in`)
    const left = sum(now.funds.map(({ balance }) => balance))
    if (!(Math.abs(left - (had + into - out)) <= EXACT * this.money))
      throw new Error(`funds had ${had}, got ${into}, paid ${out} and have ${left}`)
  }

  /**
   * Deleveraging takes exactly what was taken over, at the price stated: in the bundle of the takeover all of it, later no more of it than there was.
   * A winner's position shrinks and never turns, and what he has at that price stays what it was: so who had something there keeps it.
   */
  private deleveraging(now: Balances, rows: readonly Row[]): void {
    const taken = rows.filter(({ kind }) => kind === 'takeover')
    const closed = rows.filter(({ kind }) => kind === 'deleverage')
    this.seen.takeovers += taken.length
    this.seen.deleveraged += closed.length
    for (const takeover of taken) {
      const parts = closed.filter(({ cause }) => cause === takeover.at)
      const part = sum(parts.map(({ amount }) => amount))
      if (parts.length > 0 && !(Math.abs(part - takeover.amount) <= EXACT * takeover.amount))
        throw new Error(`${takeover.amount} were taken over, ${part} deleveraged for it`)
    }
    for (const { cause, contract, amount, price, account } of closed) {
      const takeover = this.row(cause)
      if (takeover.kind !== 'takeover' || takeover.contract !== contract) throw new Error('deleveraged for no takeover')
      if (!taken.some(({ at }) => at === cause)) this.seen.handed_on++
      if (this.exchange.adl === 'takeover' && !(Math.abs(price / takeover.price - 1) <= EXACT))
        throw new Error(`deleveraged at ${price}, taken over at ${takeover.price}`)
      const mark = this.stand.venue.prices[contract] as number
      if (this.exchange.adl === 'mark' && !(Math.abs(price / mark - 1) <= EXACT))
        throw new Error(`deleveraged at ${price}, the mark is ${mark}`)
      if (!(amount > 0)) throw new Error(`${amount} deleveraged`)
      // Closed in two contracts at once, his cash does not tell the two prices apart.
      const alone = closed.every((other) => other.account !== account || other.contract === contract)
      if (alone) this.winner(now, account, contract)
    }
    const causes = new Set(closed.map(({ cause }) => cause))
    for (const cause of causes) {
      let all = 0
      for (let at = cause; at < this.stand.world.parts.log.length; at++) {
        const row = this.row(at)
        if (row.kind === 'deleverage' && row.cause === cause) all += row.amount
      }
      const { amount } = this.row(cause)
      if (!(all <= amount * (1 + EXACT))) throw new Error(`${amount} were taken over, ${all} deleveraged in all`)
    }
  }

  private winner(now: Balances, row: number, contract: number): void {
    // The outside and the funds are no winners: they may hold anything.
    if (row >= this.stand.accounts.length) return
    const [had, has] = [this.before, now].map(({ units }) => (units[row] as number[])[contract] as number) as [number, number]
    if (!(had * has >= 0 && Math.abs(has) <= Math.abs(had) * (1 + EXACT)))
      throw new Error(`row ${row} was deleveraged from ${had} to ${has}`)
    const coin = this.before.cash[row]?.findIndex((cash, k) => cash !== now.cash[row]?.[k]) ?? -1
    if (coin < 0 || had === has) return
    const at = -((now.cash[row]?.[coin] as number) - (this.before.cash[row]?.[coin] as number)) / (has - had)
    const [worth, after] = [this.before, now].map((balances) => this.equity_at(balances, row, contract, at)) as [number, number]
    if (!(after >= worth - EXACT * this.money))
      throw new Error(`row ${row} had ${worth} at the price of its deleveraging, and ${after} after it`)
  }

  /** Equity of a row with one contract at another price than its mark; coins are added as they are. */
  private equity_at({ units, cash }: Balances, row: number, contract = -1, price = 0): number {
    const prices = this.stand.venue.prices
    const held = units[row] as readonly number[]
    return sum(cash[row] as readonly number[]) + sum(held.map((q, c) => q * (c === contract ? price : (prices[c] as number))))
  }

  /** Who is closed out loses what his scope has, and no more: what is left is not negative where it was not before. */
  private scopes(now: Balances, rows: readonly Row[]): void {
    for (const { kind, account } of rows) {
      if (kind !== 'takeover') continue
      const [worth, left] = [this.before, now].map((balances) => this.equity_at(balances, account)) as [number, number]
      if (!(left >= Math.min(0, worth) - EXACT * this.money))
        throw new Error(`row ${account} had ${worth}, and ${left} after its takeover`)
    }
  }

  /** When all is quiet nobody without a position owes anything. */
  quiet(): void {
    const { units, cash } = this.exchange.balances(this.stand)
    for (let row = 0; row < this.stand.accounts.length; row++) {
      const flat = (units[row] as readonly number[]).every((q) => q === 0)
      if (flat && !(cash[row] as readonly number[]).every((coins) => coins >= -EXACT * this.money))
        throw new Error(`row ${row} has no position and ${cash[row]?.join()} in cash`)
    }
  }
}
