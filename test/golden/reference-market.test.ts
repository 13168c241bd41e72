/** Golden hashes. They are ours, not a source's: a change is a breaking change and stands in CHANGELOG.md under "Numbers changed", with the reason. */
import { expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { content_hash } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { crash, small_market } from '../support/reference-market.ts'

it('the reference market of 100,000 accounts is this one', () => {
  expect(content_hash(small_market(100_000))).toBe('32e3c89dccaa2d3b2a53c6ca7f2065fd')
})

it('the crash on 2,000 accounts logs this', () => {
  expect(content_hash(small_market(2_000))).toBe('b1f20ba0e7dc1c133d7b64c99b90edd8')
  expect(run(build(small_market(2_000), crash(3))).log_hash).toBe('453f22b66ab7c9ac131d1412268851c5')
})
