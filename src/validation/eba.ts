/** The fire-sale stress test on the public figures of 48 banks of 2018: given the figures, what fails and what is sold. */
import { deleverage, type Holders, impact_of_units } from '../analytics/index.ts'
import { log } from '../math/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { numeric } from './row.ts'

/** A bank as the European Banking Authority published it, EUR millions; leverage is equity ÷ assets, %. */
export interface EbaBank {
  readonly cet1: number
  readonly leverage_pct: number
  readonly debt_securities: number
  /** Part of the debt securities. */
  readonly government_bonds: number
}

/** Failures below this share of all banks are reported as none. */
const SYSTEMIC = 0.05
const STEPS = 6
const RULE = { minimum: 0.03, buffer: 0.04, target: 0.05 }
/** A buffer nobody is above: everybody sells to his target. */
const TARGETING = { ...RULE, buffer: 1 }

/** Cash is 5 % of assets, corporate and government bonds can be sold, the rest cannot. */
export function eba_holders(banks: readonly EbaBank[]): Holders {
  const assets = banks.map(({ cet1, leverage_pct }) => cet1 / (leverage_pct / 100))
  const cash = assets.map((all) => 0.05 * all)
  return {
    cash,
    illiquid: banks.map(({ debt_securities }, i) => (assets[i] as number) - debt_securities - (cash[i] as number)),
    debt: banks.map(({ cet1 }, i) => (assets[i] as number) - cet1),
    units: banks.map(({ debt_securities, government_bonds }) => [debt_securities - government_bonds, government_bonds]),
  }
}

/**
 * Government bonds lose the share `shock`; selling 5 % of all of an asset lowers its price by the share `impact`.
 * @returns failures, and sold units as a share of all
 */
export function eba_stress(
  banks: readonly EbaBank[],
  shock: number,
  impact: number,
  targeting = false,
): { failed: number; sold: number } {
  const holders = eba_holders(banks)
  const totals = [0, 1].map((k) => holders.units.reduce((sum, units) => sum + (units[k] as number), 0))
  const depth = totals.map((total) => (-total * 0.05) / log(1 - impact))
  const got = deleverage(holders, [1, 1 - shock], impact_of_units(depth), targeting ? TARGETING : RULE, STEPS)
  const failed = got.failed.filter((step) => step >= 0).length
  const sold = got.sold.reduce((sum, units) => sum + (units[0] as number) + (units[1] as number), 0)
  return { failed: failed < SYSTEMIC * banks.length ? 0 : failed, sold: sold / ((totals[0] as number) + (totals[1] as number)) }
}

/** Impact 0, 0.5, … 10 %, shock 20 %. */
const IMPACTS = {
  failed: [7, 9, 18, 25, 32, 36, 38, 43, 43, 43, 44, 44, 45, 45, 45, 45, 45, 45, 45, 45, 45],
  sold: [
    0.6051244472209701, 0.7934198976727267, 0.9145005812252386, 0.9441580054001668, 0.9816244081211619, 0.9938477110796555,
    0.9938477110796555, 0.9938477110796555, 0.9960535553148062, 0.9960535553148062, 0.9960535553148062, 0.9960535553148062,
    0.9960535553148062, 0.9960535553148062, 0.9960535553148062, 0.9960535553148062, 1.0, 1.0, 1.0, 1.0, 1.0,
  ],
}
/** Shock 0, 1.5, … 30 %, impact 1 %; the same numbers as the threshold variant of the third experiment. */
const SHOCKS = {
  failed: [0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 6, 10, 14, 17, 16, 16, 18, 19, 21, 24, 25],
  sold: [
    0.04711263292836476, 0.04711263292836476, 0.08691818974036376, 0.1154349348439039, 0.15790479504232005, 0.37225655781305944,
    0.6919919199587388, 0.8522601391937308, 0.8763106218798913, 0.9145005812252386, 0.9145005812252386, 0.9145005812252386,
    0.9145005812252386, 0.9145005812252386, 0.9145005812252386, 0.9145005812252386, 0.927519630323511, 0.93493625086492,
    0.9383189542690401, 0.9441580054001668, 0.9567103618006296,
  ],
}
/** The same with leverage targets. */
const TARGETS = {
  failed: [0, 0, 0, 0, 0, 0, 3, 3, 4, 6, 12, 11, 12, 13, 14, 15, 18, 20, 22, 23, 26],
  sold: [
    0.31686073407814597, 0.5121744603962106, 0.8269542306157734, 0.8789939959620006, 0.8924357682709791, 0.9046520479814485,
    0.9127679977572228, 0.9153218134626778, 0.9208441735822709, 0.9252685634494161, 0.9295888058799298, 0.9321710457339231,
    0.9361003296621916, 0.9442892637202019, 0.9522231631479194, 0.9599336334412197, 0.9674034580747768, 0.975466945876809,
    0.9833178492425115, 0.9838302523563126, 0.9838302523563126,
  ],
}

const SOURCE =
  'INET Oxford, fire-sale stress test on EBA 2018 figures, run and rebuilt (literature reference §A6, golden eba_firesale)'

/** 63 counts of failures, exact, and 63 shares sold, to 1e-9. */
export function eba_rows(banks: readonly EbaBank[]): GoldenRow[] {
  const runs = [
    ['exp1', IMPACTS, 'price impact', (i: number) => eba_stress(banks, 0.2, i * 0.005), 0.5],
    ['exp2', SHOCKS, 'shock', (i: number) => eba_stress(banks, i * 0.015, 0.01), 1.5],
    ['exp3', TARGETS, 'shock, leverage targets', (i: number) => eba_stress(banks, i * 0.015, 0.01, true), 1.5],
  ] as const
  return runs.flatMap(([name, { failed, sold }, what, stress, step]) =>
    failed.flatMap((count, i) => {
      const got = stress(i)
      const [id, at] = [`eba_firesale ${name} ${i}`, `48 banks, ${what} ${(i * step).toFixed(1)} %`]
      return [
        numeric('network', `${id} fails`, `${at}: banks that fail`, count, got.failed, 0, SOURCE),
        numeric('network', `${id} sold`, `${at}: share sold`, sold[i] as number, got.sold, 1e-9, SOURCE),
      ]
    }),
  )
}
