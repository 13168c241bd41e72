/**
 * Index keys: a headroom rounded down to single precision, held as its bits. Bits of positive floats order as the floats do,
 * so keys are sorted and compared as integers, in four bytes.
 */
const single = new Float32Array(1)
const bits = new Int32Array(single.buffer)

/** Keys are lowered by this ratio, so that rounding in a bound or in a worst move never hides an account. */
export const KEY_MARGIN = 1e-9

/** The bits of 1: an account keyed here or lower is reached although nothing has moved. */
export const KEY_ONE = 0x3f800000

/** The bits of +Infinity: a move that reaches every key. */
export const KEY_INFINITY = 0x7f800000

/** Bits of the largest single-precision number not above `ratio` (≥ 0, not NaN). */
export function floor_bits(ratio: number): number {
  single[0] = ratio
  const word = bits[0] as number
  return (single[0] as number) > ratio ? word - 1 : word
}

/** The ratio a key stands for. */
export function ratio_of(key: number): number {
  bits[0] = key
  return single[0] as number
}
