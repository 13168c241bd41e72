/** What every registered kind of venue must do, as tests of one adapter; the counts are the caller's. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnyAdapter } from './adapter.ts'
import { Closed, type Closings } from './closed.ts'
import { compare_orders, slide } from './order.ts'
import { patient } from './patience.ts'
import { misplaced, unknown_names } from './precedence.ts'
import { riskier_first } from './risk.ts'
import { accounts_of, type Event, play, script, Seen } from './script.ts'
import { differences, listed, MINUTE_MS, Stand } from './stand.ts'
import {
  answers_twice,
  changes_health_rightly,
  feeds_prices,
  offers_hold,
  seizes_what_there_is,
  stands_after,
  states_health,
} from './watches.ts'

const moves = (least: number, most: number) =>
  fc.array(fc.integer({ min: 0, max: 999 }), { minLength: least, maxLength: most, size: 'max' })

/** Random lives of a kind, under its own spec and its variants in turn. */
function lives(
  adapter: AnyAdapter,
  runs: number,
  length: number,
  look: (stand: Stand, events: readonly Event[]) => void,
  variants: readonly object[] = [{}, ...(adapter.variants ?? [])],
): void {
  let life = 0
  fc.assert(
    fc.property(
      accounts_of(adapter, 1),
      script(length),
      fc.nat({ max: variants.length - 1 }),
      patient((accounts, events, variant) => {
        // The first ones go through all variants, whatever is drawn.
        const more = variants[life < variants.length ? life : variant] as object
        life++
        look(new Stand(adapter, listed(accounts), more), events)
      }),
    ),
    { numRuns: runs },
  )
}

/** A world is after a reset what it was when it was opened, and equal to one opened afresh. */
function starts_again(stand: Stand, events: readonly Event[]): void {
  const [opening, hash] = [stand.image(), stand.hash()]
  play(stand, events)
  const [log, end] = [stand.world.parts.log.hash(), stand.hash()]
  stand.reset()
  expect(differences(opening, stand.image())).toEqual([])
  expect(stand.hash()).toBe(hash)
  play(stand, events)
  expect([stand.world.parts.log.hash(), stand.hash()]).toEqual([log, end])
  const fresh = new Stand(stand.adapter, stand.accounts, stand.more)
  expect(differences(opening, fresh.image())).toEqual([])
  play(fresh, events)
  expect([fresh.world.parts.log.hash(), fresh.hash()]).toEqual([log, end])
}

const share_of = (runs: number) => (share: number) => Math.ceil(runs * share)

/** What a venue does as long as nobody asks about other accounts. */
function alone(adapter: AnyAdapter, runs: number): void {
  const part = share_of(runs)

  it('has nothing to say without accounts', () => {
    const stand = new Stand(adapter, [])
    for (const ms of [MINUTE_MS, 3_600_000, 86_400_000]) {
      for (const asset of adapter.moves) stand.answer(asset, stand.price(asset) * 0.9)
      stand.tick(ms)
      const { actions, offers } = stand.asked()
      expect(actions.bundles).toBe(0)
      expect(offers.filter(({ kind }) => kind !== 'redemption')).toEqual([])
      expect(stand.below()).toEqual([])
      expect(stand.venue.shortfall_usd()).toBe(0)
      expect(stand.settle()).toBe(0)
    }
  })

  it('keeps every law after every event: conservation, its own, book as a sweep, no value that is no number; what is refused leaves no trace', () => {
    const seen = new Seen()
    lives(adapter, runs, 60, (stand, events) => {
      play(stand, events, seen)
      slide(stand)
      stand.hash()
    })
    // The lives are worth something only if everything that can be done was done in them.
    const missed = adapter.serves.filter((kind) => (seen.applied.get(kind) ?? 0) === 0)
    expect(missed.filter((kind) => runs >= 1_000 || adapter.rare?.includes(kind) !== true)).toEqual([])
  })

  it('seizes no more than there is; nobody draws himself into a breach, or takes over what he cannot carry', () => {
    lives(adapter, part(0.5), 60, (stand, events) => {
      const [seizes, stands] = [seizes_what_there_is(), stands_after()]
      play(stand, events, new Seen(), (...seen) => {
        seizes(...seen)
        stands(...seen)
      })
    })
  })

  it.runIf(adapter.monotone === true)('is made safer by what is put in and paid back, and never by what is taken out', () => {
    // A variant may round: Aave until 3.4 weighs by a mean threshold in whole basis points, which a deposit can lower.
    lives(adapter, part(0.5), 60, (stand, events) => void play(stand, events, new Seen(), changes_health_rightly()), [{}])
  })

  it('answers the same twice, offers what can be taken, and states health and prices as they are', () => {
    lives(adapter, part(0.3), 40, (stand, events) => {
      for (const event of events) {
        play(stand, [event])
        answers_twice(stand)
        offers_hold(stand)
        feeds_prices(stand)
        if (adapter.plain === true) states_health(stand)
      }
    })
  })

  it('is after a reset what it was, byte for byte, and lives the same life again, with the same log', () => {
    lives(adapter, part(0.3), 40, starts_again)
  })
}

/** Accounts beside accounts, reasons beside reasons. */
function side_by_side(adapter: AnyAdapter, runs: number): void {
  const part = share_of(runs)

  it('does not care in which order accounts are listed', () => {
    fc.assert(
      fc.property(accounts_of(adapter, 2), fc.integer(), moves(5, 12), (accounts, shuffle, path) => {
        compare_orders(adapter, accounts, shuffle, path)
      }),
      { numRuns: part(0.5) },
    )
  })

  it('liquidates nobody before a riskier one at equal terms; more collateral or less debt is never less health', () => {
    fc.assert(
      fc.property(accounts_of(adapter, 1, 2), fc.integer({ min: 1, max: 1000 }), moves(5, 20), (accounts, by, path) => {
        riskier_first(adapter, accounts, 1 + by / 5000, path)
      }),
      { numRuns: part(0.5) },
    )
  })

  it('calls unknown whatever does not exist', () => {
    expect(unknown_names(adapter)).toEqual([])
  })

  it('refuses for the reason that stands earlier in STATUSES, of two at once', () => {
    const { wrong, asked, statuses } = misplaced(adapter)
    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(20)
    expect(statuses.size).toBeGreaterThan(3)
  })
}

function every_exchange(adapter: AnyAdapter, runs: number): void {
  it('is closed: positions sum to zero, money to what came in, winners give what was taken over at its price, funds pay what they have', () => {
    const seen: Closings = { takeovers: 0, deleveraged: 0, handed_on: 0, funded: 0, emptied: 0 }
    lives(adapter, runs, 50, (stand, events) => {
      const closed = new Closed(stand)
      for (const event of events) {
        play(stand, [event])
        closed.moved()
        if (stand.halted) continue
        stand.settle()
        closed.quiet()
      }
      for (const key of Object.keys(seen) as (keyof Closings)[]) seen[key] += closed.seen[key]
    })
    expect(seen.takeovers).toBeGreaterThan(0)
    expect(seen.deleveraged).toBeGreaterThan(0)
    expect(seen.funded).toBeGreaterThan(0)
  })
}

/** @param runs lives of the longest test; the others have a share of them */
export function conforms(adapter: AnyAdapter, runs: number): void {
  describe(`${adapter.kind}`, () => {
    alone(adapter, runs)
    side_by_side(adapter, runs)
    if (adapter.exchange !== undefined) every_exchange(adapter, runs)
  })
}
