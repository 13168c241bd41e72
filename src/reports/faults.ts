/** Faults of a scenario in words. */
import type { FaultSpec } from '../model/index.ts'
import { duration, listed, percent, plain, usd } from './format.ts'

/** One fault in one line. */
function fault_line(fault: FaultSpec): string {
  const { kind, value, asset, actor, field, mode } = fault
  const names = [...(fault.target === '' ? [] : [fault.target]), ...(fault.targets ?? [])]
  const what = listed(names.map(plain))
  const from = `from ${duration(fault.from_ms + (fault.delay_ms ?? 0))}`
  const when = fault.to_ms >= 1e14 ? `${from} on` : `${from} to ${duration(fault.to_ms)}`
  switch (kind) {
    case 'gas':
      return `A liquidation call costs ${usd(value)} ${when}.`
    case 'oracle':
      return `${what}: ${mode ?? 'factor'}${mode === 'none' || mode === 'hold' ? '' : ` ${value}`} ${when}.`
    case 'depth':
      return `${what}: ${percent(value, 0)} of the liquidity ${when}.`
    case 'finality':
      return `Transfers take ${duration(value)} longer ${when}.`
    case 'blocks':
      return `Blocks take ${value} bundles a tick for ${what} ${when}.`
    case 'depeg':
      return `${what} at ${value} times its fundamental ${when}.`
    case 'unbacked':
      return `${value} units of ${what} appear with ${plain(actor ?? '')} at ${duration(fault.from_ms)}.`
    case 'drain':
      return `${percent(value, 0)} of ${plain(asset ?? '')} taken out of ${what} at ${duration(fault.from_ms)}.`
    case 'parameter':
      return `${what}: ${plain(field ?? '')} is ${value} ${when}.`
    default:
      return `${what} halted ${when}.`
  }
}

/** More steps of one cost than this are told as a range. */
const MOST_STEPS = 4

/** A line a fault; what a liquidation call costs, step by step, as one. */
export function fault_lines(faults: readonly FaultSpec[]): string[] {
  const gas = faults.filter(({ kind }) => kind === 'gas')
  if (gas.length <= MOST_STEPS) return faults.map(fault_line)
  const costs = gas.map(({ value }) => value).sort((a, b) => a - b)
  const [least, middle, most] = [costs[0], costs[costs.length >> 1], costs[costs.length - 1]] as [number, number, number]
  const from = gas.reduce((first, fault) => Math.min(first, fault.from_ms), Number.POSITIVE_INFINITY)
  const to = gas.reduce((last, fault) => Math.max(last, fault.to_ms), 0)
  const until = to >= 1e14 ? 'on' : `to ${duration(to)}`
  return [
    `A liquidation call costs ${usd(least)} to ${usd(most)}, median ${usd(middle)}, in ${gas.length} steps from ${duration(from)} ${until}.`,
    ...faults.filter(({ kind }) => kind !== 'gas').map(fault_line),
  ]
}
