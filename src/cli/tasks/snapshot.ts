/** What a snapshot holds, whether it opens, and whether its laws hold. */
import { broken_laws, holdings, type World } from '../../engine/index.ts'
import { content_hash, InputError, type Snapshot, Statement, weakest, type Evidence } from '../../model/index.ts'
import { counted, decimal, grid, plain, type SnapshotCheck, usd, wrap } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { unmodelled } from '../../studies/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { accounts_of, naming, open_snapshot } from './inputs.ts'

export interface SnapshotInput {
  readonly path: string
  readonly json: boolean
  readonly look: Look
}

export async function snapshot_task(input: SnapshotInput, on_progress: Progress): Promise<WorkResult> {
  on_progress(0, 'reading')
  const snapshot = await open_snapshot(input.path, undefined)
  on_progress(0.4, 'building the world')
  const world = naming({ snapshot: input.path }, () => build(snapshot, shock_scenario([])))
  on_progress(0.8, 'checking')
  const check = inspect(snapshot, world)
  return {
    code: check.laws.broken.length === 0 ? 0 : 1,
    text: input.json ? `${JSON.stringify(check, null, 2)}\n` : describe(check, snapshot, input.look),
    note: '',
  }
}

export function inspect(snapshot: Snapshot, world: World): SnapshotCheck {
  const venues = world.parts.venues.map(({ id, kind }, v) => ({ id, kind, ...totals(world, v) }))
  return {
    schema: 'unwind.snapshot-check/1',
    id: snapshot.id,
    title: snapshot.title,
    snapshot: content_hash(snapshot),
    time: iso(snapshot.time_ms),
    evidence: {
      weakest: snapshot.provenance.reduce<Evidence>((worst, part) => weakest(worst, part.evidence), 'observed'),
      parts: snapshot.provenance,
    },
    counts: {
      assets: snapshot.assets.length,
      markets: snapshot.markets.length,
      oracles: snapshot.oracles.length,
      venues: snapshot.venues.length,
      agents: snapshot.agents.length,
      actors: snapshot.actors.count,
      accounts: snapshot.venues.reduce((sum, venue) => sum + accounts_of(venue), 0),
    },
    venues,
    notes: unmodelled(snapshot, world),
    laws: { checked: 1, broken: broken_laws(world, holdings(world)) },
  }
}

function iso(time_ms: number): string {
  const time = new Date(time_ms)
  if (Number.isNaN(time.getTime())) throw new InputError('snapshot', 'time_ms', time_ms, 'milliseconds since 1970')
  return time.toISOString()
}

function totals(world: World, v: number): Omit<SnapshotCheck['venues'][number], 'id' | 'kind'> {
  const venue = world.venue(v)
  const out = { accounts: 0, collateral_usd: 0, debt_usd: 0, open_interest_usd: 0, fund_usd: venue.fund_usd(), in_breach: 0 }
  const statement = new Statement()
  for (let row = 0; row < venue.rows; row++) {
    if (row === venue.outside) continue
    statement.clear()
    venue.statement(row, statement)
    if (statement.count === 0) continue
    out.accounts++
    let [assets, liabilities, longs, contracts] = [0, 0, 0, 0]
    for (let i = 0; i < statement.count; i++) {
      const worth = (statement.quantity[i] as number) * (statement.price[i] as number)
      const contract = (statement.market[i] as number) >= 0
      if (contract) contracts++
      if ((statement.side[i] as number) > 0) {
        assets += worth
        if (contract) longs += worth
      } else liabilities += worth
    }
    // A contract's two sides are no collateral and no debt: what such an account has is its equity.
    out.collateral_usd += contracts > 0 ? Math.max(0, assets - liabilities) : assets
    out.debt_usd += contracts > 0 ? 0 : liabilities
    out.open_interest_usd += longs
    if (venue.health(row, venue.prices) < 1) out.in_breach++
  }
  return out
}

/** The check for a person. */
function describe(check: SnapshotCheck, snapshot: Snapshot, look: Look): string {
  const paint = painter(look.colour)
  const width = Math.min(120, Math.max(80, look.width))
  const { counts, laws, evidence } = check
  const lines = [
    ...wrap(
      `${plain(check.title)} (${plain(check.id)}), ${check.time}: ${counted(counts.accounts, 'account')} at ${counted(counts.venues, 'venue')}.`,
      width,
    ).map(paint.strong),
    '',
    `schema    ${snapshot.schema}`,
    `hash      ${check.snapshot}`,
    ...wrap(
      `${counted(counts.assets, 'asset')}, ${counted(counts.markets, 'market')}, ${counted(counts.oracles, 'oracle')}, ${counted(counts.agents, 'agent')}, ${counted(counts.actors, 'actor')}`,
      width,
      'holds     ',
    ),
    `evidence  ${evidence.weakest} (the weakest part)`,
    '',
    ...grid(
      [
        { title: 'venue', align: 'left' },
        { title: 'kind', align: 'left' },
        ...['accounts', 'collateral', 'debt', 'open interest', 'fund', 'in breach'].map(
          (title) => ({ title, align: 'right' }) as const,
        ),
      ],
      check.venues.map((venue) => [
        plain(venue.id),
        plain(venue.kind),
        decimal(venue.accounts),
        usd(venue.collateral_usd),
        usd(venue.debt_usd),
        usd(venue.open_interest_usd),
        usd(venue.fund_usd),
        decimal(venue.in_breach),
      ]),
      width,
      paint,
    ),
    '',
    ...grid(
      [
        { title: 'evidence', align: 'left' },
        { title: 'part', align: 'left' },
        { title: 'source', align: 'left' },
      ],
      evidence.parts.map((part) => [
        part.evidence,
        plain(part.part),
        short(plain(part.source), source_width(evidence.parts, width)),
      ]),
      width,
      paint,
    ),
    '',
    ...check.notes.flatMap((note) => wrap(plain(note), width, '· ').map(paint.warn)),
    ...(check.notes.length > 0 ? [''] : []),
    laws.broken.length === 0
      ? paint.good('opens, and every law holds')
      : paint.bad(`opens, and ${counted(laws.broken.length, 'law')} did not hold:`),
    ...laws.broken.flatMap((line) => wrap(plain(line), width, '  ✗ ').map(paint.bad)),
  ]
  return `${lines.join('\n')}\n`
}

const short = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

/** What the other columns leave. */
const source_width = (parts: SnapshotCheck['evidence']['parts'], width: number): number =>
  Math.max(20, width - 13 - parts.reduce((most, { part }) => Math.max(most, plain(part).length), 4))
