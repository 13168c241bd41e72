import type { Kind } from '../../model/index.ts'
import { deribit_rules } from './rules.ts'
import { type Spec, schema } from './snapshot.ts'
import { type DeribitVenue, open_deribit } from './venue.ts'

/** Deribit: inverse and linear contracts and options, single or portfolio margin, incremental liquidation, liquidity support. */
export const deribit: Kind<Spec, DeribitVenue> = {
  id: 'deribit',
  title: 'Deribit futures and options',
  source:
    'support.deribit.com 25944826427293, 25944738177565 (margins, 2022-01-11), 25944777576477 (liquidations); docs.deribit.com articles/lsp-api-guide (2026)',
  schema,
  open: (spec, builder) => open_deribit(spec, spec.rules ?? deribit_rules(spec), builder),
}

export { goldenRows } from './vectors.ts'
