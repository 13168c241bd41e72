/** Answers about accounts for a terminal. */
import { counted, decimal, duration, listed, percent, price, usd } from './format.ts'
import { type GridColumn, type Paint, wrap } from './lines.ts'
import { plain } from './report.ts'
import type { AccountDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'

export type Answer = AccountDoc['accounts'][number]
export type Direction = Answer['directions'][number]
export type Threshold = NonNullable<Direction['forward']>
export type BookDoc = NonNullable<AccountDoc['book']>

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

/** A table of the answers, for text and page. */
export interface AnswerTable {
  readonly title: string
  readonly columns: readonly GridColumn[]
  readonly rows: readonly (readonly string[])[]
}

/** Health to where it matters: more digits near 1. */
export function health_text(health: number | null): string {
  if (health === null) return '–'
  if (health >= 100) return decimal(health)
  return decimal(health, Math.abs(health - 1) < 0.1 ? 4 : 2)
}

export const change_text = (change: number): string => percent(change, Math.abs(change) < 0.1 ? 2 : 1, true)

/** A quantity to six significant digits at least. */
function units(value: number): string {
  if (value >= 100_000) return decimal(value)
  return decimal(value, value >= 1000 ? 2 : value >= 1 ? 4 : 8)
}

const prices_text = (prices: Threshold['prices']): string =>
  prices.map(({ asset, there }) => `${plain(asset)} ${price(there)}`).join(', ')

/** Who and where, in words. */
export function account_name(answer: Answer): string {
  if (answer.venue === null) return 'The position'
  const owner = answer.owner === null ? 'nobody named' : plain(answer.owner)
  return `Account ${answer.account} of ${plain(answer.venue)} (${plain(answer.kind ?? '')}), ${owner}`
}

/** The answer about one account, in a sentence or two. */
export function account_sentence(answer: Answer): string {
  const { health, buffer, breached, first, strict, directions } = answer
  const name = account_name(answer)
  const open = answer.legs.find((leg) => leg.price === null)
  if (open !== undefined) {
    const found = directions[0]?.forward ?? directions[0]?.backward ?? null
    if (found === null) return `No price of ${plain(open.asset)} breaks the position.`
    const falls = directions[0]?.forward !== null
    return `The position is in breach ${strict ? '' : 'at or '}${falls ? 'below' : 'above'} ${plain(open.asset)} ${price(found.prices[0]?.there ?? 0)}.`
  }
  if (health === null || buffer === null) return `${name}: nothing is owed, so no price breaks it.`
  if (breached)
    return `${name}: in breach, health ${health_text(health)}; ${usd(-buffer.usd)} less debt, or as much more margin, would heal it.`
  const room =
    (answer.notional_usd ?? 0) > 0
      ? `${usd(buffer.usd)} more margin than is required`
      : `debts may grow by ${percent(buffer.debt_ratio)} (${usd(buffer.usd)}), or assets shrink by ${percent(buffer.collateral_ratio)}`
  const breaks =
    first === null || first.change === null
      ? 'no single price within a factor of 10,000 breaks it'
      : `${plain(first.move)} breaks it first: ${change_text(first.change)}${first.volatilities === null ? '' : `, ${decimal(first.volatilities, 1)} daily volatilities`}`
  return `${name}: health ${health_text(health)}, safe; ${room}; ${breaks}.`
}

/** `ETH, within 2 h`; `fixed`. */
export function priced_by(leg: Answer['legs'][number]): string {
  const names = Object.entries(leg.follows).map(
    ([asset, k]) =>
      `${k < 0 ? '1/' : ''}${plain(asset)}${Math.abs(Math.abs(k) - 1) < 1e-6 ? '' : ` × ${decimal(Math.abs(k), 2)}`}`,
  )
  if (names.length === 0) return 'fixed'
  return names.join(' · ') + (leg.lag_ms !== null && leg.lag_ms > 0 ? `, within ${duration(leg.lag_ms)}` : '')
}

export function legs_table(answer: Answer): AnswerTable {
  return {
    title: 'Holds and owes',
    columns: [left(''), left('asset'), right('quantity'), right('price'), right('weight'), right('value'), left('priced by')],
    rows: answer.legs.map((leg) => [
      leg.side,
      plain(leg.market ?? leg.asset),
      units(leg.quantity),
      leg.price === null ? '?' : price(leg.price),
      decimal(leg.weight, 4),
      leg.usd === null ? '?' : usd(leg.usd),
      answer.venue === null ? '' : priced_by(leg),
    ]),
  }
}

const METHOD = { closed_form: 'closed form', search: 'search' } as const

/** The asset by which a joint move is told, unless all move alike. */
const told_by = ({ joint, move, lead }: Direction): string => (joint && move !== 'together' ? `${plain(lead)} ` : '')

/** Name of a move for a table. @param held assets whose following is worth telling */
export function move_name({ move, joint, logs }: Direction, held: ReadonlySet<string> = new Set()): string {
  if (!joint) {
    const others = Object.keys(logs).filter((asset) => asset !== move && held.has(asset))
    return plain(others.length === 0 ? move : `${move} with ${listed(others)}`)
  }
  return joint_name(move)
}

/** How prices move that move jointly. */
const joint_name = (move: string): string =>
  move === 'together' ? 'all coins alike' : move === 'by beta' ? 'all by their betas' : plain(move)

export function thresholds_table({ directions, breached, legs: own }: Answer): AnswerTable {
  const held = new Set(own.map((leg) => leg.asset))
  const rows = directions.flatMap((direction) =>
    ([direction.forward, direction.backward] as const).flatMap((found) =>
      found === null || found.change === null
        ? []
        : [
            [
              move_name(direction, held),
              `${told_by(direction)}${change_text(found.change)}`,
              prices_text(found.prices),
              ...(found.volatilities === null ? [''] : [decimal(found.volatilities, 1)]),
              METHOD[found.method],
            ],
          ],
    ),
  )
  const vols = rows.some((row) => row[3] !== '')
  const columns = [left('this moves'), right('by'), left('price at the venue'), right('daily vols'), left('found by')]
  const keep = (_: unknown, c: number) => vols || c !== 3
  return {
    title: breached ? 'Safe again when' : 'In breach when',
    columns: columns.filter(keep),
    rows: rows.map((row) => row.filter(keep)),
  }
}

/** The move on whose way something is looked at: the joint one, or a lone asset's. */
const shown_direction = ({ directions }: Answer): Direction | undefined => directions.find((one) => one.joint) ?? directions[0]

/** What happens on the way. */
export function outcomes_table(answer: Answer): AnswerTable | undefined {
  const shown = shown_direction(answer)
  if (shown === undefined || shown.outcomes.length === 0) return undefined
  const titles = ['equity', 'first call', 'all calls', 'seized', 'owed after', 'equity after']
  const taken_any = shown.outcomes.some(({ liquidation }) => liquidation !== null)
  const kept = taken_any ? titles : titles.slice(0, 1)
  return {
    title: `When ${shown.joint ? `prices move jointly: ${move_name(shown)}` : `${plain(shown.move)} moves`}`,
    columns: [right(told_by(shown) === '' ? 'change' : plain(shown.lead)), right('health'), left(''), ...kept.map(right)],
    rows: shown.outcomes.map(({ change, health, breached, equity_usd, liquidation: taken }) => {
      const figures =
        taken === null ? [] : [taken.first_usd, taken.liquidated_usd, taken.seized_usd, taken.left_usd, taken.equity_usd].map(usd)
      return [change_text(change), health_text(health), breached ? 'in breach' : 'safe', usd(equity_usd), ...figures]
    }),
  }
}

/** Bad debt on the way, and the first call at the breach of a typed position. */
export function account_lines(answer: Answer): string[] {
  const out: string[] = []
  const bad = (shown_direction(answer)?.outcomes ?? []).flatMap(({ change, liquidation }) =>
    liquidation !== null && liquidation.bad_debt_usd > 0 ? [`${usd(liquidation.bad_debt_usd)} at ${change_text(change)}`] : [],
  )
  if (bad.length > 0) out.push(`Bad debt: ${bad.join(', ')}.`)
  const { at_breach } = answer
  if (at_breach !== null)
    out.push(
      `First call at the breach: repays ${usd(at_breach.repaid_usd)} and seizes ${usd(at_breach.seized_usd)}; ${usd(at_breach.penalty_usd)} is the borrower's penalty.`,
    )
  return out
}

/** The joint threshold that is nearer, of an account. */
export function joint_change(answer: Answer): number | null {
  const joint = answer.directions.find((one) => one.joint)
  const found = [joint?.forward, joint?.backward].flatMap((one) => (one === null || one === undefined ? [] : [one]))
  found.sort((a, b) => Math.abs(a.log_move ?? 0) - Math.abs(b.log_move ?? 0))
  return found[0]?.change ?? null
}

export function summary_table(accounts: readonly Answer[]): AnswerTable {
  const joint = accounts.flatMap((one) => one.directions).find((one) => one.joint)
  return {
    title: '',
    columns: [
      left('venue'),
      right('account'),
      right('health'),
      left(''),
      right('assets'),
      right('debts'),
      left('breaks first'),
      right('by'),
      right(joint === undefined ? '' : `${move_name(joint)}, ${plain(joint.lead)}`),
    ],
    rows: accounts.map((one) => {
      const change = joint_change(one)
      return [
        plain(one.venue ?? ''),
        String(one.account ?? ''),
        health_text(one.health),
        one.breached ? 'in breach' : 'safe',
        usd(one.assets_usd ?? 0),
        usd(one.debts_usd ?? 0),
        one.first === null ? '–' : plain(one.first.move),
        one.first === null || one.first.change === null ? '–' : change_text(one.first.change),
        change === null ? '–' : change_text(change),
      ]
    }),
  }
}

const BAR = 24

/** The book in a sentence. */
export function book_sentence(book: BookDoc): string {
  const { accounts, owing, breached, owed_usd, nearest } = book
  const next = nearest.find((one) => one.method !== null)
  const near =
    next === undefined
      ? 'no move of this kind breaks any'
      : `the next, account ${next.account}, breaks at ${plain(book.lead)} ${change_text(next.change)}`
  return `${plain(book.venue)} (${plain(book.kind)}): ${counted(accounts, 'account')} with ${usd(owed_usd)} owed, or open as notional of contracts, ${decimal(owing)} that can be in breach; ${breached === 0 ? 'none is' : `${decimal(breached)} ${breached === 1 ? 'is' : 'are'}`}; ${near}.`
}

export function ladder_table(book: BookDoc): AnswerTable {
  const most = book.ladder.reduce((top, step) => Math.max(top, step.liquidatable_usd), 0)
  return {
    title: `Liquidatable when prices move jointly: ${joint_name(book.move)}`,
    columns: [
      right(plain(book.lead)),
      right('accounts'),
      right('liquidatable'),
      right('of accounts'),
      right('collateral'),
      right('shortfall'),
      left(''),
    ],
    rows: book.ladder.map((step) => [
      step.change === 0 ? 'now' : change_text(step.change),
      decimal(step.accounts),
      usd(step.liquidatable_usd),
      percent(book.owing > 0 ? step.accounts / book.owing : 0),
      usd(step.collateral_usd),
      usd(step.shortfall_usd),
      '█'.repeat(most > 0 ? Math.round((BAR * step.liquidatable_usd) / most) : 0),
    ]),
  }
}

export function nearest_table(book: BookDoc): AnswerTable {
  return {
    title: 'Nearest to liquidation',
    columns: [
      right('account'),
      left('owner'),
      right('health'),
      right('owed or notional'),
      right('equity'),
      right(`breaks at ${plain(book.lead)}`),
      left('price at the venue'),
    ],
    rows: book.nearest.map((one) => [
      String(one.account),
      plain(one.owner ?? '–'),
      health_text(one.health),
      usd(one.owed_usd),
      usd(one.equity_usd),
      one.method === null ? 'in breach' : change_text(one.change),
      prices_text(one.prices),
    ]),
  }
}

/** Which assets of these answers move with another; of a book all that do. */
export function links_text({ links, accounts, book, snapshot }: AccountDoc): string | undefined {
  const held = new Set(accounts.flatMap((one) => one.legs.map((leg) => leg.asset)))
  const entries = Object.entries(links).filter(([follower]) => book !== null || held.has(follower))
  if (entries.length === 0) return undefined
  return `Moves with another asset: ${entries.map(([follower, leader]) => `${plain(follower)} with ${plain(leader)}`).join(', ')}${snapshot === null ? '' : ' (--apart moves each alone)'}.`
}

/** Which joint move is meant, and where another one is: undefined where it was given. */
function joint_text({ accounts, book }: AccountDoc): string | undefined {
  const moves = [...accounts.flatMap((one) => one.directions).filter(({ joint }) => joint), ...(book === null ? [] : [book])]
  const named = (move: string) => moves.some((one) => one.move === move)
  if (named('together'))
    return 'The joint move: every asset that has a beta moves by the same part (--correlated: each by its beta, as in unwind criticality).'
  return named('by beta') ? 'The joint move: each asset moves by its beta, as in unwind criticality.' : undefined
}

/** Assumptions, the joint move and links among them. */
export function assumptions(document: AccountDoc): string[] {
  const own = [joint_text(document), links_text(document)].flatMap((text) => (text === undefined ? [] : [text]))
  return [...own, ...document.notes].map(plain)
}

/** Where the answers come from. */
export function source_line({ title, snapshot, time, evidence, definitions }: AccountDoc): string | undefined {
  if (snapshot === null) return undefined
  return `${plain(title)}, ${plain(time ?? '')}, evidence ${evidence ?? 'unknown'}, snapshot ${snapshot}. Prices are the venue's own. Definitions: ${definitions}.`
}

/** A table in which a breach and what is safe are coloured; nothing for one without rows. */
function answer_table(sheet: Sheet, table: AnswerTable | undefined): void {
  if (table === undefined || table.rows.length === 0) return
  const { bad, good, strong } = sheet.paint
  const paint: Paint = (_line, _column, text) => (text === 'in breach' ? bad(text) : text === 'safe' ? good(text) : text)
  sheet.lines.push('')
  if (table.title !== '') sheet.lines.push(strong(table.title))
  sheet.table(table.columns, table.rows, paint)
}

function one_account(sheet: Sheet, answer: Answer): void {
  sheet.strong(account_sentence(answer))
  answer_table(sheet, legs_table(answer))
  answer_table(sheet, thresholds_table(answer))
  answer_table(sheet, outcomes_table(answer))
  for (const line of account_lines(answer)) sheet.say(line)
}

/** All answers, lines joined; ends with a newline. */
export function account_text(document: AccountDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options)
  const { accounts, book } = document
  if (book !== null) {
    sheet.strong(book_sentence(book))
    answer_table(sheet, ladder_table(book))
    answer_table(sheet, nearest_table(book))
  }
  if (accounts.length > 1) {
    sheet.strong(`${plain(document.title)}: ${counted(accounts.length, 'account')}.`)
    answer_table(sheet, summary_table(accounts))
  }
  for (const answer of accounts) {
    if (accounts.length > 1) sheet.lines.push('', sheet.paint.faint('─'.repeat(sheet.width)))
    one_account(sheet, answer)
  }
  const notes = assumptions(document)
  if (notes.length > 0) sheet.heading('Assumptions')
  for (const note of notes) sheet.say(note, '· ')
  const source = source_line(document)
  if (source !== undefined) sheet.lines.push('', ...wrap(source, sheet.width).map(sheet.paint.faint))
  return sheet.text
}
