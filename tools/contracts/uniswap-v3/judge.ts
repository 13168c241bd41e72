/** Uniswap v3: the pool of @uniswap/v3-core against src/markets/concentrated/reference.ts. Swaps, positions, and the fees they earn. */
import { solidityPackedKeccak256 } from 'ethers'
import {
  MAX_SQRT,
  MAX_TICK,
  MIN_SQRT,
  MIN_TICK,
  ReferencePool,
  Revert,
  sqrt_at,
} from '../../../src/markets/concentrated/reference.ts'
import type { Rng } from '../../../src/math/index.ts'
import { actor, Chain, type Contract } from '../harness/chain.ts'
import { type Artifact, compile, shipped } from '../harness/compile.ts'
import { across, between, chance, pick } from '../harness/draw.ts'
import { type Bench, judge, Tally } from '../harness/judge.ts'

const OWNER = actor(1)
const CORE = '@uniswap/v3-core/artifacts/contracts'

type Step =
  | { readonly kind: 'mint'; readonly lower: number; readonly upper: number; readonly liquidity: bigint }
  /** Part of what the n-th known position has, basis points; 0 only counts its fees. */
  | { readonly kind: 'burn'; readonly nth: number; readonly bps: bigint; readonly more: bigint }
  /** The limit is a root, so many spacings from where the price is, give or take units of the root. */
  | { readonly kind: 'swap'; readonly falling: boolean; readonly amount: bigint; readonly reach: number; readonly off: bigint }

interface Case {
  readonly fee: number
  readonly spacing: number
  readonly sqrt: bigint
  readonly steps: readonly Step[]
}

/** The tiers of the factory, and some that its owner might add. */
const TIERS = [
  ...([
    [500, 10],
    [3000, 60],
    [10_000, 200],
  ] as const),
  ...([
    [100, 1],
    [1, 2],
    [250_000, 1000],
    [999_999, 16_383],
  ] as const),
] as const

const clamp = (tick: number, spacing: number): number => {
  const most = Math.floor(MAX_TICK / spacing) * spacing
  return Math.min(Math.max(tick, -most), most)
}

function draw_range(rng: Rng, near: number, spacing: number): [number, number] {
  if (chance(rng, 0.08)) return [clamp(MIN_TICK, spacing), clamp(MAX_TICK, spacing)]
  const at = Math.floor(near / spacing) + rng.uniformInt(41) - 20
  const width = 1 + rng.uniformInt(chance(rng, 0.5) ? 3 : 60)
  return [clamp(at * spacing, spacing), clamp((at + width) * spacing, spacing)]
}

const draw_liquidity = (rng: Rng): bigint => across(rng, 1n, chance(rng, 0.03) ? 1n << 127n : 1n << 100n)

function draw_step(rng: Rng, near: number, spacing: number): Step {
  const kind = pick(rng, ['mint', 'mint', 'burn', 'swap', 'swap', 'swap', 'swap', 'swap'] as const)
  if (kind === 'mint') {
    const [lower, upper] = draw_range(rng, near, spacing)
    const crooked = chance(rng, 0.03) && spacing > 1 ? 1 : 0
    if (chance(rng, 0.03)) return { kind, lower: upper, upper: lower, liquidity: draw_liquidity(rng) }
    if (chance(rng, 0.02)) return { kind, lower: MIN_TICK - 1, upper, liquidity: 1n }
    if (chance(rng, 0.02)) return { kind, lower, upper: MAX_TICK + 1, liquidity: 1n }
    return { kind, lower: lower + crooked, upper, liquidity: draw_liquidity(rng) }
  }
  if (kind === 'burn') {
    const bps = pick(rng, [0n, 10_000n, between(rng, 1n, 9999n)])
    return { kind, nth: rng.uniformInt(1000), bps, more: chance(rng, 0.1) ? 1n : 0n }
  }
  const size = chance(rng, 0.03) ? 0n : across(rng, 1n, 1n << 120n)
  const reach = chance(rng, 0.05) ? pick(rng, [0, -1]) : 1 + rng.uniformInt(chance(rng, 0.7) ? 20 : 300)
  const off = pick(rng, [0n, 0n, 1n, -1n])
  return { kind, falling: chance(rng, 0.5), amount: chance(rng, 0.5) ? size : -size, reach, off }
}

/** A pool somewhere on the scale, positions about its price, and trades among them. */
function draw(rng: Rng): Case {
  const [fee, spacing] = pick(rng, TIERS)
  const span = chance(rng, 0.2) ? MAX_TICK - 1 : 60_000
  const tick = rng.uniformInt(2 * span) - span
  const sqrt = chance(rng, 0.3) ? sqrt_at(tick) : between(rng, sqrt_at(tick), sqrt_at(tick + 1) - 1n)
  const steps: Step[] = []
  for (let i = 2 + rng.uniformInt(4); i > 0; i--) {
    const [lower, upper] = draw_range(rng, tick, spacing)
    steps.push({ kind: 'mint', lower, upper, liquidity: across(rng, 10n ** 6n, 1n << 90n) })
  }
  for (let i = 0; i < 10; i++) steps.push(draw_step(rng, tick, spacing))
  return { fee, spacing, sqrt, steps }
}

interface World {
  readonly chain: Chain
  readonly trader: Contract
  /** A pool a fee tier, not yet initialised. */
  readonly pools: ReadonlyMap<number, Contract>
}

async function deploy(): Promise<World> {
  const ours = compile({ solc: '0.8.27', entries: ['unwind/harness/Token.sol', 'unwind/uniswap-v3/Trader.sol'], runs: 200 })
  const chain = await Chain.open()
  const factory = await chain.deploy(shipped(`${CORE}/UniswapV3Factory.sol/UniswapV3Factory.json`), [], {}, OWNER)
  for (const [fee, spacing] of TIERS.slice(3)) await factory.send(OWNER, 'enableFeeAmount', [fee, spacing])
  const [a, b] = [await chain.deploy(ours['Token'] as Artifact, [18]), await chain.deploy(ours['Token'] as Artifact, [18])]
  const { abi } = shipped(`${CORE}/UniswapV3Pool.sol/UniswapV3Pool.json`)
  const pools = new Map<number, Contract>()
  for (const [fee] of TIERS) {
    const [address] = await factory.send(OWNER, 'createPool', [a.address, b.address, fee])
    pools.set(fee, chain.at(address as string, abi as never))
  }
  return { chain, trader: await chain.deploy(ours['Trader'] as Artifact), pools }
}

/** Amounts, or why not. */
interface Answer {
  readonly revert: string | undefined
  readonly values: readonly bigint[]
}

/** What both sides are asked: the call on the contract, and the same of the reference. */
function asked(
  step: Step,
  mine: ReferencePool,
): { name: string; args: readonly unknown[]; run: () => { amount0: bigint; amount1: bigint } } | undefined {
  if (step.kind === 'mint') {
    const { lower, upper, liquidity } = step
    return { name: 'mint', args: [lower, upper, liquidity], run: () => mine.add(lower, upper, liquidity) }
  }
  if (step.kind === 'burn') {
    const known = [...mine.positions]
    const found = known[step.nth % Math.max(known.length, 1)]
    if (found === undefined) return undefined
    const [name, { liquidity }] = found
    const [lower = 0, upper = 0] = name.split(' ').map(Number)
    const size = (liquidity * step.bps) / 10_000n + step.more
    return {
      name: 'burn',
      args: [lower, upper, size],
      run: () => {
        const { amount0, amount1 } = mine.add(lower, upper, -size)
        return { amount0: -amount0, amount1: -amount1 }
      },
    }
  }
  const { falling, amount, reach, off } = step
  const to = (Math.floor(mine.tick / mine.spacing) + (falling ? 1 - reach : reach)) * mine.spacing
  const at = sqrt_at(Math.min(Math.max(to, MIN_TICK), MAX_TICK)) + off
  const limit = reach === 0 ? (falling ? MIN_SQRT : MAX_SQRT) : at < 0n ? 0n : at
  return { name: 'swap', args: [falling, amount, limit], run: () => mine.swap(falling, amount, limit) }
}

function by_reference(run: () => { amount0: bigint; amount1: bigint }): Answer {
  try {
    const { amount0, amount1 } = run()
    return { revert: undefined, values: [amount0, amount1] }
  } catch (error) {
    if (error instanceof Revert) return { revert: error.message, values: [] }
    throw error
  }
}

/** Refusals that the contract gives no reason for. */
const UNSAID = new Set(['ticks', 'liquidity beyond 127 bits', 'token 0 is exhausted', 'token 1 is exhausted'])

/** Price, tick, liquidity and fees; with `all`, every tick and position that the reference knows. */
async function same_state(
  world: World,
  pool: Contract,
  mine: ReferencePool,
  when: string,
  all: boolean,
  tally: Tally,
): Promise<boolean> {
  const read = async (name: string, args: readonly unknown[] = []) => [...((await pool.read(name, args)) as Iterable<bigint>)]
  const [sqrt, tick] = await read('slot0')
  tally.same(`${when}: root`, sqrt, mine.sqrt)
  tally.same(`${when}: tick`, tick, mine.tick)
  tally.same(`${when}: liquidity`, await read('liquidity'), mine.liquidity)
  tally.same(`${when}: fees of token 0`, await read('feeGrowthGlobal0X128'), mine.fees[0])
  tally.same(`${when}: fees of token 1`, await read('feeGrowthGlobal1X128'), mine.fees[1])
  if (!all) return tally.differences.length === 0
  for (const [at, { gross, net, outside }] of mine.ticks)
    tally.same(`${when}: tick ${at}`, (await read('ticks', [at])).slice(0, 4), [gross, net, ...outside])
  for (const [name, { liquidity, inside, owed }] of mine.positions) {
    const key = solidityPackedKeccak256(['address', 'int24', 'int24'], [world.trader.address, ...name.split(' ')])
    tally.same(`${when}: position ${name}`, await read('positions', [key]), [liquidity, ...inside, ...owed])
  }
  return tally.differences.length === 0
}

async function check(world: World, { fee, spacing, sqrt, steps }: Case, tally: Tally): Promise<void> {
  const { trader } = world
  const pool = world.pools.get(fee) as Contract
  await pool.send(OWNER, 'initialize', [sqrt])
  const mine = new ReferencePool(BigInt(fee), spacing, sqrt)
  for (const [i, step] of steps.entries()) {
    const call = asked(step, mine)
    if (call === undefined) continue
    const when = `step ${i} ${call.name} ${call.args.join(' ')}`
    const before = mine.tick
    const outcome = await trader.attempt(OWNER, call.name, [pool.address, ...call.args])
    const ours = by_reference(call.run)
    const theirs: Answer = outcome.ok
      ? { revert: undefined, values: [...(trader.abi.decodeFunctionResult(call.name, outcome.data) as Iterable<bigint>)] }
      : { revert: outcome.error, values: [] }
    const plain = ours.revert !== undefined && UNSAID.has(ours.revert) ? 'revert' : ours.revert
    tally.meet(`${call.name} ${plain === 'revert' ? ours.revert : (theirs.revert ?? 'done')}`)
    if (call.name === 'swap' && outcome.ok) tally.meet(mine.tick === before ? 'swap inside a tick' : 'swap over ticks')
    if (!tally.same(when, theirs.revert ?? theirs.values, plain ?? ours.values)) return
    if (theirs.revert === undefined && !(await same_state(world, pool, mine, when, step.kind === 'burn', tally))) return
  }
  await same_state(world, pool, mine, 'in the end', true, tally)
}

function* smaller(value: Case): Iterable<Case> {
  for (const i of value.steps.keys()) yield { ...value, steps: value.steps.filter((_, k) => k !== i) }
}

export const uniswapV3 = judge<Case>({
  id: 'uniswap-v3',
  title: 'Uniswap v3 (v3-core 1.0.1)',
  cases: 150,
  must_meet: [
    ...['mint done', 'mint TLM', 'mint TLU', 'mint TUM', 'mint ticks', 'burn done', 'burn LS', 'burn NP'],
    ...['swap done', 'swap AS', 'swap SPL', 'swap inside a tick', 'swap over ticks'],
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
