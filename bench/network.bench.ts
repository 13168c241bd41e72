/**
 * DebtRank of every node of a network of 1,000, each with 20 loans to others drawn at random, amounts exponential: all single shocks of everything.
 * Loans are scaled to a spectral radius; near 1 the recursion takes longest. The baseline is the published recursion, one shock at a time, increments
 * along flat arrays of links; it runs every 20th shock and is counted twenty times. Both in turn in one process; where they end must be the same. The
 * original form, in which everybody speaks once, beside them: shock by shock.
 */
import { debt_rank_once, debt_ranks, type Link, LoanBook } from '../src/analytics/index.ts'
import { csrFromEntries, Rng, spectralRadius } from '../src/math/index.ts'
import { gc, heading, line, ratios, Samples, timed } from './timing.ts'

const NODES = Number(process.env.NODES ?? 1000)
const LOANS = 20
const ROUNDS = 6
const EVERY = 20
const TOLERANCE = 1e-12

function network(radius: number): Link[] {
  const rng = new Rng(1, 0, 'loans')
  const links: Link[] = []
  for (let lender = 0; lender < NODES; lender++) {
    const others = new Set<number>()
    while (others.size < LOANS) {
      const other = rng.uniformInt(NODES)
      if (other !== lender) others.add(other)
    }
    for (const borrower of others) links.push({ lender, borrower, leverage: rng.exponential() })
  }
  const [lenders, borrowers, leverages] = [links.map((l) => l.lender), links.map((l) => l.borrower), links.map((l) => l.leverage)]
  const scale = radius / spectralRadius(csrFromEntries(NODES, lenders, borrowers, leverages)).value
  return links.map((link) => ({ ...link, leverage: link.leverage * scale }))
}

/** Losses of others at the end, by the recursion. */
function recursion({ at, lender, leverage }: LoanBook, node: number): number {
  const lost = new Float64Array(NODES)
  lost[node] = 1
  let fresh = lost.slice()
  let next = new Float64Array(NODES)
  for (let most = 1; most > TOLERANCE; ) {
    for (let b = 0; b < NODES; b++) {
      const own = fresh[b] as number
      if (own === 0) continue
      const end = at[b + 1] as number
      for (let k = at[b] as number; k < end; k++) {
        const to = lender[k] as number
        next[to] = (next[to] as number) + (leverage[k] as number) * own
      }
    }
    most = 0
    for (let i = 0; i < NODES; i++) {
      const before = lost[i] as number
      const now = Math.min(1, before + (next[i] as number))
      lost[i] = now
      next[i] = now - before
      if (now - before > most) most = now - before
    }
    ;[fresh, next] = [next, fresh]
    next.fill(0)
  }
  return lost.reduce((sum, loss) => sum + loss, -1)
}

heading()
const weight = new Float64Array(NODES).fill(1)
for (const radius of [0.5, 0.9, 0.97, 1, 1.01, 1.1, 1.2, 1.5]) {
  const links = network(radius)
  const book = new LoanBook(NODES, links)
  const [plain, ours, once] = [new Samples(), new Samples(), new Samples()]
  let worst = 0
  for (let round = 0; round < ROUNDS; round++) {
    const ends: number[] = []
    let ranks = new Float64Array(0)
    const base = () => {
      for (let node = round; node < NODES; node += EVERY) ends.push(recursion(book, node))
    }
    const mine = () => {
      // A book of its own: what is put together once for a network is part of the time.
      ranks = debt_ranks(new LoanBook(NODES, links), weight, 1, TOLERANCE) as Float64Array<ArrayBuffer>
    }
    gc()
    // Who is first in a round takes turns.
    if (round % 2 === 0) plain.add(EVERY * timed(base))
    ours.add(timed(mine))
    if (round % 2 === 1) plain.add(EVERY * timed(base))
    once.add(
      timed(() => {
        for (let node = 0; node < NODES; node++)
          debt_rank_once(
            book,
            weight.map((_, i) => (i === node ? 1 : 0)),
          )
      }),
    )
    ends.forEach((sum, k) => {
      worst = Math.max(worst, Math.abs((ranks[round + k * EVERY] as number) / sum - 1))
    })
  }
  if (!(worst < 1e-8)) throw new Error(`the ways differ by ${worst}`)
  line(
    `radius ${radius}: all ${NODES} shocks, recursion / ours`,
    `${plain} / ${ours}`,
    `${ratios(plain, ours).spread()}×, alike to ${worst.toExponential(0)}; wanted: under 1,000 ms`,
  )
  line(`radius ${radius}: everybody speaks once`, `${once}`, 'wanted: under 1,000 ms')
}
