// The counts published with issue 2: populations A (a C++ peer agrees up to 300,000 positions) and B, by scan and by book.
import { describe, expect, it } from 'vitest'
import {
  LENDING_COUNTS,
  lending_by_book,
  lending_by_scan,
  liquidations_by_book,
  liquidations_by_scan,
  PERP_COUNTS,
} from './populations.ts'

describe('population A', () => {
  it.each(PERP_COUNTS)('$positions positions, $marks marks', ({ positions, marks, liquidations }) => {
    expect(liquidations_by_scan(positions, marks)).toBe(liquidations)
    expect(liquidations_by_book(positions, marks)).toBe(liquidations)
  })
})

describe('population B', () => {
  it.each(LENDING_COUNTS)('$accounts accounts at −30 %', ({ accounts, liquidatable, toxic, bad_debt_usd }) => {
    const scan = lending_by_scan(accounts, 0.3)
    expect(scan).toEqual(lending_by_book(accounts, 0.3))
    expect({ ...scan, bad_debt_usd: Math.round(scan.bad_debt_usd) }).toEqual({ liquidatable, toxic, bad_debt_usd })
  })
})
