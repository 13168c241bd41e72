/**
 * An investor flees to quality. What it owns is in tiers, from the long tail over BTC to stablecoins to cash or bills with a yield; the share it wants in a tier falls with realised
 * volatility, drawdown, what it has come to expect of it, and what others do, and goes to the safer tiers; it comes back more slowly than it leaves.
 */
import { z } from 'zod'
import { exp, log, type Rng } from '../math/index.ts'
import type { Actions, Agent, Columns, F64, Kind, View, WorldBuilder } from '../model/index.ts'
import { Actors } from './shared/actors.ts'
import { open, Plans, type Route, Routes, sell_along } from './shared/routes.ts'

const gain = (what: string) => z.number().min(0).max(1000).describe(what)

const schema = z.strictObject({
  kind: z.literal('investor').describe('investor'),
  id: z.string().min(1).describe('name of the agent, unique'),
  markets: z.array(z.string().min(1)).min(1).max(1000).describe('spot markets on which it trades'),
  tiers: z
    .array(z.array(z.string().min(1)).min(1).max(100))
    .min(1)
    .max(20)
    .describe('risky tiers of assets, the riskiest first; stablecoins are the last but not cash'),
  cash: z.string().min(1).describe('asset that is cash, or bills: where it flees to in the end'),
  cash_yield: z.number().min(-1).max(10).default(0.04).describe('what cash earns, a year'),
  premium: z.number().min(-10).max(10).default(0.1).describe('return a year that it asks of risky assets above that of cash'),
  volatility: z.number().positive().max(20).default(0.6).describe('annual volatility that it takes for normal'),
  by_volatility: gain('fall of ln of the wanted share per ln of volatility above normal').default(0.5),
  by_drawdown: gain('the same per unit of drawdown from the remembered peak').default(3),
  by_belief: gain('the same per unit of expected return a year below cash yield and premium').default(0.1),
  by_herd: gain('the same per unit of the share that all investors of this agent have already taken out').default(1),
  volatility_ms: z.number().min(1000).max(1e12).default(86_400_000).describe('memory of the volatility, ms'),
  belief_ms: z
    .number()
    .min(1000)
    .max(1e12)
    .default(604_800_000)
    .describe('memory of returns in its beliefs, ms: the last count most'),
  peak_ms: z.number().min(1000).max(1e12).default(2_592_000_000).describe('memory of the peak, ms'),
  step_ms: z.number().int().min(1000).max(1e11).default(600_000).describe('how often it looks, ms'),
  leave_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.3)
    .describe('share of the gap to the wanted amount that it closes at a step when it sells'),
  return_share: z.number().min(0).max(1).default(0.03).describe('the same when it buys back'),
  band: z.number().min(0).max(1).default(0.05).describe('gap, as a share of the opening amount, below which it does nothing'),
  slippage_max: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('most that a sale may bring less than the mids say; it sells less at a time'),
  spread: z.number().min(0).max(5).default(0.5).describe('standard deviation of ln of how nervous actors are'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 50
const YEAR_MS = 31_536_000_000
/** Halvings of an order that is too dear for the book. */
const HALVINGS = 6
const seen_shape = { price: 'f64', variance: 'f64', mean: 'f64', peak: 'f64' } as const

/** What the wanted share of an asset is multiplied by. */
export interface Fear {
  /** Annual. */
  readonly volatility: number
  /** 1 − price ÷ remembered peak. */
  readonly drawdown: number
  /** Expected return a year. */
  readonly belief: number
  /** Share of the opening wealth in risky assets that investors have left, 0 to 1. */
  readonly herd: number
}
type Gains = Pick<Spec, 'by_volatility' | 'by_drawdown' | 'by_belief' | 'by_herd' | 'volatility' | 'cash_yield' | 'premium'>

/** ln of the wanted share, at most 0: −nervous · (a·(ln σ/σ₀)⁺ + b·drawdown + c·(y + premium − μ)⁺ + d·herd). */
export function appetite(spec: Gains, fear: Fear, nervous: number): number {
  const excess = fear.volatility > spec.volatility ? log(fear.volatility / spec.volatility) : 0
  const short = Math.max(0, spec.cash_yield + spec.premium - fear.belief)
  const sum = spec.by_volatility * excess + spec.by_drawdown * fear.drawdown + spec.by_belief * short + spec.by_herd * fear.herd
  return -nervous * sum
}

class Investor implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly routes: Routes
  private readonly plans: Plans
  private readonly assets: readonly number[]
  /** Tier of each asset. */
  private readonly tier: readonly number[]
  private readonly cash: number
  private readonly nervous: Float64Array
  /** Per actor and asset: units at the start, and those with what it fled into since. */
  private readonly opening: Float64Array
  private readonly base: F64
  private readonly seen: Columns<typeof seen_shape>
  private readonly clock: { readonly at_ms: F64 }

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.actors = new Actors(builder)
    this.routes = new Routes(builder, spec.markets, 'markets')
    this.plans = new Plans(this.routes.markets)
    this.cash = builder.asset(spec.cash, 'cash')
    this.assets = spec.tiers.flatMap((tier, t) => tier.map((id, i) => builder.asset(id, `tiers[${t}][${i}]`)))
    this.tier = spec.tiers.flatMap((tier, t) => tier.map(() => t))
    this.assets.forEach((asset, i) => {
      const id = builder.assets[asset]?.id
      if (asset === this.cash || this.assets.indexOf(asset) !== i)
        throw builder.invalid('tiers', id, 'each asset once, cash apart')
      if (this.routes.between(asset, this.cash).length === 0)
        throw builder.invalid('markets', id, `markets that lead from every asset of \`tiers\` to ${spec.cash}`)
    })
    const { list } = this.actors
    this.nervous = Float64Array.from(list, (_, who) =>
      exp(spec.spread * builder.rng.stream('investor nerves', this.actors.name(who)).normal()),
    )
    this.opening = Float64Array.from({ length: list.length * this.assets.length }, (_, i) =>
      builder.ledger.balance(list[Math.floor(i / this.assets.length)] as number, this.assets[i % this.assets.length] as number),
    )
    this.base = builder.store.table(`${spec.id}.base`, { units: 'f64' }, this.opening.length).columns.units
    this.base.data.set(this.opening)
    this.seen = builder.store.table(`${spec.id}.seen`, seen_shape, this.assets.length).columns
    this.assets.forEach((asset, i) => {
      const price = builder.assets[asset]?.price_usd as number
      this.seen.price.data[i] = price
      this.seen.peak.data[i] = price
      this.seen.variance.data[i] = (spec.volatility * spec.volatility) / YEAR_MS
      this.seen.mean.data[i] = (spec.cash_yield + spec.premium) / YEAR_MS
    })
    this.clock = builder.store.table(`${spec.id}.clock`, { at_ms: 'f64' }, 1).columns
    this.clock.at_ms.data[0] = builder.time_ms
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  due(): void {}

  act(_offers: unknown, view: View, rng: Rng, out: Actions): void {
    const dt_ms = view.time_ms - (this.clock.at_ms.data[0] as number)
    if (view.round > 0 || dt_ms < this.spec.step_ms || this.actors.list.length === 0) return
    this.clock.at_ms.data[0] = view.time_ms
    this.plans.clear()
    this.learn(dt_ms, view)
    const herd = this.herd(view)
    const fears = this.assets.map((_, i) => this.fear(i, herd))
    for (let who = 0; who < this.actors.list.length; who++)
      for (let i = 0; i < this.assets.length; i++) this.adjust(who, i, fears, view, rng, out)
  }

  /** Exponential memories of squared returns, returns and the peak. */
  private learn(dt_ms: number, view: View): void {
    const { price, variance, mean, peak } = this.seen
    const { volatility_ms, belief_ms, peak_ms } = this.spec
    const [by_variance, by_mean] = [1 - exp(-dt_ms / volatility_ms), 1 - exp(-dt_ms / belief_ms)]
    const fade = exp(-dt_ms / peak_ms)
    this.assets.forEach((asset, i) => {
      const now = view.usd(asset)
      const move = log(now / (price.data[i] as number))
      variance.data[i] = (variance.data[i] as number) + by_variance * ((move * move) / dt_ms - (variance.data[i] as number))
      mean.data[i] = (mean.data[i] as number) + by_mean * (move / dt_ms - (mean.data[i] as number))
      // The peak is forgotten towards today's price.
      peak.data[i] = Math.max(now, now + fade * ((peak.data[i] as number) - now))
      price.data[i] = now
    })
  }

  /** Share of opening risky holdings, at prices of now, that the investors of this agent no longer have. */
  private herd(view: View): number {
    let opening = 0
    let left = 0
    this.actors.list.forEach((actor, who) => {
      this.assets.forEach((asset, i) => {
        const before = this.opening[who * this.assets.length + i] as number
        opening += before * view.usd(asset)
        left += Math.min(before, view.ledger.balance(actor, asset)) * view.usd(asset)
      })
    })
    return opening > 0 ? 1 - left / opening : 0
  }

  private fear(i: number, herd: number): Fear {
    const { price, variance, mean, peak } = this.seen
    return {
      volatility: Math.sqrt((variance.data[i] as number) * YEAR_MS),
      drawdown: 1 - (price.data[i] as number) / (peak.data[i] as number),
      belief: (mean.data[i] as number) * YEAR_MS,
      herd,
    }
  }

  /** Sells towards what it wants, into the next tier that is not feared more than this one or into cash; or buys back. */
  private adjust(who: number, i: number, fears: readonly Fear[], view: View, rng: Rng, out: Actions): void {
    const { spec } = this
    const actor = this.actors.list[who] as number
    const asset = this.assets[i] as number
    const opening = this.base.data[who * this.assets.length + i] as number
    if (!(opening > 0)) return
    const nervous = this.nervous[who] as number
    const want = appetite(spec, fears[i] as Fear, nervous)
    const gap = view.ledger.balance(actor, asset) - opening * exp(want)
    if (Math.abs(gap) < spec.band * opening) return
    const [from, to] = gap > 0 ? [asset, this.refuge(i, want, fears, nervous)] : [this.cash, asset]
    const units = gap > 0 ? gap * spec.leave_share : (-gap * spec.return_share * view.usd(asset)) / view.usd(this.cash)
    const tie = this.actors.tie(rng, who, view.time_ms, i)
    const got = this.trade(from, to, Math.min(units, view.ledger.balance(actor, from)), actor, tie, view, out)
    // What it fled into is its own from now on; what it fled from it wants back.
    const j = gap > 0 ? this.assets.indexOf(to) : -1
    if (j >= 0) this.base.data[who * this.assets.length + j] = (this.base.data[who * this.assets.length + j] as number) + got
  }

  /** The calmest asset of a safer tier to which a route leads, if it is wanted in full; else cash. */
  private refuge(i: number, want: number, fears: readonly Fear[], nervous: number): number {
    let best = this.cash
    let most = want
    for (let j = 0; j < this.assets.length; j++) {
      if ((this.tier[j] as number) <= (this.tier[i] as number)) continue
      const other = appetite(this.spec, { ...(fears[j] as Fear), herd: 0 }, nervous)
      if (other <= most || other < -0.05 || this.routes.between(this.assets[i] as number, this.assets[j] as number).length === 0)
        continue
      most = other
      best = this.assets[j] as number
    }
    return best
  }

  /** Trades as much as is not too dear; returns what it is to bring. */
  private trade(from: number, to: number, wanted: number, actor: number, tie: number, view: View, out: Actions): number {
    let units = wanted
    for (let k = 0; k < HALVINGS && units > 0; k++) {
      const route: Route | undefined = this.plans.best(
        view,
        this.routes.between(from, to).filter((one) => open(view, one)),
        units,
        actor,
      )
      if (route === undefined) return 0
      const fair = (units * view.usd(from)) / view.usd(to)
      const got = this.plans.out(view, route, units, actor)
      if (got >= fair * (1 - this.spec.slippage_max)) {
        this.plans.plan(view, route, units, actor)
        out.bundle(PRIORITY, tie)
        sell_along(out, route, { amount: units }, { actor })
        return got
      }
      units /= 2
    }
    return 0
  }
}

export const investor: Kind<Spec, Agent> = {
  id: 'investor',
  title: 'Investor: flees to quality with volatility, drawdown, beliefs and others; comes back slowly',
  source:
    'Flight to quality (Caballero and Krishnamurthy, J. Finance 63 (2008) 2195–2230); recency-weighted beliefs; gains assumed, see docs/agents/investor.md',
  schema,
  open: (spec, builder) => new Investor(spec, builder),
}
