/** Laws under random actions. */
import { bybit_fuzz } from '../../../test/support/bybit-fuzz.ts'
import { holds_laws } from '../../../test/support/exchange-laws.ts'

holds_laws(bybit_fuzz)
