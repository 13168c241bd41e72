import { describe, expect, it } from 'vitest'
import {
  type Answer,
  BOTH_UNTRUSTED,
  FIRST_SECOND_UNTRUSTED,
  SECOND_FIRST_FROZEN,
  SECOND_FIRST_UNTRUSTED,
  step,
  WORKING,
} from './price-feed.ts'

const live = (price: number): Answer => ({ price, broken: false, frozen: false })
const broken: Answer = { price: Number.NaN, broken: true, frozen: false }
const stuck = (price: number): Answer => ({ price, broken: false, frozen: true })
const after = (state: number, first: Answer, other: Answer, before = 200) => {
  const out = { state, price: 0 }
  step(first, before, other, out)
  return [out.state, out.price]
}
const NONE = Number.NaN

/** From §9.6 of the specification and the contract's five cases: state, first, second, what follows. */
describe('the feed', () => {
  it('working: believes the first oracle, notes that the second is broken', () => {
    expect(after(WORKING, live(190), live(150))).toEqual([WORKING, 190])
    expect(after(WORKING, live(190), stuck(150))).toEqual([WORKING, 190])
    expect(after(WORKING, live(190), broken)).toEqual([FIRST_SECOND_UNTRUSTED, 190])
  })

  it('working, the first breaks or freezes: the second takes over if it can', () => {
    expect(after(WORKING, broken, live(150))).toEqual([SECOND_FIRST_UNTRUSTED, 150])
    expect(after(WORKING, broken, stuck(150))).toEqual([SECOND_FIRST_UNTRUSTED, NONE])
    expect(after(WORKING, broken, broken)).toEqual([BOTH_UNTRUSTED, NONE])
    expect(after(WORKING, stuck(200), live(150))).toEqual([SECOND_FIRST_FROZEN, 150])
    expect(after(WORKING, stuck(200), stuck(150))).toEqual([SECOND_FIRST_FROZEN, NONE])
    expect(after(WORKING, stuck(200), broken)).toEqual([FIRST_SECOND_UNTRUSTED, NONE])
  })

  it('working, the first jumps by more than half: believed only if the second is within 5 %', () => {
    expect(after(WORKING, live(100), live(150))).toEqual([WORKING, 100])
    expect(after(WORKING, live(99), live(103))).toEqual([WORKING, 99])
    expect(after(WORKING, live(99), live(150))).toEqual([SECOND_FIRST_UNTRUSTED, 150])
    expect(after(WORKING, live(99), stuck(99))).toEqual([SECOND_FIRST_UNTRUSTED, NONE])
    expect(after(WORKING, live(99), broken)).toEqual([BOTH_UNTRUSTED, NONE])
    expect(after(WORKING, live(401), live(150))).toEqual([SECOND_FIRST_UNTRUSTED, 150])
  })

  it('any other state returns to working when both are live and agree', () => {
    for (const state of [SECOND_FIRST_UNTRUSTED, BOTH_UNTRUSTED, SECOND_FIRST_FROZEN, FIRST_SECOND_UNTRUSTED])
      expect(after(state, live(100), live(105))).toEqual([WORKING, 100])
    expect(after(BOTH_UNTRUSTED, live(100), live(106))).toEqual([BOTH_UNTRUSTED, NONE])
  })

  it('on the second, the first untrusted', () => {
    expect(after(SECOND_FIRST_UNTRUSTED, live(100), live(150))).toEqual([SECOND_FIRST_UNTRUSTED, 150])
    expect(after(SECOND_FIRST_UNTRUSTED, live(100), stuck(100))).toEqual([SECOND_FIRST_UNTRUSTED, NONE])
    expect(after(SECOND_FIRST_UNTRUSTED, live(100), broken)).toEqual([BOTH_UNTRUSTED, NONE])
  })

  it('on the second, the first frozen', () => {
    expect(after(SECOND_FIRST_FROZEN, stuck(200), live(150))).toEqual([SECOND_FIRST_FROZEN, 150])
    expect(after(SECOND_FIRST_FROZEN, stuck(200), stuck(150))).toEqual([SECOND_FIRST_FROZEN, NONE])
    expect(after(SECOND_FIRST_FROZEN, stuck(200), broken)).toEqual([FIRST_SECOND_UNTRUSTED, NONE])
    expect(after(SECOND_FIRST_FROZEN, live(100), broken)).toEqual([FIRST_SECOND_UNTRUSTED, 100])
    expect(after(SECOND_FIRST_FROZEN, live(100), stuck(150))).toEqual([SECOND_FIRST_FROZEN, NONE])
    expect(after(SECOND_FIRST_FROZEN, live(100), live(150))).toEqual([SECOND_FIRST_UNTRUSTED, 150])
    expect(after(SECOND_FIRST_FROZEN, broken, live(150))).toEqual([SECOND_FIRST_UNTRUSTED, 150])
    expect(after(SECOND_FIRST_FROZEN, broken, stuck(150))).toEqual([SECOND_FIRST_UNTRUSTED, NONE])
    expect(after(SECOND_FIRST_FROZEN, broken, broken)).toEqual([BOTH_UNTRUSTED, NONE])
  })

  it('on the first, the second untrusted', () => {
    expect(after(FIRST_SECOND_UNTRUSTED, live(150), broken)).toEqual([FIRST_SECOND_UNTRUSTED, 150])
    expect(after(FIRST_SECOND_UNTRUSTED, stuck(150), broken)).toEqual([FIRST_SECOND_UNTRUSTED, NONE])
    expect(after(FIRST_SECOND_UNTRUSTED, live(99), broken)).toEqual([BOTH_UNTRUSTED, NONE])
    expect(after(FIRST_SECOND_UNTRUSTED, broken, live(99))).toEqual([BOTH_UNTRUSTED, NONE])
  })
})
