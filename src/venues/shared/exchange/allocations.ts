/**
 * How a quantity is shared out over holders: pure functions over columns. Everybody gets between 0 and his `most`; the parts sum to
 * the amount, or to Σ most where that is less. Sources: derivatives reference §22.2, literature §B7.
 */

/**
 * Water-filling: everybody takes the same share h of his weight, as far as his limit reaches; h rises until the amount is placed.
 * With limits = weights it is pro rata, with lower limits capped pro rata.
 * @returns parts, same order
 */
export function pro_rata(weight: ArrayLike<number>, most: ArrayLike<number>, amount: number): Float64Array {
  const n = weight.length
  const out = new Float64Array(n)
  const order: number[] = []
  let weights = 0
  for (let i = 0; i < n; i++) {
    if (!((weight[i] as number) > 0 && (most[i] as number) > 0)) continue
    order.push(i)
    weights += weight[i] as number
  }
  const share = (i: number) => (most[i] as number) / (weight[i] as number)
  order.sort((a, b) => share(a) - share(b) || a - b)
  let left = amount
  for (const i of order) {
    if (!(left > 0)) break
    const part = Math.min(most[i] as number, left * Math.min(1, (weight[i] as number) / weights))
    out[i] = part
    left -= part
    weights -= weight[i] as number
  }
  return out
}

/**
 * Haircut shares hᵢ = min(η, βᵢ) with Σ wᵢhᵢ = budget: the same, asked in shares.
 * @returns shares; all at their limits where the budget exceeds Σ wβ
 */
export function water_fill(weight: ArrayLike<number>, limit: ArrayLike<number>, budget: number): Float64Array {
  const most = Float64Array.from({ length: weight.length }, (_, i) => (weight[i] as number) * (limit[i] as number))
  const parts = pro_rata(weight, most, budget)
  return parts.map((part, i) => ((weight[i] as number) > 0 ? part / (weight[i] as number) : 0))
}

/**
 * Highest effective leverage first, until all touched have the same: the allocation that makes the largest leverage left as small as it
 * can be (Campbell, Hey, Moallemi, Nutz 2026). Closing q units at their own mark takes q·price off the notional and leaves equity.
 * @param most units each can give
 * @param notional of the whole scope, coins
 * @param equity coins; who has none is closed first
 * @param price coins per unit
 */
export function level_leverage(
  most: ArrayLike<number>,
  notional: ArrayLike<number>,
  equity: ArrayLike<number>,
  price: number,
  amount: number,
): Float64Array {
  const n = most.length
  const given = (level: number, i: number) => {
    const e = Math.max(0, equity[i] as number)
    const above = (e > 0 ? (notional[i] as number) - level * e : (notional[i] as number) || Number.POSITIVE_INFINITY) / price
    return Math.max(0, Math.min(most[i] as number, above))
  }
  const total = (level: number) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += given(level, i)
    return sum
  }
  let low = 0
  let high = 0
  for (let i = 0; i < n; i++)
    if ((equity[i] as number) > 0) high = Math.max(high, (notional[i] as number) / (equity[i] as number))
  if (total(0) <= amount) return Float64Array.from({ length: n }, (_, i) => given(0, i))
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2
    if (total(middle) > amount) low = middle
    else high = middle
  }
  const out = Float64Array.from({ length: n }, (_, i) => given(high, i))
  let placed = 0
  for (let i = 0; i < n; i++) placed += out[i] as number
  // what bisection left over goes to whoever is on the level
  for (let i = 0; i < n && placed < amount; i++) {
    const more = Math.min(amount - placed, Math.max(0, given(low, i) - (out[i] as number)))
    out[i] = (out[i] as number) + more
    placed += more
  }
  return out
}
