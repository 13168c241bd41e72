/** Laws under random actions. */
import { holds_laws } from '../../../test/support/exchange-laws.ts'
import { okx_fuzz } from '../../../test/support/okx-fuzz.ts'

holds_laws(okx_fuzz)
