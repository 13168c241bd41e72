/** The whole of Sovryn Zero 0.4.0 as its package ships it, compiled by its authors; price, fee collector and rewards are ours. */
import { actor, Chain, type Contract } from '../harness/chain.ts'
import { type Artifact, compile, shipped } from '../harness/compile.ts'
import { type Storage, storage } from './storage.ts'

const NOBODY = `0x${'0'.repeat(40)}`
const ADMIN = actor(1)
export const START_S = 1_750_000_000n
/** Owners of troves, depositors and redeemers; and one who liquidates. */
export const OWNERS = ['alice', 'bob', 'carol', 'dave', 'erin'] as const
export const USERS = [...OWNERS, 'keeper'] as const
export type Name = (typeof USERS)[number]
export const address_of = (name: Name): string => actor(16 + USERS.indexOf(name))
/** What everybody has of the native currency at the start of a case. */
const PURSE = 1n << 128n

export interface World {
  readonly chain: Chain
  readonly loans: Contract
  readonly troves: Contract
  readonly pool: Contract
  readonly token: Contract
  readonly price: Contract
  readonly lens: Contract
  readonly stored: Storage
}

const artifact = (path: string): Artifact =>
  shipped(`@sovryn-zero/contracts/artifacts/contracts/${path}.sol/${path.split('/').at(-1)}.json`)

/** The contracts that know each other, and who stands in for the rest. */
type Parts = Readonly<
  Record<
    | 'params'
    | 'active'
    | 'defaulted'
    | 'surplus'
    | 'gas'
    | 'list'
    | 'fees'
    | 'token'
    | 'redemption'
    | 'troves'
    | 'pool'
    | 'loans'
    | 'price'
    | 'bystander',
    Contract
  >
>

async function introduce(parts: Parts): Promise<void> {
  const at = (...names: (keyof Parts)[]) => names.map((name) => parts[name].address)
  const to = async (name: keyof Parts, call: string, args: readonly unknown[]) => await parts[name].send(ADMIN, call, args)
  await to('params', 'initialize', [])
  await to('active', 'setAddresses', at('loans', 'troves', 'pool', 'defaulted'))
  await to('defaulted', 'setAddresses', at('troves', 'active'))
  await to('surplus', 'setAddresses', at('loans', 'troves', 'active'))
  await to('list', 'setParams', [1_000_000n, ...at('troves', 'loans')])
  await to('token', 'initialize', at('troves', 'pool', 'loans'))
  await to('fees', 'setAddresses', at('bystander', 'bystander', 'loans', 'troves', 'bystander', 'token', 'active'))
  const troves = at(
    'fees',
    'redemption',
    'params',
    'loans',
    'active',
    'defaulted',
    'pool',
    'gas',
    'surplus',
    'price',
    'token',
    'list',
  )
  await to('troves', 'setAddresses', [[...troves, ...at('bystander', 'bystander')]])
  await to('pool', 'setAddresses', at('params', 'loans', 'troves', 'active', 'token', 'list', 'price', 'bystander'))
  const loans = at(
    'fees',
    'params',
    'troves',
    'active',
    'defaulted',
    'pool',
    'gas',
    'surplus',
    'price',
    'list',
    'token',
    'bystander',
  )
  await to('loans', 'setAddresses', loans)
}

export async function deploy(): Promise<World> {
  const ours = compile({ solc: '0.8.27', entries: ['unwind/zero/Helpers.sol'], runs: 200 })
  const chain = await Chain.open()
  chain.now_s = START_S
  const make = async (one: Artifact, args: readonly unknown[] = []) => await chain.deploy(one, args, {}, ADMIN)
  const parts: Parts = {
    params: await make(artifact('LiquityBaseParams')),
    active: await make(artifact('ActivePool')),
    defaulted: await make(artifact('DefaultPool')),
    surplus: await make(artifact('CollSurplusPool')),
    gas: await make(ours['Bystander'] as Artifact),
    list: await make(artifact('SortedTroves')),
    fees: await make(artifact('FeeDistributor')),
    token: await make(artifact('ZUSDToken')),
    // No bootstrap period.
    redemption: await make(artifact('Dependencies/TroveManagerRedeemOps'), [0n, NOBODY]),
    troves: await make(artifact('TroveManager'), [0n, NOBODY]),
    pool: await make(artifact('StabilityPool'), [NOBODY]),
    loans: await make(artifact('BorrowerOperations'), [NOBODY]),
    price: await make(ours['Price'] as Artifact),
    bystander: await make(ours['Bystander'] as Artifact),
  }
  await introduce(parts)
  const seen = (['active', 'defaulted', 'troves', 'pool'] as const).map((name) => parts[name].address)
  const lens = await make(ours['Lens'] as Artifact, seen)
  for (const name of USERS) await chain.fund(address_of(name), PURSE)
  return { chain, lens, stored: storage(chain, parts), ...parts }
}
