/**
 * The mechanics in exact integers, in the protocol's own terms and units (wad 1e18, ray 1e27, rad 1e45, seconds): what the kernel is
 * held against. Source: makerdao/dss cat, flip, flop and the parts of vat, jug and vow they touch, as of 2020.
 */
export const WAD = 1_000_000_000_000_000_000n
export const RAY = 1_000_000_000_000_000_000_000_000_000n
export const RAD = WAD * RAY

/** Why a call was refused, in the contract's words. Nothing has changed when it is thrown. */
export class Revert extends Error {
  override readonly name = 'Revert'
}

function need(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Revert(reason)
}

const least = (x: bigint, y: bigint): bigint => (x < y ? x : y)

/** One auction may hold so much collateral (`lump`, the Cat of 2020-03-12), or raise so much debt with penalty (`dunk`, the later one). */
export type ReferenceCut = { readonly kind: 'lump'; readonly lump: bigint } | { readonly kind: 'dunk'; readonly dunk: bigint }

export interface ReferenceIlk {
  rate: bigint
  /** Price over liquidation ratio, ray. */
  spot: bigint
  dust: bigint
  /** 1 + penalty, wad. */
  chop: bigint
  cut: ReferenceCut
  /** 1 + least increase, wad. */
  beg: bigint
  ttl: bigint
  tau: bigint
}

export interface ReferenceUrn {
  readonly ilk: number
  readonly owner: string
  ink: bigint
  art: bigint
}

/** tab and bid rad, lot wad; tic is 0 without a bid. */
export interface ReferenceBid {
  readonly ilk: number
  readonly urn: number
  readonly tab: bigint
  bid: bigint
  lot: bigint
  guy: string
  tic: bigint
  end: bigint
}

export class ReferenceMaker2020 {
  now = 1n
  box = RAD * RAD
  litter = 0n
  readonly ilks: ReferenceIlk[] = []
  readonly urns: ReferenceUrn[] = []
  readonly bids = new Map<number, ReferenceBid>()
  /** Debt of the vow. */
  sin = 0n
  private readonly dais = new Map<string, bigint>()
  private readonly gems = new Map<string, bigint>()
  private kicks = 0

  dai(who: string): bigint {
    return this.dais.get(who) ?? 0n
  }
  gem(ilk: number, who: string): bigint {
    return this.gems.get(`${ilk}/${who}`) ?? 0n
  }
  slip(ilk: number, who: string, wad: bigint): void {
    this.gems.set(`${ilk}/${who}`, this.gem(ilk, who) + wad)
  }
  give(who: string, rad: bigint): void {
    this.dais.set(who, this.dai(who) + rad)
  }
  private move(from: string, to: string, rad: bigint): void {
    need(this.dai(from) >= rad, 'Vat/underflow')
    this.give(from, -rad)
    this.give(to, rad)
  }
  urn(u: number): ReferenceUrn {
    return this.urns[u] as ReferenceUrn
  }
  ilk(i: number): ReferenceIlk {
    return this.ilks[i] as ReferenceIlk
  }
  auction(id: number): ReferenceBid {
    const bid = this.bids.get(id)
    need(bid !== undefined, 'Flip/guy-not-set')
    return bid
  }

  /** Owner changes a vault: collateral in, normalised debt drawn, both signed. */
  frob(u: number, dink: bigint, dart: bigint): void {
    const urn = this.urn(u)
    const ilk = this.ilk(urn.ilk)
    const [ink, art] = [urn.ink + dink, urn.art + dart]
    need(ink >= 0n && art >= 0n, 'Vat/underflow')
    need((dart <= 0n && dink >= 0n) || art * ilk.rate <= ink * ilk.spot, 'Vat/not-safe')
    need(art === 0n || art * ilk.rate >= ilk.dust, 'Vat/dust')
    need(this.gem(urn.ilk, urn.owner) >= dink && this.dai(urn.owner) >= -dart * ilk.rate, 'Vat/underflow')
    urn.ink = ink
    urn.art = art
    this.slip(urn.ilk, urn.owner, -dink)
    this.give(urn.owner, dart * ilk.rate)
  }

  /** What one auction takes out of a vault. */
  private cut(ilk: ReferenceIlk, urn: ReferenceUrn): { readonly dink: bigint; readonly dart: bigint } {
    const { cut } = ilk
    if (cut.kind === 'lump') {
      const dink = least(urn.ink, cut.lump)
      return { dink, dart: dink === 0n ? 0n : least(urn.art, (dink * urn.art) / urn.ink) }
    }
    const room = this.box - this.litter
    need(this.litter < this.box && room >= ilk.dust, 'Cat/liquidation-limit-hit')
    const dart = least(urn.art, (least(cut.dunk, room) * WAD) / ilk.rate / ilk.chop)
    return { dart, dink: least(urn.ink, (urn.ink * dart) / urn.art) }
  }

  /** Puts (a part of) a vault in breach up for auction. @returns the auction's id */
  bite(u: number): number {
    const urn = this.urn(u)
    const ilk = this.ilk(urn.ilk)
    need(ilk.spot > 0n && urn.ink * ilk.spot < urn.art * ilk.rate, 'Cat/not-unsafe')
    const { dink, dart } = this.cut(ilk, urn)
    need(dink > 0n && dart > 0n, 'Cat/null-auction')
    urn.ink -= dink
    urn.art -= dart
    this.slip(urn.ilk, 'flip', dink)
    this.sin += dart * ilk.rate
    const tab = (dart * ilk.rate * ilk.chop) / WAD
    this.litter += tab
    const id = ++this.kicks
    const end = this.now + ilk.tau
    this.bids.set(id, { ilk: urn.ilk, urn: u, tab, bid: 0n, lot: dink, guy: 'cat', tic: 0n, end })
    return id
  }

  private open(bid: ReferenceBid): void {
    need(bid.tic > this.now || bid.tic === 0n, 'Flip/already-finished-tic')
    need(bid.end > this.now, 'Flip/already-finished-end')
  }

  /** Rising phase: more dai for the whole lot, the whole tab at most. Who is outbid gets his dai back from the next. */
  tend(id: number, lot: bigint, bid: bigint, who: string): void {
    const auction = this.auction(id)
    const ilk = this.ilk(auction.ilk)
    this.open(auction)
    need(lot === auction.lot, 'Flip/lot-not-matching')
    need(bid <= auction.tab, 'Flip/higher-than-tab')
    need(bid > auction.bid, 'Flip/bid-not-higher')
    need(bid * WAD >= ilk.beg * auction.bid || bid === auction.tab, 'Flip/insufficient-increase')
    need(this.dai(who) >= (who === auction.guy ? bid - auction.bid : bid), 'Vat/underflow')
    if (who !== auction.guy) this.move(who, auction.guy, auction.bid)
    this.move(who, 'vow', bid - auction.bid)
    auction.guy = who
    auction.bid = bid
    auction.tic = this.now + ilk.ttl
  }

  /** Falling phase, once the tab is bid: less collateral for the same dai; what is saved goes back to the owner. */
  dent(id: number, lot: bigint, bid: bigint, who: string): void {
    const auction = this.auction(id)
    const ilk = this.ilk(auction.ilk)
    this.open(auction)
    need(bid === auction.bid, 'Flip/not-matching-bid')
    need(bid === auction.tab, 'Flip/tend-not-finished')
    need(lot < auction.lot, 'Flip/lot-not-lower')
    need(ilk.beg * lot <= auction.lot * WAD, 'Flip/insufficient-decrease')
    if (who !== auction.guy) this.move(who, auction.guy, bid)
    this.slip(auction.ilk, 'flip', lot - auction.lot)
    this.slip(auction.ilk, this.urn(auction.urn).owner, auction.lot - lot)
    auction.guy = who
    auction.lot = lot
    auction.tic = this.now + ilk.ttl
  }

  /** Hands the lot to the winner. */
  deal(id: number): void {
    const auction = this.auction(id)
    need(auction.tic !== 0n && (auction.tic < this.now || auction.end < this.now), 'Flip/not-finished')
    this.litter -= auction.tab
    this.slip(auction.ilk, 'flip', -auction.lot)
    this.slip(auction.ilk, auction.guy, auction.lot)
    this.bids.delete(id)
  }

  /** Restarts the clock of an auction that nobody has bid in. */
  tick(id: number): void {
    const auction = this.auction(id)
    need(auction.end < this.now, 'Flip/not-finished')
    need(auction.tic === 0n, 'Flip/bid-already-placed')
    auction.end = this.now + this.ilk(auction.ilk).tau
  }
}

/** A debt auction: the vow gets `bid` dai for ever less of a governance token that is minted for the winner. */
export class ReferenceFlop {
  readonly bid: bigint
  lot: bigint
  guy = 'vow'
  tic = 0n
  end: bigint
  private readonly beg: bigint
  private readonly ttl: bigint

  constructor(now: bigint, sump: bigint, dump: bigint, beg: bigint, ttl: bigint, tau: bigint) {
    this.bid = sump
    this.lot = dump
    this.end = now + tau
    this.beg = beg
    this.ttl = ttl
  }

  /** @returns what the bidder pays: to the vow the first time, to the one he replaces later */
  dent(now: bigint, lot: bigint, who: string): bigint {
    need(this.tic > now || this.tic === 0n, 'Flop/already-finished-tic')
    need(this.end > now, 'Flop/already-finished-end')
    need(lot < this.lot, 'Flop/lot-not-lower')
    need(this.beg * lot <= this.lot * WAD, 'Flop/insufficient-decrease')
    const pays = who === this.guy ? 0n : this.bid
    this.guy = who
    this.lot = lot
    this.tic = now + this.ttl
    return pays
  }
}
