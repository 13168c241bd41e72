/**
 * The virtual machine, made quicker for many short calls into few contracts: it would analyse a contract's code anew in every call, and
 * search a list at every operation for whether a rule is in force. What it computes stays the same.
 */
import { Common, Hardfork, Mainnet } from '@ethereumjs/common'
import { createEVM, type EVM } from '@ethereumjs/evm'
import { State } from './state.ts'

// Not among what the package exports, so it is reached by its file.
const { Interpreter } = (await import(
  new URL('../node_modules/@ethereumjs/evm/dist/esm/interpreter.js', import.meta.url).href
)) as {
  Interpreter: { prototype: { _getValidJumpDestinations: (code: Uint8Array) => object } }
}

const analyse = Interpreter.prototype._getValidJumpDestinations
const analysed = new WeakMap<Uint8Array, object>()
Interpreter.prototype._getValidJumpDestinations = function (code) {
  const known = analysed.get(code) ?? analyse.call(this, code)
  analysed.set(code, known)
  return known
}

export interface Machine {
  readonly evm: EVM
  readonly state: State
}

/** Rules of the Cancun fork, without its limits on the size of code. */
export async function machine(): Promise<Machine> {
  const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun })
  const known = new Map<number, boolean>()
  const ask = common.isActivatedEIP.bind(common)
  common.isActivatedEIP = (eip) => {
    const answer = known.get(eip) ?? ask(eip)
    known.set(eip, answer)
    return answer
  }
  const state = new State({ common })
  const evm = await createEVM({ common, stateManager: state, allowUnlimitedContractSize: true, allowUnlimitedInitCodeSize: true })
  return { evm, state }
}
