/**
 * Sovryn Zero, a fork of Liquity v1: the contracts of @sovryn-zero/contracts against src/venues/liquity-v1/reference*.ts under the fork's
 * terms, every decision and every integer. README.md here lists where the fork departs from Liquity.
 */
import { ReferenceLiquity, Revert, ratio, ZERO } from '../../../src/venues/liquity-v1/reference.ts'
import { WAD } from '../../../src/venues/liquity-v1/reference-pool.ts'
import type { Outcome } from '../harness/chain.ts'
import { type Bench, judge, Tally } from '../harness/judge.ts'
import { type Act, type Case, type Circumstance, draw, smaller, type Step } from './case.ts'
import { type Amounts, amounts_of, copy_of, hint_of, id_of, is_open, type Side, tokens_of } from './side.ts'
import { address_of, deploy, type Name, START_S, USERS, type World } from './world.ts'

const NOBODY = `0x${'0'.repeat(40)}`

interface Stage {
  readonly world: World
  side: Side
}

// ── acts: both sides answer ──

/** What the caller gained or lost, in native currency and in tokens, and further numbers of the act. */
interface Answer {
  readonly revert: string | undefined
  readonly values: readonly bigint[]
}

function liquidated(side: Side, step: Act & { kind: 'liquidate' | 'listed' | 'lowest' }): readonly bigint[] {
  const { system } = side
  const name_of = new Map([...side.trove].map(([name, id]) => [id, name]))
  if (step.kind === 'liquidate') system.trove(id_of(side, step.whom))
  const ids = step.kind === 'lowest' ? [] : (step.kind === 'listed' ? step.whom : [step.whom]).map((name) => id_of(side, name))
  const done = step.kind === 'lowest' ? system.liquidateLowest(step.count) : system.liquidateListed(ids)
  const totals = { gas: 0n, coll: 0n, debt: 0n, surplus: 0n }
  for (const { id, coll, debt, parts } of done) {
    const name = name_of.get(id) as Name
    side.surplus.set(name, (side.surplus.get(name) ?? 0n) + parts.surplus)
    totals.gas += parts.gas
    totals.coll += coll
    totals.debt += debt
    totals.surplus += parts.surplus
  }
  const tokens = BigInt(done.length) * system.terms.gas_compensation
  return [totals.gas, tokens, totals.debt, totals.coll - totals.gas - totals.surplus, totals.gas, tokens]
}

function act(side: Side, step: Act, { coll, tokens }: Amounts): readonly bigint[] {
  const { system } = side
  const { who } = step
  const id = id_of(side, who)
  const funds = tokens_of(side, who)
  if (step.kind === 'liquidate' || step.kind === 'listed' || step.kind === 'lowest') return liquidated(side, step)
  if (step.kind === 'open') {
    if (is_open(side, who)) throw new Revert('trove is open')
    side.trove.set(who, system.open(coll, tokens).id)
    return [-coll, tokens]
  }
  if (step.kind === 'adjust') {
    system.adjust(id, coll, tokens, funds)
    return [-coll, tokens]
  }
  if (step.kind === 'close') {
    const { paid, coll: back } = system.closeTrove(id, funds)
    return [back, -paid]
  }
  if (step.kind === 'redeem') {
    const options = { funds, stale: step.stale, ...(step.most > 0 ? { most: step.most } : {}) }
    const { redeemed, drawn, fee, closed } = system.redeem(tokens, options)
    const name_of = new Map([...side.trove].map(([name, at]) => [at, name]))
    for (const { id: at, left } of closed) {
      const name = name_of.get(at) as Name
      side.surplus.set(name, (side.surplus.get(name) ?? 0n) + left)
    }
    return [drawn - fee, -redeemed, redeemed, drawn, fee]
  }
  if (step.kind === 'provide') {
    const { gain, moved } = system.provide(who, tokens, funds)
    return [gain, -moved]
  }
  if (step.kind === 'take') {
    const { gain, moved } = system.takeOut(who, tokens)
    return [gain, -moved]
  }
  if (step.kind === 'gain') {
    system.gainToTrove(who, id)
    return [0n, 0n]
  }
  if (step.kind === 'claim') {
    const claim = side.surplus.get(who) ?? 0n
    if (claim === 0n) throw new Revert('nothing to claim')
    side.surplus.set(who, 0n)
    return [claim, 0n]
  }
  side.tokens.set(step.to, tokens_of(side, step.to) + (step.to === who ? 0n : tokens))
  return [0n, step.to === who ? 0n : -tokens]
}

function by_reference(stage: Stage, step: Act, amounts: Amounts): Answer {
  const side = copy_of(stage.side)
  try {
    const values = act(side, step, amounts)
    side.tokens.set(step.who, tokens_of(side, step.who) + (values[1] as bigint))
    stage.side = side
    return { revert: undefined, values }
  } catch (error) {
    if (!(error instanceof Revert)) throw error
    return { revert: error.message, values: [] }
  }
}

async function ask(stage: Stage, step: Act, { coll, tokens }: Amounts): Promise<Outcome> {
  const { loans, troves, pool, token } = stage.world
  const who = address_of(step.who)
  if (step.kind === 'open') return await loans.attempt(who, 'openTrove', [WAD, tokens, NOBODY, NOBODY], coll)
  if (step.kind === 'adjust') {
    const args = [WAD, coll < 0n ? -coll : 0n, tokens < 0n ? -tokens : tokens, tokens > 0n, NOBODY, NOBODY]
    return await loans.attempt(who, 'adjustTrove', args, coll > 0n ? coll : 0n)
  }
  if (step.kind === 'close') return await loans.attempt(who, 'closeTrove')
  if (step.kind === 'claim') return await loans.attempt(who, 'claimCollateral')
  if (step.kind === 'liquidate') return await troves.attempt(who, 'liquidate', [address_of(step.whom)])
  if (step.kind === 'listed') return await troves.attempt(who, 'batchLiquidateTroves', [step.whom.map(address_of)])
  if (step.kind === 'lowest') return await troves.attempt(who, 'liquidateTroves', [step.count])
  if (step.kind === 'provide') return await pool.attempt(who, 'provideToSP', [tokens, NOBODY])
  if (step.kind === 'take') return await pool.attempt(who, 'withdrawFromSP', [tokens])
  if (step.kind === 'gain') return await pool.attempt(who, 'withdrawETHGainToTrove', [NOBODY, NOBODY])
  if (step.kind === 'send') return await token.attempt(who, 'transfer', [address_of(step.to), tokens])
  const hint = hint_of(stage.side, tokens, step.most) + (step.stale ? 1n : 0n)
  return await troves.attempt(who, 'redeemCollateral', [tokens, NOBODY, NOBODY, NOBODY, hint, step.most, WAD])
}

/** The contract's words for what the reference says in its own; found anywhere in the reason, for one contract passes on another's. */
const NAMES: readonly (readonly [string, string])[] = [
  ['Trove does not exist or is closed', 'trove is closed'],
  ['caller must have an active trove', 'trove is closed'],
  ['Trove is active', 'trove is open'],
  ['either a collateral change or a debt change', 'no change'],
  ['would result in ICR < MCR', 'ICR below MCR'],
  ['would result in TCR < CCR', 'TCR below CCR'],
  ['leave trove with ICR >= CCR', 'ICR below CCR'],
  ["decrease your Trove's ICR", 'ICR falls'],
  ['Collateral withdrawal not permitted Recovery Mode', 'no withdrawal in recovery mode'],
  ['net debt must be greater than minimum', 'net debt too small'],
  ['enough ZUSD to make repayment', 'funds'],
  ["must be <= user's ZUSD token balance", 'funds'],
  ['transfer amount exceeds balance', 'funds'],
  ['not permitted during Recovery Mode', 'no closing in recovery mode'],
  ['SafeMath: subtraction overflow', 'underflow'],
  ['SafeMath: division by zero', 'division by zero'],
  ['nothing to liquidate', 'nothing to liquidate'],
  ['array must not be empty', 'no troves'],
  ['Only one trove in the system', 'only one trove'],
  ['Cannot redeem when TCR < MCR', 'TCR below MCR'],
  ['Amount must be greater than zero', 'amount is zero'],
  ['Amount must be non-zero', 'amount is zero'],
  ['Unable to redeem any amount', 'nothing redeemed'],
  ['Fee would eat up all', 'fee eats it all'],
  ['Cannot withdraw while there are troves', 'a trove below MCR'],
  ['User must have a non-zero deposit', 'no deposit'],
  ['must have non-zero ETH Gain', 'no gain'],
  ['No collateral available to claim', 'nothing to claim'],
  ['NICR must be positive', 'ratio is zero'],
  ['invalid opcode', 'assert'],
]

const said = (error: string): string => NAMES.find(([words]) => error.includes(words))?.[1] ?? error

async function by_contract(stage: Stage, step: Act, amounts: Amounts): Promise<Answer> {
  const { chain, troves, stored } = stage.world
  const who = address_of(step.who)
  const tokens = () => stored.user(who).at(-1) as bigint
  const [tokens_before, before] = [tokens(), await chain.balance(who)]
  const outcome = await ask(stage, step, amounts)
  if (!outcome.ok) return { revert: said(outcome.error), values: [] }
  const values = [(await chain.balance(who)) - before, tokens() - tokens_before]
  const [liquidation] = troves.events(outcome.logs, 'Liquidation')
  const [redemption] = troves.events(outcome.logs, 'Redemption')
  if (liquidation !== undefined) values.push(...([...liquidation] as bigint[]))
  if (redemption !== undefined) values.push(...([...redemption] as bigint[]).slice(1))
  return { revert: undefined, values }
}

// ── what is compared after every act ──

function system_of({ system }: Side): readonly bigint[] {
  const { pool } = system
  return [
    ...[system.coll, system.debt, system.base_rate, system.fee_at],
    ...[
      system.stakes,
      system.stakes_snapshot,
      system.coll_snapshot,
      system.l_coll,
      system.l_debt,
      system.coll_error,
      system.debt_error,
    ],
    ...[pool.total, pool.collateral, pool.p, pool.scale, pool.epoch, pool.sum(pool.epoch, pool.scale)],
    ...[pool.collateral_error, pool.loss_error],
  ]
}

/** What is stored of a trove and a deposit, and what the getters make of it. */
function user_of(side: Side, who: Name): { stored: readonly bigint[]; derived: readonly bigint[] } {
  const { system } = side
  const { pool } = system
  const t = system.troves[id_of(side, who)]
  const { coll, debt } = t === undefined ? { coll: 0n, debt: 0n } : system.entire(id_of(side, who))
  const trove = t === undefined ? [0n, 0n, 0n, 0n, 0n, 0n] : [t.debt, t.coll, t.stake, t.open ? 1n : 0n, t.l_coll, t.l_debt]
  const initial = pool.deposits.get(who)?.initial ?? 0n
  return {
    stored: [...trove, initial, side.surplus.get(who) ?? 0n, tokens_of(side, who)],
    derived: [debt, coll, pool.compounded(who), pool.gain(who)],
  }
}

function same_state({ world, side }: Stage, when: string, tally: Tally): boolean {
  const { stored } = world
  const owners = new Map([...side.trove].map(([name, id]) => [id, address_of(name)]))
  const order = side.system.order.map((id) => owners.get(id))
  tally.same(`${when}: system`, stored.system(), system_of(side))
  tally.same(`${when}: order`, stored.sorted(), order)
  for (const name of USERS) tally.same(`${when}: ${name}`, stored.user(address_of(name)), user_of(side, name).stored)
  return tally.differences.length === 0
}

/** The same by the contracts' own getters. */
async function same_answers({ world, side }: Stage, tally: Tally): Promise<void> {
  const read = async (name: string, args: readonly unknown[] = []) => [
    ...((await world.lens.read(name, args))[0] as Iterable<unknown>),
  ]
  tally.same('in the end: system', await read('system'), system_of(side))
  for (const name of USERS) tally.same(`in the end: ${name}`, await read('user', [address_of(name)]), user_of(side, name).derived)
}

// ── circumstances: told to both ──

/** The least price at which such collateral against such a debt has the ratio. */
const price_for = (coll: bigint, debt: bigint, wanted: bigint): bigint => (wanted * debt + coll - 1n) / coll

async function set_rule({ world, side }: Stage, step: Circumstance): Promise<void> {
  const { system } = side
  if (step.kind === 'wait') {
    system.now += step.seconds
    world.chain.now_s = system.now
    return
  }
  let { price } = system
  if (step.kind === 'price') price = step.price
  else {
    const whole = step.at === 'system'
    if (whole ? system.debt === 0n : !is_open(side, step.at)) return
    const { coll, debt } = whole ? system : system.entire(id_of(side, step.at as Name))
    if (coll === 0n) return
    // At ratio 0: where the trove stands as the system does there is no such price, so the one where the system enters recovery mode.
    const wanted = step.bps === 0n ? (ratio(system.coll, system.debt, system.price) * 9n) / 10n : (step.bps * WAD) / 10_000n
    price = price_for(coll, debt, wanted) + step.off
  }
  system.price = price > 0n ? price : 1n
  await world.price.send(address_of('keeper'), 'set', [system.price])
}

const is_act = (step: Step): step is Act => !['wait', 'price', 'aim'].includes(step.kind)

function meet(step: Act, { revert, values }: Answer, recovery: boolean, before: Side, tally: Tally): void {
  tally.meet(`${step.kind} ${revert ?? 'done'}`)
  if (revert !== undefined || values[5] === undefined) return
  tally.meet(`${step.kind} in ${recovery ? 'recovery' : 'normal'} mode`)
  const troves = (values[5] as bigint) / before.system.terms.gas_compensation
  if (troves > 1n) tally.meet(`${step.kind} of ${troves} in ${recovery ? 'recovery' : 'normal'} mode`)
}

async function check(world: World, value: Case, tally: Tally): Promise<void> {
  const system = new ReferenceLiquity(value.price, ZERO)
  system.now = START_S
  const stage: Stage = { world, side: { system, trove: new Map(), tokens: new Map(), surplus: new Map() } }
  await set_rule(stage, { kind: 'price', price: value.price })
  for (const [i, step] of value.steps.entries()) {
    if (!is_act(step)) {
      await set_rule(stage, step)
      continue
    }
    const before = stage.side
    const recovery = before.system.tcr < (WAD * 3n) / 2n
    const amounts = amounts_of(before, step)
    const when = `step ${i} ${step.kind} by ${step.who} of ${amounts.coll} and ${amounts.tokens}`
    const theirs = await by_contract(stage, step, amounts)
    const ours = by_reference(stage, step, amounts)
    const text = ({ revert, values }: Answer) => revert ?? `done ${values.join(' ')}`
    meet(step, theirs, recovery, before, tally)
    if (stage.side.system.pool.scale > 0n) tally.meet('scale')
    if (stage.side.system.pool.epoch > 0n) tally.meet('epoch')
    if (stage.side.system.l_debt > 0n) tally.meet('redistribution')
    if (!tally.same(when, text(theirs), text(ours))) return
    if (theirs.revert === undefined && !same_state(stage, when, tally)) return
  }
  await same_answers(stage, tally)
}

export const zero = judge<Case>({
  id: 'zero',
  title: 'Sovryn Zero 0.4.0 (fork of Liquity v1)',
  cases: 160,
  must_meet: [
    ...['open done', 'open ICR below CCR', 'open TCR below CCR', 'open net debt too small', 'open trove is open'],
    ...['adjust done', 'adjust ICR below MCR', 'adjust ICR below CCR', 'adjust no withdrawal in recovery mode', 'adjust funds'],
    ...['adjust net debt too small', 'close funds', 'close no closing in recovery mode', 'claim done', 'claim nothing to claim'],
    ...['liquidate in normal mode', 'liquidate in recovery mode', 'listed in normal mode', 'listed of 2 in recovery mode'],
    ...[
      'lowest of 2 in normal mode',
      'lowest of 3 in recovery mode',
      'liquidate nothing to liquidate',
      'redistribution',
      'epoch',
    ],
    ...['provide done', 'take done', 'take no deposit', 'gain no deposit', 'redeem done', 'redeem TCR below MCR', 'redeem funds'],
    ...['redeem nothing redeemed'],
  ],
  open: async (): Promise<Bench<Case>> => {
    const world = await deploy()
    return {
      draw,
      smaller,
      check: async (value) =>
        await world.chain.aside(async () => {
          const tally = new Tally()
          await check(world, value, tally)
          return tally.verdict()
        }),
    }
  },
})
