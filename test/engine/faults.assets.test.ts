// Faults of assets and exchanges, and faults that mean nothing in the world they are in.
import { describe, expect, it } from 'vitest'
import { type FaultSpec, InputError } from '../../src/model/index.ts'
import type { World } from '../../src/engine/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { fault, MINUTE, play, rows, scenario, snapshot, SUSD, USDC } from '../support/fault-world.ts'
import { small_market } from '../support/reference-market.ts'

describe('assets', () => {
  it('lose their peg for a time, along ramp and fade', () => {
    play(
      [fault({ kind: 'depeg', target: 'asset:USDC', value: 0.81, ramp_ms: 10 * MINUTE, fade_ms: 10 * MINUTE })],
      (minute, w) => {
        const expected =
          minute <= 10 ? 0.81 ** (minute / 10) : minute <= 50 ? 0.81 : minute < 60 ? 0.81 ** ((60 - minute) / 10) : 1
        expect(w.fundamental[USDC]).toBeCloseTo(expected, 9)
      },
    )
  })

  it('appear without backing, once, with whoever is named', () => {
    const { world, result } = play([
      fault({ kind: 'unbacked', target: 'asset:SUSD', value: 1e6, actor: 'thief', from_ms: 5 * MINUTE }),
    ])
    expect(result.laws.broken).toEqual([])
    expect(world.ledger.balance(3, SUSD)).toBe(1e6)
  })
})

describe('exchanges', () => {
  const market = small_market(600)
  const at = (faults: FaultSpec[], watch: (minute: number, world: World) => void) =>
    play(faults, watch, { horizon_ms: 20 * MINUTE }, market)

  it('in an outage nobody is liquidated and nobody trades there', () => {
    const drop = fault({ kind: 'depeg', target: 'asset:ETH', value: 0.6, to_ms: 500 * MINUTE })
    const venue = market.venues.findIndex(({ id }) => id === 'binance')
    const { world, result } = at([drop, fault({ kind: 'halt', target: 'venue:binance', to_ms: 10 * MINUTE })], (minute, w) => {
      if (minute < 10) expect([...rows(w, 'reduce', venue), ...rows(w, 'takeover', venue), ...rows(w, 'fill', venue)]).toEqual([])
    })
    expect(result.laws.broken).toEqual([])
    expect(rows(world, 'reduce', venue).length + rows(world, 'takeover', venue).length).toBeGreaterThan(0)
  })

  it('charge another funding while a shock of it lasts', () => {
    const paid = (faults: FaultSpec[]) => {
      const { world } = play(faults, () => {}, { horizon_ms: 9 * 60 * MINUTE }, market)
      return rows(world, 'funding').map((row) => world.parts.log.columns.extra.data[row] as number)
    }
    const change = (field: string, value: number) =>
      fault({ kind: 'parameter', target: 'venue:binance', field, value, to_ms: 1e9 })
    const shocked = paid([change('BTCUSDT-PERP.funding_interest', 0.004), change('BTCUSDT-PERP.funding_clamp', 0.01)])
    const calm = paid([])
    expect(Math.max(...shocked) - Math.max(...calm)).toBeGreaterThan(0.002)
  })
})

describe('a fault that means nothing here', () => {
  it.each([
    [fault({ kind: 'halt', target: 'oracle:NOPE' }), 'faults[0].target'],
    [fault({ kind: 'halt', target: 'venue:nope' }), 'faults[0].target'],
    [fault({ kind: 'halt', target: 'nope' }), 'faults[0].target'],
    [fault({ kind: 'halt', target: '' }), 'faults[0].target'],
    [fault({ kind: 'halt', target: 'transfer', targets: ['market:nope'] }), 'faults[0].targets'],
    [fault({ kind: 'halt', target: 'withdraw:nope' }), 'faults[0].target'],
    [fault({ kind: 'oracle', target: 'oracle:SUSD/USD@nope', value: 1 }), 'faults[0].target'],
    [fault({ kind: 'oracle', target: 'oracle:SUSD/USD', value: 0 }), 'faults[0].value'],
    [fault({ kind: 'depth', target: 'market:nope', value: 0.5 }), 'faults[0].target'],
    [fault({ kind: 'depth', target: 'market:POOL', value: -1 }), 'faults[0].value'],
    [fault({ kind: 'depeg', target: 'asset:nope', value: 0.5 }), 'faults[0].target'],
    [fault({ kind: 'depeg', target: 'asset:USD', value: 0.5 }), 'faults[0].target'],
    [fault({ kind: 'unbacked', target: 'asset:SUSD', value: 1 }), 'faults[0].actor'],
    [fault({ kind: 'unbacked', target: 'asset:SUSD', value: 1, actor: 'nobody' }), 'faults[0].actor'],
    [fault({ kind: 'drain', target: 'market:POOL', value: 0.5 }), 'faults[0].asset'],
    [fault({ kind: 'drain', target: 'market:ETH-USD', value: 0.5, asset: 'ETH' }), 'faults[0].target'],
    [fault({ kind: 'parameter', target: 'venue:one', value: 1 }), 'faults[0].field'],
    [fault({ kind: 'parameter', target: 'venue:one', value: 1, field: 'SUSD.nope' }), 'faults[0].field'],
    [fault({ kind: 'halt', target: 'transfer', ramp_ms: 1 }), 'faults[0].ramp_ms'],
    [fault({ kind: 'blocks', target: 'venue:nope', value: 1 }), 'faults[0].target'],
  ])('%o is refused by field', (one, field) => {
    let error: unknown
    try {
      build(snapshot(), scenario([one]))
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).field).toBe(field)
  })

  it('is of no effect where what it names is left out', () => {
    const faults = [fault({ kind: 'halt', target: 'venue:two' }), fault({ kind: 'halt', target: 'reserve:two.SUSD' })]
    expect(() => play(faults, () => {}, { without: ['venue:two'] })).not.toThrow()
  })
})
