/** Accounts that are in trouble before anything happens, and what of a run's losses was there already. */
import type { World } from '../engine/index.ts'
import { Statement } from '../model/index.ts'

/** The account of a kind in which there is most of it. */
export interface OpeningAccount {
  readonly venue: string
  readonly account: number
  /** Name of its owner; null where nobody owns it. */
  readonly owner: string | null
  readonly usd: number
}

export interface OpeningAccounts {
  readonly accounts: number
  readonly usd: number
  readonly largest: OpeningAccount | null
}

/** The opening: prices of the snapshot, nothing has happened. */
export interface Opening {
  /** Accounts with health below 1, those under water among them; usd is what they owe, of contracts the notional. */
  readonly below: OpeningAccounts
  /** Accounts that owe more than they hold; usd is by how much. */
  readonly underwater: OpeningAccounts
  /** Of the run's bad_debt_usd: what these accounts lacked at the opening. */
  readonly bad_debt_usd: number
  /** Of the run's shortfall_usd: the same, of those still open. */
  readonly shortfall_usd: number
}

interface Found extends OpeningAccount {
  readonly v: number
  /** What it owes beyond what it holds. */
  readonly lacks: number
}

/** What an account owes, contracts by their notional, and how much more that is than it holds, USD. */
function owed(world: World, statement: Statement): { usd: number; lacks: number } {
  let [usd, net, contracts, coin] = [0, 0, false, -1]
  for (let i = 0; i < statement.count; i++) {
    const worth = (statement.quantity[i] as number) * (statement.price[i] as number)
    const side = statement.side[i] as number
    net += side * worth
    // Long contracts stand on the side of assets, what was paid for them on the other.
    if (side < 0) usd += worth
    if ((statement.market[i] as number) >= 0) contracts = true
    else if ((statement.feed[i] as number) < 0) coin = statement.asset[i] as number
  }
  // An exchange that keeps margin in one coin reckons in that coin.
  const unit = contracts && coin >= 0 ? world.usd(coin) : 1
  return { usd: usd * unit, lacks: Math.max(0, -net) * unit }
}

/** Accounts below health 1, of a world that is fresh or reset. */
export function in_trouble(world: World): readonly Found[] {
  const found: Found[] = []
  const statement = new Statement()
  world.parts.venues.forEach(({ id, part }, v) => {
    for (let row = 0; row < part.rows; row++) {
      if (row === part.outside || !(part.health(row, part.prices) < 1)) continue
      statement.clear()
      part.statement(row, statement)
      if (statement.count === 0) continue
      const owner = world.parts.actor_names[part.owner(row)] ?? null
      found.push({ v, venue: id, account: row, owner, ...owed(world, statement) })
    }
  })
  return found
}

function summed(found: readonly Found[], usd: (one: Found) => number): OpeningAccounts {
  let largest: Found | undefined
  for (const one of found) if (largest === undefined || usd(one) > usd(largest)) largest = one
  return {
    accounts: found.length,
    usd: found.reduce((sum, one) => sum + usd(one), 0),
    largest:
      largest === undefined ? null : { venue: largest.venue, account: largest.account, owner: largest.owner, usd: usd(largest) },
  }
}

/** @param found what `in_trouble` said of this world before it ran */
export function opening(world: World, found: readonly Found[]): Opening {
  const { log, venues } = world.parts
  const under = found.filter(({ lacks }) => lacks > 0)
  const realised = new Map(under.map(({ v, account }) => [`${v} ${account}`, 0]))
  for (let row = 0; row < log.length; row++) {
    if (realised.size === 0 || log.kind(row) !== 'bad_debt') continue
    const key = `${log.columns.venue.data[row]} ${log.columns.account.data[row]}`
    const before = realised.get(key)
    if (before !== undefined) realised.set(key, before + (log.columns.usd.data[row] as number))
  }
  const statement = new Statement()
  let [bad_debt_usd, shortfall_usd] = [0, 0]
  for (const { v, account, lacks } of under) {
    const was = Math.min(lacks, realised.get(`${v} ${account}`) ?? 0)
    statement.clear()
    venues[v]?.part.statement(account, statement)
    bad_debt_usd += was
    shortfall_usd += Math.min(lacks - was, owed(world, statement).lacks)
  }
  return {
    below: summed(found, ({ usd }) => usd),
    underwater: summed(under, ({ lacks }) => lacks),
    bad_debt_usd,
    shortfall_usd,
  }
}
