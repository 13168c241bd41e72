/**
 * Answering a margin call: when an owner wants to be told, whether and how he answers, how long that takes, and the check
 * before he acts. What his answer does to the account belongs to the kinds.
 */
import { z } from 'zod'
import { exp, log, type Rng } from '../../math/index.ts'
import {
  type Action,
  type Actions,
  type Call,
  type Calls,
  type Due,
  type DueEvent,
  type Log,
  Statement,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { Actors, Purse } from './actors.ts'
import { health_of, type Law, law_of, size_of } from './law.ts'
import { LOOK, Notice, type NoticeSpec } from './notice.ts'

/** An account that starts below the level in `health` is called when this share of its opening ln health is left. */
const LOW_SHARE = 0.5
/** Nobody is called above this health, as with a rule by health: who owed nothing but rounding would be called for a first payment of funding. */
const MOST_LEVEL = 100

const call_rule = z.union([
  z.strictObject({ health: z.number().min(1).max(100).describe('called below this health') }),
  z.strictObject({
    buffer_share: z.number().min(0).max(1).describe('called when this share of the opening ln health is left'),
  }),
])
const target_rule = z.union([
  z.strictObject({ health: z.number().gt(1).max(100).describe('health after the answer, at most the opening health') }),
  z.strictObject({
    buffer_share: z.number().gt(0).max(1).describe('share of the opening ln health after the answer; only with a call by share'),
  }),
])
export type CallRule = z.infer<typeof call_rule>
export type TargetRule = z.infer<typeof target_rule>

const weight = (what: string) => z.number().min(0).max(1e6).describe(`relative frequency of ${what}`)

/**
 * Spec fields that both kinds share.
 * @param answers names of the answers with what each means; `ignore` is added. Those that a default does not weigh have weight 0
 */
export function response_fields<A extends string>(answers: Readonly<Record<A, string>>, defaults: Defaults<NoInfer<A>>) {
  const common = new Set(Object.keys(defaults.sizes[0] ?? {}))
  const weights = Object.fromEntries(
    Object.entries<string>(answers).map(([name, what]) => [name, common.has(name) ? weight(what) : weight(what).default(0)]),
  ) as Record<A, z.ZodNumber>
  const size = z.strictObject({
    above_usd: z.number().min(0).describe('applies to accounts with at least this on the asset side, USD'),
    ...weights,
    ignore: weight('no answer'),
    automated: z.number().min(0).max(1).describe('share of answers given by a program'),
  })
  return {
    call: call_rule.default(defaults.call).describe('when the owner wants to be told'),
    target: target_rule.default(defaults.target).describe('what an answer restores'),
    sizes: z
      .array(size)
      .min(1)
      .max(32)
      .prefault(defaults.sizes as never)
      .describe('answers by size of the account, ascending; the last that applies counts'),
    automated_median_ms: z.number().min(0).max(1e10).default(20_000).describe('median delay of a program, ms'),
    manual_median_ms: z.number().min(0).max(1e10).default(1_800_000).describe('median delay of a person, ms'),
    delay_sigma: z.number().min(0).max(5).default(1.2).describe('standard deviation of ln delay'),
    min_usd: z.number().min(0).default(50).describe('answers that would move less than this are not worth the trouble, USD'),
  }
}

export interface Defaults<A extends string> {
  readonly call: CallRule
  readonly target: TargetRule
  readonly sizes: readonly (Readonly<Partial<Record<A, number>>> & { ignore: number; above_usd: number; automated: number })[]
}

/** The fields of `response_fields` as a parsed spec has them. */
export interface ResponseSpec {
  readonly call: CallRule
  readonly target: TargetRule
  readonly sizes: readonly Readonly<Record<string, number>>[]
  readonly automated_median_ms: number
  readonly manual_median_ms: number
  readonly delay_sigma: number
  readonly min_usd: number
  readonly notice?: NoticeSpec | undefined
}

/** Level at which an account is called, given its health at the start. 1: never before the breach. */
export function call_level(rule: CallRule, health: number): number {
  if (!(health > 1 && health < Number.POSITIVE_INFINITY)) return 1
  if ('buffer_share' in rule) return Math.min(MOST_LEVEL, Math.max(1, exp(rule.buffer_share * log(health))))
  return health > rule.health ? rule.health : Math.max(1, exp(LOW_SHARE * log(health)))
}

/** Health at the start of an account that is called at this level; +Infinity when the level does not tell. */
export function opening_health(rule: CallRule, level: number): number {
  const share = 'buffer_share' in rule ? rule.buffer_share : LOW_SHARE
  if ('health' in rule && level >= rule.health) return Number.POSITIVE_INFINITY
  return level > 1 && share > 0 ? exp(log(level) / share) : 1
}

/** Health that an answer restores. */
export function target_health(rule: CallRule, target: TargetRule, level: number): number {
  const opening = opening_health(rule, level)
  return 'health' in target ? Math.min(target.health, opening) : exp(target.buffer_share * log(opening))
}

/** An account that is being answered for: what its steps read and move. */
export interface Case {
  readonly venue: number
  readonly account: number
  readonly actor: number
  /** Log row of the call. */
  readonly cause: number
  readonly target: number
  readonly statement: Statement
  /** The law as it will be after the steps so far. */
  readonly law: Law
  readonly view: View
  readonly purse: Purse
  readonly min_usd: number
  /** Opens a bundle for the next step. */
  open(): void
  readonly out: Actions
}

/** One way to answer. It moves the law by what it plans; doing nothing is allowed. */
export type Step = (one: Case) => void

/** Fields that every action of an answer carries. */
export const signed = (one: Case): Partial<Omit<Action, 'kind'>> => ({
  venue: one.venue,
  account: one.account,
  actor: one.actor,
  cause: one.cause,
})

/** Is the target reached, but for what is too small to matter? */
export const restored = (one: Case): boolean => !(health_of(one.law) < one.target * (1 - 1e-12))

const RESPONSE_PRIORITY = 20

/** Which account, and whose. */
type Account = Pick<Call, 'venue' | 'account' | 'actor'>

/** What borrowers and traders have in common. `steps` are tried from the chosen one on, then the others in their order. */
export class Responder {
  private readonly spec: ResponseSpec
  private readonly names: readonly string[]
  private readonly steps: readonly Step[]
  private readonly fresh: () => void
  private readonly actors: Actors
  private readonly purse: Purse
  private readonly statement = new Statement()
  private readonly notice: Notice | undefined
  private readonly log: Log

  /** @param fresh called before each batch: what the steps planned for the last one is forgotten */
  constructor(spec: ResponseSpec, builder: WorldBuilder, steps: Readonly<Record<string, Step>>, fresh: () => void = () => {}) {
    for (let i = 1; i < spec.sizes.length; i++) {
      const above = spec.sizes[i]?.above_usd as number
      if (above <= (spec.sizes[i - 1]?.above_usd as number))
        throw builder.invalid(`sizes[${i}].above_usd`, above, 'more than the one before')
    }
    if ('health' in spec.call && 'buffer_share' in spec.target)
      throw builder.invalid('target', 'a share of the opening buffer', '{"health": …}, as the call is by health')
    this.spec = spec
    this.names = Object.keys(steps)
    this.steps = Object.values(steps)
    this.fresh = fresh
    this.log = builder.log
    this.actors = new Actors(builder)
    this.purse = new Purse(builder.assets.length)
    this.notice = spec.notice === undefined ? undefined : new Notice(spec.notice, this.actors, builder)
  }

  /** Level at which the engine is to call; who looks for himself need not be called. */
  level(health: number): number {
    return this.notice === undefined ? call_level(this.spec.call, health) : 1
  }

  /** Once a round: who looks for himself begins to. */
  begin(out: Actions): void {
    this.notice?.begin(out)
  }

  respond(calls: Calls, view: View, rng: Rng, out: Actions): void {
    this.purse.clear()
    this.fresh()
    for (let i = 0; i < calls.list.length; i++) {
      const call = calls.list[i] as Call
      if (this.actors.position(call.actor) < 0) continue
      calls.statement(i, this.statement)
      this.decide(call, call.row, call.level, view, rng, out)
    }
  }

  /** One draw among the answers, and when it is given; `statement` is the account's. */
  private decide(account: Account, cause: number, level: number, view: View, rng: Rng, out: Actions): void {
    const { venue, account: row, actor } = account
    const draws = this.actors.draws(rng, 'response', this.actors.position(actor), view.time_ms, row)
    const size = this.size(size_of(this.statement))
    const plan = size === undefined ? -1 : this.choose(size, draws.uniform())
    if (size === undefined || plan < 0) return
    const delay_ms = this.delay(draws.uniform() < (size.automated as number), draws.normal())
    if (delay_ms === 0) {
      this.answer(account, cause, plan, level, view, rng, out)
      return
    }
    out.bundle(RESPONSE_PRIORITY, draws.uniform())
    out.add('wait', { venue, account: row, actor, cause, plan, amount: level, delay_ms })
  }

  /** Delayed answers: given only where the account is still below the level it was called at. */
  due(events: Due, view: View, rng: Rng, out: Actions): void {
    this.purse.clear()
    this.fresh()
    for (let i = 0; i < events.list.length; i++) {
      const event = events.list[i] as DueEvent
      if (event.kind !== 'wait') continue
      if (this.notice !== undefined) {
        events.statement(i, this.statement)
        this.notice.reprice(this.statement, view)
        if (event.plan < 0) {
          this.look(event, this.notice, view, rng, out)
          continue
        }
        if (!(health_of(law_of(this.statement)) < event.amount)) continue
      } else {
        if (!(events.health(i) < event.amount)) continue
        events.statement(i, this.statement)
      }
      this.answer(event, event.cause, event.plan, event.amount, view, rng, out)
    }
  }

  /** A look: below his level the owner decides once, and again only after the account has been above it. Who starts in breach does not look. */
  private look(event: DueEvent, notice: Notice, view: View, rng: Rng, out: Actions): void {
    const health = health_of(law_of(this.statement))
    const level = event.plan === LOOK.first ? call_level(this.spec.call, health) : event.amount
    if (!(level > 1)) return
    const below = health < level
    if (below && event.plan !== LOOK.decided) this.decide(event, this.seen(event, health), level, view, rng, out)
    notice.again(event, below ? LOOK.decided : LOOK.armed, level, out)
  }

  /** Nobody called him: what he saw is a row of its own, with whoever moved the account as the venue's prices tell. */
  private seen({ venue, account, actor }: DueEvent, health: number): number {
    const { shares, cause } = this.log.blame(venue, account)
    return this.log.add({ kind: 'respond', venue, account, actor, price: health, shares, cause })
  }

  private size(usd: number): Readonly<Record<string, number>> | undefined {
    let found: Readonly<Record<string, number>> | undefined
    for (const size of this.spec.sizes) if ((size.above_usd as number) <= usd) found = size
    return found
  }

  /** Position of the step that u in [0, 1) falls on; −1 to ignore. */
  private choose(size: Readonly<Record<string, number>>, u: number): number {
    let total = size.ignore as number
    for (const name of this.names) total += size[name] as number
    let left = u * total
    for (let step = 0; step < this.names.length; step++) {
      left -= size[this.names[step] as string] as number
      if (left < 0) return step
    }
    return -1
  }

  private delay(automated: boolean, normal: number): number {
    const median = automated ? this.spec.automated_median_ms : this.spec.manual_median_ms
    return Math.round(median * exp(this.spec.delay_sigma * normal))
  }

  private answer(account: Account, cause: number, first: number, level: number, view: View, rng: Rng, out: Actions): void {
    const who = this.actors.position(account.actor)
    if (who < 0) return
    const tie = this.actors.tie(rng, who, view.time_ms, account.account)
    const one: Case = {
      venue: account.venue,
      account: account.account,
      actor: account.actor,
      cause,
      target: target_health(this.spec.call, this.spec.target, level),
      statement: this.statement,
      law: law_of(this.statement),
      view,
      purse: this.purse,
      min_usd: this.spec.min_usd,
      open: () => out.bundle(RESPONSE_PRIORITY, tie),
      out,
    }
    for (let i = 0; i <= this.steps.length && !restored(one); i++) {
      if (i === 0) this.steps[first]?.(one)
      else if (i - 1 !== first) this.steps[i - 1]?.(one)
    }
  }
}

/** Units that cover a weighted value at this value a unit, as far as the treasury goes; spent from the purse. 0 when not worth it. */
export function take_from_treasury(one: Case, asset: number, value: number, unit: number, price: number): number {
  if (!(unit > 0 && value > 0)) return 0
  const units = Math.min(value / unit, one.purse.left(one.view, one.actor, asset))
  if (!(units > 0) || units * price < one.min_usd) return 0
  one.purse.spend(one.actor, asset, units)
  return units
}
