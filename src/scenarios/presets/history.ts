/**
 * Paths of real events and of quiet weeks, for any market: what moved from outside, by how much and how fast. The books are the user's, so sizes are not
 * those of the event and no outcome is asserted (docs/events/scenarios.md).
 */
import { pow } from '../../math/index.ts'
import type { KindSpec, Scenario, Snapshot } from '../../model/index.ts'
import { type ShockSpec, shock_scenario } from '../shock.ts'
import type { EventSource } from './event.ts'
import type { Preset } from './index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A move, times in hours. */
export const move = (asset: string, change: number, over_h: number, at_h = 0): ShockSpec => {
  return { asset, change, over_ms: Math.round(over_h * HOUR_MS), at_ms: Math.round(at_h * HOUR_MS) }
}

/** What is told of a path. */
export interface Story {
  readonly id: string
  readonly title: string
  readonly time: string
  readonly sources: readonly EventSource[]
  readonly days?: number
  readonly tick_ms?: number
  /** Absent: its section among the scenarios. */
  readonly page?: string
}

function preset(story: Story, type: Preset['type'], drivers: (snapshot: Snapshot) => readonly KindSpec[]): Preset {
  const { id, title, time, sources, days = 1, tick_ms = MINUTE_MS, page = `docs/events/scenarios.md#${story.id}` } = story
  const build = (snapshot: Snapshot): Scenario => {
    const horizon_ms = days * DAY_MS
    return { ...shock_scenario([], { horizon_ms, tick_ms }), id, title, drivers: drivers(snapshot) }
  }
  const source = sources.map((one) => one.title).join('; ')
  return { id, title, type, source, build, time, evidence: 'inferred', sources, page }
}

/**
 * Moves that were reported. With a lead, assets of which nothing was reported follow the lead's moves by their betas. Moves of assets that a market does
 * not have are left out, all but those of the first: it must be there.
 */
export function event(story: Story, moves: readonly ShockSpec[], lead?: string): Preset {
  return preset(story, 'scenario', ({ assets }) => {
    const told = new Set(moves.map(({ asset }) => asset))
    const own = moves.filter(({ asset }) => asset === moves[0]?.asset || assets.some(({ id }) => id === asset))
    const beta = assets.find(({ id }) => id === lead)?.beta ?? 0
    const others = assets.filter((asset) => beta !== 0 && asset.beta !== 0 && asset.numeraire !== true && !told.has(asset.id))
    const followed = others.flatMap((asset) =>
      moves
        .filter((one) => one.asset === lead)
        .map((one) => ({ ...one, asset: asset.id, change: pow(1 + one.change, asset.beta / beta) - 1 })),
    )
    return [{ kind: 'shock', id: 'shock', shocks: [...own, ...followed] }]
  })
}

/** A quiet week: noise of the measured volatility, and nothing else. */
function quiet(story: Story, btc: number, eth: number, correlation: number): Preset {
  return preset({ days: 7, tick_ms: 5 * MINUTE_MS, ...story }, 'control', ({ assets }) => {
    const volatility = Object.fromEntries(
      Object.entries({ BTC: btc, ETH: eth }).filter(([asset]) => assets.some(({ id }) => id === asset)),
    )
    return [{ kind: 'gbm', id: 'noise', volatility, correlation, step_ms: 5 * MINUTE_MS }]
  })
}

/** A fall within a day that came back, and after which nothing followed. */
function near_miss(story: Story, moves: readonly ShockSpec[]): Preset {
  return { ...event(story, moves, 'BTC'), type: 'control' }
}

/** Where figures are from. */
export const at = (what: string, title: string, url: string): EventSource => ({ what, title, url })
const BARS = (what: string) =>
  at(
    what,
    'Binance USD-M hourly bars (yagokhan/Varanus-Neo-Flow-Hybrid-Extended)',
    'https://github.com/yagokhan/Varanus-Neo-Flow-Hybrid-Extended',
  )

export const history: readonly Preset[] = [
  event(
    {
      id: 'sep-2021',
      title: 'BTC 50,000 → 42,000 in half an hour, 7 September 2021',
      time: '2021-09-07',
      sources: [
        at('BTC 50k → 42k in ~30 min', 'Arcane Research: El Salvador Tuesday', 'https://arcane.no'),
        at('ETH −20 %, XRP −28 %', 'CoinDesk, 2021-09-07', 'https://www.coindesk.com'),
      ],
    },
    [move('BTC', -0.16, 0.5), move('ETH', -0.2, 0.5), move('XRP', -0.28, 0.5)],
    'BTC',
  ),
  event(
    {
      id: 'dec-2021',
      title: 'BTC −20.6 % within an hour, 4 December 2021',
      time: '2021-12-04',
      sources: [
        at('BTC ~53k → 41,960 to 42,588 (−20.6 %), ETH −16 %', 'Arcane Research', 'https://lockmeta.com'),
        at('one firm sold ~500 M USD of BTC; most of it within an hour', 'The Block, 2021-12-06', 'https://www.theblock.co'),
      ],
    },
    [move('BTC', -0.206, 1), move('ETH', -0.16, 1)],
    'BTC',
  ),
  event(
    {
      id: 'aug-2023',
      title: 'BTC 28,500 → 25,200 within an hour, 17 August 2023',
      time: '2023-08-17',
      sources: [
        at('BTC ~28.5k → ~25.2k', 'The Block 246276 (QCP, Parsec)', 'https://www.theblock.co'),
        BARS('within the hour of 21:00 UTC; ETH −17.5 %'),
      ],
    },
    [move('BTC', 25.2 / 28.5 - 1, 1), move('ETH', -0.175, 1)],
    'BTC',
  ),
  event(
    {
      id: 'apr-2024',
      title: 'ETH −17 %, BTC −12 % over two days, 12 to 14 April 2024',
      time: '2024-04-12',
      sources: [
        at(
          'ETH −17 %, BTC −12 % from their peaks; −10 % and −8.3 % inside 30 min',
          'Aave forum 17360',
          'https://governance.aave.com/t/17360',
        ),
      ],
      days: 2,
    },
    [
      move('ETH', 0.83 / 0.9 - 1, 20),
      move('ETH', -0.1, 0.5, 26),
      move('BTC', 0.88 / 0.917 - 1, 20),
      move('BTC', -0.083, 0.5, 26),
    ],
    'BTC',
  ),
  event(
    {
      id: 'yen-carry',
      title: 'BTC −15 %, ETH −21 % within five hours, 5 August 2024',
      time: '2024-08-05',
      sources: [at('BTC 58,350 → 49,513, ETH 2,695 → 2,118 in less than five hours', 'cointrolly.com', 'https://cointrolly.com')],
    },
    [move('ETH', 2_118 / 2_695 - 1, 5), move('BTC', 49_513 / 58_350 - 1, 5)],
    'BTC',
  ),
  event(
    {
      id: 'feb-2025',
      title: 'ETH −32 %, BTC −12 % overnight, 3 February 2025',
      time: '2025-02-02',
      sources: [at('BTC −10 to −12.5 %, ETH −30 to −35 %', 'Aave forum 20919', 'https://governance.aave.com/t/20919')],
    },
    [move('ETH', -0.325, 5), move('BTC', -0.1125, 5)],
    'BTC',
  ),
  quiet(
    {
      id: 'control-2023-08-07',
      title: 'A quiet week, 7 to 13 August 2023',
      time: '2023-08-07',
      sources: [BARS('annual volatility of hourly returns: BTC 0.198, ETH 0.183; correlation 0.85; range of BTC 5.5 %')],
    },
    0.198,
    0.183,
    0.85,
  ),
  quiet(
    {
      id: 'control-2023-09-04',
      title: 'A quiet week, 4 to 10 September 2023',
      time: '2023-09-04',
      sources: [BARS('annual volatility of hourly returns: BTC 0.209, ETH 0.223; correlation 0.89; range of BTC 4.4 %')],
    },
    0.209,
    0.223,
    0.89,
  ),
  quiet(
    {
      id: 'control-2023-10-09',
      title: 'A quiet week, 9 to 15 October 2023',
      time: '2023-10-09',
      sources: [BARS('annual volatility of hourly returns: BTC 0.235, ETH 0.292; correlation 0.81; range of BTC 5.5 %')],
    },
    0.235,
    0.292,
    0.81,
  ),
  near_miss(
    {
      id: 'near-miss-2023-03-14',
      title: 'BTC −9.6 % and back above where it began, 14 March 2023',
      time: '2023-03-14',
      sources: [
        BARS('largest fall within the day BTC −9.6 %, ETH −6.7 %, lows in the hour of 21:00; the day ended at +2.3 and +1.6 %'),
      ],
    },
    [move('BTC', -0.096, 3, 18), move('BTC', 0.05, 3, 21), move('ETH', -0.067, 3, 18), move('ETH', 0.035, 3, 21)],
  ),
  near_miss(
    {
      id: 'near-miss-2023-04-26',
      title: 'BTC −9.5 % and back where it began, 26 April 2023',
      time: '2023-04-26',
      sources: [
        BARS('largest fall within the day BTC −9.5 %, ETH −9.3 %, lows in the hour of 20:00; the day ended at +0.4 and 0.0 %'),
      ],
    },
    [move('BTC', -0.095, 1, 19), move('BTC', 0.04, 4, 20), move('ETH', -0.093, 1, 19), move('ETH', 0.04, 4, 20)],
  ),
]
