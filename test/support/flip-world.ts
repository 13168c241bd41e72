/** A vault book of 2020 in a world of its own: two owners, two bidders, one price that the test sets. */
import { maker2020 } from '../../src/venues/maker-2020/index.ts'
import type { Maker2020 } from '../../src/venues/maker-2020/venue.ts'
import { CheckedWorld } from './checked-world.ts'

export const [ETH, DAI] = [0, 1]
export const [USR, EVE, ALI, BOB] = [1, 2, 3, 4]
export const SECOND = 1000

export type FlipWorld = CheckedWorld<Maker2020>

/** ETH-A of 2020-03-12, without fee and dust: auctions of 50 ETH, 10 minutes a bid, 3 days. */
export const ETH_A_2020 = {
  id: 'ETH-A',
  asset: 'ETH',
  liquidation_ratio: 1.5,
  stability_fee: 0,
  cut: { kind: 'lump', lump: 50 },
  beg: 0.05,
  ttl_ms: 600_000,
  tau_ms: 259_200_000,
  oracle: 'ETH',
}

/** Vaults as [owner (position in actors), ilk, collateral, debt]. Nobody does chores unless the spec says so. */
export function flipWorld(
  vaults: readonly (readonly number[])[],
  price: number,
  more: { ilk?: object; ilks?: object[]; spec?: object } = {},
): FlipWorld {
  const column = (k: number) => vaults.map((vault) => vault[k] as number)
  const spec = {
    dai: 'DAI',
    unnamed_max: 0,
    ilks: more.ilks ?? [{ ...ETH_A_2020, ...more.ilk }],
    accounts: {
      owner: Int32Array.from(column(0)),
      ilk: Int32Array.from(column(1)),
      collateral: Float64Array.from(column(2)),
      debt: Float64Array.from(column(3)),
    },
    ...more.spec,
  }
  return new CheckedWorld(maker2020 as never, spec, { ETH: price, DAI: 1 }, [
    [USR, 'ETH', 1000],
    [USR, 'DAI', 200_000],
    [EVE, 'ETH', 50],
    [ALI, 'DAI', 1_000_000],
    [BOB, 'DAI', 1_000_000],
  ])
}

export const bite = (w: FlipWorld, account = 0) => w.one('start', { account, actor: BOB })
/** Anyone settles a won auction or restarts one. */
export const settle = (w: FlipWorld, offer = 0) => w.one('start', { offer, actor: BOB })
/** Bids dai for the whole lot. */
export const tend = (w: FlipWorld, actor: number, dai: number, offer = 0) => {
  const lot = w.venue.state.auctions.columns.lot.data[offer] as number
  return w.one('bid', { offer, actor, amount: lot, limit: dai / lot })
}
/** Asks for less collateral for the tab. */
export const dent = (w: FlipWorld, actor: number, lot: number, offer = 0) => w.one('bid', { offer, actor, amount: lot })
export const paid = (w: FlipWorld, actor: number) => 1_000_000 - w.ledger.balance(actor, DAI)
