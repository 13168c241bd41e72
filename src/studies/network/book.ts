/** What everybody holds and owes in a world, laid open once, in USD at the opening. */
import type { World } from '../../engine/index.ts'
import { type Evidence, PoolState, type Snapshot, weakest } from '../../model/index.ts'
import { legs_of, unit_of } from '../account/law.ts'
import { name_of } from '../account/people.ts'

/** A line of an account. */
export interface Line {
  /** +1 held, −1 owed. */
  readonly side: 1 | -1
  readonly asset: number
  /** Of a contract: its notional. */
  readonly contract: boolean
  /** Held and counted by the venue's law; false: a supply that is no collateral. */
  readonly secures: boolean
  /** Held and not lent on: collateral that is only kept. */
  readonly kept: boolean
  /** In the venue's law, a ratio. */
  readonly weight: number
  readonly usd: number
}

/** `outside` is everybody who is not modelled, `own` a row of the venue itself (a fund). */
export type AccountOf = 'party' | 'outside' | 'own'

export interface BookAccount {
  readonly venue: number
  readonly row: number
  readonly of: AccountOf
  /** Position in parties; −1 unless of a party. */
  readonly party: number
  readonly lines: readonly Line[]
}

/** Somebody with accounts or money aside: an actor, or the nameless owner of one account. */
export interface Party {
  /** Ledger actor; −1 nobody who acts. */
  readonly actor: number
  /** Positions in accounts. */
  readonly accounts: number[]
  /** USD by asset. */
  readonly treasury: readonly (readonly [number, number])[]
}

export interface Book {
  readonly world: World
  readonly snapshot: Snapshot
  readonly accounts: readonly BookAccount[]
  readonly parties: readonly Party[]
  /** Tokens in the custody of each venue, USD by asset. */
  readonly custody: readonly Float64Array[]
  /** By venue: contracts are held there. */
  readonly exchange: readonly boolean[]
  /** By venue and asset: supplies of it are lent out there. */
  readonly pooled: readonly (readonly boolean[])[]
  /** USD in the fund or buffer, by venue. */
  readonly fund: readonly number[]
}

/** Kinds at which positions stand against a pool: their statements name no market on which they would be closed. */
const AGAINST_A_POOL: ReadonlySet<string> = new Set(['gmx-v2'])

/** Rows that the snapshot lists; rows beyond them are the venue's own. */
function listed(snapshot: Snapshot, venue: number): number {
  const columns = Object.values((snapshot.venues[venue]?.['accounts'] ?? {}) as Record<string, unknown>)
  const first = columns.find((column) => ArrayBuffer.isView(column) || Array.isArray(column)) as ArrayLike<number> | undefined
  return first?.length ?? 0
}

/** Lines as the venue states them; tokens at the price of their markets, contracts at the venue's mark. */
function stated(world: World, v: number, row: number): Line[] {
  const legs = legs_of(world.venue(v), row)
  const unit = unit_of(legs)
  const account_usd = unit < 0 ? 1 : world.usd(unit)
  return legs.flatMap(({ side, asset, market, quantity, weight, price }): Line[] => {
    const contract = market >= 0
    const usd = quantity * (contract ? price * account_usd : world.usd(asset))
    return usd > 0 ? [{ side, asset, contract, secures: true, kept: side > 0, weight, usd }] : []
  })
}

/** The lines of an account as its pools have them: what is lent on is not kept, and what is supplied beyond what the venue's law counts is added. */
function supplied(world: World, v: number, row: number, lines: readonly Line[], pooled: boolean[]): Line[] {
  const pool = new PoolState()
  const lent = new Set<number>()
  const more = world.parts.assets.flatMap((_, asset): Line[] => {
    pool.claim = 0
    if (!world.pool(v, row, asset, pool)) return []
    pooled[asset] = true
    lent.add(asset)
    const all = pool.claim * world.usd(asset)
    const counted = lines.reduce((sum, line) => (line.side > 0 && line.asset === asset ? sum + line.usd : sum), 0)
    return all > counted * (1 + 1e-9)
      ? [{ side: 1, asset, contract: false, secures: false, kept: false, weight: 0, usd: all - counted }]
      : []
  })
  return [...lines.map((line) => (line.kept && lent.has(line.asset) ? { ...line, kept: false } : line)), ...more]
}

function treasuries(snapshot: Snapshot, world: World): Map<number, (readonly [number, number])[]> {
  const { actor, asset, amount } = snapshot.actors.treasury
  const out = new Map<number, (readonly [number, number])[]>()
  for (let i = 0; i < (actor?.length ?? 0); i++) {
    const [who, what] = [(actor?.[i] as number) + 1, asset?.[i] as number]
    const usd = (amount?.[i] as number) * world.usd(what)
    if (usd > 0) out.set(who, [...(out.get(who) ?? []), [what, usd]])
  }
  return out
}

class Parties {
  readonly list: Party[] = []
  private readonly of_actor = new Map<number, number>()
  private readonly money: Map<number, (readonly [number, number])[]>

  constructor(money: Map<number, (readonly [number, number])[]>) {
    this.money = money
  }

  find(actor: number): number {
    const known = actor < 0 ? undefined : this.of_actor.get(actor)
    if (known !== undefined) return known
    const position = this.list.push({ actor, accounts: [], treasury: this.money.get(actor) ?? [] }) - 1
    if (actor >= 0) this.of_actor.set(actor, position)
    return position
  }
}

/** @param world at its opening; it is only looked at */
export function open_book(snapshot: Snapshot, world: World): Book {
  const { assets, venues } = world.parts
  const money = treasuries(snapshot, world)
  const parties = new Parties(money)
  const accounts: BookAccount[] = []
  const pooled = venues.map(() => assets.map(() => false))
  const exchange = venues.map(({ kind, part }) => part.outside >= 0 || AGAINST_A_POOL.has(kind))
  venues.forEach(({ part }, venue) => {
    const known = listed(snapshot, venue)
    for (let row = 0; row < part.rows; row++) {
      const lines = supplied(world, venue, row, stated(world, venue, row), pooled[venue] as boolean[])
      if (lines.length === 0) continue
      if (lines.some(({ contract }) => contract)) exchange[venue] = true
      const of = row === part.outside ? 'outside' : row < known ? 'party' : 'own'
      const party = of === 'party' ? parties.find(part.owner(row)) : -1
      if (party >= 0) parties.list[party]?.accounts.push(accounts.length)
      accounts.push({ venue, row, of, party, lines })
    }
  })
  for (const actor of money.keys()) parties.find(actor)
  const custody = venues.map(({ part }) => {
    const units = new Float64Array(assets.length)
    part.holdings(units)
    return units.map((amount, a) => (amount === 0 ? 0 : amount * world.usd(a)))
  })
  return {
    world,
    snapshot,
    accounts,
    parties: parties.list,
    custody,
    exchange,
    pooled,
    fund: venues.map(({ part }) => part.fund_usd()),
  }
}

/** What a line is worth when prices are multiplied by `factor`, by asset. */
export const after = ({ usd, asset }: Line, factor: ArrayLike<number>): number => usd * (factor[asset] as number)

/** Held less owed. */
export const equity_of = ({ lines }: BookAccount, factor: ArrayLike<number>): number =>
  lines.reduce((sum, line) => sum + line.side * after(line, factor), 0)

/** A name a reader can use: that of the actor, or venue and row where nobody acts. */
export function party_name({ world, accounts }: Book, { actor, accounts: own }: Party): string {
  const name = name_of(world, actor)
  const first = accounts[own[0] ?? -1]
  return name ?? (first === undefined ? 'nobody' : `${world.parts.venues[first.venue]?.id} account ${first.row}`)
}

/** How well a part of a snapshot is known: its own entry, the parts below it, the part it belongs to, else the weakest of all. */
export function evidence_of({ provenance }: Pick<Snapshot, 'provenance'>, ...parts: readonly string[]): Evidence {
  const worst = (list: typeof provenance) =>
    list.reduce<Evidence>((sum, { evidence }) => weakest(sum, evidence), list.length === 0 ? 'synthetic' : 'observed')
  const found = parts.map((name) => {
    const own = provenance.filter(({ part }) => part === name || part.startsWith(`${name}.`))
    return own.length > 0 ? own : provenance.filter(({ part }) => part === name.split('.')[0])
  })
  const all = found.flat()
  return found.every((list) => list.length > 0) ? worst(all) : worst(provenance)
}
