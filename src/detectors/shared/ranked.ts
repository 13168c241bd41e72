/** Ranks of scores, sorted once: ROC-AUC and average precision of many resamples of the same rows without sorting each. */

export class Ranked {
  private readonly labels: readonly number[]
  /** Rank of each row, 0 the highest score; equal scores share one. */
  private readonly rank: Int32Array
  /** Counted by rank, while one resample is judged. */
  private readonly ones: Float64Array
  private readonly zeros: Float64Array

  constructor(labels: readonly number[], scores: readonly number[]) {
    this.labels = labels
    this.rank = new Int32Array(scores.length)
    const order = scores.map((_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number))
    let ranks = 0
    order.forEach((row, k) => {
      if (k > 0 && scores[row] !== scores[order[k - 1] as number]) ranks++
      this.rank[row] = ranks
    })
    this.ones = new Float64Array(ranks + 1)
    this.zeros = new Float64Array(ranks + 1)
  }

  private count(of: readonly number[]): void {
    this.ones.fill(0)
    this.zeros.fill(0)
    for (const row of of) {
      const into = (this.labels[row] as number) > 0 ? this.ones : this.zeros
      const at = this.rank[row] as number
      into[at] = (into[at] as number) + 1
    }
  }

  /** As `rocAuc` of these rows, a row as often as it is named. */
  auc(of: readonly number[]): number | null {
    this.count(of)
    let [ones, zeros, sum] = [0, 0, 0]
    for (let k = 0; k < this.ones.length; k++) {
      sum += (this.zeros[k] as number) * (ones + (this.ones[k] as number) / 2)
      ones += this.ones[k] as number
      zeros += this.zeros[k] as number
    }
    return ones > 0 && zeros > 0 ? sum / (ones * zeros) : null
  }

  /** As `averagePrecision` of these rows. */
  precision(of: readonly number[]): number | null {
    this.count(of)
    const total = this.ones.reduce((sum, count) => sum + count, 0)
    if (total === 0) return null
    let [hits, rows, sum] = [0, 0, 0]
    for (let k = 0; k < this.ones.length; k++) {
      const own = this.ones[k] as number
      hits += own
      rows += own + (this.zeros[k] as number)
      if (own > 0) sum += (own / total) * (hits / rows)
    }
    return sum
  }
}
