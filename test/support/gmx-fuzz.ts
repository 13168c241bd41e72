/** Random lives of a market of GMX v2: every law after every action, tokens counted against treasuries. */
import { GmxWorld, type Held } from './gmx-world.ts'
import { Draws } from './exchange-fuzz.ts'

export interface GmxSeen {
  actions: number
  takeover: number
  deleverage: number
  bad_debt: number
  opened: number
  closed: number
}

const START = 5000

function world(d: Draws): GmxWorld {
  const held = Array.from({ length: 12 }, (_, i): Held => {
    const usd = d.between(1000, 100_000)
    const [coin, side] = [d.pick([0, 1] as const), d.pick([1, -1] as const)]
    const collateral = coin === 0 ? usd / START : usd
    return { owner: i % 4, side, coin, collateral, size: d.pick([0, 1]) * usd * d.between(0.5, 40), entry: START }
  })
  const contract = {
    impact_positive: d.pick([0, 5e-9, 3e-11]),
    impact_negative: d.pick([0, 1e-8, 9e-11]),
    impact_pool: d.pick([0, 10]),
    fee_positive: 0.0004,
    fee_negative: 0.0006,
    liquidation_fee: d.pick([0, 0.002]),
    liquidation_factor: 0.005,
    interest_multiplier: 6e-11,
    long_amount: d.pick([10, 100, 1000]),
    short_amount: d.pick([1e5, 5e6]),
    reserve_factor: d.pick([1, 2.75]),
    borrow_base: 0.45,
    borrow_above: 0.9,
    funding_most: 0.75,
    funding_least: 0.01,
    virtual: 'ETH',
    ...d.pick([{}, { pnl_adl: 0.05, pnl_after: 0.03, pnl_traders: 0.06 }]),
  }
  return new GmxWorld(held, contract)
}

/** Tokens in custody and in treasuries less what was minted; the venue's own laws. */
function check(w: GmxWorld, opening: Float64Array): void {
  const broken = w.venue.violations()
  if (broken.length > 0) throw new Error(broken.join('; '))
  const now = total(w)
  now.forEach((units, asset) => {
    const was = opening[asset] as number
    if (!(Math.abs(units - was) <= 1e-9 * Math.max(1, Math.abs(was))))
      throw new Error(`${units} of asset ${asset}, there were ${was}`)
  })
}

function total(w: GmxWorld): Float64Array {
  const out = new Float64Array(w.assets.length)
  w.ledger.holdings(out)
  w.venue.holdings(out)
  w.ledger.postings.minted.columns.amount.data.forEach((minted, asset) => {
    out[asset] = (out[asset] as number) - minted
  })
  return out
}

function act(w: GmxWorld, d: Draws, price: { now: number }): void {
  const what = d.between(0, 1)
  if (what < 0.25) {
    price.now = Math.min(40_000, Math.max(600, price.now * d.between(0.85, 1.16)))
    w.at({ ETH: price.now }, d.pick([0, 60_000, 3_600_000]))
    return
  }
  if (what < 0.5) {
    w.keep()
    return
  }
  const account = Math.floor(d.between(0, 12))
  const kind = d.pick(['borrow', 'repay', 'deposit', 'withdraw'] as const)
  const coin = kind === 'borrow' || kind === 'repay' ? 0 : d.pick([0, 1])
  const usd = d.pick([0, d.between(1, 50_000), d.between(1, 1e6), Number.POSITIVE_INFINITY])
  w.act(w.venue, kind, { account, actor: 1 + (account % 4), asset: coin, amount: coin === 0 ? usd / price.now : usd })
}

/** Plays so many actions; @throws at the first broken law */
export function fuzz_gmx(actions: number, seed: number): GmxSeen {
  const d = new Draws(seed)
  const seen: GmxSeen = { actions: 0, takeover: 0, deleverage: 0, bad_debt: 0, opened: 0, closed: 0 }
  while (seen.actions < actions) {
    const w = world(d)
    const [opening, price] = [total(w), { now: START }]
    for (let i = 0; i < 150 && seen.actions < actions; i++, seen.actions++) {
      act(w, d, price)
      check(w, opening)
    }
    for (const kind of ['takeover', 'deleverage', 'bad_debt'] as const) seen[kind] += w.rows(kind).length
    seen.opened += w.rows('borrow').length
    seen.closed += w.rows('repay').length
  }
  return seen
}
