// The venue beside the exact reference, action by action, over random histories: same outcomes, same balances to 1e-9.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALI, DAI, ETH, EVE, KPR, USR, VaultWorld } from '../../../test/support/vault-world.ts'
import { type Result, succeeded } from '../../model/index.ts'
import { blankIlk, RAD, RAY, ReferenceMaker, Revert, rpow, WAD } from './reference.ts'

const NAMES: Record<number, string> = { [USR]: 'usr', [EVE]: 'eve', [KPR]: 'kpr', [ALI]: 'ali' }
const toNumber = (x: bigint, unit: bigint): number => Number(x) / Number(unit)
const milli = (x: number, unit: bigint): bigint => (BigInt(Math.round(x * 1000)) * unit) / 1000n

/** Contract's words and our statuses for the same refusal. */
const REFUSALS: Record<string, readonly string[]> = {
  'Vat/not-safe': ['margin', 'stale', 'dust'],
  'Vat/dust': ['dust'],
  'Vat/ceiling-exceeded': ['limit'],
  'Vat/not-allowed-u': ['unknown'],
  'Vat/underflow': ['funds', 'stale', 'dust'],
  'Dog/not-unsafe': ['healthy', 'stale'],
  'Dog/liquidation-limit-hit': ['limit'],
  'Dog/dusty-auction-from-partial-liquidation': ['dust'],
  'Dog/null-auction': ['empty'],
  'Clipper/not-running-auction': ['unknown'],
  'Clipper/cannot-reset': ['healthy'],
  'Clipper/needs-reset': ['stale'],
  'Clipper/too-expensive': ['price'],
  'Clipper/no-partial-purchase': ['dust'],
  'Clipper/invalid-price': ['stale'],
}

const DUTY = RAY + 2_440_418_608_258_400_030n
const VAULTS = [
  [0, 40, 40_000],
  [1, 25, 30_000],
  [0, 6, 7600],
  [1, 60, 75_000],
] as const

/** Reference and venue at the same opening state. */
class Pair {
  readonly exact = new ReferenceMaker()
  readonly fast: VaultWorld
  /** Decisions that fell apart at a threshold. */
  close = 0

  constructor() {
    const m = this.exact
    m.addIlk(
      blankIlk({
        val: 2000n * WAD,
        mat: (145n * RAY) / 100n,
        duty: DUTY,
        dust: 7500n * RAD,
        chop: (113n * WAD) / 100n,
        hole: 90_000n * RAD,
        line: 200_000n * RAD,
        buf: (11n * RAY) / 10n,
        tail: 7200n,
        cusp: (45n * RAY) / 100n,
        chip: WAD / 1000n,
        tip: 250n * RAD,
        curve: { kind: 'stairstep', cut: (99n * RAY) / 100n, step: 90n },
      }),
    )
    for (const [owner, ink, art] of VAULTS) {
      const who = NAMES[owner + 1] as string
      m.slip(0, who, BigInt(ink) * WAD)
      m.frob(m.addUrn(0, who), who, BigInt(ink) * WAD, BigInt(art) * WAD)
      // The dai drawn at the start is not in the treasuries of the venue's world.
      m.move(who, 'elsewhere', BigInt(art) * RAD)
    }
    this.fast = new VaultWorld(
      {
        ilks: [
          {
            id: 'ETH-A',
            asset: 'ETH',
            liquidation_ratio: 1.45,
            stability_fee: toNumber(rpow(DUTY, 31_536_000n), RAY) - 1,
            dust: 7500,
            hole: 90_000,
            line: 200_000,
            curve: { kind: 'stairstep', cut: 0.99, step_ms: 90_000 },
            oracle: 'ETH',
          },
        ],
        accounts: {
          owner: Int32Array.from(VAULTS, (vault) => vault[0]),
          ilk: new Int32Array(VAULTS.length),
          collateral: Float64Array.from(VAULTS, (vault) => vault[1]),
          debt: Float64Array.from(VAULTS, (vault) => vault[2]),
        },
      },
      2000,
      5,
      [
        [USR, ETH, 20],
        [EVE, ETH, 20],
        [USR, DAI, 20_000],
        [ALI, DAI, 60_000],
      ],
    )
    for (const who of ['usr', 'eve']) m.slip(0, who, 20n * WAD)
    m.move('elsewhere', 'usr', 20_000n * RAD)
    m.move('elsewhere', 'ali', 60_000n * RAD)
  }

  pass(seconds: number, price: number): void {
    const m = this.exact
    m.now += BigInt(seconds)
    m.ilk(0).val = price > 0 ? milli(price, WAD) : undefined
    m.poke(0)
    m.drip(0)
    this.fast.pass(seconds * 1000, Math.round(price * 1000) / 1000)
  }

  /** Does both. Disagreement is a failure; near a threshold it is counted, and false if it leaves the two in different states. */
  both(exact: () => void, fast: () => Result): boolean {
    let reason = ''
    try {
      exact()
    } catch (error) {
      reason = (error as Revert).message
    }
    const { status } = fast()
    if (reason === '' ? succeeded({ status, amount: 0 }) : REFUSALS[reason]?.includes(status)) return true
    if (!this.near()) expect.fail(`reference: ${reason || 'accepted'}, venue: ${status}`)
    this.close++
    return reason !== '' && !succeeded({ status, amount: 0 })
  }

  /** Is some decision within 1e-9 of its threshold? Health at 1, debt at dust, auction at chost. */
  private near(): boolean {
    const m = this.exact
    const at = (a: bigint, b: bigint) => Math.abs(Number(a - b)) <= 1e-9 * Number(b)
    const { dust, chost, rate, line, Art, hole, dirt } = m.ilk(0)
    const urns = m.urns.some(({ ink, art }) => at(ink * m.ilk(0).spot, art * rate) || at(art * rate, dust))
    return urns || at(Art * rate, line) || at(dirt, hole) || [...m.sales.values()].some((sale) => at(sale.tab, chost))
  }

  compare(): void {
    const m = this.exact
    const w = this.fast
    const { count, rows } = w.venue.below()
    const low = VAULTS.map((_, row) => row).filter((row) => w.venue.health(row, w.venue.prices) < w.venue.level(row))
    if (rows.subarray(0, count).join() !== low.join())
      expect.fail(`the book reports ${rows.subarray(0, count).join()}, a sweep ${low.join()}`)
    const { ink, art } = w.venue.state.vaults.columns
    const same = (got: number, want: bigint, unit: bigint, scale: number, what: string) => {
      const expected = toNumber(want, unit)
      if (!(Math.abs(got - expected) <= 1e-9 * Math.max(Math.abs(expected), scale)))
        expect.fail(`${what}: ${got}, reference ${expected}`)
    }
    m.urns.forEach((urn, row) => {
      same(ink.data[row] as number, urn.ink, WAD, 10, `ink ${row}`)
      same(art.data[row] as number, urn.art, WAD, 1e4, `art ${row}`)
    })
    for (const actor of [USR, EVE, KPR, ALI]) {
      same(w.ledger.balance(actor, ETH), m.gem(0, NAMES[actor] as string), WAD, 100, `collateral of ${actor}`)
      same(w.ledger.balance(actor, DAI), m.dai(NAMES[actor] as string), RAD, 1e5, `dai of ${actor}`)
    }
    const a = w.venue.state.auctions.columns
    for (let id = 0; id < w.venue.state.auctions.length; id++) {
      const sale = m.sales.get(id + 1)
      if ((sale !== undefined) !== (a.running.data[id] === 1)) expect.fail(`auction ${id} runs in one only`)
      if (sale === undefined) continue
      same(a.lot.data[id] as number, sale.lot, WAD, 10, `lot ${id}`)
      same(a.tab.data[id] as number, sale.tab, RAD, 1e4, `tab ${id}`)
      same(a.top.data[id] as number, sale.top, RAY, 1, `top ${id}`)
    }
    same(w.venue.state.ilks.columns.dirt.data[0] as number, m.Dirt, RAD, 1e5, 'dirt')
    const { dai, sin, debt, queued } = w.venue.state.system.columns
    same((dai.data[0] as number) - (sin.data[0] as number), m.dai('vow') - m.vow.sin, RAD, 1e5, 'equity of the vow')
    same(queued.data[0] as number, m.vow.Sin, RAD, 1e5, 'queued debt')
    // The venue heals what it can at once; the reference does when told.
    const burnt = m.dai('vow') < m.vow.free ? m.dai('vow') : m.vow.free
    same(debt.data[0] as number, m.debt - (burnt > 0n ? burnt : 0n), RAD, 1e5, 'dai issued')
  }
}

const vault = fc.integer({ min: 0, max: VAULTS.length - 1 })
const amount = (max: number) => fc.integer({ min: 1, max: max * 1000 }).map((x) => x / 1000)
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      seconds: fc.integer({ min: 1, max: 3000 }),
      price: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 900, max: 2200 }) }, fc.constant(0)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('bark' as const), vault }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('take' as const), id: fc.integer({ min: 0, max: 3 }), amount: amount(60) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('redo' as const), id: fc.integer({ min: 0, max: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('deposit' as const), vault, actor: fc.constantFrom(USR, EVE), amount: amount(25) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('withdraw' as const), vault, actor: fc.constantFrom(USR, EVE), amount: amount(25) }),
  },
)

describe('venue and reference', () => {
  it('agree over random histories; decisions that fall apart at a threshold are few', () => {
    let decisions = 0
    let close = 0
    const seen = { seize: 0, take: 0, redo: 0, bad_debt: 0, deposit: 0, withdraw: 0 }
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
        const pair = new Pair()
        const { exact, fast } = pair
        for (const s of steps) {
          let go = true
          if (s.do === 'pass') pair.pass(s.seconds, s.price)
          else if (s.do === 'bark')
            go = pair.both(
              () => exact.bark(s.vault, 'kpr'),
              () => fast.one('start', { account: s.vault, actor: KPR }),
            )
          else if (s.do === 'take')
            go = pair.both(
              () => exact.take(s.id + 1, milli(s.amount, WAD), 10n ** 40n, 'ali'),
              () => fast.one('bid', { offer: s.id, amount: s.amount, actor: ALI }),
            )
          else if (s.do === 'redo')
            go = pair.both(
              () => exact.redo(s.id + 1, 'kpr'),
              () => fast.one('start', { offer: s.id, actor: KPR }),
            )
          else {
            const sign = s.do === 'deposit' ? 1n : -1n
            const who = NAMES[s.actor] as string
            const mine = s.do === 'deposit' || exact.urn(s.vault).owner === who
            if (!mine) continue
            go = pair.both(
              () => exact.frob(s.vault, who, sign * milli(s.amount, WAD), 0n),
              () => fast.one(s.do, { account: s.vault, asset: ETH, amount: s.amount, actor: s.actor }),
            )
          }
          decisions++
          if (!go) break
          pair.compare()
        }
        close += pair.close
        for (const kind of Object.keys(seen)) seen[kind as keyof typeof seen] += fast.rows(kind).length
      }),
      { numRuns: 300 },
    )
    expect(close).toBeLessThan(decisions / 50)
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
  })
})
