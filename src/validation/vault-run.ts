/** Runs on vaults that paid at par, beside figures that were given of two. */
import type { GoldenRow } from '../model/index.ts'
import { par_run_loss, vault_run } from '../studies/index.ts'
import { numeric } from './row.ts'

const GROUP = 'vault run'
const BOTH =
  'figures of two vaults that were run on, as this project’s requirements give them: the document they come from is not at hand'

/** Change of the share price by the closed form. */
const change = (tvl: number, toxic: number, fall: number) => -par_run_loss(toxic, tvl * (1 - fall))

export function vault_run_rows(): GoldenRow[] {
  const accounts = vault_run(43.25e6, 4.42e6, 0.9985)
  return [
    numeric(
      GROUP,
      'closed form',
      'share price after redemptions at par, one after the other, beside −toxic ÷ (toxic + remaining)',
      -par_run_loss(4.42e6, accounts.remaining),
      accounts.change,
      1e-9,
      'identity: who leaves at par takes his whole claim out of the good part',
    ),
    numeric(
      GROUP,
      'TVL 43.25 M',
      'TVL −99.85 %, 4.42 M toxic: change of the share price',
      -0.984,
      change(43.25e6, 4.42e6, 0.9985),
      0.015,
      BOTH,
    ),
    ...[2.59e6, 2.82e6].map((toxic) =>
      numeric(
        GROUP,
        `TVL 295.5 M, ${toxic / 1e6} M toxic`,
        'TVL −79 %: change of the share price, −2.6 to −4.4 %',
        -0.035,
        change(295.5e6, toxic, 0.79),
        0.009,
        BOTH,
      ),
    ),
  ]
}
