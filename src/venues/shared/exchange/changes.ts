/** Rows whose cash or positions were written since somebody last looked, each once. What was rolled back since is among them. */
export class Changes {
  readonly rows: Int32Array
  count = 0
  private readonly noted: Uint8Array

  constructor(rows: number) {
    this.rows = new Int32Array(rows)
    this.noted = new Uint8Array(rows)
  }

  note(row: number): void {
    if (this.noted[row] !== 0) return
    this.noted[row] = 1
    this.rows[this.count++] = row
  }

  clear(): void {
    if (this.count > 0) this.noted.fill(0)
    this.count = 0
  }
}
