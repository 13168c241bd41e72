import { expect, it } from 'vitest'
import { venues } from '../../src/venues/index.ts'
import { adapters } from './adapters/index.ts'
import { conforms } from './suite.ts'

it('every registered kind has an adapter, and none is left over', () => {
  expect(adapters.map(({ kind }) => kind).toSorted()).toEqual(venues.map(({ id }) => id).toSorted())
})

for (const adapter of adapters) conforms(adapter, 40)
