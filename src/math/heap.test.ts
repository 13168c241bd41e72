import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventHeap } from './heap.ts'

interface Event {
  time: number
  priority: number
  sequence: number
  payload: number
}

const order = (a: Event, b: Event): number => a.time - b.time || a.priority - b.priority || a.sequence - b.sequence

/** Few distinct values, so that ties are the rule. */
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ time: fc.integer({ min: 0, max: 5 }), priority: fc.integer({ min: -2, max: 2 }) }) },
  { weight: 2, arbitrary: fc.constant('pop' as const) },
  { weight: 1, arbitrary: fc.constant('reset' as const) },
)

describe('EventHeap', () => {
  it('behaves as a sorted array would, snapshots and restores included', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
        const heap = new EventHeap(1)
        let model: Event[] = []
        let pushed = 0
        let image = heap.snapshot()
        let saved = { model: [...model], pushed }
        commands.forEach((step, payload) => {
          if (step === 'reset') {
            if (payload % 2) {
              heap.restore(image)
              model = [...saved.model]
              pushed = saved.pushed
            } else {
              image = heap.snapshot()
              saved = { model: [...model], pushed }
            }
          } else if (step === 'pop') {
            if (model.length === 0) expect(() => heap.pop()).toThrow(RangeError)
            else expect(heap.pop()).toBe(model.shift()!.payload)
          } else {
            expect(heap.push(step.time, step.priority, payload)).toBe(pushed)
            model.push({ ...step, sequence: pushed++, payload })
            model.sort(order)
          }
          expect(heap.length).toBe(model.length)
          expect(heap.nextTime).toBe(model[0]?.time ?? Number.POSITIVE_INFINITY)
          expect(heap.nextPayload).toBe(model[0]?.payload ?? -1)
        })
      }),
    )
  })

  it('releases only what is due', () => {
    const heap = new EventHeap()
    heap.push(10, 0, 1)
    heap.push(5, 0, 2)
    expect([heap.popDue(4), heap.popDue(5), heap.popDue(9), heap.popDue(10), heap.popDue(99)]).toEqual([-1, 2, -1, 1, -1])
  })

  it('keeps its image apart from later pushes, and starts again after clear', () => {
    const heap = new EventHeap(4)
    heap.push(1, 0, 7)
    const image = heap.snapshot()
    heap.push(0, 0, 8)
    expect([...image.payload]).toEqual([7])
    const columns = heap.time
    heap.restore(image)
    expect(heap.time).toBe(columns)
    expect([heap.pop(), heap.length, heap.push(3, 0, 9)]).toEqual([7, 0, 1])
    heap.clear()
    expect([heap.length, heap.push(3, 0, 9)]).toEqual([0, 0])
  })

  it('takes infinite times but not NaN', () => {
    const heap = new EventHeap()
    heap.push(Number.POSITIVE_INFINITY, 0, 1)
    heap.push(Number.NEGATIVE_INFINITY, 0, 2)
    expect([heap.pop(), heap.pop()]).toEqual([2, 1])
    expect(() => heap.push(Number.NaN, 0, 3)).toThrow(RangeError)
    expect(heap.length).toBe(0)
  })
})
