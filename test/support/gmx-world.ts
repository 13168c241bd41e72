/** One market of GMX v2 without fees, impact or rates, unless a test says so: ETH longs backed by ETH, shorts by USDC. */
import { Actions, Offers } from '../../src/model/index.ts'
import { type GmxSpec, type GmxV2, gmxV2 } from '../../src/venues/gmx-v2/index.ts'
import { VenueWorld } from './venue-world.ts'

/** Collateral in units of its token, size in USD, entry price. */
export interface Held {
  readonly owner?: number
  readonly side?: 1 | -1
  readonly coin?: 0 | 1
  readonly collateral: number
  readonly size: number
  readonly entry: number
}

export const PLAIN = {
  id: 'M',
  index: 'ETH',
  long: 'ETH',
  short: 'USDC',
  index_oracle: 'ETH',
  long_oracle: 'ETH',
  short_oracle: 'USDC',
  long_amount: 1000,
  short_amount: 5e6,
  impact_positive: 0,
  impact_negative: 0,
  impact_exponent: 2,
  most_positive_impact: 0.004,
  most_negative_impact: 0.005,
  fee_positive: 0,
  fee_negative: 0,
  liquidation_fee: 0,
  least_collateral_usd: 1,
  collateral_factor: 0.01,
  liquidation_factor: 0.01,
  interest_multiplier: 0,
  most_interest_usd: 1e9,
  reserve_factor: 1,
  borrow_base: 0,
  borrow_above: 0,
  borrow_optimal: 0.85,
  funding_most: 0,
  funding_least: 0,
  funding_rise_ms: 10_800_000,
  funding_fall_ms: 172_800_000,
  funding_stable: 0.04,
  funding_falling: 0.04,
  pnl_traders: 0.9,
  pnl_adl: 0.85,
  pnl_after: 0.77,
}

export class GmxWorld extends VenueWorld {
  readonly venue: GmxV2

  constructor(held: readonly Held[], contract: object = {}, prices: Record<string, number> = { ETH: 5000, USDC: 1, SOL: 20 }) {
    super(prices)
    const spec: GmxSpec = gmxV2.schema.parse({
      kind: 'gmx-v2',
      id: 'venue',
      contracts: [{ ...PLAIN, ...contract }],
      accounts: {
        owner: Int32Array.from(held, ({ owner = 0 }) => owner),
        contract: new Int32Array(held.length),
        side: Int32Array.from(held, ({ side = 1 }) => side),
        coin: Int32Array.from(held, ({ coin = 0 }) => coin),
        collateral: Float64Array.from(held, ({ collateral }) => collateral),
        size: Float64Array.from(held, ({ size }) => size),
        tokens: Float64Array.from(held, ({ size, entry }) => size / entry),
      },
    })
    this.venue = gmxV2.open(spec, this.builder) as GmxV2
    for (let actor = 1; actor <= 4; actor++) this.assets.forEach((_, asset) => this.ledger.credit(actor, asset, 1e6))
    this.ledger.postings.settle()
    this.tick(this.venue, 0)
  }

  /** Time passes at these prices. */
  at(prices: Record<string, number>, dt_ms = 0): void {
    Object.assign(this.answers, prices)
    this.tick(this.venue, dt_ms)
  }

  /** The keeper's round; how many of its steps were applied. */
  keep(): number {
    const actions = new Actions()
    this.venue.act(this.view, actions, new Offers())
    let done = 0
    for (const action of actions.list) {
      const { kind, ...fields } = action
      if (this.act(this.venue, kind, fields).status === 'applied') done++
    }
    return done
  }

  /** A live column of the venue's. */
  column(table: 'positions' | 'markets', name: string): ArrayLike<number> {
    const { state } = this.venue as unknown as { state: Record<'a' | 'm', Record<string, { data: ArrayLike<number> }>> }
    return state[table === 'positions' ? 'a' : 'm'][name]?.data as ArrayLike<number>
  }

  rows(kind: string): { account: number; amount: number; price: number; usd: number }[] {
    const { columns } = this.log
    const out = []
    for (let row = 0; row < this.log.length; row++) {
      if (this.log.kind(row) !== kind) continue
      const read = (name: 'account' | 'amount' | 'price' | 'usd') => columns[name].data[row] as number
      out.push({ account: read('account'), amount: read('amount'), price: read('price'), usd: read('usd') })
    }
    return out
  }
}
