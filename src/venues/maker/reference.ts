/**
 * The mechanics in exact integers, in the protocol's own terms and units (wad 1e18, ray 1e27, rad 1e45, seconds): what the fast
 * kernel is held against. Source: makerdao/dss at fa4f663 (2022-05-18): vat, jug, spot, dog, clip, abaci. The surplus and debt
 * side is in reference-vow.ts.
 */
import { ReferenceVow } from './reference-vow.ts'

export const WAD = 1_000_000_000_000_000_000n
export const RAY = 1_000_000_000_000_000_000_000_000_000n
export const RAD = WAD * RAY
/** Feeds answer in wad, spot prices are ray. */
const FEED = RAY / WAD
/** Largest amount that the accounting can negate. */
const MOST = 1n << 255n

export const rmul = (x: bigint, y: bigint): bigint => (x * y) / RAY
export const rdiv = (x: bigint, y: bigint): bigint => (x * RAY) / y
export const wmul = (x: bigint, y: bigint): bigint => (x * y) / WAD
const least = (x: bigint, y: bigint): bigint => (x < y ? x : y)

/** x to the n-th in fixed point: square and multiply, every product rounded half up. */
export function rpow(x: bigint, n: bigint, base: bigint = RAY): bigint {
  const half = base / 2n
  let square = x
  let left = n / 2n
  let out = n % 2n === 1n ? x : base
  while (left > 0n) {
    square = (square * square + half) / base
    if (left % 2n === 1n) out = (out * square + half) / base
    left /= 2n
  }
  return out
}

/** Why a call was refused, in the contract's words. Nothing has changed when it is thrown. */
export class Revert extends Error {
  override readonly name = 'Revert'
}

function need(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Revert(reason)
}

export type ReferenceCurve =
  | { readonly kind: 'linear'; readonly tau: bigint }
  | { readonly kind: 'stairstep'; readonly cut: bigint; readonly step: bigint }
  | { readonly kind: 'exponential'; readonly cut: bigint }

/** Auction price `elapsed` seconds after it stood at `top` (abaci). */
export function curvePrice(curve: ReferenceCurve, top: bigint, elapsed: bigint): bigint {
  if (curve.kind === 'stairstep') return rmul(top, rpow(curve.cut, elapsed / curve.step))
  if (curve.kind === 'exponential') return rmul(top, rpow(curve.cut, elapsed))
  return elapsed >= curve.tau ? 0n : rmul(top, ((curve.tau - elapsed) * RAY) / curve.tau)
}

/** A collateral type: vat, jug, spotter, dog and clip hold a part of it each. */
export interface ReferenceIlk {
  Art: bigint
  rate: bigint
  spot: bigint
  line: bigint
  dust: bigint
  mat: bigint
  /** What the feed says, wad; undefined when it has no value. */
  val: bigint | undefined
  duty: bigint
  rho: bigint
  chop: bigint
  hole: bigint
  dirt: bigint
  buf: bigint
  tail: bigint
  cusp: bigint
  chip: bigint
  tip: bigint
  /** Smallest remainder of an auction: dust with penalty, set by `upchost`. */
  chost: bigint
  stopped: 0 | 1 | 2 | 3
  curve: ReferenceCurve
}

export interface ReferenceUrn {
  readonly ilk: number
  readonly owner: string
  ink: bigint
  art: bigint
}

export interface ReferenceSale {
  readonly ilk: number
  readonly urn: number
  tab: bigint
  lot: bigint
  tic: bigint
  top: bigint
}

/** An ilk that limits nothing and charges nothing; a test sets what it is about. */
export const blankIlk = (fields: Partial<ReferenceIlk> = {}): ReferenceIlk => ({
  Art: 0n,
  rate: RAY,
  spot: 0n,
  line: RAD * RAD,
  dust: 0n,
  mat: RAY,
  val: undefined,
  duty: RAY,
  rho: 0n,
  chop: WAD,
  hole: RAD * RAD,
  dirt: 0n,
  buf: RAY,
  tail: 3600n,
  cusp: 0n,
  chip: 0n,
  tip: 0n,
  chost: 0n,
  stopped: 0,
  curve: { kind: 'linear', tau: 3600n },
  ...fields,
})

export class ReferenceMaker {
  now = 0n
  par = RAY
  /** Added to every ilk's duty. */
  base = 0n
  Line = RAD * RAD
  Hole = RAD * RAD
  Dirt = 0n
  live = true
  /** All dai there is, and all unbacked dai. */
  debt = 0n
  vice = 0n
  readonly ilks: ReferenceIlk[] = []
  readonly urns: ReferenceUrn[] = []
  readonly sales = new Map<number, ReferenceSale>()
  readonly vow = new ReferenceVow()
  private readonly dais = new Map<string, bigint>()
  private readonly gems = new Map<string, bigint>()
  private kicks = 0

  ilk(i: number): ReferenceIlk {
    return this.ilks[i] as ReferenceIlk
  }
  urn(u: number): ReferenceUrn {
    return this.urns[u] as ReferenceUrn
  }
  dai(who: string): bigint {
    return this.dais.get(who) ?? 0n
  }
  gem(ilk: number, who: string): bigint {
    return this.gems.get(`${ilk}/${who}`) ?? 0n
  }
  /** Gives (or takes) free collateral: what token adapters do. */
  slip(ilk: number, who: string, wad: bigint): void {
    this.gems.set(`${ilk}/${who}`, this.gem(ilk, who) + wad)
  }
  private pay(who: string, rad: bigint): void {
    this.dais.set(who, this.dai(who) + rad)
  }

  /** Moves dai between holders. */
  move(from: string, to: string, rad: bigint): void {
    need(this.dai(from) >= rad, 'Vat/underflow')
    this.pay(from, -rad)
    this.pay(to, rad)
  }

  addIlk(ilk: ReferenceIlk): number {
    this.ilks.push(ilk)
    this.upchost(this.ilks.length - 1)
    this.poke(this.ilks.length - 1)
    return this.ilks.length - 1
  }
  addUrn(ilk: number, owner: string): number {
    return this.urns.push({ ilk, owner, ink: 0n, art: 0n }) - 1
  }
  upchost(i: number): void {
    const ilk = this.ilk(i)
    ilk.chost = wmul(ilk.dust, ilk.chop)
  }

  /** Feed price in the unit of account, ray. */
  private feed(ilk: ReferenceIlk): bigint {
    need(ilk.val !== undefined, 'Clipper/invalid-price')
    return rdiv(ilk.val * FEED, this.par)
  }

  /** Takes the feed over into the safety price; no value, no safety. */
  poke(i: number): void {
    const ilk = this.ilk(i)
    ilk.spot = ilk.val === undefined ? 0n : rdiv(rdiv(ilk.val * FEED, this.par), ilk.mat)
  }

  /** Raises the rate by hand, the proceeds going to the vow. */
  fold(i: number, rate: bigint): void {
    const ilk = this.ilk(i)
    ilk.rate += rate
    this.pay('vow', ilk.Art * rate)
    this.debt += ilk.Art * rate
  }

  /** Collects the stability fee since the last time. */
  drip(i: number): void {
    const ilk = this.ilk(i)
    need(this.now >= ilk.rho, 'Jug/invalid-now')
    const next = rmul(rpow(this.base + ilk.duty, this.now - ilk.rho), ilk.rate)
    this.fold(i, next - ilk.rate)
    ilk.rho = this.now
  }

  /** Owner or anyone else changes a vault: `dink` collateral in, `dart` normalised debt drawn, both signed. */
  frob(u: number, who: string, dink: bigint, dart: bigint): void {
    need(this.live, 'Vat/not-live')
    const urn = this.urn(u)
    const ilk = this.ilk(urn.ilk)
    const ink = urn.ink + dink
    const art = urn.art + dart
    const dtab = ilk.rate * dart
    const tab = ilk.rate * art
    need(ink >= 0n && art >= 0n, 'Vat/underflow')
    if (dart > 0n) need((ilk.Art + dart) * ilk.rate <= ilk.line && this.debt + dtab <= this.Line, 'Vat/ceiling-exceeded')
    const riskier = dart > 0n || dink < 0n
    if (riskier) need(tab <= ink * ilk.spot, 'Vat/not-safe')
    if (riskier) need(who === urn.owner, 'Vat/not-allowed-u')
    need(art === 0n || tab >= ilk.dust, 'Vat/dust')
    need(this.gem(urn.ilk, who) >= dink && this.dai(who) >= -dtab, 'Vat/underflow')
    urn.ink = ink
    urn.art = art
    ilk.Art += dart
    this.debt += dtab
    this.slip(urn.ilk, who, -dink)
    this.pay(who, dtab)
  }

  /** Creates dai against debt of the vow. */
  private suck(who: string, rad: bigint): void {
    this.vow.sin += rad
    this.vice += rad
    this.debt += rad
    this.pay(who, rad)
  }

  /** The vow's dai against its debt. */
  heal(rad: bigint): void {
    need(rad <= this.dai('vow'), 'Vow/insufficient-surplus')
    need(rad <= this.vow.free, 'Vow/insufficient-debt')
    this.pay('vow', -rad)
    this.vow.sin -= rad
    this.vice -= rad
    this.debt -= rad
  }

  /** How much of a breached vault goes to auction now, and what for. */
  private cut(ilk: ReferenceIlk, urn: ReferenceUrn): { readonly dart: bigint; readonly dink: bigint } {
    need(this.Hole > this.Dirt && ilk.hole > ilk.dirt, 'Dog/liquidation-limit-hit')
    const room = least(this.Hole - this.Dirt, ilk.hole - ilk.dirt)
    let dart = least(urn.art, (room * WAD) / ilk.rate / ilk.chop)
    if (urn.art > dart) {
      if ((urn.art - dart) * ilk.rate < ilk.dust) dart = urn.art
      else need(dart * ilk.rate >= ilk.dust, 'Dog/dusty-auction-from-partial-liquidation')
    }
    const dink = (urn.ink * dart) / urn.art
    need(dink > 0n, 'Dog/null-auction')
    need(dart <= MOST && dink <= MOST, 'Dog/overflow')
    return { dart, dink }
  }

  /** Sends a vault in breach to auction. @returns the auction's id */
  bark(u: number, keeper: string): number {
    const urn = this.urn(u)
    const ilk = this.ilk(urn.ilk)
    need(this.live, 'Dog/not-live')
    need(ilk.spot > 0n && urn.ink * ilk.spot < urn.art * ilk.rate, 'Dog/not-unsafe')
    const { dart, dink } = this.cut(ilk, urn)
    const due = dart * ilk.rate
    const tab = (due * ilk.chop) / WAD
    need(ilk.stopped < 1, 'Clipper/stopped-incorrect')
    need(tab > 0n, 'Clipper/zero-tab')
    const top = rmul(this.feed(ilk), ilk.buf)
    need(top > 0n, 'Clipper/zero-top-price')
    urn.ink -= dink
    urn.art -= dart
    ilk.Art -= dart
    this.slip(urn.ilk, 'clip', dink)
    this.vow.sin += due
    this.vice += due
    this.vow.fess(this.now, due)
    this.Dirt += tab
    ilk.dirt += tab
    const id = ++this.kicks
    this.sales.set(id, { ilk: urn.ilk, urn: u, tab, lot: dink, tic: this.now, top })
    this.reward(ilk, tab, keeper)
    return id
  }

  private reward(ilk: ReferenceIlk, tab: bigint, keeper: string): void {
    if (ilk.tip > 0n || ilk.chip > 0n) this.suck(keeper, ilk.tip + wmul(tab, ilk.chip))
  }

  private sale(id: number): ReferenceSale {
    const sale = this.sales.get(id)
    need(sale !== undefined, 'Clipper/not-running-auction')
    return sale
  }

  /** Price of an auction now, ray, and whether it must be restarted first. */
  status(id: number): { readonly price: bigint; readonly redo: boolean } {
    const sale = this.sale(id)
    const ilk = this.ilk(sale.ilk)
    const elapsed = this.now - sale.tic
    const price = curvePrice(ilk.curve, sale.top, elapsed)
    return { price, redo: elapsed > ilk.tail || rdiv(price, sale.top) < ilk.cusp }
  }

  /** Restarts an auction at today's price. */
  redo(id: number, keeper: string): void {
    const sale = this.sale(id)
    const ilk = this.ilk(sale.ilk)
    need(ilk.stopped < 2, 'Clipper/stopped-incorrect')
    need(this.status(id).redo, 'Clipper/cannot-reset')
    const feed = this.feed(ilk)
    const top = rmul(feed, ilk.buf)
    need(top > 0n, 'Clipper/zero-top-price')
    sale.tic = this.now
    sale.top = top
    if (sale.tab >= ilk.chost && sale.lot * feed >= ilk.chost) this.reward(ilk, sale.tab, keeper)
  }

  /** Buys up to `amt` collateral at no more than `max`. @returns what was paid (rad) and bought (wad) */
  take(id: number, amt: bigint, max: bigint, who: string): { readonly owe: bigint; readonly slice: bigint } {
    const sale = this.sale(id)
    const ilk = this.ilk(sale.ilk)
    need(ilk.stopped < 3, 'Clipper/stopped-incorrect')
    const { price, redo } = this.status(id)
    need(!redo, 'Clipper/needs-reset')
    need(max >= price, 'Clipper/too-expensive')
    let slice = least(sale.lot, amt)
    let owe = slice * price
    const whole = sale.tab
    if (owe > whole) {
      owe = whole
      slice = owe / price
    } else if (owe < whole && slice < sale.lot && whole - owe < ilk.chost) {
      need(whole > ilk.chost, 'Clipper/no-partial-purchase')
      owe = whole - ilk.chost
      slice = owe / price
    }
    need(this.dai(who) >= owe, 'Vat/underflow')
    sale.tab -= owe
    sale.lot -= slice
    this.slip(sale.ilk, 'clip', -slice)
    this.slip(sale.ilk, who, slice)
    this.move(who, 'vow', owe)
    this.dig(ilk, sale.lot === 0n ? whole : owe)
    if (sale.lot === 0n || sale.tab === 0n) this.close(id, sale)
    return { owe, slice }
  }

  /** What is covered or written off no longer counts as being auctioned. */
  private dig(ilk: ReferenceIlk, rad: bigint): void {
    this.Dirt -= rad
    ilk.dirt -= rad
  }

  /** Ends an auction; collateral that nobody needed goes back to the vault's owner. */
  private close(id: number, sale: ReferenceSale): void {
    this.slip(sale.ilk, 'clip', -sale.lot)
    this.slip(sale.ilk, this.urn(sale.urn).owner, sale.lot)
    this.sales.delete(id)
  }
}
