/** The machine of an exchange: what a kind of exchange is made of. */
export { type ExchangeKind, exchange_kind, ExchangeVenue } from './venue.ts'
export { type ContractSpec, exchange_schema, type ExchangeSpec } from './snapshot.ts'
export { rules, type Rules, type RulesInput } from './rules.ts'
