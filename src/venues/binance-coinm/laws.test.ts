/** Laws under random actions. */
import { coinm_fuzz } from '../../../test/support/coinm-fuzz.ts'
import { holds_laws } from '../../../test/support/exchange-laws.ts'

holds_laws(coinm_fuzz)
