/** Laws under random actions. */
import { dydx_fuzz } from '../../../test/support/dydx-fuzz.ts'
import { holds_laws } from '../../../test/support/exchange-laws.ts'

holds_laws(dydx_fuzz)
