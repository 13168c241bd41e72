/** Rows whose cash or positions were written since somebody last looked. What was rolled back since is among them. */
export class Changes {
  readonly rows: number[] = []
  private readonly noted: Uint8Array

  constructor(rows: number) {
    this.noted = new Uint8Array(rows)
  }

  note(row: number): void {
    if (this.noted[row] !== 0) return
    this.noted[row] = 1
    this.rows.push(row)
  }

  clear(): void {
    for (const row of this.rows) this.noted[row] = 0
    this.rows.length = 0
  }
}
