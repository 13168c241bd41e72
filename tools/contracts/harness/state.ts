/** World state in maps with an undo log: a checkpoint costs nothing, so every case starts from the same deployed world. */
import { SimpleStateManager } from '@ethereumjs/statemanager'
import { Account, type Address, bytesToHex } from '@ethereumjs/util'
import { getBytes, keccak256 } from 'ethers'

type Undo = () => void

const copy = (account: Account | undefined): Account | undefined =>
  account === undefined ? undefined : (Object.assign(Object.create(Account.prototype), account) as Account)

export class State extends SimpleStateManager {
  private readonly accounts = new Map<string, Account | undefined>()
  private readonly codes = new Map<string, Uint8Array>()
  private readonly slots = new Map<string, Map<string, Uint8Array>>()
  private log: Undo[] = []
  private marks: number[] = []

  private write<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key)
    const had = map.has(key)
    this.log.push(() => (had ? map.set(key, before as V) : map.delete(key)))
    map.set(key, value)
  }

  override async getAccount(address: Address): Promise<Account | undefined> {
    return copy(this.accounts.get(address.toString()))
  }

  override async putAccount(address: Address, account?: Account): Promise<void> {
    this.write(this.accounts, address.toString(), copy(account))
  }

  override async deleteAccount(address: Address): Promise<void> {
    this.write(this.accounts, address.toString(), undefined)
  }

  override async getCode(address: Address): Promise<Uint8Array> {
    return this.codes.get(address.toString()) ?? new Uint8Array(0)
  }

  override async putCode(address: Address, value: Uint8Array): Promise<void> {
    this.write(this.codes, address.toString(), value)
    const account = (await this.getAccount(address)) ?? new Account()
    account.codeHash = getBytes(keccak256(value))
    await this.putAccount(address, account)
  }

  private slots_of(address: Address): Map<string, Uint8Array> {
    const name = address.toString()
    const known = this.slots.get(name)
    if (known !== undefined) return known
    const fresh = new Map<string, Uint8Array>()
    this.slots.set(name, fresh)
    return fresh
  }

  /** A word of storage as a number, at once. */
  word(address: string, slot: string): bigint {
    const bytes = this.slots.get(address)?.get(slot)
    return bytes === undefined || bytes.length === 0 ? 0n : BigInt(bytesToHex(bytes))
  }

  override async getStorage(address: Address, key: Uint8Array): Promise<Uint8Array> {
    return this.slots_of(address).get(bytesToHex(key)) ?? new Uint8Array(0)
  }

  override async putStorage(address: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    this.write(this.slots_of(address), bytesToHex(key), value)
  }

  override async clearStorage(address: Address): Promise<void> {
    const slots = this.slots_of(address)
    for (const key of slots.keys()) this.write(slots, key, new Uint8Array(0))
  }

  override checkpointSync(): void {
    // The parent's constructor calls this before the fields are there.
    this.marks?.push(this.log.length)
  }

  override async commit(): Promise<void> {
    this.marks.pop()
    if (this.marks.length === 0) this.log = []
  }

  override async revert(): Promise<void> {
    const mark = this.marks.pop() ?? 0
    while (this.log.length > mark) (this.log.pop() as Undo)()
  }
}
