/** A simulated exchange of single lots, hour by hour: gives away price, open interest and funding; keeps the positions for the judge. */
import { exp, log, pow, type Rng } from '../../math/index.ts'
import { MENU, type Regime } from './regime.ts'

/** One position. */
export interface Lot {
  /** +1 long, −1 short. */
  readonly side: number
  /** Base units. */
  readonly quantity: number
  readonly entry: number
  /** Margin ÷ notional at entry; grows when its owner adds. */
  margin: number
  readonly rate: number
  readonly closes_hour: number
  /** Loss and gain, shares of the first margin, at which it is closed; 0: none. */
  readonly stop: number
  readonly take: number
  adds: boolean
}

/** Daily rows that anybody may see, and the positions at the end of the days asked for. */
export interface HiddenBook {
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units at the end of the day. */
  readonly open_interest: Float64Array
  /** Mean 8-hour rate of the day. */
  readonly funding: Float64Array
  readonly truth: ReadonlyMap<number, readonly Lot[]>
}

const HOURS = 24
/** Lots alive, about. */
const CROWD = 1200
const YEAR_HOURS = 8760

/** Price at which a lot's margin is down to its maintenance rate. Source: derivatives reference of the exchange's LP formula, isolated, linear. */
export function lot_level({ side, entry, margin, rate }: Lot): number {
  return side > 0 ? (entry * (1 - margin)) / (1 - rate) : (entry * (1 + margin)) / (1 + rate)
}

/** Drift of the log price in this hour. */
function drift(regime: Regime, hour: number, event: number): number {
  const day = hour / HOURS
  const inside = day >= event && day < event + 3
  if (regime.path === 'bull') return 0.006 / HOURS
  if (regime.path === 'bear') return -0.005 / HOURS
  if (regime.path === 'crash' && inside) return -0.1 / HOURS
  if (regime.path === 'squeeze' && inside) return 0.08 / HOURS
  return 0
}

interface State {
  readonly regime: Regime
  readonly rng: Rng
  lots: Lot[]
  price: number
  long: number
  short: number
  wave: number
  /** Close prices by hour. */
  readonly hours: number[]
  /** The maker's position, base units, and its mean entry. */
  maker: number
  maker_entry: number
}

function open_lot(state: State, hour: number): Lot {
  const { regime, rng, price } = state
  const size = Math.min(40, pow(rng.open(), -1 / regime.tail))
  const imbalance = (state.long - state.short) / Math.max(1, state.long + state.short)
  const hedger = rng.uniform() < regime.hedgers
  let leverage = 1
  let odds = 0
  if (hedger) {
    leverage = 1 + rng.uniform()
    odds = -6 * imbalance - 0.5
  } else {
    let left = rng.uniform()
    leverage = MENU[MENU.length - 1] as number
    for (let k = 0; k < MENU.length; k++) {
      left -= regime.menu[k] as number
      if (left < 0) {
        leverage = MENU[k] as number
        break
      }
    }
    const before = state.hours[Math.max(0, state.hours.length - 73)] ?? price
    const usual = regime.volatility * Math.sqrt(72 / YEAR_HOURS)
    odds = regime.chase * Math.max(-2, Math.min(2, log(price / before) / usual)) - 3 * imbalance + 0.2
  }
  const rate = 0.004 + 0.0002 * size
  const hold = regime.hold_days * HOURS * pow(5 / leverage, regime.hold_exponent)
  return {
    side: rng.uniform() < 1 / (1 + exp(-odds)) ? 1 : -1,
    quantity: size,
    entry: price,
    // Nobody opens what is liquidated at once.
    margin: Math.max(1 / leverage, rate + 0.002),
    rate,
    closes_hour: hour + hold * rng.exponential() * (hedger ? 2 : 1),
    stop: !hedger && rng.uniform() < regime.stops ? 0.3 + 0.6 * rng.uniform() : 0,
    take: !hedger && rng.uniform() < regime.takes ? 0.3 + 1.7 * rng.uniform() : 0,
    adds: !hedger && rng.uniform() < regime.adds,
  }
}

/** Closes what is due; returns the signed quantity sold by force (sales of longs +). */
function close_lots(state: State, hour: number, low: number, high: number): number {
  let forced = 0
  const kept: Lot[] = []
  for (const lot of state.lots) {
    const worst = lot.side > 0 ? low : high
    const loss = (lot.side * (lot.entry - worst)) / (lot.entry * lot.margin)
    if (lot.adds && loss > 0.6) {
      lot.margin *= 1.5 + state.rng.uniform()
      lot.adds = false
    }
    const level = lot_level(lot)
    const liquidated = lot.side > 0 ? low <= level : high >= level
    const gain = (lot.side * (state.price - lot.entry)) / (lot.entry * lot.margin)
    const left = hour >= lot.closes_hour || (lot.stop > 0 && loss > lot.stop) || (lot.take > 0 && gain > lot.take)
    if (!liquidated && !left) {
      kept.push(lot)
      continue
    }
    if (lot.side > 0) state.long -= lot.quantity
    else state.short -= lot.quantity
    if (liquidated) forced += lot.side * lot.quantity
  }
  state.lots = kept
  return forced
}

/** The maker takes the other side of the crowd. */
function balance(state: State): void {
  const next = state.short - state.long
  const grows = Math.abs(next) > Math.abs(state.maker)
  const turned = next * state.maker <= 0
  if (turned) state.maker_entry = state.price
  else if (grows) {
    const part = Math.abs(state.maker / next)
    state.maker_entry = part * state.maker_entry + (1 - part) * state.price
  }
  state.maker = next
}

/** Lots as they stand, the maker's among them. */
function standing(state: State): Lot[] {
  const copy = state.lots.map((lot) => ({ ...lot }))
  if (state.maker !== 0)
    copy.push({
      side: state.maker > 0 ? 1 : -1,
      quantity: Math.abs(state.maker),
      entry: state.maker_entry,
      margin: 1,
      rate: 0.004,
      closes_hour: Number.POSITIVE_INFINITY,
      stop: 0,
      take: 0,
      adds: false,
    })
  return copy
}

/** One hour: four steps of the price, closings, their impact, openings. Returns its low and high. */
function step(state: State, hour: number, event: number): readonly [number, number] {
  const { regime, rng } = state
  let low = state.price
  let high = state.price
  const sigma = regime.volatility / Math.sqrt(4 * YEAR_HOURS)
  for (let k = 0; k < 4; k++) {
    let move = drift(regime, hour, event) / 4 + sigma * rng.studentT(4) * 0.707
    if (rng.uniform() < regime.jumps_per_month / (30 * HOURS * 4)) move += -0.01 + 0.04 * rng.normal()
    state.price *= exp(Math.max(-0.2, Math.min(0.2, move)))
    low = Math.min(low, state.price)
    high = Math.max(high, state.price)
  }
  const forced = close_lots(state, hour, low, high)
  state.price *= exp((-regime.impact * forced) / Math.max(1, state.long, state.short))
  state.wave = 0.997 * state.wave + 0.077 * rng.normal()
  const rate = (CROWD / (regime.hold_days * HOURS)) * exp(regime.wave * state.wave)
  const arrivals = rng.poisson(rate)
  for (let i = 0; i < arrivals; i++) {
    const lot = open_lot(state, hour)
    state.lots.push(lot)
    if (lot.side > 0) state.long += lot.quantity
    else state.short += lot.quantity
  }
  balance(state)
  state.hours.push(state.price)
  return [Math.min(low, state.price), Math.max(high, state.price)]
}

/**
 * Simulates `days` days. The first `before` of them fill the book and give away the price only (open interest NaN).
 * @param keep days, counted from 0, at whose end the positions are kept
 */
export function hidden_book(regime: Regime, rng: Rng, days: number, before: number, keep: readonly number[]): HiddenBook {
  const state: State = {
    regime,
    rng,
    lots: [],
    price: 100,
    long: 0,
    short: 0,
    wave: 0,
    hours: [],
    maker: 0,
    maker_entry: 100,
  }
  const event = before + (days - before - 3) * rng.uniform()
  const column = () => new Float64Array(days).fill(Number.NaN)
  const [high, low, close, open_interest, funding] = [column(), column(), column(), column(), column()]
  const truth = new Map<number, readonly Lot[]>()
  for (let day = 0; day < days; day++) {
    let [top, bottom, rates] = [0, Number.POSITIVE_INFINITY, 0]
    for (let k = 0; k < HOURS; k++) {
      const [l, h] = step(state, day * HOURS + k, event)
      top = Math.max(top, h)
      bottom = Math.min(bottom, l)
      if (k % 8 === 7) {
        const levered = state.lots.reduce((sum, lot) => (lot.margin < 0.6 ? sum + lot.side * lot.quantity : sum), 0)
        const premium = (regime.funding * levered) / Math.max(1, state.long, state.short)
        rates += Math.max(-0.0075, Math.min(0.0075, 0.0001 + premium + 0.00005 * rng.normal())) / 3
      }
    }
    high[day] = top
    low[day] = bottom
    close[day] = state.price
    if (day >= before) {
      open_interest[day] = Math.max(state.long, state.short)
      funding[day] = rates
    }
    if (keep.includes(day)) truth.set(day, standing(state))
  }
  return { high, low, close, open_interest, funding, truth }
}
