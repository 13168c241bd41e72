// The invariants of lending.md §19.1, each with the tests that hold it: of the exact references and of the venues. A test named here exists.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inRoot } from '../../support/files.ts'

const HERE = 'test/conformance/invariants'
/** After every event of the random lives of every kind: the world's laws and the venue's own (`laws.ts` of its folder) in doubles. */
const LIVES = ['test/conformance/suite.ts', 'keeps every law after every event'] as const

type Proof = readonly [file: string, name: string]

const INVARIANTS: readonly { readonly law: string; readonly proofs: readonly Proof[] }[] = [
  {
    law: 'Aave: deficit, debts and cash less what the treasury has accrued are what suppliers claim, but for rounding; indices never fall; seized is not more than there is',
    proofs: [
      [
        `${HERE}/aave.test.ts`,
        'shares add up, indices never fall, claims stay within cash, debts and deficit, nothing is seized',
      ],
      LIVES,
    ],
  },
  {
    law: 'Aave: rounding never increases a health factor',
    proofs: [[`${HERE}/aave.test.ts`, 'rounding never raises a health']],
  },
  { law: 'Any: seized is not more than the balance', proofs: [['test/conformance/suite.ts', 'seizes no more than there is']] },
  {
    law: 'Compound v2: indices and the exchange rate never fall (not in §19.1)',
    proofs: [
      [`${HERE}/pools.test.ts`, 'tokens are the sum of holdings; neither the exchange rate nor the index ever falls'],
      LIVES,
    ],
  },
  {
    law: 'Comet: reserves and supplied less borrowed are the balance, to the unit',
    proofs: [
      [
        `${HERE}/pools.test.ts`,
        'balance = reserves + supplied − borrowed, and principals add up, to the unit; indices never fall',
      ],
      ['src/venues/compound-v3/reference.test.ts', 'keeps reserves = balance − supply + borrow, to the unit'],
      LIVES,
    ],
  },
  {
    law: 'dss: debt is all dai, vice the vow’s debt, Dirt the tabs at auction',
    proofs: [[`${HERE}/dss.test.ts`, 'dss: all dai is all debt'], LIVES],
  },
  {
    law: 'Morpho: sums of what shares are worth stay within totals; bad debt lowers the price of supply shares only',
    proofs: [[`${HERE}/pools.test.ts`, 'sums of what shares are worth stay within the totals'], LIVES],
  },
  {
    law: 'Euler: a vault’s debt is that of its accounts within 31 bits',
    proofs: [[`${HERE}/pools.test.ts`, 'what a vault is owed is the sum of its accounts'], LIVES],
  },
  {
    law: 'Liquity: stakes and their snapshots',
    proofs: [
      [`${HERE}/liquity.test.ts`, 'stakes are the sum of stakes, collateral and debt that of troves'],
      [`${HERE}/liquity.test.ts`, 'stakes are the sum of stakes, collateral that of troves'],
      LIVES,
    ],
  },
  {
    law: 'Liquity: product and sums of the stability pool',
    proofs: [
      [`${HERE}/liquity.test.ts`, 'a stability pool promises what it has'],
      ['src/venues/liquity-v1/reference.test.ts', 'never promises more than it has, after a thousand odd offsets'],
    ],
  },
  {
    law: 'LLAMMA: (f + x)(g + y) never falls by a trade; at most the active band has two sides',
    proofs: [
      [`${HERE}/llamma.test.ts`, 'no trade lowers the invariant of a band'],
      [`${HERE}/llamma.test.ts`, 'bands stay in order, and whole'],
      LIVES,
    ],
  },
  {
    law: 'LLAMMA: nobody’s x_down falls by what others trade',
    proofs: [['src/venues/llamma/reference.test.ts', 'nobody loses by what others trade']],
  },
  {
    law: 'LLAMMA: a change of the oracle price within a block is no gift',
    proofs: [[`${HERE}/llamma.test.ts`, 'nobody gains by trading around a change of the oracle price within one block']],
  },
  {
    law: 'Uniswap, Curve, Balancer: k and D never fall after fees',
    proofs: [
      ['src/markets/constant-product.test.ts', 'keeps its product, conserves'],
      ['src/markets/concentrated.test.ts', 'pays back no more than was put in, position by position'],
      ['src/markets/stable-swap.test.ts', 'does not lower its invariant by exchanges'],
      ['src/markets/weighted.test.ts', 'does not lower the product'],
    ],
  },
]

describe('has a test that exists', () => {
  it.each(INVARIANTS.map(({ law, proofs }) => [law, proofs] as const))('%s', (_law, proofs) => {
    for (const [file, name] of proofs) expect(readFileSync(inRoot(file), 'utf8')).toContain(name)
  })
})
