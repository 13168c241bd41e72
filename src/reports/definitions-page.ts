/** The list of definitions as a page. */
import { ALIASES, DEFINITIONS } from './definitions.ts'
import { network_definitions } from './definitions-network.ts'

/** The page `docs/definitions.md`. */
export function definitions_markdown(): string {
  const lines = [
    '# Definitions',
    '',
    'What every figure of a report means. Tables, documents and reports link here by name. Units end names (`_usd _ms _bps`); a bare number is a ratio in natural units, 0.05 for 5 %.',
    'The list is `src/reports/definitions.ts` and `definitions-network.ts`; `UPDATE=1 npx vitest run src/reports/definitions.test.ts` writes this page from it.',
  ]
  for (const group of [...DEFINITIONS, network_definitions]) {
    lines.push('', `## ${group.title}`)
    for (const item of group.items) {
      const also = Object.keys(ALIASES).filter((name) => ALIASES[name] === item.id && name !== 'usd')
      lines.push('', `### ${item.id}`, '', `*${item.unit}.* ${item.says}${also.map((name) => ` <a id="${name}"></a>`).join('')}`)
      if (item.more.length > 0) lines.push('', ...item.more.map((line) => `- ${line}`))
    }
  }
  return `${lines.join('\n')}\n`
}
