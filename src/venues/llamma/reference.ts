/**
 * The mechanics in exact integers (18 decimals, seconds), in the protocol's own terms: what the kernel is held against. Source:
 * curvefi/curve-stablecoin AMM and controller; exponential and logarithm are exact where the contract approximates (1e-14).
 */
import { isqrt, WAD, wadExp, wadLn } from './reference-math.ts'

const MAX_TICKS = 50
const MAX_SKIP = 1024
const DEAD_SHARES = 1000n
/** Largest step of the price that one trade is let see within the memory of the last, and that memory in seconds. */
const MAX_CHANGE = (125n * WAD) / 100n
const MEMORY_S = 120n

/** Why a call was refused. Nothing has changed when it is thrown. */
export class Revert extends Error {
  override readonly name = 'Revert'
}

function need(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Revert(reason)
}

const least = (x: bigint, y: bigint): bigint => (x < y ? x : y)
const most = (x: bigint, y: bigint): bigint => (x > y ? x : y)
const ceilDiv = (x: bigint, y: bigint): bigint => (x + y - 1n) / y

export interface ReferenceBand {
  x: bigint
  y: bigint
  shares: bigint
}

export interface ReferenceLoan {
  n1: number
  n2: number
  shares: bigint[]
  initial: bigint
  rate_mul: bigint
}

export interface ReferenceSwap {
  readonly paid: bigint
  readonly got: bigint
  readonly active: number
}

/** One band's curve at an oracle price: (f + x)(g + y) = inv. */
interface Curve {
  readonly f: bigint
  readonly g: bigint
  readonly inv: bigint
}

export class ReferenceLlamma {
  readonly A: bigint
  readonly base: bigint
  readonly fee: bigint
  readonly loan_discount: bigint
  readonly liquidation_discount: bigint
  readonly log_ratio: bigint
  readonly sqrt_ratio: bigint
  /** Price ratio of 50 bands, beyond which a trade does not look. */
  readonly far: bigint
  now = 0n
  rate_mul = WAD
  active = 0
  min_band = 0
  max_band = 0
  /** What the oracle says; what the last trade saw, its fee for the change, and when. */
  price: bigint
  old_price: bigint
  old_fee = 0n
  written = 0n
  readonly bands = new Map<number, ReferenceBand>()
  readonly loans = new Map<string, ReferenceLoan>()

  constructor(A: bigint, base: bigint, fee: bigint, loan_discount: bigint, liquidation_discount: bigint) {
    this.A = A
    this.base = base
    this.fee = fee
    this.loan_discount = loan_discount
    this.liquidation_discount = liquidation_discount
    const ratio = (A * WAD) / (A - 1n)
    this.log_ratio = wadLn(ratio)
    this.sqrt_ratio = isqrt(ratio * WAD)
    this.far = wadExp(50n * this.log_ratio)
    this.price = base
    this.old_price = base
    this.written = -MEMORY_S
  }

  band(n: number): ReferenceBand {
    let band = this.bands.get(n)
    if (band === undefined) {
      band = { x: 0n, y: 0n, shares: 0n }
      this.bands.set(n, band)
    }
    return band
  }

  /** Simple interest over a step; scales debts and the prices of the bands alike. */
  accrue(rate: bigint, seconds: bigint): void {
    this.rate_mul = (this.rate_mul * (WAD + rate * seconds)) / WAD
    this.now += seconds
  }

  /** Upper end of a band in terms of the oracle price; the lower end is the upper end of the next. */
  oracleUp(n: number): bigint {
    return (((this.base * this.rate_mul) / WAD) * wadExp(-BigInt(n) * this.log_ratio)) / WAD
  }

  /** Price that a trade sees, and its fee for a change that came soon after the last trade. */
  limited(): { readonly price: bigint; readonly fee: bigint } {
    const dt = MEMORY_S - least(MEMORY_S, this.now - this.written)
    if (dt === 0n) return { price: this.price, fee: 0n }
    const floor = (WAD * WAD) / MAX_CHANGE
    const up = this.price > this.old_price
    let ratio = up ? (this.old_price * WAD) / this.price : (this.price * WAD) / this.old_price
    let price = this.price
    if (ratio < floor) {
      ratio = floor
      price = up ? (this.old_price * MAX_CHANGE) / WAD : (this.old_price * WAD) / MAX_CHANGE
    }
    const cube = (ratio * ratio * ratio) / (WAD * WAD)
    return { price, fee: least(((WAD + this.old_fee - cube) * dt) / MEMORY_S, WAD - 1n) }
  }

  private y0(x: bigint, y: bigint, p: bigint, up: bigint): bigint {
    let b = x > 0n ? (up * (this.A - 1n) * x) / p : 0n
    if (y > 0n) b += (((this.A * p * p) / up) * y) / WAD
    if (x === 0n || y === 0n) return (b * WAD) / (this.A * p)
    return ((b + isqrt(b * b + ((4n * this.A * p * y) / WAD) * x)) * WAD) / (2n * this.A * p)
  }

  private curve(x: bigint, y: bigint, p: bigint, up: bigint): Curve & { readonly y0: bigint } {
    const y0 = this.y0(x, y, p, up)
    const f = (((this.A * y0 * p) / up) * p) / WAD
    const g = ((this.A - 1n) * y0 * up) / p
    return { y0, f, g, inv: (f + x) * (g + y) }
  }

  /** Fee of a band that is away from the oracle price: a quarter of the distance. */
  dynamicFee(p: bigint, up: bigint): bigint {
    const low = (((p * p) / up) * p) / up
    const next = (up * (this.A - 1n)) / this.A
    const high = (((p * p) / next) * p) / next
    if (p < low) return ((low - p) * (WAD / 4n)) / low
    return p > high ? ((p - high) * (WAD / 4n)) / p : 0n
  }

  /** Trades `amount` into the bands: stable for collateral (pump) or collateral for stable. */
  exchange(pump: boolean, amount: bigint): ReferenceSwap {
    const { price: p, fee } = this.limited()
    this.old_price = p
    this.old_fee = fee
    this.written = this.now
    const least_fee = most(this.fee, fee)
    let n = this.active
    let up = this.oracleUp(n)
    let left = amount
    let got = 0n
    let touched = 0
    for (let i = 0; i < MAX_TICKS + MAX_SKIP; i++) {
      const band = this.band(n)
      const { x, y } = band
      const there = pump ? y : x
      if (x > 0n || y > 0n) touched++
      if (there > 0n) {
        const c = this.curve(x, y, p, up)
        const anti = (WAD * WAD) / (WAD - least(most(this.dynamicFee(p, up), least_fee), WAD - 1n))
        // Seen from the side that comes in: f, x for a pump, g, y for a dump.
        const [a, b, mine] = pump ? [c.f, c.g, x] : [c.g, c.f, y]
        const whole = c.inv / b - a - mine
        const cost = (whole * anti) / WAD
        if (cost >= left) {
          const last = least(c.inv / (a + mine + (left * WAD) / anti) - b + 1n, there)
          this.write(band, pump, mine + left, last)
          got += there - last
          left = 0n
          break
        }
        const dx = most(cost, 1n)
        left -= dx
        got += there
        this.write(band, pump, mine + dx, 0n)
      }
      if (n === (pump ? this.max_band : this.min_band) || touched === MAX_TICKS) break
      if (pump ? up * this.far < p * WAD : up * WAD > p * this.far) break
      n += pump ? 1 : -1
      up = pump ? (up * (this.A - 1n)) / this.A : (up * this.A) / (this.A - 1n)
    }
    this.active = n
    return { paid: amount - left, got, active: n }
  }

  private write(band: ReferenceBand, pump: boolean, mine: bigint, there: bigint): void {
    band.x = pump ? mine : there
    band.y = pump ? there : mine
  }

  /** Stable that a user would end with if the oracle price fell slowly through all his bands. */
  xDown(user: string): bigint {
    const loan = this.loan(user)
    const { price: p } = this.limited()
    let sum = 0n
    loan.shares.forEach((share, k) => {
      const n = loan.n1 + k
      const { x, y, shares } = this.band(n)
      if (share === 0n || (x === 0n && y === 0n)) return
      sum += (this.bandDown(x, y, p, this.oracleUp(n)) * share) / (shares + DEAD_SHARES)
    })
    return sum
  }

  private bandDown(x: bigint, y: bigint, p: bigint, up: bigint): bigint {
    const down = (up * (this.A - 1n)) / this.A
    if (p > up && x === 0n) return (y * up) / this.sqrt_ratio
    if (p < down && y === 0n) return x
    const { y0, f, g, inv } = this.curve(x, y, p, up)
    if (p > up) return ((most(inv / f, g) - g) * up) / this.sqrt_ratio
    if (p < down) return most(inv / g, f) - f
    const yo = (this.A * y0 * (p - down)) / p
    return most(inv / (g + yo), f) - f + (yo * isqrt(down * p)) / WAD
  }

  loan(user: string): ReferenceLoan {
    const loan = this.loans.get(user)
    need(loan !== undefined, "Loan doesn't exist")
    return loan
  }

  debt(user: string): bigint {
    const { initial, rate_mul } = this.loan(user)
    return ceilDiv(initial * this.rate_mul, rate_mul)
  }

  /** What a user has in the bands. */
  sum(user: string): { readonly x: bigint; readonly y: bigint } {
    const loan = this.loan(user)
    let [x, y] = [0n, 0n]
    loan.shares.forEach((share, k) => {
      const band = this.band(loan.n1 + k)
      x += (band.x * share) / (band.shares + DEAD_SHARES)
      y += (band.y * share) / (band.shares + DEAD_SHARES)
    })
    return { x, y }
  }

  /** @param full adds what the collateral is worth above its highest band, where it is untouched */
  health(user: string, full: boolean, discount = this.liquidation_discount): bigint {
    const loan = this.loan(user)
    const debt = this.debt(user)
    let out = (this.xDown(user) * (WAD - discount)) / debt - WAD
    if (!full || loan.n1 <= this.active) return out
    const { price } = this.limited()
    const up = this.oracleUp(loan.n1)
    if (price > up) out += ((price - up) * this.sum(user).y) / debt
    return out
  }

  /** Highest band whose range may carry this loan: the lowest number. */
  n1Of(collateral: bigint, debt: bigint, N: number): number {
    need(debt > 0n, 'No loan')
    const n = BigInt(N)
    const haircut = least(this.loan_discount + (1000n * WAD) / most(collateral / n, 1000n), WAD)
    let d = (collateral * (WAD - haircut)) / (this.sqrt_ratio * n)
    let effective = d
    for (let k = 1; k < N; k++) {
      d = (d * (this.A - 1n)) / this.A
      effective += d
    }
    const value = (effective * this.oracleUp(this.active)) / (debt + 1n)
    need(value > 0n, 'Amount too low')
    const log = wadLn(value)
    const steps = log / this.log_ratio - (log < 0n && log % this.log_ratio !== 0n ? 1n : 0n)
    const n1 = Number(least(steps, BigInt(MAX_SKIP - N))) + this.active
    need(this.oracleUp(n1) <= this.limited().price, 'Debt too high')
    return n1
  }

  create(user: string, collateral: bigint, debt: bigint, N: number): void {
    const n1 = this.n1Of(collateral, debt, N)
    this.free(n1)
    this.deposit(user, collateral, n1, N, debt)
  }

  /** A position may begin above the active band only where nothing has been sold. */
  private free(n1: number): void {
    for (let n = n1; n <= this.active; n++) need(this.band(n).x === 0n, 'Band has been traded')
  }

  /** The same amount into each band, what does not divide into the first. */
  private deposit(user: string, collateral: bigint, n1: number, N: number, debt: bigint): void {
    if (n1 <= this.active) this.active = n1 - 1
    const each = collateral / BigInt(N)
    const shares: bigint[] = []
    for (let k = 0; k < N; k++) {
      const y = k === 0 ? collateral - each * BigInt(N - 1) : each
      need(y > 100n, 'Amount too low')
      const band = this.band(n1 + k)
      const share = ((band.shares + DEAD_SHARES) * y) / (band.y + 1n)
      band.y += y
      band.shares += share
      shares.push(share)
    }
    this.min_band = Math.min(this.min_band, n1)
    this.max_band = Math.max(this.max_band, n1 + N - 1)
    this.loans.set(user, { n1, n2: n1 + N - 1, shares, initial: debt, rate_mul: this.rate_mul })
  }

  private withdraw(user: string, fraction: bigint): { x: bigint; y: bigint } {
    const loan = this.loan(user)
    let [x, y] = [0n, 0n]
    loan.shares.forEach((share, k) => {
      const band = this.band(loan.n1 + k)
      const part = (share * fraction) / WAD
      const all = band.shares + DEAD_SHARES
      const [dx, dy] = [(band.x * part) / all, (band.y * part) / all]
      loan.shares[k] = share - part
      band.shares -= part
      // Who leaves last leaves dust behind, which is the administrator's.
      band.x = band.shares === 0n ? 0n : band.x - dx
      band.y = band.shares === 0n ? 0n : band.y - dy
      x += dx
      y += dy
    })
    return { x, y }
  }

  /** Moves an untouched position to where other collateral and debt belong. */
  move(user: string, collateral_change: bigint, debt_change: bigint): void {
    const loan = this.loan(user)
    need(loan.n1 > this.active, 'Position is under water')
    const N = loan.shares.length
    const collateral = this.sum(user).y + collateral_change
    const debt = this.debt(user) + debt_change
    need(collateral > 0n, 'Amount too low')
    const n1 = this.n1Of(collateral, debt, N)
    this.free(n1)
    const { y } = this.withdraw(user, WAD)
    this.deposit(user, y + collateral_change, n1, N, debt)
  }

  /** Pays back a part, in whichever state; the bands stay when the position has been traded. */
  repay(user: string, amount: bigint): { x: bigint; y: bigint } | undefined {
    const loan = this.loan(user)
    const debt = this.debt(user)
    if (amount >= debt) {
      const all = this.withdraw(user, WAD)
      this.loans.delete(user)
      return all
    }
    if (loan.n1 > this.active) this.move(user, 0n, -amount)
    else {
      loan.initial = debt - amount
      loan.rate_mul = this.rate_mul
    }
    return undefined
  }

  /** Share of the position that goes for a share of the debt: less, as long as something stays. */
  removed(fraction: bigint, h: bigint): bigint {
    if (h === 0n) return fraction
    if (fraction === WAD) return WAD
    return ((((WAD + h / 2n) * (WAD - fraction)) / (WAD + h) + fraction) * fraction) / WAD
  }

  /** Hard liquidation of a share of the debt. @returns debt closed, and what the position gave up */
  liquidate(user: string, fraction: bigint): { readonly debt: bigint; readonly x: bigint; readonly y: bigint } {
    const loan = this.loan(user)
    need(this.health(user, true) < 0n, 'Not enough rekt')
    const debt = this.debt(user)
    const part = ceilDiv(debt * fraction, WAD)
    need(part > 0n, 'No debt')
    const share = part === debt ? WAD : this.removed(fraction, this.liquidation_discount)
    const { x, y } = this.withdraw(user, share)
    loan.initial = debt - part
    loan.rate_mul = this.rate_mul
    if (part === debt) this.loans.delete(user)
    return { debt: part, x, y }
  }
}
