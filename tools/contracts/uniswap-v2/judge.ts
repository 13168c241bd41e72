/** Uniswap v2: the pair of @uniswap/v2-core against src/markets/constant-product/reference.ts. Shares, swaps, the protocol's part of the fee. */
import type { Rng } from '../../../src/math/index.ts'
import { amount_in, amount_out, ReferencePair, Revert } from '../../../src/markets/constant-product/reference.ts'
import { actor, Chain, type Contract, type Outcome } from '../harness/chain.ts'
import { type Artifact, compile, shipped } from '../harness/compile.ts'
import { across, between, chance, pick } from '../harness/draw.ts'
import { type Bench, judge, Tally } from '../harness/judge.ts'

const OWNER = actor(1)
const TRADER = actor(2)
const PROTOCOL = actor(3)
const POOL = '@uniswap/v2-core/build'

/** Both amounts of a deposit; shares in parts of 10,000 of what the owner has; a swap of what one token buys, give or take. */
type Step =
  | { readonly kind: 'mint'; readonly amount0: bigint; readonly amount1: bigint }
  | { readonly kind: 'burn'; readonly bps: bigint }
  | { readonly kind: 'swap'; readonly zero_in: boolean; readonly amount: bigint; readonly more: bigint; readonly back: bigint }
  | { readonly kind: 'buy'; readonly zero_in: boolean; readonly bps: bigint; readonly less: bigint }

interface Case {
  readonly protocol_fee: boolean
  readonly steps: readonly Step[]
}

const amount = (rng: Rng): bigint => (chance(rng, 0.02) ? between(rng, 1n << 110n, 1n << 113n) : across(rng, 1n, 10n ** 30n))

function draw_step(rng: Rng): Step {
  const kind = pick(rng, ['mint', 'burn', 'swap', 'swap', 'swap', 'buy', 'buy'] as const)
  if (kind === 'mint') return { kind, amount0: amount(rng), amount1: amount(rng) }
  if (kind === 'burn') return { kind, bps: between(rng, 1n, 10_000n) }
  const zero_in = chance(rng, 0.5)
  if (kind === 'buy')
    return { kind, zero_in, bps: chance(rng, 0.05) ? 10_000n : between(rng, 1n, 10_000n), less: pick(rng, [0n, 0n, 1n, 2n]) }
  const more = pick(rng, [0n, 0n, 1n, -1n, 1000n])
  return { kind, zero_in, amount: chance(rng, 0.05) ? 0n : amount(rng), more, back: chance(rng, 0.2) ? amount(rng) : 0n }
}

/** The first deposit is sized like a pool's, except one in ten, which is tiny. */
function draw(rng: Rng): Case {
  const [low, high] = chance(rng, 0.1) ? [1n, 10n ** 5n] : [10n ** 9n, 10n ** 30n]
  const first: Step = { kind: 'mint', amount0: across(rng, low, high), amount1: across(rng, low, high) }
  return { protocol_fee: chance(rng, 0.5), steps: [first, ...Array.from({ length: 7 }, () => draw_step(rng))] }
}

interface World {
  readonly chain: Chain
  readonly factory: Contract
  readonly pair: Contract
  readonly tokens: readonly [Contract, Contract]
}

async function deploy(): Promise<World> {
  const { Token } = compile({ solc: '0.8.27', entries: ['unwind/harness/Token.sol'] })
  const chain = await Chain.open()
  const factory = await chain.deploy(shipped(`${POOL}/UniswapV2Factory.json`), [OWNER])
  const made = [await chain.deploy(Token as Artifact, [18]), await chain.deploy(Token as Artifact, [18])] as const
  const tokens = made[0].address.toLowerCase() < made[1].address.toLowerCase() ? made : ([made[1], made[0]] as const)
  await factory.send(OWNER, 'createPair', [tokens[0].address, tokens[1].address])
  const [address] = await factory.read('getPair', [tokens[0].address, tokens[1].address])
  return { chain, factory, pair: chain.at(address as string, shipped(`${POOL}/UniswapV2Pair.json`).abi as never), tokens }
}

/** What the step sends in and asks out, by the reserves as they are. */
function flows(step: Step & { kind: 'swap' | 'buy' }, pair: ReferencePair): [bigint, bigint, bigint, bigint] {
  const [x, y] = step.zero_in ? [pair.reserve0, pair.reserve1] : [pair.reserve1, pair.reserve0]
  if (step.kind === 'swap') {
    const out = x === 0n ? 1n : amount_out(step.amount, x, y) + step.more
    const asked = out < 0n ? 0n : out
    return step.zero_in ? [step.amount, step.back, 0n, asked] : [step.back, step.amount, asked, 0n]
  }
  const wanted = (y * step.bps) / 10_000n
  const paid = wanted < y ? amount_in(wanted, x, y) - step.less : 1n
  const sent = paid < 0n ? 0n : paid
  return step.zero_in ? [sent, 0n, 0n, wanted] : [0n, sent, wanted, 0n]
}

/** One side's answer: amounts, or why not. */
type Answer = { readonly revert: string } | { readonly values: readonly bigint[] }

function by_reference(work: () => readonly bigint[]): Answer {
  try {
    return { values: work() }
  } catch (error) {
    if (error instanceof Revert) return { revert: error.message }
    throw error
  }
}

const by_contract = (outcome: Outcome, decode: (outcome: Outcome & { ok: true }) => readonly bigint[]): Answer =>
  outcome.ok ? { values: decode(outcome) } : { revert: outcome.error.replace('UniswapV2: ', '') }

async function ask(world: World, step: Step, pair: ReferencePair): Promise<[Answer, Answer]> {
  const { pair: contract, tokens } = world
  const deposit = async (a: bigint, b: bigint) => {
    for (const [token, x] of [
      [tokens[0], a],
      [tokens[1], b],
    ] as const)
      if (x > 0n) await token.send(TRADER, 'mint', [contract.address, x])
  }
  if (step.kind === 'mint') {
    await deposit(step.amount0, step.amount1)
    const outcome = await contract.attempt(OWNER, 'mint', [OWNER])
    const shares = (o: Outcome) => contract.abi.decodeFunctionResult('mint', o.data) as unknown as bigint[]
    return [by_contract(outcome, shares), by_reference(() => [pair.mint(step.amount0, step.amount1)])]
  }
  if (step.kind === 'burn') {
    const [owned] = (await contract.read('balanceOf', [OWNER])) as unknown as [bigint]
    const shares = (owned * step.bps) / 10_000n
    await contract.send(OWNER, 'transfer', [contract.address, shares])
    const outcome = await contract.attempt(OWNER, 'burn', [OWNER])
    const paid = (o: Outcome) => contract.abi.decodeFunctionResult('burn', o.data) as unknown as bigint[]
    const mine = by_reference(() => {
      const { amount0, amount1 } = pair.burn(shares)
      return [amount0, amount1]
    })
    return [by_contract(outcome, paid), mine]
  }
  const [in0, in1, out0, out1] = flows(step, pair)
  await deposit(in0, in1)
  const outcome = await contract.attempt(TRADER, 'swap', [out0, out1, TRADER, '0x'])
  const mine = by_reference(() => {
    pair.swap(in0, in1, out0, out1)
    return []
  })
  return [by_contract(outcome, () => []), mine]
}

const state_of = (pair: ReferencePair): readonly bigint[] => [pair.reserve0, pair.reserve1, pair.supply, pair.protocol_shares]

async function state_at({ pair }: World): Promise<readonly bigint[]> {
  const [reserve0, reserve1] = (await pair.read('getReserves')) as unknown as [bigint, bigint]
  const [supply] = (await pair.read('totalSupply')) as unknown as [bigint]
  const [protocol] = (await pair.read('balanceOf', [PROTOCOL])) as unknown as [bigint]
  return [reserve0, reserve1, supply, protocol]
}

async function check(world: World, { protocol_fee, steps }: Case, tally: Tally): Promise<void> {
  const { chain, factory } = world
  const mine = new ReferencePair(protocol_fee)
  if (protocol_fee) await factory.send(OWNER, 'setFeeTo', [PROTOCOL])
  for (const [i, step] of steps.entries()) {
    // A pool that nobody paid into knows only deposits.
    if (mine.supply === 0n && step.kind !== 'mint') continue
    // What a refused call had sent before it goes back: the real caller sends and calls in one transaction.
    await chain.state.checkpoint()
    const [theirs, ours] = await ask(world, step, mine)
    await ('revert' in theirs ? chain.state.revert() : chain.state.commit())
    const text = (answer: Answer) => ('revert' in answer ? answer.revert : answer.values.join(' '))
    tally.meet(`${step.kind} ${'revert' in theirs ? theirs.revert : 'done'}`)
    if (!tally.same(`step ${i} ${step.kind}`, text(theirs), text(ours))) return
    if (!tally.same(`step ${i} ${step.kind}: reserves, shares, protocol's shares`, await state_at(world), state_of(mine))) return
  }
  if (mine.protocol_shares > 0n) tally.meet('protocol fee')
}

function* smaller(value: Case): Iterable<Case> {
  for (const i of value.steps.keys()) yield { ...value, steps: value.steps.filter((_, k) => k !== i) }
}

export const uniswapV2 = judge<Case>({
  id: 'uniswap-v2',
  title: 'Uniswap v2 (v2-core 1.0.1)',
  cases: 200,
  must_meet: [
    ...['mint done', 'mint INSUFFICIENT_LIQUIDITY_MINTED', 'mint ds-math-sub-underflow', 'swap OVERFLOW'],
    ...['burn done', 'burn INSUFFICIENT_LIQUIDITY_BURNED', 'swap done', 'swap K', 'swap INSUFFICIENT_OUTPUT_AMOUNT'],
    ...['swap INSUFFICIENT_INPUT_AMOUNT', 'buy done', 'buy K', 'buy INSUFFICIENT_LIQUIDITY', 'protocol fee'],
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
