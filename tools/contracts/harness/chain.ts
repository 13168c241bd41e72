/** A virtual machine in this process: deploy, call, and go back. The clock is what the case says it is. */
import type { EVM } from '@ethereumjs/evm'
import { Account, createAddressFromString } from '@ethereumjs/util'
import { AbiCoder, getBytes, hexlify, Interface, type InterfaceAbi, type Result } from 'ethers'
import { type Artifact, linked } from './compile.ts'
import { machine } from './machine.ts'
import type { State } from './state.ts'

export type Hex = string
const GAS = 1n << 40n
const codec = AbiCoder.defaultAbiCoder()

/** Addresses of actors: 0x…a001, 0x…a002, … */
export const actor = (n: number): Hex => `0x${(0xa000 + n).toString(16).padStart(40, '0')}`

export interface Log {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
}

/** How a call ended: with what it returned, or with the name of why it reverted. */
export type Outcome =
  | { readonly ok: true; readonly data: Hex; readonly logs: readonly Log[]; readonly gas: bigint }
  | { readonly ok: false; readonly error: string; readonly data: Hex }

const PANICS: Readonly<Record<string, string>> = { '1': 'assert', '17': 'overflow', '18': 'division by zero', '50': 'index' }

/** The revert in words: the name of a custom error, the text of a `require`, `panic: overflow`, or what the machine says. */
function reason(data: Hex, machine: string, errors: Interface | undefined): string {
  if (data === '0x') return machine
  // As bytes, for some contracts pass on another's answer as if it were text.
  if (data.startsWith('0x08c379a0'))
    return new TextDecoder().decode(getBytes(codec.decode(['bytes'], `0x${data.slice(10)}`)[0] as string))
  if (data.startsWith('0x4e487b71')) {
    const code = String(codec.decode(['uint256'], `0x${data.slice(10)}`)[0])
    return `panic: ${PANICS[code] ?? code}`
  }
  return errors?.getError(data.slice(0, 10))?.name ?? data
}

export class Chain {
  readonly state: State
  /** Seconds; every call sees this as the block's timestamp. */
  now_s = 1n
  private readonly evm: EVM
  private readonly errors: Interface
  private readonly libraries = new Map<Artifact, Hex>()

  private constructor(evm: EVM, state: State, errors: Interface) {
    this.evm = evm
    this.state = state
    this.errors = errors
  }

  /** @param errors custom errors to be named beside those of the contract that is called (`errors_of`) */
  static async open(errors: readonly object[] = []): Promise<Chain> {
    const { evm, state } = await machine()
    return new Chain(evm, state, new Interface(errors as InterfaceAbi))
  }

  private async run(from: Hex, to: Hex | undefined, data: Hex, value: bigint) {
    const header = {
      number: 1n,
      coinbase: createAddressFromString(actor(0)),
      timestamp: this.now_s,
      difficulty: 0n,
      prevRandao: new Uint8Array(32),
      gasLimit: GAS,
      baseFeePerGas: 0n,
      slotNumber: 0n,
      getBlobGasPrice: () => 0n,
    }
    const result = await this.evm.runCall({
      block: { header },
      caller: createAddressFromString(from),
      data: getBytes(data),
      gasLimit: GAS,
      value,
      skipBalance: true,
      ...(to === undefined ? {} : { to: createAddressFromString(to) }),
    })
    // What the virtual machine of a whole block does between transactions: nothing stays warm, transient storage is empty.
    this.evm.journal.cleanJournal()
    this.evm.transientStorage.clear()
    this.state.originalStorageCache.clear()
    return result
  }

  /** Calls; what it changed stays if it succeeds. Never throws on a revert. */
  async call(from: Hex, to: Hex, data: Hex, value = 0n, errors: Interface = this.errors): Promise<Outcome> {
    const { execResult } = await this.run(from, to, data, value)
    const returned = hexlify(execResult.returnValue)
    if (execResult.exceptionError !== undefined) {
      const machine = execResult.exceptionError.error
      const own = reason(returned, machine, errors)
      return { ok: false, error: own.startsWith('0x') ? reason(returned, machine, this.errors) : own, data: returned }
    }
    const logs = (execResult.logs ?? []).map(([address, topics, body]) => ({
      address: hexlify(address),
      topics: topics.map((topic) => hexlify(topic)),
      data: hexlify(body),
    }))
    return { ok: true, data: returned, logs, gas: execResult.executionGasUsed }
  }

  /** Deploys; throws an Error with the reason if the constructor reverts. */
  async deploy(
    artifact: Artifact,
    args: readonly unknown[] = [],
    libraries: Readonly<Record<string, string>> = {},
    from: Hex = actor(0),
  ): Promise<Contract> {
    const abi = new Interface(artifact.abi as InterfaceAbi)
    const code = `0x${linked(artifact, libraries)}${abi.encodeDeploy(args).slice(2)}`
    const { execResult, createdAddress } = await this.run(from, undefined, code, 0n)
    if (execResult.exceptionError !== undefined || createdAddress === undefined) {
      const why = reason(hexlify(execResult.returnValue), execResult.exceptionError?.error ?? 'no address', abi)
      throw new Error(`${artifact.name} was not deployed: ${why}`)
    }
    return new Contract(this, createdAddress.toString(), abi)
  }

  /** Deploys a contract of a compilation after the libraries it wants, each library once. */
  async deploy_linked(
    all: Readonly<Record<string, Artifact>>,
    name: string,
    args: readonly unknown[] = [],
    from: Hex = actor(0),
  ): Promise<Contract> {
    const artifact = all[name]
    if (artifact === undefined) throw new Error(`nothing was compiled under the name ${name}`)
    const libraries: Record<string, Hex> = {}
    for (const library of Object.keys(artifact.links)) {
      const known = this.libraries.get(all[library] as Artifact) ?? (await this.deploy_linked(all, library)).address
      this.libraries.set(all[library] as Artifact, known)
      libraries[library] = known
    }
    return await this.deploy(artifact, args, libraries, from)
  }

  /** A contract that is already there (one that another one made, a proxy under its implementation's ABI). */
  at(address: Hex, abi: InterfaceAbi | Interface): Contract {
    return new Contract(this, address, abi instanceof Interface ? abi : new Interface(abi))
  }

  /** Native currency, out of nothing. */
  async fund(address: Hex, wei: bigint): Promise<void> {
    const at = createAddressFromString(address)
    const account = (await this.state.getAccount(at)) ?? new Account()
    account.balance = wei
    await this.state.putAccount(at, account)
  }

  /** Native currency that an address has. */
  async balance(address: Hex): Promise<bigint> {
    return (await this.state.getAccount(createAddressFromString(address)))?.balance ?? 0n
  }

  /** Runs something and undoes all of it, the clock too. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    const { now_s } = this
    await this.state.checkpoint()
    try {
      return await work()
    } finally {
      await this.state.revert()
      this.now_s = now_s
    }
  }
}

/** A deployed contract; its address in lower case. */
export class Contract {
  readonly chain: Chain
  readonly address: Hex
  readonly abi: Interface

  constructor(chain: Chain, address: Hex, abi: Interface) {
    this.chain = chain
    this.address = address.toLowerCase()
    this.abi = abi
  }

  /** Calls a function as `from`; a revert is an outcome. */
  async attempt(from: Hex, name: string, args: readonly unknown[] = [], value = 0n): Promise<Outcome> {
    return await this.chain.call(from, this.address, this.abi.encodeFunctionData(name, args), value, this.abi)
  }

  /** Calls a function that must succeed, and decodes what it returns. Throws an Error with the reason of a revert. */
  async send(from: Hex, name: string, args: readonly unknown[] = [], value = 0n): Promise<Result> {
    const outcome = await this.attempt(from, name, args, value)
    if (!outcome.ok) throw new Error(`${name} reverted: ${outcome.error}`)
    return this.abi.decodeFunctionResult(name, outcome.data)
  }

  /** Reads: like `send`, as nobody in particular, and whatever it changed is undone. */
  async read(name: string, args: readonly unknown[] = []): Promise<Result> {
    return await this.chain.aside(async () => await this.send(actor(0), name, args))
  }

  /** The arguments of this contract's events of that name among the logs. */
  events(logs: readonly Log[], name: string): Result[] {
    const event = this.abi.getEvent(name)
    if (event === null) throw new Error(`no event ${name}`)
    return logs
      .filter(({ address, topics }) => address === this.address && topics[0] === event.topicHash)
      .map(({ data, topics }) => this.abi.decodeEventLog(event, data, topics))
  }
}
