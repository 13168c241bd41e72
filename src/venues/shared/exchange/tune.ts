/** Parameters that an exchange changes by announcement. */
import type { Funding } from './contract.ts'
import type { Exchange } from './state.ts'

const FIELDS: Readonly<Record<string, 'interest' | 'clamp' | 'cap'>> = {
  funding_interest: 'interest',
  funding_clamp: 'clamp',
  funding_cap: 'cap',
}

/** The value of `<contract>.<field>` before the call; sets it when one is given. Undefined for a field there is not. */
export function tune(x: Exchange, field: string, to?: number): number | undefined {
  const dot = field.lastIndexOf('.')
  const contract = x.contracts.find(({ market_id }) => market_id === field.slice(0, dot))
  const name = FIELDS[field.slice(dot + 1)]
  if (contract === undefined || name === undefined) return undefined
  const before = contract.funding[name]
  if (to !== undefined) (contract as { funding: Funding }).funding = { ...contract.funding, [name]: to }
  return before
}
