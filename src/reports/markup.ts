/** HTML and SVG in which every value is escaped unless it is markup itself. */

/** Text that is markup already. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = Markup | string | number | undefined | readonly Value[]

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Safe between tags and in quoted attributes; control characters, which HTML does not allow, become `?`. */
export function escape(text: string): string {
  const safe = text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string)
  // oxlint-disable-next-line no-control-regex -- they are what is removed
  return safe.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '?')
}

function render(value: Value): string {
  if (value === undefined) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') return escape(value)
  if (typeof value === 'number') return String(value)
  return value.map(render).join('')
}

/** Template for markup: `${…}` is escaped, lists are joined, `undefined` is nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = parts[0] as string
  values.forEach((value, i) => {
    text += render(value) + (parts[i + 1] as string)
  })
  return new Markup(text)
}
