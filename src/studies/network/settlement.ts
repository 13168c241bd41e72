/** What everybody would pay if all debts were called and all deposits asked for at once, at shocked prices. */
import { clearing, type Clearing } from '../../analytics/index.ts'
import { after, type Book, type BookAccount, equity_of } from './book.ts'
import type { Network } from './nodes.ts'

/** `accounts`: each account pays out of what it holds at its venue. `owners`: an owner pays with all he has anywhere, money aside included. */
export type Liability = 'accounts' | 'owners'

export interface Settlement {
  readonly liability: Liability
  readonly default_costs: number
  /** Accounts or owners that cannot pay everything. */
  readonly defaults: number
  /** Of them, by their own losses alone. */
  readonly by_own_losses: number
  /** Rounds in which somebody fell who stood before. */
  readonly rounds: number
  readonly owed_usd: number
  /** Owed by accounts and not paid. */
  readonly unpaid_usd: number
  /** Lost by those who are owed by pools, exchanges and issuers: listed accounts, and the rest of the world. */
  readonly lost_by_accounts_usd: number
  readonly lost_outside_usd: number
  /** Lost by what stands before those who are owed, the funds of exchanges and the surplus of reserves; nodes that have any. */
  readonly funds: readonly { readonly node: string; readonly fund_usd: number; readonly lost_usd: number }[]
  /** Nodes that do not pay everybody in full. */
  readonly short: readonly { readonly node: string; readonly round: number; readonly pays: number; readonly unpaid_usd: number }[]
}

/** Who pays as one: claims and debts by node, USD after the shock. */
interface Estate {
  readonly claims: Map<number, number>
  readonly debts: Map<number, number>
  cash: number
  /** Accounts or owners in it. */
  count: number
}

/** Estates that stand alone in the network; the rest stand together. */
const ALONE_UNDER_WATER = 100
const ALONE_THIN = 40

const total = (values: ReadonlyMap<number, number>) => [...values.values()].reduce((sum, one) => sum + one, 0)
const put = (to: Map<number, number>, at: number, usd: number) => void (usd > 0 && to.set(at, (to.get(at) ?? 0) + usd))
const zeros = (length: number) => Array.from({ length }, () => 0)
const empty = (): Estate => ({ claims: new Map(), debts: new Map(), cash: 0, count: 0 })
const buffer = (estate: Estate) => estate.cash + total(estate.claims) - total(estate.debts)

function add_account(book: Book, network: Network, account: BookAccount, factor: ArrayLike<number>, to: Estate): void {
  if (book.exchange[account.venue] === true) {
    const equity = equity_of(account, factor)
    const node = network.at(account.venue, -1, false)
    put(equity >= 0 ? to.claims : to.debts, node, Math.abs(equity))
    return
  }
  for (const line of account.lines)
    put(line.side > 0 ? to.claims : to.debts, network.at(account.venue, line.asset, line.kept), after(line, factor))
}

function estates(book: Book, network: Network, factor: ArrayLike<number>, liability: Liability): Estate[] {
  if (liability === 'accounts')
    return book.accounts.flatMap((account) => {
      const lender = book.exchange[account.venue] !== true
      if (account.of !== 'party' && !lender) return []
      const one = empty()
      if (account.of === 'party') one.count = 1
      add_account(book, network, account, factor, one)
      return [one]
    })
  const nobody = book.accounts.filter(({ of, venue }) => of !== 'party' && book.exchange[venue] !== true)
  const own = nobody.map((account) => {
    const one = empty()
    add_account(book, network, account, factor, one)
    return one
  })
  const parties = book.parties.map(({ accounts, treasury }) => {
    const one = empty()
    one.count = 1
    for (const at of accounts) add_account(book, network, book.accounts[at] as BookAccount, factor, one)
    one.cash = treasury.reduce((sum, [asset, usd]) => sum + usd * (factor[asset] as number), 0)
    return one
  })
  return [...parties, ...own]
}

function together(list: readonly Estate[]): Estate[] {
  if (list.length === 0) return []
  const out = empty()
  for (const one of list) {
    one.claims.forEach((usd, at) => put(out.claims, at, usd))
    one.debts.forEach((usd, at) => put(out.debts, at, usd))
    out.cash += one.cash
    out.count += one.count
  }
  return [out]
}

/** Under water one by one, the largest first, the rest of them by their largest creditor; then the thinnest one by one; then all others. */
function grouped(all: readonly Estate[]): Estate[] {
  const borrowers = all.filter(({ debts }) => debts.size > 0)
  const depositors = all.filter(({ debts }) => debts.size === 0)
  const owed = new Map(borrowers.map((one) => [one, total(one.debts)] as const))
  const due = (one: Estate) => owed.get(one) as number
  const wet = borrowers.filter((one) => buffer(one) < 0).sort((a, b) => due(b) - due(a))
  const dry = borrowers.filter((one) => buffer(one) >= 0)
  const thin = dry.map((one) => [buffer(one) / due(one), one] as const).sort((a, b) => a[0] - b[0])
  const rest = new Map<number, Estate[]>()
  for (const one of wet.slice(ALONE_UNDER_WATER)) {
    const [creditor] = [...one.debts].sort((a, b) => b[1] - a[1])[0] as [number, number]
    rest.set(creditor, [...(rest.get(creditor) ?? []), one])
  }
  return [
    ...wet.slice(0, ALONE_UNDER_WATER),
    ...[...rest.values()].flatMap(together),
    ...thin.slice(0, ALONE_THIN).map(([, one]) => one),
    ...together(thin.slice(ALONE_THIN).map(([, one]) => one)),
    ...together(depositors),
  ]
}

interface Table {
  readonly owed: number[][]
  readonly cash: number[]
  readonly estates: readonly Estate[]
}

/** Nodes, then estates, then the rest of the world, who always pays. */
function table_of(network: Network, list: readonly Estate[]): Table {
  const nodes = network.nodes.length
  const world = nodes + list.length
  const owed = Array.from({ length: world + 1 }, () => zeros(world + 1))
  const cash = zeros(world + 1)
  const add = (from: number, to: number, usd: number) => {
    const row = owed[from] as number[]
    row[to] = (row[to] as number) + usd
  }
  network.nodes.forEach((node, i) => {
    cash[i] = node.custody.reduce((sum, usd) => sum + usd, 0)
    add(i, world, node.owed_outside)
    add(world, i, node.lent_outside)
  })
  for (const { creditor, debtor, usd } of network.tokens) {
    cash[creditor] = Math.max(0, (cash[creditor] as number) - usd)
    add(debtor, creditor, usd)
    add(debtor, world, -usd)
  }
  list.forEach((estate, k) => {
    cash[nodes + k] = estate.cash
    estate.claims.forEach((usd, at) => add(at, nodes + k, usd))
    estate.debts.forEach((usd, at) => add(nodes + k, at, usd))
  })
  for (const row of owed) row.forEach((usd, j) => (row[j] = Math.max(0, usd)))
  cash[world] = (owed[world] as number[]).reduce((sum, usd) => sum + usd, 0)
  return { owed, cash, estates: list }
}

const due_of = (owed: readonly (readonly number[])[], i: number) =>
  (owed[i] as readonly number[]).reduce((sum, usd) => sum + usd, 0)

function summary(
  network: Network,
  { owed, estates: list }: Table,
  cleared: Clearing,
): Omit<Settlement, 'liability' | 'default_costs'> {
  const nodes = network.nodes.length
  const fell = new Map<number, number>()
  cleared.rounds.forEach((down, round) => {
    for (const i of down) if (!fell.has(i)) fell.set(i, round + 1)
  })
  const pays = (i: number) => {
    const due = due_of(owed, i)
    return due > 0 ? (cleared.paid[i] as number) / due : 1
  }
  const people = list.map((estate, k) => ({ estate, i: nodes + k, round: fell.get(nodes + k) ?? 0 }))
  const short = network.nodes.flatMap(({ id }, i) =>
    fell.has(i) ? [{ node: id, round: fell.get(i) as number, pays: pays(i), unpaid_usd: due_of(owed, i) * (1 - pays(i)) }] : [],
  )
  const lost = (to: (k: number) => boolean) =>
    network.nodes.reduce((sum, _, i) => {
      const row = owed[i] as readonly number[]
      return sum + row.reduce((all, usd, j) => (j >= nodes && to(j) ? all + usd * (1 - pays(i)) : all), 0)
    }, 0)
  const world = nodes + list.length
  const count = (picked: (round: number) => boolean) =>
    people.reduce((sum, { estate, round }) => (picked(round) ? sum + estate.count : sum), 0)
  return {
    defaults: count((round) => round > 0),
    by_own_losses: count((round) => round === 1),
    rounds: cleared.rounds.length,
    owed_usd: people.reduce((sum, { i }) => sum + due_of(owed, i), 0),
    unpaid_usd: people.reduce((sum, { i }) => sum + due_of(owed, i) * (1 - pays(i)), 0),
    lost_by_accounts_usd: lost((j) => j < world),
    lost_outside_usd: lost((j) => j === world),
    funds: network.nodes.flatMap(({ id, fund }, i) =>
      fund > 0 ? [{ node: id, fund_usd: fund, lost_usd: Math.min(fund, Math.max(0, fund - (cleared.equity[i] as number))) }] : [],
    ),
    short: short.sort((a, b) => b.unpaid_usd - a.unpaid_usd),
  }
}

/** Eisenberg–Noe without costs, Rogers–Veraart with them. @param network at the shocked prices */
export function settle(
  book: Book,
  network: Network,
  factor: ArrayLike<number>,
  liability: Liability,
  costs: readonly number[],
): Settlement[] {
  const table = table_of(network, grouped(estates(book, network, factor, liability)))
  return costs.map((default_costs) => {
    // A pool that is short hands out what it has: only estates are wound up.
    const costs_of = table.cash.map((_, i) => {
      const left = i < network.nodes.length ? 1 : 1 - default_costs
      return { alpha: left, beta: left }
    })
    const cleared = clearing(table.owed, table.cash, costs_of)
    return { liability, default_costs, ...summary(network, table, cleared) }
  })
}
