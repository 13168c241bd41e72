/** Golden hashes. They are ours, not a source's: a change is a breaking change and stands in CHANGELOG.md under "Numbers changed", with the reason. */
import { expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { content_hash } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { crash, small_market } from '../support/reference-market.ts'

it('the reference market of 100,000 accounts is this one', () => {
  expect(content_hash(small_market(100_000))).toBe('5d2192f4eb865e9a01f9319d9b197a08')
})

it('the crash on 2,000 accounts logs this', () => {
  expect(content_hash(small_market(2_000))).toBe('de393330f70faf9c106feafee1d6f50b')
  expect(run(build(small_market(2_000), crash(3))).log_hash).toBe('fec84a11bd25df053870943913551cb4')
})
