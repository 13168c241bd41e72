/**
 * Philox4x32-10: a counter-based generator. 128 bits of counter and 64 bits of key go through ten rounds of multiply and
 * xor; the block that comes out depends on nothing else, so any draw can be computed directly.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 4.3 and table 2.
 */

/**
 * Writes the four 32-bit words of the block at counter (c0, c1, c2, c3) under key (k0, k1) to `out[0..3]`.
 * Arguments are taken modulo 2^32. Allocates nothing.
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Int32Array | Uint32Array,
): void {
  let x0 = c0 | 0
  let x1 = c1 | 0
  let x2 = c2 | 0
  let x3 = c3 | 0
  let key0 = k0 | 0
  let key1 = k1 | 0
  for (let round = 0; round < 10; round++) {
    // The high words of the two 32 × 32 products, from 16-bit halves: no step leaves 32 bits.
    const a0 = x0 & 0xffff
    const a1 = x0 >>> 16
    const am = (Math.imul(0xd251, a0) + (Math.imul(0x1f53, a0) >>> 16)) | 0
    const an = (Math.imul(0x1f53, a1) + (am & 0xffff)) | 0
    const highA = (Math.imul(0xd251, a1) + (am >>> 16) + (an >>> 16)) | 0
    const b0 = x2 & 0xffff
    const b1 = x2 >>> 16
    const bm = (Math.imul(0xcd9e, b0) + (Math.imul(0x8d57, b0) >>> 16)) | 0
    const bn = (Math.imul(0x8d57, b1) + (bm & 0xffff)) | 0
    const highB = (Math.imul(0xcd9e, b1) + (bm >>> 16) + (bn >>> 16)) | 0
    const lowA = Math.imul(0xd2511f53, x0)
    const lowB = Math.imul(0xcd9e8d57, x2)
    x0 = highB ^ x1 ^ key0
    x1 = lowB
    x2 = highA ^ x3 ^ key1
    x3 = lowA
    key0 = (key0 + 0x9e3779b9) | 0
    key1 = (key1 + 0xbb67ae85) | 0
  }
  out[0] = x0
  out[1] = x1
  out[2] = x2
  out[3] = x3
}
