import { describe, expect, test } from 'vitest'
import type { WarnDoc } from './schemas.ts'
import { warn_text } from './warn.ts'

type Warning = WarnDoc['warnings'][number]

/** One question about some assets; the naive rule says the reverse order of the model's. */
function document(count: number, more: Partial<Warning> = {}): WarnDoc {
  const warnings = Array.from(
    { length: count },
    (_, i): Warning => ({
      question: 'does it fall',
      subject: `A${i}`,
      probability: 0.5,
      abstains: false,
      base_rate: 0.4,
      learned: 1000,
      happened: 400,
      skill: 'no skill',
      brier_skill: { value: -0.1, low: -0.2, high: -0.05 },
      beats_naive: null,
      judged_rows: 800,
      // ln(0.5 ÷ 0.5) − ln(0.4 ÷ 0.6) = 0.4055.
      drivers: [
        { name: 'calibration', part: 0.2 },
        { name: 'volatility', part: 0.3054651 },
        { name: 'drawdown', part: -0.05 },
        { name: 'others', part: -0.05 },
      ],
      naive_rule: { title: 'Volatility alone', probability: 0.3 + i / 100, brier_skill: { value: 0.02, low: 0.01, high: 0.05 } },
      positions: [],
      expected_loss_usd: null,
      expected_loss: null,
      expected_loss_basis: 'no snapshot was given',
      ...more,
    }),
  )
  return {
    ...{ schema: 'unwind.warn/1', sources: [], time: '2024-07-01T00:00:00Z', warnings, simulated: [], snapshots: [] },
    ...{ positions: [], alerts: [], evaluation: [], notes: [] },
  }
}
const one_line = (text: string) => text.replace(/\s+/g, ' ')
const subjects = (text: string) => [...text.matchAll(/^ {2}(A\d+) /gm)].map(([, subject]) => subject)

describe('chances in words', () => {
  test('no skill stands above and in the head; the naive rule that did better is named, stands beside and gives the order', () => {
    const text = warn_text(document(3), { width: 140 })
    expect(one_line(text)).toContain(
      'No skill (walk-forward, 800 rows out of sample): worse than the usual chance, Brier skill −0.10 [−0.20, −0.05]. A naive rule did better than the usual chance and stands beside: Volatility alone, Brier skill 0.02 [0.01, 0.05]. Go by that.',
    )
    expect(text).toMatch(/of +chance, no skill +usual +naive rule +what moves it/)
    expect(subjects(text)).toEqual(['A2', 'A1', 'A0'])
  })

  test('without such a rule the usual chance is what to go by; where there is skill the chance gives the order', () => {
    expect(one_line(warn_text(document(1, { naive_rule: null })))).toContain('Go by the usual chance.')
    const skilled = document(3, { skill: 'skill', beats_naive: { value: 0.1, low: 0.02, high: 0.2 } })
    const text = warn_text({
      ...skilled,
      warnings: skilled.warnings.map((one, i) => ({ ...one, probability: 0.9 - i / 10 })),
    })
    expect(one_line(text)).toContain('ROC-AUC less the best naive rule’s 0.10 [0.02, 0.20]')
    expect(text).not.toContain('no skill')
    expect(subjects(text)).toEqual(['A0', 'A1', 'A2'])
  })

  test('what is left out is said, and shown with all', () => {
    const text = warn_text(document(14))
    expect(subjects(text)).toHaveLength(12)
    expect(text).toContain('2 more: --all, or --json')
    const all = warn_text(document(14), { all: true })
    expect(subjects(all)).toHaveLength(14)
    expect(all).not.toContain('more: --all')
    expect(one_line(all)).toContain('1 different chance for 14 rows')
  })

  test.each([80, 100, 140])('at %d columns parts add up as printed, and nothing is wider or cut', (width) => {
    const text = warn_text(document(2), { width })
    expect(text.split('\n').filter((line) => line.length > width)).toEqual([])
    expect(text).not.toContain('…')
    // +0.41 = calibration +0.20, volatility +0.31, drawdown −0.05, others −0.05, or fewer names and more in others.
    const lines = one_line(text).match(/\+0\.41 = calibration \+0\.20,.*?others [−+]\d\.\d\d/g) as string[]
    expect(lines.length).toBe(2)
    for (const line of lines) {
      const [whole, ...parts] = (line.match(/[−+]\d\.\d\d/g) as string[]).map((one) => Number(one.replace('−', '-')))
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(whole as number, 9)
    }
  })

  test('parts that have no name are not left out of the sum', () => {
    const parts = (calibration: number, others: number) => [
      { name: 'calibration', part: calibration },
      { name: 'others', part: others },
    ]
    expect(warn_text(document(1, { drivers: parts(1.04, 0.4) }), { width: 140 })).toContain(
      '+1.44 = calibration +1.04, others +0.40',
    )
    expect(warn_text(document(1, { drivers: parts(1.04, 0) }), { width: 140 })).toContain(
      '+1.04 = calibration +1.04, no sign moves it',
    )
  })

  test('a model that abstains gives no chance and no reasons', () => {
    const text = warn_text(document(1, { probability: null, abstains: true, drivers: [] }), { width: 140 })
    expect(text).toMatch(/A0 +abstains +40\.0 %/)
    expect(text).not.toContain('calibration')
  })

  const expected_loss = {
    loss_usd: { median: 5e6, low: 4e6, high: 6e6 },
    forced_sales_usd: null,
    ...{ model: 'run' as const, condition: 'it falls', seeds: 3, snapshot: 'a book', evidence: 'synthetic' as const },
  }
  const priced = { expected_loss, expected_loss_usd: 5e6, expected_loss_basis: 'median of 3 runs' }

  test('a loss is said only where a shown row has one; where only others have, that is said', () => {
    // The naive rule puts A0 last, so that of 14 it is not among the 12 shown.
    const some = document(14)
    const warnings = some.warnings.map((one, i) => (i === 0 ? { ...one, ...priced } : one))
    const text = warn_text({ ...some, warnings })
    expect(text).not.toMatch(/loss:|of +chance.*loss if so/)
    expect(text).toContain('loss if so: known only of 1 not shown here: --all, or --json')
    expect(one_line(warn_text({ ...some, warnings }, { all: true }))).toMatch(/loss: median of 3 runs; 5 to 95 % of seeds: \$4/)
    const simulated = [
      { question: 'does it go on', subject: 'market', hits: 0, seeds: 3, share: null, probability: 0.2, expected_loss: null },
    ].map((one) => ({ ...one, expected_loss_usd: null, expected_loss_basis: 'no run reached it' }))
    const snapshots = [{ file: 'b.json', title: 'a book', time: '2024-07-01T00:00:00Z', accounts: 8, evidence: 'synthetic' }]
    const none = warn_text({ ...document(0), simulated, snapshots } as unknown as WarnDoc)
    expect(none).toContain('no loss is known: no run reached it')
    expect(none).not.toMatch(/loss: *\n/)
  })

  test('how far the positions are from the prices stands beside the losses, unless it is a day', () => {
    const snapshot = (time: string) => [
      { file: 'b.json', title: 'a book', hash: '', time, accounts: 8, evidence: 'synthetic' as const },
    ]
    const text = (time: string) => one_line(warn_text({ ...document(2, priced), snapshots: snapshot(time) }))
    // The chances are of 2024-07-01; 2024 has 366 days, 182 of them before July: 2027-01-01 is 184 + 365 + 365 days on.
    expect(text('2027-01-01T00:00:00Z')).toContain('loss, of positions 914 days after these prices: median of 3 runs')
    expect(text('2027-01-01T00:00:00Z')).toContain('2027-01-01 00:00, 914 days after these prices, 8 accounts')
    expect(text('2024-06-29T00:00:00Z')).toContain('loss, of positions 2 days before these prices: median')
    expect(text('2024-06-30T00:00:00Z')).toContain('loss: median of 3 runs')
    expect(text('2024-06-30T00:00:00Z')).not.toContain('these prices')
  })
})
