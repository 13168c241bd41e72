/** The same laws under a million actions, half of them from a new seed, which is printed. */
import { holds_laws_long } from '../../../test/support/exchange-laws.ts'
import { okx_fuzz } from '../../../test/support/okx-fuzz.ts'

holds_laws_long(okx_fuzz)
