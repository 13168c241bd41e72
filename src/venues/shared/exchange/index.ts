/** The machine of an exchange: what a kind of exchange is made of. */
export { type ExchangeKind, exchange_kind, ExchangeVenue } from './venue.ts'
export { type ContractSpec, exchange_schema, type ExchangeSpec } from './snapshot.ts'
export { complete, contract_names, PARAMS_SCHEMA, params_schema, parse_params, type VenueParams } from './params.ts'
export { rules, type Rules, type RulesInput } from './rules.ts'
export { BulkExchange } from './bulk.ts'
export type { BulkEvent, BulkSpec, BulkTotals, Slippage } from './bulk-state.ts'
export { type PathsResult, type PathsSpec, run_paths } from './bulk-paths.ts'
