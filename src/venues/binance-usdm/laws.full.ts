/** The same laws under a million actions, half of them from a new seed, which is printed. */
import { binance_fuzz } from '../../../test/support/binance-fuzz.ts'
import { holds_laws_long } from '../../../test/support/exchange-laws.ts'

holds_laws_long(binance_fuzz)
