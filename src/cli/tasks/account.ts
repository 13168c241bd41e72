/** Answers about accounts, from a snapshot or from what was typed. */
import { writeFileSync } from 'node:fs'
import { account_html, account_text, type AccountDoc } from '../../reports/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { account_document, type AccountInput, typed_document, type TypedInput, type TypedLeg } from '../../studies/index.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { naming, open_snapshot, reference_recipe } from './inputs.ts'

export interface TypedTaskInput {
  readonly legs: readonly TypedLeg[]
  readonly close_factor?: number
  readonly bonus?: number
}

export interface AccountTaskInput {
  readonly snapshot?: string
  readonly accounts?: number
  readonly question: AccountInput
  readonly typed?: TypedTaskInput
  readonly json: boolean
  /** Where the page is written before it takes its place. */
  readonly html?: string
  readonly look: Look
}

export async function account_task(input: AccountTaskInput, on_progress: Progress): Promise<WorkResult> {
  const document = input.typed === undefined ? await from_snapshot(input, on_progress) : await by_hand(input, input.typed)
  if (input.html !== undefined) writeFileSync(input.html, account_html(document))
  return {
    code: 0,
    text: input.json
      ? `${JSON.stringify(document, null, 2)}\n`
      : account_text(document, { width: input.look.width, painter: painter(input.look.colour) }),
    note: '',
  }
}

async function from_snapshot(input: AccountTaskInput, on_progress: Progress): Promise<AccountDoc> {
  on_progress(0, 'reading')
  const snapshot = await open_snapshot(input.snapshot, input.accounts)
  on_progress(0.3, 'building the world')
  return naming(input, () => {
    const world = build(snapshot, shock_scenario([]))
    on_progress(0.6, 'asking the venues')
    return account_document(snapshot, world, input.question)
  })
}

/** What is known of assets comes from the reference market: betas, and that stablecoins are worth 1. */
async function by_hand({ question }: AccountTaskInput, typed: TypedTaskInput): Promise<AccountDoc> {
  const recipe = await reference_recipe()
  const known = (id: string) => recipe.assets.find((asset) => asset.id === id)
  const par: string[] = []
  const legs = typed.legs.map((leg): TypedLeg => {
    const asset = known(leg.asset)
    if (leg.price !== undefined || asset === undefined || asset.role === 'coin') return leg
    if (!par.includes(leg.asset)) par.push(leg.asset)
    return { ...leg, price: asset.price_usd }
  })
  const ids = [...legs.map((leg) => leg.asset), ...question.moves.map(([asset]) => asset)]
  const assets = [...new Set(ids)].map((id) => ({ id, beta: known(id)?.beta }))
  const { moves, correlated, steps, back_steps, volatilities } = question
  const more: TypedInput = {
    ...typed,
    legs,
    assets,
    strict: true,
    moves,
    correlated,
    with: question.with,
    steps,
    back_steps,
    volatilities,
  }
  const notes = [
    'The plain law: collateral × weight × price against debts × price; in breach below 1. No interest, no fees.',
    ...(par.length === 0 ? [] : [`${par.join(', ')} at 1 USD: no price was given.`]),
    ...(correlated ? ['Betas are those of the reference market.'] : []),
  ]
  return typed_document(more, notes)
}
