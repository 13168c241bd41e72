/** The books: accounts at the pool, vaults and positions, drawn from the recipe. Totals are the recipe's; each account is a function of (seed, its number). */
import { pow } from '../math/index.ts'
import { InputError } from '../model/index.ts'
import { Draw, health, sizes } from './draw.ts'
import type { Book, Recipe } from './recipe.ts'

/** Growable plain columns while a book is drawn. */
export class Rows<K extends string> {
  readonly lists: Record<K, number[]>
  constructor(names: readonly K[]) {
    this.lists = Object.fromEntries(names.map((name) => [name, [] as number[]])) as unknown as Record<K, number[]>
  }
  add(values: Record<K, number>): void {
    for (const key of Object.keys(this.lists) as K[]) this.lists[key].push(values[key])
  }
  f64(name: K): Float64Array {
    return Float64Array.from(this.lists[name])
  }
  i32(name: K): Int32Array {
    return Int32Array.from(this.lists[name])
  }
}

/** Who owns what and keeps how much aside; actors are numbered in the order they appear. */
export class People {
  count: number
  readonly agent: number[] = []
  readonly treasury = new Rows(['actor', 'asset', 'amount'])
  constructor(first: number) {
    this.count = first
  }
  /** A new actor with this agent; returns its position. */
  add(agent: number): number {
    this.agent.push(agent)
    return this.count++
  }
  /** Money aside. */
  endow(actor: number, asset: number, amount: number): void {
    if (amount > 0) this.treasury.add({ actor, asset, amount })
  }
}

const price_of = (recipe: Recipe, id: string): number => {
  const asset = recipe.assets.find((item) => item.id === id)
  if (asset === undefined) throw new InputError('recipe', 'asset', id, recipe.assets.map((item) => item.id).join(', '))
  return asset.price_usd
}

/** Splits n into whole parts by shares; the last part takes the rest. */
function parts(n: number, shares: readonly number[]): number[] {
  let left = n
  return shares.map((share, i) => {
    const part = i === shares.length - 1 ? left : Math.min(left, Math.round(n * share))
    left -= part
    return part
  })
}

export interface LendingBook {
  readonly owner: Int32Array
  readonly emode: Int32Array
  readonly account: Int32Array
  readonly reserve: Int32Array
  readonly collateral: Float64Array
  readonly debt: Float64Array
}

/** Draws the accounts of the lending pool. */
export function lending_book(recipe: Recipe, accounts: number, seed: number, people: People, agent: number): LendingBook {
  const out = new Rows(['owner', 'emode'])
  const positions = new Rows(['account', 'reserve', 'collateral', 'debt'])
  const { books } = recipe.lending
  const counts = parts(
    accounts,
    books.map((book) => book.accounts),
  )
  books.forEach((book, b) => draw_book(recipe, book, counts[b] as number, seed, people, agent, out, positions))
  return {
    owner: out.i32('owner'),
    emode: out.i32('emode'),
    account: positions.i32('account'),
    reserve: positions.i32('reserve'),
    collateral: positions.f64('collateral'),
    debt: positions.f64('debt'),
  }
}

function draw_book(
  recipe: Recipe,
  book: Book,
  n: number,
  seed: number,
  people: People,
  agent: number,
  out: Rows<'owner' | 'emode'>,
  positions: Rows<'account' | 'reserve' | 'collateral' | 'debt'>,
): void {
  const draws = Object.fromEntries(
    ['size', 'health', 'debt', 'first', 'second', 'pick', 'aside', 'purse'].map((name) => [
      name,
      new Draw(seed, `${book.name}.${name}`),
    ]),
  ) as Record<string, Draw>
  const draw = (name: string) => draws[name] as Draw
  const reserves = recipe.lending.reserves
  const index = (id: string) => reserves.findIndex((reserve) => reserve.asset === id)
  const debts = Object.entries(book.debt_usd).filter(([id]) => index(id) >= 0)
  const kinds = Object.entries(book.collateral).filter(([id]) => index(id) >= 0)
  const weights = kinds.map(([, weight]) => weight)
  const emode =
    book.emode === undefined
      ? undefined
      : (recipe.lending.emodes[book.emode - 1] as { liquidation_threshold: number; collateral: string[] } | undefined)
  if (debts.length === 0 || kinds.length === 0 || n === 0) return
  // Debts are shared out by asset in proportion to their totals, so that every asset's total is met.
  const by_asset = parts(
    n,
    debts.map(([, total]) => total / debts.reduce((sum, [, one]) => sum + one, 0)),
  )
  let i = 0
  debts.forEach(([debt_id, total_usd], d) => {
    const members = by_asset[d] as number
    const size = sizes(members, new Draw(seed, `${book.name}.${debt_id}.size`), recipe.population.tail, recipe.population.largest)
    for (let k = 0; k < members; k++, i++) {
      const debt_usd = total_usd * (size[k] as number)
      const hf = health(i, draw('health'), book.health)
      const actor = people.add(agent)
      const account = out.lists.owner.length
      out.add({ owner: actor, emode: emode === undefined ? 0 : (book.emode as number) })
      const first = draw('first').choose(i, weights)
      const two = draw('second').uniform(i) < book.second && kinds.length > 1
      const other = two
        ? (first +
            1 +
            draw('pick').choose(
              i,
              weights.slice(1).map(() => 1),
            )) %
          kinds.length
        : first
      for (const [kind, part] of two
        ? ([
            [first, 0.6],
            [other, 0.4],
          ] as const)
        : ([[first, 1]] as const)) {
        const id = (kinds[kind] as [string, number])[0]
        const reserve = index(id)
        const threshold =
          emode?.collateral.includes(id) === true ? emode.liquidation_threshold : (reserves[reserve]?.liquidation_threshold ?? 0)
        positions.add({ account, reserve, collateral: (part * hf * debt_usd) / (threshold * price_of(recipe, id)), debt: 0 })
      }
      positions.add({ account, reserve: index(debt_id), collateral: 0, debt: debt_usd / price_of(recipe, debt_id) })
      put_aside(recipe, people, actor, debt_id, debt_usd, draw('aside').uniform(i), draw('purse'))
    }
  })
}

/** Some keep money aside, in the asset they would have to pay. */
function put_aside(
  recipe: Recipe,
  people: People,
  actor: number,
  asset_id: string,
  of_usd: number,
  who: number,
  draw: Draw,
): void {
  const { treasury } = recipe.population
  if (who >= treasury.share) return
  const amount = (of_usd * draw.spread(actor, treasury)) / price_of(recipe, asset_id)
  people.endow(
    actor,
    recipe.assets.findIndex((asset) => asset.id === asset_id),
    amount,
  )
}

export interface VaultBook {
  readonly owner: Int32Array
  readonly ilk: Int32Array
  readonly collateral: Float64Array
  readonly debt: Float64Array
}

/** Draws the vaults. */
export function vault_book(recipe: Recipe, accounts: number, seed: number, people: People, agent: number): VaultBook {
  const rows = new Rows(['owner', 'ilk', 'collateral', 'debt'])
  const ilks = recipe.vaults?.ilks ?? []
  const total = ilks.reduce((sum, one) => sum + one.debt_usd, 0)
  const counts = parts(
    accounts,
    ilks.map((one) => one.debt_usd / total),
  )
  const aside = new Draw(seed, 'vault.aside')
  const purse = new Draw(seed, 'vault.purse')
  ilks.forEach((one, k) => {
    const dust = Number(one.dust ?? 0)
    const most = Math.max(1, Math.floor((0.5 * one.debt_usd) / Math.max(1, dust)))
    const n = Math.min(counts[k] as number, most)
    const size = sizes(n, new Draw(seed, `${one.id}.size`), recipe.population.tail, recipe.population.largest)
    const ratio = new Draw(seed, `${one.id}.ratio`)
    const spare = one.debt_usd - n * dust
    for (let i = 0; i < n; i++) {
      const actor = people.add(agent)
      const debt = dust + spare * (size[i] as number)
      const cover = Math.max(ratio.spread(i, one.ratio), one.liquidation_ratio * 1.005)
      rows.add({ owner: actor, ilk: k, collateral: (cover * debt) / price_of(recipe, one.asset), debt })
      put_aside(recipe, people, actor, 'DAI', debt, aside.uniform(i), purse)
    }
  })
  return { owner: rows.i32('owner'), ilk: rows.i32('ilk'), collateral: rows.f64('collateral'), debt: rows.f64('debt') }
}

export interface PerpBook {
  readonly owner: Int32Array
  readonly isolated: Int32Array
  readonly wallet: Float64Array
  readonly account: Int32Array
  readonly contract: Int32Array
  readonly quantity: Float64Array
  readonly entry: Float64Array
}

/** The leverage a position may start with: below 1 ÷ rate of its tier with room for the drop to the breach, and less the larger it is. */
function allowed(
  tiers: readonly { floor: number; rate: number }[],
  notional: number,
  large: Recipe['exchange']['large'],
): number {
  let rate = tiers[0]?.rate ?? 0.01
  for (const tier of tiers) if (notional >= tier.floor) rate = tier.rate
  return Math.min(0.7 / rate, large.leverage * pow(Math.max(notional, 1) / large.notional, -large.exponent))
}

/** Draws the traders; the maker's cross account, first row, takes what is left so that every contract sums to zero. */
export function perp_book(
  recipe: Recipe,
  accounts: number,
  seed: number,
  people: People,
  agent: number,
  makers: readonly number[],
): PerpBook {
  const { exchange } = recipe
  const rows = new Rows(['owner', 'isolated', 'wallet'])
  const positions = new Rows(['account', 'contract', 'quantity', 'entry'])
  const draws = Object.fromEntries(
    ['leverage', 'entry', 'isolated', 'second', 'aside', 'purse'].map((name) => [name, new Draw(seed, `perp.${name}`)]),
  ) as Record<string, Draw>
  const draw = (name: string) => draws[name] as Draw
  for (const maker of makers) rows.add({ owner: maker, isolated: 0, wallet: 0 })
  const total = exchange.contracts.reduce((sum, one) => sum + one.open_interest_usd, 0)
  const counts = parts(
    accounts,
    exchange.contracts.map((one) => one.open_interest_usd / total),
  )
  const open = new Float64Array(exchange.contracts.length)
  let i = 0
  exchange.contracts.forEach((one, c) => {
    const price = price_of(recipe, one.asset) / price_of(recipe, exchange.collateral)
    const longs = Math.round((counts[c] as number) * 0.6)
    for (const side of [1, -1] as const) {
      const n = side === 1 ? longs : (counts[c] as number) - longs
      const held = one.open_interest_usd * (side === 1 ? exchange.long_share : exchange.long_share * 0.7)
      const size = sizes(n, new Draw(seed, `${one.asset}.${side}.size`), recipe.population.tail, recipe.population.largest)
      for (let k = 0; k < n; k++, i++) {
        const notional = held * (size[k] as number)
        const quantity = (side * notional) / price
        const leverage = Math.min(
          draw('leverage').spread(i, side === 1 ? exchange.long : exchange.short),
          allowed(one.tiers, notional, exchange.large),
        )
        // Nobody stands at the start with a loss of more than four fifths of the margin, or a gain as large.
        const limit = 0.8 / Math.max(1, leverage)
        const entry = price * (1 + Math.min(limit, Math.max(-limit, exchange.entry_sigma * draw('entry').normal(i))))
        const actor = people.add(agent)
        const margin = notional / Math.max(1, leverage)
        const account = rows.lists.owner.length
        const isolated = draw('isolated').uniform(i) < exchange.isolated
        const second = !isolated && exchange.contracts.length > 1 && draw('second').uniform(i) < exchange.second
        rows.add({ owner: actor, isolated: isolated ? 1 : 0, wallet: margin - quantity * (price - entry) })
        positions.add({ account, contract: c, quantity, entry })
        open[c] = (open[c] as number) + quantity
        if (second) hedge(recipe, account, c, (-side * notional) / 3, open, positions)
        put_aside(recipe, people, actor, exchange.collateral, margin, draw('aside').uniform(i), draw('purse'))
      }
    }
  })
  balance(recipe, makers.length, open, rows, positions)
  return {
    owner: rows.i32('owner'),
    isolated: rows.i32('isolated'),
    wallet: rows.f64('wallet'),
    account: positions.i32('account'),
    contract: positions.i32('contract'),
    quantity: positions.f64('quantity'),
    entry: positions.f64('entry'),
  }
}

/** A position against the first, in the next contract. */
function hedge(
  recipe: Recipe,
  account: number,
  c: number,
  notional: number,
  open: Float64Array,
  positions: Rows<'account' | 'contract' | 'quantity' | 'entry'>,
): void {
  const { contracts, collateral } = recipe.exchange
  const d = (c + 1) % contracts.length
  const price = price_of(recipe, (contracts[d] as { asset: string }).asset) / price_of(recipe, collateral)
  positions.add({ account, contract: d, quantity: notional / price, entry: price })
  open[d] = (open[d] as number) + notional / price
}

/** The first maker takes the other side of every contract; all makers hold as much margin as he has notional, plus depth. */
function balance(
  recipe: Recipe,
  makers: number,
  open: Float64Array,
  rows: Rows<'owner' | 'isolated' | 'wallet'>,
  positions: Rows<'account' | 'contract' | 'quantity' | 'entry'>,
): void {
  let notional = 0
  recipe.exchange.contracts.forEach((one, c) => {
    const price = price_of(recipe, one.asset) / price_of(recipe, recipe.exchange.collateral)
    const quantity = -(open[c] as number)
    if (quantity !== 0) positions.add({ account: 0, contract: c, quantity, entry: price })
    notional += Math.abs(quantity) * price + 20 * one.depth_usd
  })
  for (let m = 0; m < makers; m++) rows.lists.wallet[m] = notional / price_of(recipe, recipe.exchange.collateral)
}
