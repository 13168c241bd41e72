/** The same laws under a million actions, half of them from a new seed, which is printed. */
import { holds_laws_long } from '../../../test/support/exchange-laws.ts'
import { hyperliquid_fuzz } from '../../../test/support/hyperliquid-fuzz.ts'

holds_laws_long(hyperliquid_fuzz)
