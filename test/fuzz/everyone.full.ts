import { expect, it } from 'vitest'
import { agents } from '../../src/agents/index.ts'
import { FAULT_KINDS } from '../../src/model/index.ts'
import { live } from './everyone.ts'

it('100,000 ticks of random worlds with every agent and any fault keep every law after every bundle', () => {
  const { findings, worlds, ticks, checks, rows, faults, actors } = live(100_000, 100_000)
  console.log(`everyone: seeds 100000 to ${100_000 + worlds - 1}: ${ticks} ticks, ${checks} checks of all laws, ${rows} rows`)
  expect(findings).toEqual([])
  expect([...faults].toSorted((a, b) => a.localeCompare(b))).toEqual([...FAULT_KINDS].toSorted((a, b) => a.localeCompare(b)))
  expect([...actors].toSorted((a, b) => a.localeCompare(b))).toEqual(
    agents.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b)),
  )
})
