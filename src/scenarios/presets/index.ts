/** Scenarios with a name, for any market: hypothetical moves, and the paths of events. Events with their own books are in `events.ts`. */
import type { Evidence, Scenario, Snapshot } from '../../model/index.ts'
import { type ShockSpec, shock_scenario } from '../shock.ts'
import type { EventSource } from './event.ts'
import { history } from './history.ts'

export interface Preset {
  readonly id: string
  readonly title: string
  /** Where the move comes from. */
  readonly source: string
  readonly type: 'hypothetical' | 'control' | 'scenario'
  /** Of what really happened: when it began, how it is known, where it can be looked up, and the page that tells more. */
  readonly time?: string
  readonly evidence?: Evidence
  readonly sources?: readonly EventSource[]
  readonly page?: string
  /** The scenario for a snapshot. @throws InputError when it lacks the asset that moves */
  build(snapshot: Snapshot): Scenario
}

const HOUR_MS = 3_600_000
const shock = (asset: string, change: number, over_ms = HOUR_MS, at_ms = 0): ShockSpec => ({ asset, change, over_ms, at_ms })

function preset(
  id: string,
  title: string,
  source: string,
  shocks: readonly ShockSpec[],
  correlated: boolean,
  more: Partial<Scenario> = {},
): Preset {
  const type = source === 'control' ? 'control' : 'hypothetical'
  return { id, title, source, type, build: () => ({ ...shock_scenario(shocks, { correlated }), id, title, ...more }) }
}

const HYPOTHETICAL = 'hypothetical'

export const presets: readonly Preset[] = [
  preset('eth-crash', 'ETH −30 % in an hour, correlated', HYPOTHETICAL, [shock('ETH', -0.3)], true),
  preset('btc-crash', 'BTC −20 % in an hour, correlated', HYPOTHETICAL, [shock('BTC', -0.2)], true),
  preset('slow-bear', 'ETH −40 % over a day, correlated', HYPOTHETICAL, [shock('ETH', -0.4, 24 * HOUR_MS)], true),
  preset('short-squeeze', 'BTC +25 % in an hour, correlated', HYPOTHETICAL, [shock('BTC', 0.25)], true),
  preset(
    'stablecoin-depeg',
    'USDC −12 % in six hours',
    'size of the fall of USDC in March 2023 (0.87 to 0.88, events.md); path hypothetical',
    [shock('USDC', -0.12, 6 * HOUR_MS)],
    false,
  ),
  preset(
    'stale-oracle',
    'ETH −25 % in an hour, correlated, while the lenders’ ETH feed stands still for two hours',
    HYPOTHETICAL,
    [shock('ETH', -0.25)],
    true,
    {
      faults: [{ kind: 'halt', target: 'oracle:ETH/USD', from_ms: 0, to_ms: 2 * HOUR_MS, value: 0 }],
    },
  ),
  preset(
    'gas-spike',
    'ETH −30 % in an hour, correlated, while a liquidation costs 2,000 USD of gas for three hours',
    HYPOTHETICAL,
    [shock('ETH', -0.3)],
    true,
    {
      faults: [{ kind: 'gas', target: '', from_ms: 0, to_ms: 3 * HOUR_MS, value: 2_000 }],
    },
  ),
  preset('calm', 'A day on which nothing moves', 'control', [], false),
  ...history,
]
