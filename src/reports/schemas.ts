/** Schemas of the documents that the command line prints. `docs/schemas/*.json` are these, as JSON Schema. Documents only grow. */
import { z } from 'zod'
import { EVIDENCE, MECHANISMS } from '../model/index.ts'
import { account_schema } from './account-schema.ts'
import { detect_schema, warn_schema } from './detect-schema.ts'
import { criticality_schema } from './criticality-schema.ts'
import { infer_schema } from './infer-schema.ts'
import { network_schema } from './network-schema.ts'
import { ensemble_schema } from './ensemble-schema.ts'
import { explain_schema } from './explain-schema.ts'
import { anchors_schema, left_behind_schema, opening_schema } from './opening-schema.ts'
import { event_schema, replay_schema } from './replay-schema.ts'

const hash = z.string().regex(/^[0-9a-f]{32}$/)
const usd = z.number().describe('USD')
const positive_usd = z.number().min(0).describe('USD, not negative')
const count = z.number().int().min(0)
const id = z.string().min(1)

const figures = {
  forced_sales_usd: positive_usd.describe('Forced market orders of either direction, USD at execution'),
  forced_buys_usd: positive_usd.describe('The part of forced_sales_usd that bought'),
  called_sales_usd: positive_usd.describe('The part of forced_sales_usd that answered margin calls'),
  liquidated_usd: positive_usd.describe('Debt repaid or notional closed by liquidation'),
  liquidations: count.describe('Liquidation events'),
  accounts_liquidated: count.describe('Distinct margin scopes liquidated'),
  bad_debt_usd: positive_usd.describe('Debt left without owner, before cover'),
  insurance_used_usd: positive_usd.describe('Gross payments out of the fund'),
  insurance_in_usd: positive_usd.describe('Payments into the fund'),
  adl_usd: positive_usd.describe('Notional closed by auto-deleveraging, at its execution price'),
  adl_loss_usd: positive_usd.describe('What deleveraged winners lost against the mark'),
  shortfall_usd: positive_usd.describe('Σ max(0, debt − collateral) of accounts still open at the end'),
  margin_calls: count.describe('Times an account fell below its call level'),
}

const asset = z.object({
  id,
  start_usd: z.number().positive().describe('Price at the start'),
  fundamental_end_usd: z.number().positive().describe('Fundamental at the end'),
  high_usd: z.number().positive().describe('Highest mid of the reference market, over samples'),
  low_usd: z.number().positive().describe('Lowest mid of the reference market'),
  low_ms: z.number().min(0).describe('When it stood lowest, ms after the start'),
  fundamental_at_low_usd: z.number().positive().describe('Fundamental when the mid stood lowest'),
  end_usd: z.number().positive().describe('Mid of the reference market at the end'),
  gap: z.number().min(-1).max(0).describe('Largest distance below the fundamental: min(mid ÷ fundamental) − 1; 0 if never below'),
  gap_ms: z.number().min(0).nullable().describe('When the gap was largest, ms after the start; null if never below'),
  drawdown: z.number().min(0).max(1).describe('1 − low ÷ start, not below 0'),
  endogenous_share: z.number().min(0).max(1).nullable().describe('Part of the fall at the low that venues made'),
})

const infection = z.object({
  from: id.describe('Source: a venue, or exogenous'),
  to: id.describe('Victim venue'),
  usd,
  usd_pivotal: usd,
})

export const run_schema = z
  .object({
    schema: z.literal('unwind.run/1'),
    run: z.object({
      id: hash.describe('Identity: snapshot, scenario, seed and engine version'),
      engine: z.string().min(1).describe('Engine version'),
      seed: count,
      snapshot: hash,
      scenario: hash,
      log: hash.describe('Hash of the log rows'),
    }),
    title: z.string(),
    status: z.enum(['done', 'limit', 'interrupted']),
    evidence: z.object({
      weakest: z.enum(EVIDENCE),
      parts: z.array(z.object({ part: z.string(), evidence: z.enum(EVIDENCE), source: z.string() })),
      notes: z.array(z.string()).describe('Assumptions and aliases a reader should know of'),
    }),
    definitions: z.string().describe('Where the figures are defined'),
    totals: z.object({
      ...figures,
      multiplier: z.number().min(0).nullable().describe('Liquidated with feedback ÷ without, both at start prices'),
      liquidated_at_start_usd: positive_usd,
      no_feedback_at_start_usd: positive_usd.nullable(),
    }),
    venues: z.array(z.object({ id, kind: z.string().min(1), ...figures })),
    assets: z.array(asset),
    infections: z.array(infection),
    infections_by_asset: z
      .array(infection.extend({ asset: id.describe('What was sold or bought back') }))
      .optional()
      .describe('The cells of infections, apart by asset'),
    infections_by_mechanism: z
      .array(infection.extend({ mechanism: z.enum(MECHANISMS).describe('What carried it') }))
      .optional()
      .describe('The cells of infections, apart by what carried them'),
    coin_day: z.array(
      z.object({ coin: id, day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), liquidations: count, usd: positive_usd }),
    ),
    laws: z.object({ checked: count, broken: z.array(z.string()) }),
    opening: opening_schema.optional(),
    anchors: anchors_schema.optional(),
    left_behind: left_behind_schema.optional(),
    event: event_schema.optional(),
    explain: explain_schema.optional(),
    ensemble: ensemble_schema.optional(),
  })
  .describe('One stress run: unwind stress --json')

/** `unwind validate --json`. */
export const golden_schema = z
  .array(
    z.object({
      id,
      group: id,
      what: z.string(),
      expected: z.union([z.number(), z.string()]),
      got: z.union([z.number(), z.string()]),
      tolerance: z.number().min(0),
      pass: z.boolean(),
      source: z.string().min(1),
    }),
  )
  .describe('The scoreboard: unwind validate --json')

/** `unwind list FAMILY --json`. */
export const list_schema = z
  .array(
    z.object({
      id,
      title: z.string(),
      source: z.string().optional(),
      type: z.enum(['hypothetical', 'control', 'scenario', 'event']).optional().describe('Of presets: what kind of preset'),
      time: z.string().optional().describe('Of events: start, ISO 8601 UTC'),
      evidence: z.enum(EVIDENCE).optional().describe('Of presets: the weakest evidence of what is fed'),
      sources: z
        .array(z.object({ what: z.string(), title: z.string(), url: z.string() }))
        .optional()
        .describe('Of presets: where its figures can be looked up'),
      page: z.string().optional().describe('Of presets: the page that tells more'),
    }),
  )
  .describe('Kinds of a family: unwind list FAMILY --json')

/** `unwind snapshot FILE --json`. */
export const snapshot_schema = z
  .object({
    schema: z.literal('unwind.snapshot-check/1'),
    id: z.string(),
    title: z.string(),
    snapshot: hash,
    time: z.string().describe('ISO 8601, UTC'),
    evidence: run_schema.shape.evidence.pick({ weakest: true, parts: true }),
    counts: z.object({
      assets: count,
      markets: count,
      oracles: count,
      venues: count,
      agents: count,
      actors: count,
      accounts: count,
    }),
    venues: z.array(
      z.object({
        id,
        kind: id,
        accounts: count,
        collateral_usd: usd.describe('Assets of accounts at the opening prices; contracts not included'),
        debt_usd: usd.describe('What accounts owe at the opening prices; contracts not included'),
        open_interest_usd: usd.describe('Notional of long contracts at the opening marks'),
        fund_usd: usd,
        in_breach: count.describe('Accounts below health 1 at the opening'),
      }),
    ),
    notes: z.array(z.string()).describe('What it leaves to nobody: sides of contracts, prices without a market'),
    laws: z.object({ checked: count, broken: z.array(z.string()) }),
  })
  .describe('What a snapshot holds, and whether it opens: unwind snapshot FILE --json')

/** Published schemas by file name. */
export const SCHEMAS = {
  'run-1': run_schema,
  'replay-1': replay_schema,
  'detect-1': detect_schema,
  'warn-1': warn_schema,
  'infer-1': infer_schema,
  golden: golden_schema,
  list: list_schema,
  'snapshot-check-1': snapshot_schema,
  'account-1': account_schema,
  'criticality-1': criticality_schema,
  'network-1': network_schema,
} as const

type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

export type RunDoc = Frozen<z.infer<typeof run_schema>>
export type ReplayDoc = Frozen<z.infer<typeof replay_schema>>
export type AccountDoc = Frozen<z.infer<typeof account_schema>>
export type CriticalityDoc = Frozen<z.infer<typeof criticality_schema>>
export type NetworkDoc = Frozen<z.infer<typeof network_schema>>
export type DetectDoc = Frozen<z.infer<typeof detect_schema>>
export type InferDoc = Frozen<z.infer<typeof infer_schema>>
export type WarnDoc = Frozen<z.infer<typeof warn_schema>>
export type SnapshotCheck = Frozen<z.infer<typeof snapshot_schema>>

/** The text of `docs/schemas/<name>.json`. */
export function schema_text(name: keyof typeof SCHEMAS): string {
  // As input, objects stay open: a reader must not choke on a field of a later version.
  const schema = z.toJSONSchema(SCHEMAS[name] as z.ZodType, { io: 'input' })
  return `${JSON.stringify({ title: name, ...schema }, null, 2)}\n`
}
