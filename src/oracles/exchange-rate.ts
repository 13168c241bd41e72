import { z } from 'zod'
import type { Kind, Oracle, WorldBuilder } from '../model/index.ts'
import { Quote } from '../model/index.ts'
import { openDerived } from './shared/derived.ts'
import { openRatio, pathField, ratioSchema, sourceField } from './shared/ratio.ts'
import { ONE_SOURCE, oneSource, openSource, type Source, valid } from './shared/source.ts'

const schema = z
  .strictObject({
    kind: z.literal('exchange-rate'),
    id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
    path: pathField,
    source: sourceField,
    ratio: ratioSchema.describe('units of the underlying that a share redeems for'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
export type ExchangeRateSpec = z.infer<typeof schema>

/** The price of the underlying times the ratio; their causes add up. */
function product(spec: ExchangeRateSpec, builder: WorldBuilder): Source {
  const underlying = openSource(spec, builder)
  const ratio = openRatio(spec.ratio, builder)
  const factor = new Quote(builder.sources)
  return (time_ms, view, out) => {
    underlying(time_ms, view, out)
    ratio(time_ms, view, factor)
    if (valid(out) && valid(factor)) out.times(factor)
    else out.fixed(0)
  }
}

/** A share of a vault or a staked asset at what it redeems for: hides the discount at which it trades. */
export const exchangeRate: Kind<ExchangeRateSpec, Oracle> = {
  id: 'exchange-rate',
  title: 'Exchange rate of a share times the price of its underlying',
  source:
    'ERC-4626 convertToAssets; rate adapters of staked assets; linear discount adapter for principal tokens (aave-capo 2c280ef)',
  schema,
  open: (spec, builder) => openDerived(spec.id, product(spec, builder), builder, spec.path === undefined ? 'source' : 'path'),
}
