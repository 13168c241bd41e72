/** Against the size of a fall: what could be liquidated, what of it somebody would do at a profit, and what would be stuck. */
import { exp, log } from '../../math/index.ts'
import type { Evidence, Snapshot } from '../../model/index.ts'
import type { Crowd, Victim } from './crowd.ts'

/** Joint falls of a ladder, by the betas. */
export const LADDER_FALLS = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5] as const

/** One venue after a move. */
export interface Rung {
  readonly venue: string
  /** How well the venue's accounts are known. */
  readonly evidence: Evidence
  readonly accounts: number
  readonly liquidatable_usd: number
  readonly executable_usd: number
  /** Liquidatable, but nobody gains by it at today's depth. */
  readonly stuck_usd: number
  /** Owed beyond what is held. */
  readonly bad_debt_usd: number
  /** USD sold by asset; bought is negative. */
  readonly sold: Readonly<Record<string, number>>
}

export interface LadderStep extends Rung {
  /** Of the price whose beta is 1, a ratio. */
  readonly fall: number
}

/** Shares of a move, in log price, at which a ladder along it stands. */
export const LADDER_SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const

export interface ShareStep extends Rung {
  /** Of the whole move, in log price. */
  readonly share: number
}

/**
 * Does somebody gain by liquidating? Contracts: the account still has equity. Else the reward on what is repaid must pay for gas and for selling the
 * collateral at once: on average half of how far it moves the books, which are as deep in units as they are now.
 */
export function is_executable(crowd: Crowd, victim: Victim, logs: Float64Array, impact: Float64Array): boolean {
  if (victim.assets_usd < victim.debts_usd) return false
  if (victim.contracts) return true
  const { share, seized } = crowd.rewards[victim.venue] as Crowd['rewards'][number]
  let cost = crowd.world.gas_usd
  for (const [asset, usd] of victim.sold) {
    cost += (usd * Math.min(1, (usd * (impact[asset] as number)) / exp(logs[asset] as number))) / 2
  }
  const repaid = victim.debts_usd * share
  return Math.min(victim.assets_usd, repaid * seized) - repaid > cost
}

/** Along a joint fall by the betas, per venue. */
export const ladder = (crowd: Crowd, snapshot: Snapshot, falls: readonly number[] = LADDER_FALLS): LadderStep[] =>
  falls.flatMap((fall) => rungs(crowd, snapshot, crowd.by_beta(log(1 - fall))).map((rung) => ({ fall, ...rung })))

/** Along any direction, per venue. @param logs the whole move, by asset */
export const ladder_along = (crowd: Crowd, snapshot: Snapshot, logs: Float64Array): ShareStep[] =>
  LADDER_SHARES.flatMap((share) =>
    rungs(
      crowd,
      snapshot,
      logs.map((value) => value * share),
    ).map((rung) => ({ share, ...rung })),
  )

function rungs(crowd: Crowd, snapshot: Snapshot, logs: Float64Array): Rung[] {
  const { assets, venues } = crowd.world.parts
  const impact = crowd.impact()
  const victims = crowd.victims(logs)
  const total = (list: readonly Victim[], of: (victim: Victim) => number) => list.reduce((sum, one) => sum + of(one), 0)
  return venues.map(({ id }, v): Rung => {
    const mine = victims.filter(({ venue }) => venue === v)
    const liquidatable_usd = total(mine, ({ owed_usd }) => owed_usd)
    const paying = mine.filter((one) => is_executable(crowd, one, logs, impact))
    const executable_usd = total(paying, ({ owed_usd }) => owed_usd)
    const sold: Record<string, number> = {}
    for (const one of mine)
      for (const [asset, usd] of one.sold) sold[assets[asset]?.id as string] = (sold[assets[asset]?.id as string] ?? 0) + usd
    return {
      venue: id,
      evidence: evidence_of(snapshot, id),
      accounts: mine.length,
      liquidatable_usd,
      executable_usd,
      stuck_usd: liquidatable_usd - executable_usd,
      bad_debt_usd: total(mine, ({ assets_usd, debts_usd }) => Math.max(0, debts_usd - assets_usd)),
      sold,
    }
  })
}

const evidence_of = ({ provenance }: Snapshot, venue: string): Evidence =>
  provenance.find(({ part }) => part === `venues.${venue}`)?.evidence ??
  provenance.find(({ part }) => part === 'accounts' || part === 'population')?.evidence ??
  'synthetic'
