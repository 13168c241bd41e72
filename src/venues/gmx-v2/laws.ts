/** What must hold at any moment, and what is in custody. */
import { at, coin_asset, type State } from './state.ts'

/** Tokens of the pools and collateral. */
export function holdings(s: State, out: Float64Array): void {
  const add = (asset: number, units: number) => {
    out[asset] = (out[asset] as number) + units
  }
  s.markets.forEach(({ long_asset, short_asset }, k) => {
    add(long_asset, at(s.m.amount_long, k))
    add(short_asset, at(s.m.amount_short, k))
  })
  for (let row = 0; row < s.rows; row++) add(coin_asset(s, row), at(s.a.collateral, row))
}

/** Open interest is the sum of the positions, so that with the pool's own position they sum to zero; nothing is negative. */
export function violations(s: State): readonly string[] {
  const broken: string[] = []
  const sums = new Float64Array(4 * s.markets.length)
  for (let row = 0; row < s.rows; row++) {
    const place = 4 * (s.market_of[row] as number) + ((s.side[row] as number) > 0 ? 0 : 2)
    sums[place] = (sums[place] as number) + at(s.a.size, row)
    sums[place + 1] = (sums[place + 1] as number) + at(s.a.tokens, row)
    for (const name of ['collateral', 'size', 'tokens'] as const)
      if (!(at(s.a[name], row) >= 0)) broken.push(`${s.id}: ${name} of row ${row} is ${at(s.a[name], row)}`)
  }
  s.markets.forEach(({ id }, k) => {
    ;(['interest_long', 'tokens_long', 'interest_short', 'tokens_short'] as const).forEach((name, i) => {
      const [kept, sum] = [at(s.m[name], k), sums[4 * k + i] as number]
      if (!(Math.abs(kept - sum) <= 1e-9 * Math.max(1, sum)))
        broken.push(`${s.id}: ${name} of ${id} is ${kept}, positions have ${sum}`)
    })
    for (const name of ['amount_long', 'amount_short', 'impact_pool'] as const)
      if (!(at(s.m[name], k) >= 0)) broken.push(`${s.id}: ${name} of ${id} is ${at(s.m[name], k)}`)
  })
  return broken
}
