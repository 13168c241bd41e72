/** The published numbers beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { RAD, RAY, ReferenceFlop, ReferenceMaker2020, Revert, WAD } from './reference.ts'

function answer(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Revert) return error.message
    throw error
  }
  return 'accepted'
}

/** One vault with a debt of 100, half safe, then not, penalty 10 %, bitten whole; two bidders with dai. */
export function happyBite(ink = 40n): ReferenceMaker2020 {
  const m = new ReferenceMaker2020()
  m.ilks.push({
    rate: RAY,
    spot: (100n * RAY) / ink,
    dust: 0n,
    chop: (11n * WAD) / 10n,
    cut: { kind: 'lump', lump: 100n * WAD },
    beg: (105n * WAD) / 100n,
    ttl: 10_800n,
    tau: 172_800n,
  })
  m.urns.push({ ilk: 0, owner: 'usr', ink: 0n, art: 0n })
  m.slip(0, 'usr', 1000n * WAD)
  m.frob(0, ink * WAD, 100n * WAD)
  m.ilk(0).spot = (80n * RAY) / ink
  for (const who of ['ali', 'bob']) m.give(who, 1000n * RAD)
  m.bite(0)
  return m
}

function happy(): Record<string, string> {
  const m = happyBite()
  const { tab, lot } = m.auction(1)
  m.tend(1, lot, RAD, 'ali')
  m.tend(1, lot, 110n * RAD, 'bob')
  m.dent(1, 38n * WAD, 110n * RAD, 'ali')
  return { tab: String(tab), lot: String(lot), returned: String(m.gem(0, 'usr') - 960n * WAD) }
}

function steps(): Record<string, string> {
  const m = happyBite(100n)
  const { lot } = m.auction(1)
  const hundredth = (x: bigint): bigint => (x * RAD) / 100n
  m.tend(1, lot, RAD, 'ali')
  const bid101 = answer(() => m.tend(1, lot, hundredth(101n), 'bob'))
  const bid107 = answer(() => m.tend(1, lot, hundredth(107n), 'bob'))
  m.tend(1, lot, 110n * RAD, 'ali')
  const lot99 = answer(() => m.dent(1, 99n * WAD, 110n * RAD, 'bob'))
  return { bid101, bid107, lot99, lot95: answer(() => m.dent(1, 95n * WAD, 110n * RAD, 'bob')) }
}

function flop(): Record<string, string> {
  const auction = new ReferenceFlop(1n, 10n * RAD, 200n * WAD, (105n * WAD) / 100n, 10_800n, 172_800n)
  const first = auction.dent(1n, 100n * WAD, 'ali')
  const refused = answer(() => auction.dent(2n, 96n * WAD, 'bob'))
  const second = auction.dent(3n, 80n * WAD, 'bob')
  return { ali_pays: String(first / RAD), lot96: refused, bob_pays: String(second / RAD), lot: String(auction.lot / WAD) }
}

interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
  readonly compute: () => Record<string, string>
}

const VECTORS: Readonly<Record<string, Vector>> = {
  happy_bite: {
    source: 'makerdao/dss src/test/vat.t.sol (happy bite), asserted there',
    what: 'ink 40, art 100, penalty 10 %: bids of 1 and 110 dai, then 38 of 40 for the tab',
    expect: { tab: String(110n * RAD), lot: String(40n * WAD), returned: String(2n * WAD) },
    compute: happy,
  },
  'FLIP-beg': {
    source: 'makerdao/dss src/test/flip.t.sol, asserted there',
    what: 'steps of 5 %: 1.01 after 1 refused, 1.07 accepted; a lot of 99 % refused, of 95 % accepted',
    expect: {
      bid101: 'Flip/insufficient-increase',
      bid107: 'accepted',
      lot99: 'Flip/insufficient-decrease',
      lot95: 'accepted',
    },
    compute: steps,
  },
  FLOP: {
    source: 'makerdao/dss src/test/flop.t.sol, asserted there',
    what: 'debt auction of 10 dai for 200: a lot of 100, then 100/1.05 at most: 80; the winner has paid 10',
    expect: { ali_pays: '10', lot96: 'Flop/insufficient-decrease', bob_pays: '10', lot: '80' },
    compute: flop,
  },
}

/** Every published number with the reference's own. */
export function goldenRows(): GoldenRow[] {
  return Object.entries(VECTORS).flatMap(([vector, { source, what, expect, compute }]) => {
    const got = compute()
    return Object.entries(expect).map(([name, expected]) => ({
      id: `maker-2020 ${vector} ${name}`,
      group: 'maker-2020',
      what: `${what}: ${name}`,
      expected,
      got: got[name] ?? 'missing',
      tolerance: 0,
      pass: got[name] === expected,
      source,
    }))
  })
}
