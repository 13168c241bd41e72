// The venue beside the exact reference, action by action, over random histories: same outcomes, same balances to 1e-9.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALI, BOB, DAI, ETH, EVE, type FlipWorld, flipWorld, USR } from '../../../test/support/flip-world.ts'
import { ALL, type Result, succeeded } from '../../model/index.ts'
import { RAD, RAY, ReferenceMaker2020, Revert, WAD } from './reference.ts'

const NAMES: Record<number, string> = { [USR]: 'usr', [EVE]: 'eve', [ALI]: 'ali', [BOB]: 'bob' }
const big = (x: number, unit: bigint): bigint => (BigInt(Math.round(x * 1e6)) * unit) / 1_000_000n

const REFUSALS: Record<string, readonly string[]> = {
  'Vat/not-safe': ['margin', 'stale', 'dust'],
  'Vat/dust': ['dust'],
  'Vat/underflow': ['funds', 'stale', 'dust'],
  'Cat/not-unsafe': ['healthy', 'stale'],
  'Cat/liquidation-limit-hit': ['limit'],
  'Cat/null-auction': ['empty'],
  'Flip/guy-not-set': ['unknown'],
  'Flip/already-finished-tic': ['stale'],
  'Flip/already-finished-end': ['stale'],
  'Flip/bid-not-higher': ['price'],
  'Flip/insufficient-increase': ['price'],
  'Flip/lot-not-lower': ['price'],
  'Flip/insufficient-decrease': ['price'],
  'Flip/not-finished': ['healthy'],
}

const VAULTS = [
  [0, 0, 40, 4000],
  [1, 0, 25, 3000],
  [0, 0, 6, 760],
  [1, 0, 60, 7500],
] as const
const CUTS = { lump: { kind: 'lump', lump: 15 }, dunk: { kind: 'dunk', dunk: 1500 } } as const

class Pair {
  readonly exact = new ReferenceMaker2020()
  readonly fast: FlipWorld
  /** Decisions that fell apart at a threshold. */
  close = 0

  constructor(kind: 'lump' | 'dunk') {
    const m = this.exact
    m.box = 6000n * RAD
    m.ilks.push({
      rate: RAY,
      spot: 200n * RAY,
      dust: 100n * RAD,
      chop: (113n * WAD) / 100n,
      cut: kind === 'lump' ? { kind, lump: 15n * WAD } : { kind, dunk: 1500n * RAD },
      beg: (105n * WAD) / 100n,
      ttl: 600n,
      tau: 5000n,
    })
    VAULTS.forEach(([owner, , ink, art], u) => {
      const who = NAMES[owner + 1] as string
      m.urns.push({ ilk: 0, owner: who, ink: 0n, art: 0n })
      m.slip(0, who, BigInt(ink) * WAD)
      m.frob(u, BigInt(ink) * WAD, BigInt(art) * WAD)
      m.give(who, -BigInt(art) * RAD)
    })
    for (const [who, eth, dai] of [
      ['usr', 1000n, 200_000n],
      ['eve', 50n, 0n],
      ['ali', 0n, 1_000_000n],
      ['bob', 0n, 1_000_000n],
    ] as const) {
      m.slip(0, who, eth * WAD)
      m.give(who, dai * RAD)
    }
    const ilk = { cut: CUTS[kind], dust: 100, tau_ms: 5_000_000 }
    this.fast = flipWorld(VAULTS, 300, { ilk, spec: { box: 6000 } })
    this.pass(0, 300)
  }

  /** Time in both clocks; price 0 is no price. */
  pass(seconds: number, price: number): boolean {
    const m = this.exact
    m.now += BigInt(seconds)
    m.ilk(0).spot = (big(price, RAY) * 2n) / 3n
    this.fast.see({ ETH: price }, seconds * 1000)
    return true
  }

  both(exact: () => void, fast: () => Result): boolean {
    let reason = ''
    try {
      exact()
    } catch (error) {
      if (!(error instanceof Revert)) throw error
      reason = error.message
    }
    const { status } = fast()
    if (reason === '' ? succeeded({ status, amount: 0 }) : REFUSALS[reason]?.includes(status)) return true
    if (!this.near()) expect.fail(`reference: ${reason || 'accepted'}, venue: ${status}`)
    this.close++
    return reason !== '' && !succeeded({ status, amount: 0 })
  }

  private near(): boolean {
    const m = this.exact
    const { dust, spot } = m.ilk(0)
    const at = (a: bigint, b: bigint) => Math.abs(Number(a - b)) <= 1e-9 * Number(b)
    return m.urns.some(({ ink, art }) => at(ink * spot, art * RAY) || at(art * RAY, dust)) || at(m.box - m.litter, dust)
  }

  compare(): void {
    const m = this.exact
    const w = this.fast
    const same = (got: number, want: bigint, unit: bigint, scale: number, what: string) => {
      const expected = Number(want) / Number(unit)
      if (!(Math.abs(got - expected) <= 1e-9 * Math.max(Math.abs(expected), scale)))
        expect.fail(`${what}: ${got}, reference ${expected}`)
    }
    const { vaults, auctions, system } = w.venue.state
    m.urns.forEach((urn, row) => {
      same(vaults.columns.ink.data[row] as number, urn.ink, WAD, 10, `ink ${row}`)
      same(vaults.columns.art.data[row] as number, urn.art, WAD, 1e3, `art ${row}`)
    })
    for (const actor of [USR, EVE, ALI, BOB]) {
      same(w.ledger.balance(actor, ETH), m.gem(0, NAMES[actor] as string), WAD, 100, `collateral of ${actor}`)
      same(w.ledger.balance(actor, DAI), m.dai(NAMES[actor] as string), RAD, 1e5, `dai of ${actor}`)
    }
    for (let id = 0; id < auctions.length; id++) {
      const want = m.bids.get(id + 1)
      const a = auctions.columns
      if ((want !== undefined) !== (a.running.data[id] === 1)) expect.fail(`auction ${id} runs in one only`)
      if (want === undefined) continue
      same(a.lot.data[id] as number, want.lot, WAD, 10, `lot ${id}`)
      same(a.tab.data[id] as number, want.tab, RAD, 1e3, `tab ${id}`)
      same(a.bid.data[id] as number, want.bid, RAD, 1e3, `bid ${id}`)
    }
    same(system.columns.litter.data[0] as number, m.litter, RAD, 1e3, 'litter')
    const equity = (system.columns.dai.data[0] as number) - (system.columns.sin.data[0] as number)
    same(equity, m.dai('vow') - m.sin, RAD, 1e4, 'equity of the vow')
  }
}

const seen = { tend: 0, dent: 0, deal: 0, tick: 0, bite: 0, frob: 0, refused: 0 }

/** Bids a share of the tab, or for a share of the lot, whichever phase it is; at least 1e-5 off every threshold of 5 %. */
function bid(pair: Pair, id: number, actor: number, share: number): boolean {
  const { exact, fast } = pair
  const who = NAMES[actor] as string
  const auction = exact.bids.get(id + 1)
  if (auction === undefined)
    return pair.both(
      () => exact.auction(id + 1),
      () => fast.one('bid', { offer: id, actor, amount: 1 }),
    )
  const { lot } = auction
  const won = auction.tic !== 0n && (auction.tic < exact.now || auction.end < exact.now)
  if (won && auction.guy === who) {
    seen.deal++
    return pair.both(
      () => exact.deal(id + 1),
      () => fast.one('bid', { offer: id, actor, amount: ALL }),
    )
  }
  if (auction.bid === auction.tab) {
    seen.dent++
    const wanted = (lot * BigInt(Math.round(share * 1e5))) / 100_000n
    return pair.both(
      () => exact.dent(id + 1, wanted, auction.tab, who),
      () => fast.one('bid', { offer: id, actor, amount: Number(wanted) / 1e18 }),
    )
  }
  seen.tend++
  const dai = share > 0.9 ? auction.tab : (auction.tab * BigInt(Math.round(share * 1e5))) / 100_000n
  const held = fast.venue.state.auctions.columns.lot.data[id] as number
  return pair.both(
    () => exact.tend(id + 1, lot, dai, who),
    () => fast.one('bid', { offer: id, actor, amount: ALL, limit: share > 0.9 ? 1e9 : Number(dai) / 1e45 / held }),
  )
}

type Step = (pair: Pair) => boolean
const auction = fc.integer({ min: 0, max: 7 })
const vault = fc.integer({ min: 0, max: VAULTS.length - 1 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1, max: 700 }),
        fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 90, max: 220 }) }, fc.constant(0)),
      )
      .map(
        ([seconds, price]): Step =>
          (pair) =>
            pair.pass(seconds, price),
      ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((pair) => pair.pass(5001, 150)) },
  {
    weight: 4,
    arbitrary: vault.map(
      (u): Step =>
        (pair) => {
          seen.bite++
          return pair.both(
            () => pair.exact.bite(u),
            () => pair.fast.one('start', { account: u, actor: BOB }),
          )
        },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(auction, fc.constantFrom(ALI, BOB), fc.integer({ min: 1, max: 100 })).map(
      ([id, actor, percent]): Step =>
        (pair) =>
          bid(pair, id, actor, percent / 100 + 1e-5),
    ),
  },
  {
    weight: 3,
    arbitrary: auction.map(
      (id): Step =>
        (pair) => {
          const { exact, fast } = pair
          const now = exact.bids.get(id + 1)
          const expired = now !== undefined && now.tic === 0n && now.end < exact.now
          seen[expired ? 'tick' : 'deal']++
          return pair.both(
            () => (expired ? exact.tick(id + 1) : exact.deal(id + 1)),
            () => fast.one('start', { offer: id, actor: BOB }),
          )
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(vault, fc.constantFrom('deposit', 'withdraw'), fc.integer({ min: 1, max: 20_000 })).map(
      ([u, kind, milli]): Step =>
        (pair) => {
          seen.frob++
          const amount = milli / 1000
          return pair.both(
            () => pair.exact.frob(u, (kind === 'deposit' ? 1n : -1n) * big(amount, WAD), 0n),
            () => pair.fast.one(kind, { account: u, asset: ETH, amount, actor: (VAULTS[u] as (typeof VAULTS)[0])[0] + 1 }),
          )
        },
    ),
  },
)

describe('venue and reference', () => {
  it('agree over random histories; decisions that fall apart at a threshold are few', () => {
    let decisions = 0
    let close = 0
    const rows = { seize: 0, transfer: 0, take: 0, redo: 0, bad_debt: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom('lump' as const, 'dunk' as const),
        fc.array(steps, { minLength: 30, maxLength: 100, size: 'max' }),
        (kind, list) => {
          const pair = new Pair(kind)
          for (const step of list) {
            decisions++
            if (!step(pair)) break
            pair.compare()
          }
          close += pair.close
          for (const name of Object.keys(rows)) rows[name as keyof typeof rows] += pair.fast.logged(name).length
        },
      ),
      { numRuns: 250 },
    )
    expect(close).toBeLessThan(decisions / 50)
    for (const count of Object.values(rows)) expect(count).toBeGreaterThan(20)
    expect(Math.min(seen.tend, seen.dent, seen.deal, seen.tick)).toBeGreaterThan(20)
  })
})
