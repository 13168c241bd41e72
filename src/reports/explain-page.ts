/** `unwind stress --explain` on the page: the way round between exchanges and lenders, what carried the infections, and the chains of the largest forced sales. */
import {
  branches,
  by_mechanism,
  carried_line,
  CHAIN_TITLES,
  counterfactual_lines,
  covered_line,
  goes_round,
  leads,
  loop_lines,
  MOST_SHOWN,
  stands_for,
  told,
} from './explain.ts'
import { GLUED, percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { nothing_forced } from './opening.ts'
import { plain } from './report.ts'
import type { RunDoc } from './schemas.ts'

type Explain = NonNullable<RunDoc['explain']>
type Chain = Explain['chains'][number]

const NOTHING = markup``
const glued = (text: string) => text.replace(GLUED, '\u00a0')

/** perp → index → oracle → lending → spot → perp, each step with what it carried. */
function way({ loop }: Explain): Markup {
  if (!goes_round(loop)) return NOTHING
  const steps: readonly (readonly [string, string])[] = [
    ['perp', 'forced orders'],
    ['index', ''],
    ['oracle', ''],
    ['lending', `${usd(loop.perp_to_lending_usd)} forced by exchanges`],
    ['spot', `${usd(loop.lending_to_spot_usd)} sold by lenders`],
    ['perp', `${usd(loop.lending_to_perp_usd)} forced by lenders`],
  ]
  return markup`<ol class="way">${steps.map(([name, what]) => markup`<li><span>${name}${what === '' ? NOTHING : markup`<small>${what}</small>`}</span></li>`)}</ol>`
}

/** What carried the infections; the darker, the larger the part of the victim's forced sales. */
function carried(document: RunDoc): Markup {
  const { mechanisms, rows } = by_mechanism(document)
  if (rows.length === 0) return NOTHING
  const totals = new Map<string, number>()
  for (const { to, cells } of rows)
    totals.set(to, (totals.get(to) ?? 0) + cells.reduce((sum, found) => sum + (found?.usd ?? 0), 0))
  const cell = (to: string, found: (typeof rows)[number]['cells'][number]): Markup => {
    if (found === undefined) return markup`<td class="zero">0</td>`
    const part = Math.min(1, Math.max(0, found.usd / (totals.get(to) || 1)))
    return markup`<td class="heat" style="--w:${part.toFixed(3)}">${usd(found.usd)} · ${percent(part, 0)}<small>tipped ${usd(found.usd_pivotal)}</small></td>`
  }
  const body = rows.map(
    ({ from, to, cells }) =>
      markup`<tr><th scope="row">${plain(from)}</th><td class="left">${plain(to)}</td>${cells.map((found) => cell(to, found))}</tr>`,
  )
  const heads = mechanisms.map((name) => markup`<th scope="col">${name}</th>`)
  return markup`<h3>What carried it</h3><p class="note">Forced sales by source, victim and <a href="#d-infections_by_mechanism">mechanism</a>; in percent of the victim’s.</p><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">from</th><th scope="col" class="left">to</th>${heads}</tr></thead><tbody>${body}</tbody></table></div>`
}

/** The sale first, below each link what caused it. */
function chain(one: Chain, n: number, covered: Explain['covered']): Markup {
  const { why, links } = one
  const left = links.length - 1 - MOST_SHOWN
  const items = links.flatMap((link, l) => {
    if (l >= MOST_SHOWN && l < links.length - 1)
      return l === MOST_SHOWN ? [markup`<li class="faint">… ${left} more in the document, the last of them:</li>`] : []
    const [at, text] = told(link)
    const lead = l === 0 ? '' : l > MOST_SHOWN ? 'because ' : `${leads(links[l - 1] as Chain['links'][number])} `
    const beside = branches(link)
    const more = beside === '' ? NOTHING : markup`<small class="faint">${glued(beside)}</small>`
    return [markup`<li><span class="when">${at}</span><span class="what">${lead}${glued(text)}${more}</span></li>`]
  })
  const stands = stands_for(one, covered)
  const carried = carried_line(one)
  return markup`<h3>${n + 1}. ${CHAIN_TITLES[why]}</h3>${stands === '' ? NOTHING : markup`<p class="note">${glued(stands)}.</p>`}<ol class="chain">${items}</ol>${carried === '' ? NOTHING : markup`<p class="note">${glued(carried)}</p>`}`
}

/** The section; nothing when the run was not explained. */
export function explain_section(document: RunDoc): Markup {
  const { explain } = document
  if (explain === undefined || (nothing_forced({ document }) && explain.counterfactual === undefined)) return NOTHING
  const left_out = counterfactual_lines(explain)
  const more =
    left_out.length === 0
      ? NOTHING
      : markup`<h3>What leaving out removed</h3>${left_out.map((line) => markup`<p>${glued(line)}</p>`)}`
  const chains =
    explain.chains.length === 0
      ? markup`<p>Nothing was forced.</p>`
      : explain.chains.map((one, n) => chain(one, n, explain.covered))
  return markup`<section><h2>Why it was sold</h2><p class="note">Chains of main causes: a row’s cause is that of its largest share; what else took part stands beside it. ${glued(covered_line(explain))}</p>${chains}${carried(document)}<h3>Perp → index → oracle → lending → spot → perp</h3>${way(explain)}${loop_lines(explain).map((line) => markup`<p>${glued(line)}</p>`)}${more}</section>`
}
