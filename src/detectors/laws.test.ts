import { describe, expect, test } from 'vitest'
import { random_panel } from '../../test/support/random-panel.ts'
import { indicators } from '../indicators/index.ts'
import { type Alert, alerts_of, type Panel, SEVERITIES, truncated, with_indicators } from '../model/index.ts'
import { detectors } from './index.ts'

/** A market with a crash, a coin that leaves its peg, a pool that is drained and a price that one venue gets wrong: something for every detector. */
function eventful(): Panel {
  const panel = random_panel(11, 420)
  const values = panel.values.map((column, c) => {
    const { field, symbol, venue } = panel.columns[c] as Panel['columns'][number]
    return column.map((value, t) => {
      if (
        t >= 300 &&
        t < 310 &&
        ['close', 'low', 'high', 'open'].includes(field) &&
        ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE'].includes(symbol)
      )
        return value * 0.6
      if (field === 'close' && symbol === 'USDC' && t >= 200 && t < 205) return 0.9
      if (field === 'utilisation') return t >= 250 && t < 255 ? 0.999 : 0.7
      if (field === 'open_interest' && venue === 'alpha' && t >= 350) return value * 50
      if (field === 'tick') return t >= 220 && t < 230 ? 500 : 5
      if (field === 'close' && symbol === 'DOGE' && t >= 330) return value * 0.2
      if (field === 'volume' && symbol === 'DOGE' && t >= 330) return value * 0.1
      if (field === 'liquidated_long' || field === 'liquidated_short') return value * 1e-6
      return value
    })
  })
  return with_indicators({ ...panel, values }, indicators)
}

const panel = eventful()
const key = (alert: Alert) => `${alert.detector} ${alert.subject} ${alert.state} ${alert.time_ms}`

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (_, detector) => {
  const alerts = alerts_of(panel, [detector])

  test('says something of what happens here, and is open once a subject at most', () => {
    expect(alerts.length).toBeGreaterThan(0)
    const open = new Map<string, Alert>()
    for (const alert of alerts) {
      const before = open.get(alert.subject)
      if (alert.state === 'opened') {
        expect(before).toBeUndefined()
        open.set(alert.subject, alert)
      } else {
        expect(before).toBeDefined()
        // Escalation is upwards only, and onset and type stay.
        if (alert.state === 'escalated')
          expect(SEVERITIES.indexOf(alert.severity)).toBeGreaterThan(SEVERITIES.indexOf(before?.severity ?? 'critical'))
        expect(alert.onset_ms).toBe(before?.onset_ms)
        if (alert.state === 'closed') open.delete(alert.subject)
        else open.set(alert.subject, alert)
      }
    }
  })

  test('every alert says what, against what, how sure, and from when', () => {
    for (const alert of alerts) {
      expect(alert.what).not.toMatch(/NaN|undefined|Infinity/)
      expect(alert.baseline).not.toBe('')
      expect(alert.confidence).toBeGreaterThanOrEqual(0)
      expect(alert.confidence).toBeLessThanOrEqual(1)
      expect(alert.onset_ms).toBeLessThanOrEqual(alert.time_ms)
      expect(alert.age_ms).toBeGreaterThanOrEqual(0)
      for (const value of Object.values(alert.evidence)) if (typeof value === 'number') expect(value).not.toBeNaN()
    }
  })

  test('no look-ahead: what comes later changes no alert before', () => {
    for (const rows of [1, 205, 302, 340]) {
      const cut = panel.time_ms[rows - 1] as number
      expect(alerts_of(truncated(panel, rows), [detector]).map(key)).toEqual(
        alerts.filter(({ time_ms }) => time_ms <= cut).map(key),
      )
    }
  })

  test('without what it needs it watches nothing', () => {
    expect(detector.open({ step_ms: 60_000, columns: [] }).subjects).toEqual([])
  })
})
