/**
 * Morpho Blue: the contract of @morpho-org/morpho-blue against src/venues/morpho-blue/reference.ts, every decision and every integer. The
 * adaptive interest-rate model is not on npm as a contract: a model of ours answers what the authors' own SDK computes.
 */
import { AbiCoder, keccak256 } from 'ethers'
import { ReferenceMarket, Revert } from '../../../src/venues/morpho-blue/reference.ts'
import { incentive_factor, PRICE_SCALE, WAD } from '../../../src/venues/morpho-blue/reference-math.ts'
import { actor, Chain, type Contract } from '../harness/chain.ts'
import { type Artifact, compile } from '../harness/compile.ts'
import { type Bench, judge, Tally } from '../harness/judge.ts'
import { type Reader, reader } from '../harness/slots.ts'
import { type Act, type Case, type Circumstance, draw, smaller, type Step, USERS } from './case.ts'

// The package's index wants viem; this file does not.
const { AdaptiveCurveIrmLib } = (await import(
  new URL('../node_modules/@morpho-org/blue-sdk/lib/esm/math/AdaptiveCurveIrmLib.js', import.meta.url).href
)) as {
  AdaptiveCurveIrmLib: {
    getBorrowRate: (
      utilisation: bigint,
      rate_at_target: bigint,
      elapsed_s: bigint,
    ) => { avgBorrowRate: bigint; endRateAtTarget: bigint }
  }
}

const OWNER = actor(1)
const TREASURY = actor(2)
const START_S = 1_750_000_000n
const address_of = (name: string): string => actor(16 + USERS.indexOf(name as never))

interface World {
  readonly chain: Chain
  readonly morpho: Contract
  readonly oracle: Contract
  readonly model: Contract
  readonly tokens: readonly string[]
  readonly read: Reader
}

async function deploy(): Promise<World> {
  const { Morpho, EventsLib } = compile({ solc: '0.8.19', entries: ['@morpho-org/morpho-blue/src/Morpho.sol'], runs: 200 })
  const ours = compile({ solc: '0.8.27', entries: ['unwind/morpho/Helpers.sol', 'unwind/harness/Token.sol'], runs: 200 })
  const chain = await Chain.open()
  chain.now_s = START_S
  const { address } = await chain.deploy(Morpho as Artifact, [OWNER])
  // Its events are a library's.
  const morpho = chain.at(address, [...(Morpho as Artifact).abi, ...(EventsLib as Artifact).abi] as never)
  const oracle = await chain.deploy(ours['Price'] as Artifact)
  const model = await chain.deploy(ours['Model'] as Artifact)
  const tokens: string[] = []
  for (let i = 0; i < 2; i++) {
    const token = await chain.deploy(ours['Token'] as Artifact, [18])
    for (const name of USERS) {
      await token.send(OWNER, 'mint', [address_of(name), 1n << 200n])
      await token.send(address_of(name), 'approve', [address, (1n << 256n) - 1n])
    }
    tokens.push(token.address)
  }
  await morpho.send(OWNER, 'enableIrm', [model.address])
  await morpho.send(OWNER, 'setFeeRecipient', [TREASURY])
  return { chain, morpho, oracle, model, tokens, read: reader(chain.state, Morpho as Artifact) }
}

/** The two sides of a case. */
interface Stage {
  readonly world: World
  readonly params: readonly unknown[]
  readonly id: string
  market: ReferenceMarket
  /** The rate at target by the SDK. */
  rate_at_target: bigint
}

// ── what both sides are told ──

/** What the account may owe in all at this price. */
function limit_of(market: ReferenceMarket, who: string): bigint {
  const { collateral } = market.position(who)
  return (((collateral * (market.price ?? 0n)) / PRICE_SCALE) * market.lltv) / WAD
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** What an amount is part of, in assets. */
function base_of(market: ReferenceMarket, step: Act & { kind: 'withdraw' | 'release' | 'borrow' | 'repay' }): bigint {
  const cash = market.supply_assets - market.borrow_assets
  if (step.of === 'cash') return cash
  if (step.of === 'less') return least(cash, base_of(market, { ...step, of: 'own' }))
  if (step.kind === 'release') return market.position(step.who).collateral
  if (step.kind === 'repay') return market.debt_of(step.who)
  if (step.kind === 'withdraw') return market.claim_of(step.who)
  const room = limit_of(market, step.who) - market.debt_of(step.who)
  return room > 0n ? room : 0n
}

/** In the unit that the step gives. */
function size_of(market: ReferenceMarket, step: Act): bigint {
  if (step.kind === 'supply' || step.kind === 'secure') return step.amount
  if (step.kind === 'accrue' || step.kind === 'fee') return 0n
  if (step.kind === 'liquidate') {
    const { collateral, borrow_shares } = market.position(step.whom)
    const price = market.price ?? 0n
    const debt = market.debt_of(step.whom)
    const factor = incentive_factor(market.lltv)
    const whole = price === 0n ? collateral : least(collateral, (debt * factor * PRICE_SCALE) / WAD / price)
    const worth = debt === 0n ? 0n : (borrow_shares * ((collateral * price * WAD) / PRICE_SCALE / factor)) / debt
    const base = step.by === 'collateral' ? (step.of === 'all' ? collateral : whole) : step.of === 'all' ? borrow_shares : worth
    const size = (base * step.bps) / 10_000n + step.off
    return size < 0n ? 0n : size
  }
  const { supply_shares, borrow_shares } = market.position(step.who)
  const assets = base_of(market, step)
  const own = step.kind === 'withdraw' ? supply_shares : step.kind === 'repay' ? borrow_shares : undefined
  const base = step.unit === 'assets' || step.kind === 'release' ? assets : (own ?? assets * 1_000_000n)
  const size = (base * step.bps) / 10_000n + step.off
  return size < 0n ? 0n : size
}

/** The least price at which the account is healthy; undefined where there is none. */
function price_for(market: ReferenceMarket, whom: string): bigint | undefined {
  if (market.position(whom).borrow_shares === 0n) return undefined
  const debt = market.debt_of(whom)
  const healthy = (price: bigint): boolean => limit_of(Object.assign(copy_of(market), { price }), whom) >= debt
  let [low, high] = [0n, 1n << 127n]
  if (!healthy(high)) return undefined
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (healthy(middle)) high = middle
    else low = middle
  }
  return high
}

// ── acts: both sides answer ──

interface Answer {
  readonly revert: string | undefined
  readonly values: readonly bigint[]
}

/** The contract leaves these to the language. */
const NAMES: Readonly<Record<string, string>> = {
  underflow: 'panic: overflow',
  overflow: 'panic: overflow',
  'division by zero': 'panic: division by zero',
}

function copy_of(market: ReferenceMarket): ReferenceMarket {
  const positions = new Map([...market.positions].map(([who, position]) => [who, { ...position }]))
  return Object.assign(Object.create(ReferenceMarket.prototype) as ReferenceMarket, market, { positions })
}

function act(market: ReferenceMarket, step: Act, size: bigint): readonly bigint[] {
  if (step.kind === 'accrue') market.accrue()
  else if (step.kind === 'fee') {
    const fee = step.bps * 10n ** 14n
    if (fee === market.fee) throw new Revert('already set')
    market.accrue()
    market.fee = fee
  } else if (step.kind === 'secure') market.supply_collateral(step.who, size)
  else if (step.kind === 'release') market.withdraw_collateral(step.who, size)
  else if (step.kind === 'liquidate') {
    const out = market.liquidate(step.whom, step.by === 'collateral' ? size : 0n, step.by === 'shares' ? size : 0n)
    return [out.seized, out.repaid, out.repaid_shares, out.bad_debt, out.bad_debt_shares]
  } else {
    const { assets, shares } = market[step.kind](step.who, step.unit === 'assets' ? size : 0n, step.unit === 'shares' ? size : 0n)
    return [assets, shares]
  }
  return []
}

function by_reference(stage: Stage, step: Act, size: bigint): Answer {
  const market = copy_of(stage.market)
  try {
    const values = act(market, step, size)
    stage.market = market
    return { revert: undefined, values }
  } catch (error) {
    if (!(error instanceof Revert)) throw error
    return { revert: NAMES[error.message] ?? error.message, values: [] }
  }
}

/** The call of a step: its name, its arguments after the market's parameters, and whether there are any. */
function call_of(step: Act, size: bigint): readonly [string, readonly unknown[]] {
  const who = address_of(step.who)
  const [assets, shares] = 'unit' in step && step.unit === 'shares' ? [0n, size] : [size, 0n]
  if (step.kind === 'accrue') return ['accrueInterest', []]
  if (step.kind === 'fee') return ['setFee', [step.bps * 10n ** 14n]]
  if (step.kind === 'secure') return ['supplyCollateral', [size, who, '0x']]
  if (step.kind === 'release') return ['withdrawCollateral', [size, who, who]]
  if (step.kind === 'liquidate') {
    const [seized, repaid] = step.by === 'collateral' ? [size, 0n] : [0n, size]
    return ['liquidate', [address_of(step.whom), seized, repaid, '0x']]
  }
  return [step.kind, [assets, shares, who, step.kind === 'withdraw' || step.kind === 'borrow' ? who : '0x']]
}

const FIELDS = ['totalSupplyAssets', 'totalSupplyShares', 'totalBorrowAssets', 'totalBorrowShares'] as const

/** What the model is asked now, answered by the SDK from the contract's own totals. */
function rate_now({ world, id, rate_at_target }: Stage): { avgBorrowRate: bigint; endRateAtTarget: bigint } {
  const [supplied = 0n, , borrowed = 0n] = FIELDS.map((field) => world.read(world.morpho.address, 'market', id, field))
  const elapsed = world.chain.now_s - world.read(world.morpho.address, 'market', id, 'lastUpdate')
  return AdaptiveCurveIrmLib.getBorrowRate(supplied > 0n ? (borrowed * WAD) / supplied : 0n, rate_at_target, elapsed)
}

async function by_contract(stage: Stage, step: Act, size: bigint): Promise<Answer> {
  const { world, params, id } = stage
  const { morpho, model, read } = world
  const { avgBorrowRate, endRateAtTarget } = rate_now(stage)
  await model.send(OWNER, 'set', [avgBorrowRate])
  const before = read(morpho.address, 'market', id, 'lastUpdate')
  const [name, args] = call_of(step, size)
  const outcome = await morpho.attempt(step.kind === 'fee' ? OWNER : address_of(step.who), name, [params, ...args])
  if (!outcome.ok) return { revert: outcome.error.replace('no price', 'oracle'), values: [] }
  if (read(morpho.address, 'market', id, 'lastUpdate') !== before) stage.rate_at_target = endRateAtTarget
  const values = [...(morpho.abi.decodeFunctionResult(name, outcome.data) as Iterable<bigint>)]
  const [event] = morpho.events(outcome.logs, 'Liquidate')
  if (event !== undefined)
    values.push(event['repaidShares'] as bigint, event['badDebtAssets'] as bigint, event['badDebtShares'] as bigint)
  return { revert: undefined, values }
}

function same_state({ world, id, market, rate_at_target }: Stage, when: string, tally: Tally): boolean {
  const { morpho, read } = world
  const theirs = FIELDS.map((field) => read(morpho.address, 'market', id, field))
  tally.same(`${when}: market`, theirs, [market.supply_assets, market.supply_shares, market.borrow_assets, market.borrow_shares])
  tally.same(`${when}: rate at target`, rate_at_target, market.rate_at_target)
  const position = (who: string) =>
    ['supplyShares', 'borrowShares', 'collateral'].map((field) => read(morpho.address, 'position', id, who, field))
  for (const name of USERS) {
    const { supply_shares, borrow_shares, collateral } = market.position(name)
    tally.same(`${when}: ${name}`, position(address_of(name)), [supply_shares, borrow_shares, collateral])
  }
  tally.same(`${when}: fees`, position(TREASURY), [market.fee_shares, 0n, 0n])
  return tally.differences.length === 0
}

// ── circumstances: told to both ──

async function set_rule(stage: Stage, step: Circumstance): Promise<void> {
  const { world, market } = stage
  let price = market.price
  if (step.kind === 'wait') {
    market.now_s += step.seconds
    world.chain.now_s = START_S + market.now_s
    return
  }
  if (step.kind === 'price') price = step.price
  else if (step.kind === 'aim') {
    const at = price_for(market, step.whom)
    if (at === undefined) return
    price = at + step.off < 0n ? 0n : at + step.off
  } else if (step.dead) {
    market.price = undefined
    return void (await world.oracle.send(OWNER, 'set', [0n, true]))
  } else price = PRICE_SCALE
  market.price = price
  await world.oracle.send(OWNER, 'set', [price ?? 0n, price === undefined])
}

const is_act = (step: Step): step is Act => !['wait', 'price', 'aim', 'oracle'].includes(step.kind)

async function open_market(world: World, { lltv, price }: Case): Promise<Stage> {
  const { morpho, oracle, model, tokens } = world
  await morpho.send(OWNER, 'enableLltv', [lltv])
  await oracle.send(OWNER, 'set', [price, false])
  const params = [...tokens, oracle.address, model.address, lltv]
  await morpho.send(OWNER, 'createMarket', [params])
  const types = ['address', 'address', 'address', 'address', 'uint256']
  // The model is asked once when the market is made.
  const { endRateAtTarget } = AdaptiveCurveIrmLib.getBorrowRate(0n, 0n, 0n)
  return {
    world,
    params,
    id: keccak256(AbiCoder.defaultAbiCoder().encode(types, params)),
    market: new ReferenceMarket(lltv, price),
    rate_at_target: endRateAtTarget,
  }
}

function meet(step: Act, { revert, values }: Answer, tally: Tally): void {
  tally.meet(`${step.kind} ${revert ?? 'done'}`)
  if (step.kind !== 'liquidate' || revert !== undefined) return
  tally.meet(`liquidate by ${step.by}`)
  const [seized, repaid, , bad, bad_shares] = values
  if ((bad ?? 0n) > 0n) tally.meet('liquidate bad debt')
  if (bad === 0n && (bad_shares ?? 0n) > 0n) tally.meet('liquidate bad shares that are worth nothing')
  if (seized === 0n) tally.meet('liquidate for nothing')
  if (repaid === 0n) tally.meet('liquidate at no cost')
}

async function check(world: World, value: Case, tally: Tally): Promise<void> {
  const stage = await open_market(world, value)
  for (const [i, step] of value.steps.entries()) {
    if (!is_act(step)) {
      await set_rule(stage, step)
      continue
    }
    const size = size_of(stage.market, step)
    const when = `step ${i} ${step.kind} of ${size}`
    const theirs = await by_contract(stage, step, size)
    const ours = by_reference(stage, step, size)
    const text = ({ revert, values }: Answer) => revert ?? `done ${values.join(' ')}`
    meet(step, theirs, tally)
    if (!tally.same(when, text(theirs), text(ours)) || !same_state(stage, when, tally)) return
  }
}

export const morpho = judge<Case>({
  id: 'morpho',
  title: 'Morpho Blue (morpho-blue 1.0.0)',
  cases: 160,
  must_meet: [
    ...['supply done', 'secure done', 'withdraw done', 'withdraw insufficient liquidity', 'withdraw panic: overflow'],
    ...['release done', 'release insufficient collateral', 'borrow done', 'borrow insufficient collateral'],
    ...['borrow insufficient liquidity', 'repay done', 'repay panic: overflow', 'accrue done', 'fee done'],
    ...['liquidate by collateral', 'liquidate by shares', 'liquidate bad debt', 'liquidate position is healthy'],
    ...['liquidate panic: overflow', 'liquidate panic: division by zero', 'liquidate oracle', 'liquidate at no cost'],
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
