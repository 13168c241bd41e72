/** The same laws under a million actions, half of them from a new seed, which is printed. */
import { dydx_fuzz } from '../../../test/support/dydx-fuzz.ts'
import { holds_laws_long } from '../../../test/support/exchange-laws.ts'

holds_laws_long(dydx_fuzz)
