/** Numbers and times as a reader meets them. No locale: the same text everywhere. */
import { iso_day } from '../analytics/index.ts'

const MINUS = '−'
const DAY_MS = 86_400_000

/** Digits in groups of three. */
function grouped(digits: string): string {
  const [whole = '', rest] = digits.split('.')
  const out = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return rest === undefined ? out : `${out}.${rest}`
}

const signed = (value: number, text: string) => (value < 0 && /[1-9]/.test(text) ? MINUS + text : text)

/** A number with this many decimals and grouped thousands. */
export function decimal(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'n/a' : value > 0 ? '∞' : `${MINUS}∞`
  return signed(value, grouped(Math.abs(value).toFixed(decimals)))
}

const SCALES: readonly (readonly [number, string])[] = [
  [1e12, ' T'],
  [1e9, ' B'],
  [1e6, ' M'],
  [1e3, ' k'],
  [1, ''],
]

/** At least three significant digits, and no more decimals than that takes. */
function three(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}

/** `$412 M`, `−$3.10 k`, `$0`. */
export function usd(value: number): string {
  if (!Number.isFinite(value)) return decimal(value)
  const size = Math.abs(value)
  if (size < 0.005) return '$0'
  // The next scale starts where rounding would show a thousand of this one.
  const [unit, name] = SCALES.find(([scale]) => size >= scale * 0.9995) ?? [1, '']
  return signed(value, `$${unit === 1 && size >= 99.95 ? size.toFixed(0) : three(size / unit)}${name}`)
}

/** A price, to five significant digits: `3,012.4`, `0.99871`. */
export function price(value: number): string {
  if (!Number.isFinite(value)) return decimal(value)
  const size = Math.abs(value)
  if (size >= 10_000) return decimal(value)
  let decimals = 1
  for (let edge = 1000; decimals < 12 && size < edge; edge /= 10) decimals++
  return decimal(value, size === 0 ? 0 : decimals)
}

/** A ratio in per cent: `−30.0 %`; with `plus`, gains carry their sign. */
export function percent(ratio: number, decimals = 1, plus = false): string {
  const text = decimal(ratio * 100, decimals)
  return `${plus && ratio > 0 && /[1-9]/.test(text) ? '+' : ''}${text} %`
}

/** The largest unit that divides it, or two units: `1 h`, `90 s` → `1 min 30 s`. */
export function duration(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [DAY_MS, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
    [1, 'ms'],
  ]
  const parts: string[] = []
  let rest = Math.round(ms)
  for (const [unit, name] of units) {
    const n = Math.floor(rest / unit)
    if (n > 0 && parts.length < 2) parts.push(`${n} ${name}`)
    rest -= n * unit
    // A day and 24 hours read alike; up to two days hours are what people say.
    if (unit === DAY_MS && n === 1 && rest === 0) return '24 h'
  }
  return parts.length === 0 ? '0 s' : parts.join(' ')
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n))

/** `2024-04-12 13:05`, UTC. */
export function moment(time_ms: number): string {
  const day = Math.floor(time_ms / DAY_MS)
  const minute = Math.floor((time_ms - day * DAY_MS) / 60_000)
  return `${iso_day(day)} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

/** `1 account`, `12 accounts`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${decimal(n)} ${n === 1 ? one : many}`
}

/** Words joined as a sentence does: `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`
}

/** Spaces that must not end a line: between a number and its unit, and before a signed number. */
export const GLUED = / (?=(?:%|[kMBT]|ms|s|min|h|d)(?:[\s,.;:)]|$)|[−+]\d)/g

/** The control characters of a name would be obeyed by a terminal. */
export const plain = (text: string): string => {
  // oxlint-disable-next-line no-control-regex -- they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?')
}
