/** A lender takes his supply out when he fears that he may not be able to later: a run, first come, first served. */
import { z } from 'zod'
import { expm1, type Rng } from '../math/index.ts'
import {
  type AccountRef,
  ALL,
  type Actions,
  type Agent,
  type Kind,
  PoolState,
  type Table,
  utilisation,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { Actors } from './shared/actors.ts'

const rate = (what: string) => z.number().min(0).max(1e6).describe(what)

const schema = z.strictObject({
  kind: z.literal('lender').describe('lender'),
  id: z.string().min(1).describe('name of the agent, unique'),
  base: rate('withdrawals an hour and lender when nothing is wrong').default(0),
  utilisation_from: z.number().min(0).max(0.9999).describe('utilisation from which he fears for his exit').default(0.9),
  utilisation_per_hour: rate('added to the withdrawals an hour at utilisation 1, in proportion above `utilisation_from`').default(
    0.5,
  ),
  fall_from: z
    .number()
    .min(0)
    .max(0.99)
    .describe('fall of what he lent, from its price at the start, that he disregards')
    .default(0.02),
  fall_per_hour: rate('added to the withdrawals an hour per 10 % of fall beyond').default(2),
  herd_per_hour: rate('added to the withdrawals an hour when all other lenders of this agent have left, in proportion').default(
    0.5,
  ),
  keep: z.number().min(0).max(1).describe('share of lenders who never run').default(0.2),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 50
const HOUR_MS = 3_600_000

/** One supply of one lender. */
interface Claim extends AccountRef {
  readonly actor: number
  readonly position: number
  readonly asset: number
  readonly start_usd: number
  /** Stands still whatever happens. */
  readonly stays: boolean
}

/** Per claim: place in the order of decisions, −1 not decided. */
type State = Table<{ queued: 'f64'; status: 'u8' }>
const UNSEEN = 0
const STANDS = 1
const OUT = 2
/** Nothing was supplied here from the start. */
const VOID = 3

class Lender implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly claims: readonly Claim[]
  private readonly state: State
  private readonly counts: Table<{ real: 'f64'; decided: 'f64'; out: 'f64'; at_ms: 'f64' }>
  private readonly pool = new PoolState()

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.actors = new Actors(builder)
    const claims: Claim[] = []
    this.actors.list.forEach((actor, position) => {
      const stays = builder.rng.stream('lender stays', this.actors.name(position)).uniform() < spec.keep
      for (const ref of builder.accounts_of(actor))
        builder.assets.forEach((asset, a) => {
          claims.push({ ...ref, actor, position, asset: a, start_usd: asset.price_usd, stays })
        })
    })
    this.claims = claims
    this.state = builder.store.table(`${spec.id}.claims`, { queued: 'f64', status: 'u8' }, claims.length)
    this.state.columns.queued.data.fill(-1)
    this.counts = builder.store.table(`${spec.id}.counts`, { real: 'f64', decided: 'f64', out: 'f64', at_ms: 'f64' }, 1)
    this.counts.columns.at_ms.data[0] = builder.time_ms
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  due(): void {}

  /** Once a tick the fearful decide; those who have decided try in the order in which they did, as long as there is cash. */
  act(_offers: unknown, view: View, rng: Rng, out: Actions): void {
    if (this.claims.length === 0) return
    const { at_ms } = this.counts.columns
    const hours = (view.time_ms - (at_ms.data[0] as number)) / HOUR_MS
    if (hours > 0) {
      this.decide(hours, view, rng)
      at_ms.data[0] = view.time_ms
    }
    this.withdraw(view, out)
  }

  private decide(hours: number, view: View, rng: Rng): void {
    const { queued, status } = this.state.columns
    const { decided, real } = this.counts.columns
    const left = this.herd()
    const ready: { claim: number; draw: number }[] = []
    this.claims.forEach((claim, c) => {
      if ((status.data[c] as number) >= OUT || (queued.data[c] as number) >= 0) return
      const lent = view.pool(claim.venue, claim.row, claim.asset, this.pool) && this.pool.claim > 0
      if (status.data[c] === UNSEEN) {
        status.data[c] = lent ? STANDS : VOID
        if (lent) real.data[0] = (real.data[0] as number) + 1
      }
      if (!lent || claim.stays) return
      const chance = -expm1(-hours * this.fear_per_hour(claim, left, view))
      const draw = this.actors.draws(rng, 'run', claim.position, view.time_ms, claim.row * 4096 + claim.asset).uniform()
      if (draw < chance) ready.push({ claim: c, draw })
    })
    // The draw that orders those who decide at once is each one's own: nobody else's presence moves it.
    ready.sort((a, b) => a.draw - b.draw || a.claim - b.claim)
    let place = decided.data[0] as number
    for (const { claim } of ready) queued.data[claim] = place++
    decided.data[0] = place
  }

  /** Share of this agent's claims that have left. */
  private herd(): number {
    const { out, real } = this.counts.columns
    return (out.data[0] as number) / Math.max(1, real.data[0] as number)
  }

  private fear_per_hour(claim: Claim, left: number, view: View): number {
    const { base, utilisation_from, utilisation_per_hour, fall_from, fall_per_hour, herd_per_hour } = this.spec
    const used = Math.max(0, (utilisation(this.pool) - utilisation_from) / (1 - utilisation_from))
    const fall = Math.max(0, 1 - view.usd(claim.asset) / claim.start_usd - fall_from)
    return base + utilisation_per_hour * used + fall_per_hour * 10 * fall + herd_per_hour * left
  }

  private withdraw(view: View, out: Actions): void {
    const { queued, status } = this.state.columns
    const { out: count } = this.counts.columns
    const waiting = this.claims.map((_, c) => c).filter((c) => (queued.data[c] as number) >= 0 && status.data[c] === STANDS)
    waiting.sort((a, b) => (queued.data[a] as number) - (queued.data[b] as number))
    /** Cash left for those behind, per pool, told apart by venue, asset and what the pool holds. */
    const taken = new Map<string, number>()
    for (const c of waiting) {
      const claim = this.claims[c] as Claim
      const { venue, row, asset, actor } = claim
      view.pool(venue, row, asset, this.pool)
      const { cash, owed, claim: held } = this.pool
      if (!(held > 0)) {
        status.data[c] = OUT
        count.data[0] = (count.data[0] as number) + 1
        continue
      }
      const key = `${venue}/${asset}/${cash}/${owed}`
      const before = taken.get(key) ?? 0
      const amount = held <= cash - before ? ALL : Math.max(0, cash - before)
      if (!(amount * view.usd(asset) > 1)) continue
      taken.set(key, before + Math.min(held, amount))
      out.bundle(PRIORITY, queued.data[c] as number)
      out.add('withdraw', { venue, account: row, actor, asset, amount })
    }
  }
}

export const lender: Kind<Spec, Agent> = {
  id: 'lender',
  title: 'Lender: withdraws as utilisation, losses and others’ leaving make him fear, first come, first served',
  source: 'Hazard of withdrawal linear in utilisation above a level, loss and herd: assumed, see docs/agents/lender.md',
  schema,
  open: (spec, builder) => new Lender(spec, builder),
}
