/** Who pressed on which market: what takers bought and sold, by the hour. */
import { type Analytic, type LogView, type ReportTable, SOLD, type WorldView } from '../model/index.ts'

const HOUR_MS = 3_600_000

export interface OrderFlow {
  readonly market: number
  /** Start of the hour. */
  readonly time_ms: number
  /** USD that takers bought and sold, at execution prices. */
  readonly bought_usd: number
  readonly sold_usd: number
  /** The part of both that was forced. */
  readonly forced_usd: number
}

/** (bought − sold) ÷ (bought + sold), −1 to 1: the trade imbalance of Chordia, Roll and Subrahmanyam (Journal of Financial Economics 65, 2002), in USD. */
export const order_flow_imbalance = ({ bought_usd, sold_usd }: OrderFlow): number =>
  (bought_usd - sold_usd) / (bought_usd + sold_usd)

/** Hours with trades, by market, then by time. */
export function order_flows(log: LogView, world: WorldView): OrderFlow[] {
  const flows = new Map<string, { -readonly [K in keyof OrderFlow]: OrderFlow[K] }>()
  const c = log.columns
  for (let row = 0; row < log.length; row++) {
    if (log.kind(row) !== 'fill') continue
    const market = c.market.data[row] as number
    const time_ms = Math.floor((c.time_ms.data[row] as number) / HOUR_MS) * HOUR_MS
    const key = `${market} ${time_ms}`
    const flow = flows.get(key) ?? { market, time_ms, bought_usd: 0, sold_usd: 0, forced_usd: 0 }
    flows.set(key, flow)
    const usd = c.usd.data[row] as number
    if ((c.amount.data[row] as number) > 0) flow.bought_usd += usd
    else flow.sold_usd += usd
    if (SOLD[c.sold.data[row] as number] !== 'free') flow.forced_usd += usd
  }
  const named = (flow: OrderFlow) => world.markets[flow.market]?.id ?? ''
  return [...flows.values()]
    .filter((flow) => flow.bought_usd + flow.sold_usd > 0)
    .sort((a, b) => (named(a) < named(b) ? -1 : named(a) > named(b) ? 1 : a.time_ms - b.time_ms))
}

export const order_flow: Analytic = {
  id: 'order-flow',
  title: 'Order flow by market and hour',
  measure(log: LogView, world: WorldView): ReportTable {
    return {
      id: 'order-flow',
      title: order_flow.title,
      columns: [
        { name: 'market', unit: '' },
        { name: 'time_ms', unit: 'ms' },
        { name: 'bought_usd', unit: 'usd' },
        { name: 'sold_usd', unit: 'usd' },
        { name: 'forced_usd', unit: 'usd' },
        { name: 'order_flow_imbalance', unit: 'ratio', definition: 'order_flow_imbalance' },
      ],
      rows: order_flows(log, world).map((flow) => [
        world.markets[flow.market]?.id ?? '',
        flow.time_ms,
        flow.bought_usd,
        flow.sold_usd,
        flow.forced_usd,
        order_flow_imbalance(flow),
      ]),
    }
  },
}
