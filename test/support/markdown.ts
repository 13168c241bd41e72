// What the tests read in Markdown: links, anchors, fenced code.

export interface Fence {
  /** Everything after the backticks: language and tags. */
  readonly info: string
  readonly text: string
  readonly line: number
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/

/** The fenced blocks, and the text with them blanked (its lines keep their numbers). */
export function splitFences(text: string): { fences: Fence[]; prose: string } {
  const fences: Fence[] = []
  const prose: string[] = []
  let open: { mark: string; info: string; line: number; body: string[] } | undefined
  text.split('\n').forEach((line, i) => {
    const match = FENCE.exec(line)
    const mark = match?.[1] ?? ''
    if (open === undefined && mark !== '') open = { mark, info: (match?.[2] ?? '').trim(), line: i + 1, body: [] }
    else if (open !== undefined && mark.startsWith(open.mark) && (match?.[2] ?? '').trim() === '') {
      fences.push({ info: open.info, text: open.body.join('\n'), line: open.line })
      open = undefined
    } else if (open !== undefined) open.body.push(line)
    else {
      prose.push(line)
      return
    }
    prose.push('')
  })
  if (open !== undefined) throw new Error(`line ${open.line}: a fence that never closes`)
  return { fences, prose: prose.join('\n') }
}

/** The anchor that forges give a heading: lower case, punctuation dropped, spaces to hyphens, repeats numbered. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  const seen = new Map<string, number>()
  const { prose } = splitFences(text)
  for (const match of prose.matchAll(/^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm)) {
    const plain = (match[1] ?? '').replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]*>/g, '')
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    anchors.add(count === 0 ? slug : `${slug}-${count}`)
  }
  for (const match of prose.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(match[1] ?? '')
  return anchors
}

export interface Link {
  readonly target: string
  readonly line: number
}

/** Targets of links and images, inline, by reference and in HTML; code is skipped. */
export function linksOf(text: string): Link[] {
  const prose = splitFences(text).prose.replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, (code) => ' '.repeat(code.length))
  const patterns = [
    /\]\(\s*<?([^)\s>]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g,
    /^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm,
    /\s(?:href|src|srcset)="([^"\s]+)[^"]*"/g,
  ]
  const found = patterns.flatMap((pattern) =>
    [...prose.matchAll(pattern)].map((match) => ({
      target: match[1] ?? '',
      line: prose.slice(0, match.index).split('\n').length,
    })),
  )
  return found.sort((a, b) => a.line - b.line)
}

/** The command lines of a shell block: prompts and comments dropped, continued lines joined, what a pipe or a redirection follows cut off. */
export function commandsOf(shell: string): string[] {
  const joined = shell.replace(/\s*\\\n\s*/g, ' ').split('\n')
  return joined
    .map((line) => line.replace(/^\s*\$ /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => line.split(/\s+(?:&&|\|\||;)\s+/))
    .map((line) => cut(line))
}

/** Up to the first pipe, redirection or comment outside quotes. */
function cut(line: string): string {
  const kept = /^(?:"[^"]*"|'[^']*'|[^"'|<>#]|(?<=\S)#)*/.exec(line)?.[0] ?? line
  const redirects = /[<>]/.test(line.charAt(kept.length))
  return (redirects ? kept.replace(/\d$/, '') : kept).trim()
}

/** Words of a command line, quotes removed. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map((match) => match[0].replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
