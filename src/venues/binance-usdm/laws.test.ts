/** Laws under random actions. */
import { binance_fuzz } from '../../../test/support/binance-fuzz.ts'
import { holds_laws } from '../../../test/support/exchange-laws.ts'

holds_laws(binance_fuzz)
