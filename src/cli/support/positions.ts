/** Readers of what `unwind account` is told: moves, percents, and legs of positions typed by hand. */
import { InputError } from '../../model/index.ts'

const NUMBER = String.raw`[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?`

/** A number in decimal or exponential notation, thousands separated by commas or not. */
function parse_number(text: string): number {
  const trimmed = text.trim()
  return /\d/.test(trimmed) && new RegExp(`^${NUMBER}$`).test(trimmed) ? Number(trimmed.replaceAll(',', '')) : Number.NaN
}

export function number_of(option: string, text: string): number {
  const number = parse_number(text)
  if (!Number.isFinite(number)) throw new InputError(option, '', text, 'a number such as -0.8')
  return number
}

/** `0.85` or `85%`, above `low` and at most `high`. */
export function ratio_of(option: string, text: string, low: number, high: number): number {
  const percent = text.trim().endsWith('%')
  const number = parse_number(percent ? text.trim().slice(0, -1) : text)
  const ratio = percent ? number / 100 : number
  // A liquidation ratio of 1 and a bonus of 0 are allowed; a weight of 0 is not.
  const from = option === '--bonus' || option === '--ratio' ? ratio >= low : ratio > low
  if (!(from && ratio <= high))
    throw new InputError(
      option,
      '',
      text,
      `a ratio above ${low} and up to ${high}, such as ${high === 1 ? '0.85 or 85%' : '1.5 or 150%'}`,
    )
  return ratio
}

/** `5,10,20` as ratios: above 0 and below 100, each once. */
export function percents(option: string, text: string): number[] {
  const out = text.split(',').map((part) => {
    const number = parse_number(part.trim().replace(/%$/, ''))
    if (!(number > 0 && number < 100)) throw new InputError(option, '', part, 'per cents above 0 and below 100, such as 5,10,20')
    return number / 100
  })
  if (new Set(out).size < out.length) throw new InputError(option, '', text, 'every per cent once')
  return out
}

/** `ETH=-1,BTC=-0.8`. */
export function pairs(
  option: string,
  text: string,
  read: (option: string, text: string) => number,
): (readonly [string, number])[] {
  return text.split(',').map((part) => {
    const match = /^\s*([^=\s]+)\s*=\s*([^=\s]+)\s*$/.exec(part)
    if (match === null) throw new InputError(option, '', part, 'ASSET=NUMBER,ASSET=NUMBER, for example ETH=-1,BTC=-0.8')
    return [match[1] as string, read(option, match[2] as string)] as const
  })
}

const LEG = new RegExp(String.raw`^\s*(${NUMBER})\s+([^\s@:,]+)\s*(?:@\s*(${NUMBER})\s*)?(?::\s*(${NUMBER}%?)\s*)?$`)

/**
 * `5.7e6 SOL`, `17,919.37 WBTC @ 22584`, `10 ETH @ 3000 : 0.83`.
 * @param weight of a leg that does not say
 * @throws InputError for anything else, and without a weight
 */
export function typed_leg(
  option: string,
  text: string,
  weight: number | undefined,
): { readonly asset: string; readonly quantity: number; readonly price?: number; readonly weight: number } {
  const match = LEG.exec(text)
  const quantity = parse_number(match?.[1] ?? '')
  if (match === null || !(quantity > 0 && quantity < 1e30))
    throw new InputError(option, '', text, 'AMOUNT ASSET [@ PRICE] [: WEIGHT], for example "10 ETH @ 3000 : 0.83"')
  const price = match[3] === undefined ? undefined : parse_number(match[3])
  if (price !== undefined && !(price > 0 && price < 1e30)) throw new InputError(option, 'price', match[3], 'a price above 0')
  const own = match[4] === undefined ? weight : ratio_of(option, match[4], 0, option === '--debt' ? 100 : 1)
  if (own === undefined)
    throw new InputError(option, 'weight', undefined, `a weight for ${match[2]}: --threshold 0.85, --ratio 150%, or "… : 0.85"`)
  return { asset: match[2] as string, quantity, ...(price === undefined ? {} : { price }), weight: own }
}
