/** What a move of prices makes the accounts of a world sell, without running it. */
import type { World } from '../../engine/index.ts'
import { exp } from '../../math/index.ts'
import { in_breach, legs_of, owed_of, type Leg, sums_of, unit_of } from '../account/law.ts'
import { Probe } from '../account/probe.ts'
import { take_all } from '../account/taking.ts'

/** Accounts of a venue that are asked what a liquidation takes, the largest first. */
const ASKED = 12
/** The fall at which they are asked. */
const ASKED_AT = -0.15
/** Where nobody is in breach there, rewards are asked at deeper ones. */
const DEEPER = [-0.3, -0.6, -1.2] as const

/** What a liquidation of an account takes, asked of the venue on its largest accounts. */
export interface Habit {
  /** Repaid or closed ÷ owed. */
  readonly share: number
  /** Collateral seized ÷ debt repaid; 1 for contracts. */
  readonly seized: number
}

interface Member {
  readonly row: number
  readonly legs: readonly Leg[]
  readonly unit: number
  /** Owed now, USD. */
  readonly owed: number
}

/** One account in breach at moved prices. */
export interface Victim {
  readonly venue: number
  readonly row: number
  readonly owed_usd: number
  readonly assets_usd: number
  readonly debts_usd: number
  readonly contracts: boolean
  /** By asset: USD sold (+) or bought (−), at the moved prices. */
  readonly sold: ReadonlyMap<number, number>
  /** The same leg by leg: what is sold, and the market a contract is closed on, −1 for what is seized. */
  readonly sales: readonly Sale[]
  /** When the last of the prices it stands on has followed, ms; those that stand still do not count. */
  readonly lag_ms: number
}

export interface Sale {
  readonly asset: number
  readonly market: number
  readonly usd: number
}

/** Who is in breach at moved prices: what a further move is measured from. */
export interface Stand {
  /** By venue and slot, prices ÷ prices now. */
  readonly ratios: readonly Float64Array[]
  /** By venue and account that owes: 1 in breach. */
  readonly breach: readonly Uint8Array[]
}

/** Factors of a price at which it is found out whose health stands on it. */
const NUDGES = [0.5, 1.5] as const

export class Crowd {
  readonly world: World
  readonly probe: Probe
  readonly habits: readonly Habit[]
  /** The same, asked at a deeper fall where nobody is in breach at the first: what a liquidator gets. */
  readonly rewards: readonly Habit[]
  private readonly members: readonly (readonly Member[])[]
  private readonly strict: readonly boolean[]
  private open: Stand | undefined
  private standing: readonly (readonly Int32Array[])[] | undefined

  /** @param world at its opening; it is moved about and comes back as it was */
  constructor(world: World) {
    this.world = world
    this.probe = new Probe(world)
    this.members = world.parts.venues.map((_, v) => {
      const venue = world.venue(v)
      const rows = Array.from({ length: venue.rows }, (_, row) => row)
      return rows.flatMap((row): Member[] => {
        if (row === venue.outside || !Number.isFinite(venue.health(row, venue.prices))) return []
        const legs = legs_of(venue, row)
        const unit = unit_of(legs)
        return legs.length === 0 ? [] : [{ row, legs, unit, owed: owed_of(sums_of(legs, unit < 0 ? 1 : world.usd(unit))) }]
      })
    })
    this.strict = world.parts.venues.map((_, v) => this.probe.is_strict(v))
    this.habits = world.parts.venues.map((_, v) => this.habit(v, ASKED_AT) ?? { share: 1, seized: 1 })
    this.rewards = world.parts.venues.map((_, v) => {
      for (const size of [ASKED_AT, ...DEEPER]) {
        const found = this.habit(v, size)
        if (found !== undefined) return found
      }
      return { share: 1, seized: 1 }
    })
  }

  /** Log moves by which every asset but stablecoins falls by its beta. */
  by_beta(size: number): Float64Array {
    return Float64Array.from(this.world.parts.assets, ({ numeraire, beta }) => (numeraire === true ? 0 : beta * size))
  }

  /** The largest that would be in breach after a fall are taken, as liquidators may; undefined where nobody is. */
  private habit(v: number, size: number): Habit | undefined {
    const logs = this.by_beta(size)
    const hit = new Set(this.breached(v, this.prices(v, logs)).map(({ row }) => row))
    const largest = (this.members[v] ?? [])
      .filter(({ row }) => hit.has(row))
      .sort((a, b) => b.owed - a.owed || a.row - b.row)
      .slice(0, ASKED)
    if (largest.length === 0) return undefined
    return this.probe.visit(logs, (view) => {
      let [owed, repaid, seized] = [0, 0, 0]
      for (const { row } of largest) {
        const taken = take_all(this.world, v, row, view)
        if (taken === null) continue
        owed += taken.liquidated_usd + taken.left_usd + taken.bad_debt_usd
        repaid += taken.liquidated_usd
        seized += taken.seized_usd > 0 ? taken.seized_usd : taken.liquidated_usd
      }
      return repaid > 0 && owed > 0 ? { share: Math.min(1, repaid / owed), seized: seized / repaid } : { share: 1, seized: 1 }
    })
  }

  private prices(v: number, logs: Float64Array): Float64Array {
    const ratios = this.probe.ratios(logs)[v] as Float64Array
    return this.world.venue(v).prices.map((price, slot) => price * (ratios[slot] as number))
  }

  private breached(v: number, prices: Float64Array): readonly Member[] {
    const venue = this.world.venue(v)
    const law = { strict: this.strict[v] as boolean }
    return (this.members[v] ?? []).filter(({ row }) => in_breach(law, venue.health(row, prices)))
  }

  /** Everyone in breach after log moves of the assets, once slow oracles have followed. */
  victims(logs: Float64Array): Victim[] {
    const all = this.probe.ratios(logs)
    return this.world.parts.venues.flatMap((_, v) => {
      const ratios = all[v] as Float64Array
      const prices = this.world.venue(v).prices.map((price, slot) => price * (ratios[slot] as number))
      return this.breached(v, prices).map((member) => this.victim(v, member, logs, ratios))
    })
  }

  /** Everyone at today's prices. */
  get opening(): Stand {
    this.open ??= this.stand(new Float64Array(this.world.parts.assets.length))
    return this.open
  }

  /** By venue and slot: positions among the members of those whose health stands on its price. */
  private dependants(): readonly (readonly Int32Array[])[] {
    this.standing ??= this.world.parts.venues.map((_, v) => {
      const venue = this.world.venue(v)
      const members = this.members[v] ?? []
      const healths = members.map(({ row }) => venue.health(row, venue.prices))
      return Array.from(venue.prices, (price, slot) => {
        const nudged = NUDGES.map((factor) => venue.prices.map((same, k) => (k === slot ? price * factor : same)))
        const found: number[] = []
        members.forEach(({ row, legs }, i) => {
          if (legs.some((leg) => leg.slot === slot) || nudged.some((prices) => venue.health(row, prices) !== healths[i]))
            found.push(i)
        })
        return Int32Array.from(found)
      })
    })
    return this.standing
  }

  /** Everyone at moved prices. @param from asks only those whose prices are other ones than there */
  stand(logs: Float64Array, from?: Stand): Stand {
    const ratios = this.probe.ratios(logs)
    const breach = this.world.parts.venues.map((_, v) => {
      const venue = this.world.venue(v)
      const members = this.members[v] ?? []
      const law = { strict: this.strict[v] as boolean }
      const prices = venue.prices.map((price, slot) => price * (ratios[v]?.[slot] as number))
      const told = from === undefined ? new Uint8Array(members.length) : Uint8Array.from(from.breach[v] as Uint8Array)
      const ask = (i: number) => {
        told[i] = in_breach(law, venue.health(members[i]?.row as number, prices)) ? 1 : 0
      }
      if (from === undefined) for (let i = 0; i < members.length; i++) ask(i)
      else
        prices.forEach((_price, slot) => {
          if (ratios[v]?.[slot] !== from.ratios[v]?.[slot]) this.dependants()[v]?.[slot]?.forEach(ask)
        })
      return told
    })
    return { ratios, breach }
  }

  /** Who is in breach after log moves of the assets and is not at `from`. */
  fresh(logs: Float64Array, from: Stand): Victim[] {
    const { ratios, breach } = this.stand(logs, from)
    const out: Victim[] = []
    breach.forEach((now, v) => {
      const before = from.breach[v] as Uint8Array
      const members = this.members[v] as readonly Member[]
      for (let i = 0; i < now.length; i++)
        if (now[i] === 1 && before[i] === 0) out.push(this.victim(v, members[i] as Member, logs, ratios[v] as Float64Array))
    })
    return out
  }

  private victim(v: number, { row, legs, unit }: Member, logs: Float64Array, ratios: Float64Array): Victim {
    const usd = unit < 0 ? 1 : this.world.usd(unit) * exp(logs[unit] as number)
    const sums = sums_of(legs, usd, ratios)
    const { share, seized } = this.habits[v] as Habit
    const contracts = sums.notional > 0
    const sold = new Map<number, number>()
    const sales: Sale[] = []
    let lag_ms = 0
    const taken = Math.min(sums.assets, sums.debts * share * seized)
    for (const { side, slot, market, asset, quantity, price } of legs) {
      const lag = this.probe.lags[v]?.[slot] as number
      if (lag > lag_ms && Number.isFinite(lag)) lag_ms = lag
      const worth = quantity * price * (ratios[slot] as number) * usd
      const part = contracts
        ? market < 0
          ? 0
          : side * share * worth
        : side > 0 && sums.assets > 0
          ? (worth / sums.assets) * taken
          : 0
      if (part === 0 || asset < 0) continue
      sold.set(asset, (sold.get(asset) ?? 0) + part)
      sales.push({ asset, market, usd: part })
    }
    return {
      venue: v,
      row,
      owed_usd: owed_of(sums),
      assets_usd: sums.assets,
      debts_usd: sums.debts,
      contracts,
      sold,
      sales,
      lag_ms,
    }
  }

  /** Everything that is held and owed now, USD. */
  totals(): { readonly assets_usd: number; readonly debts_usd: number; readonly owed_usd: number } {
    let [assets_usd, debts_usd, owed_usd] = [0, 0, 0]
    for (const members of this.members)
      for (const { legs, unit, owed } of members) {
        const sums = sums_of(legs, unit < 0 ? 1 : this.world.usd(unit))
        assets_usd += sums.assets
        debts_usd += sums.debts
        owed_usd += owed
      }
    return { assets_usd, debts_usd, owed_usd }
  }

  /** Fall of an asset's log price per USD sold: 1 % ÷ what all markets in which it is the base give within 1 %. */
  impact(within = 0.01): Float64Array {
    const { assets, markets } = this.world.parts
    const depth = new Float64Array(assets.length)
    markets.forEach((_, m) => {
      const { base } = this.world.market(m)
      depth[base] = (depth[base] as number) + this.world.depth(m, within) * this.world.usd(base)
    })
    return depth.map((usd) => (usd > 0 ? within / usd : 0))
  }
}
