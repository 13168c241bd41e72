/** Laws under random actions. */
import { holds_laws } from '../../../test/support/exchange-laws.ts'
import { hyperliquid_fuzz } from '../../../test/support/hyperliquid-fuzz.ts'

holds_laws(hyperliquid_fuzz)
