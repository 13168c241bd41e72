/** Laws under random actions. */
import { bitmex_fuzz } from '../../../test/support/bitmex-fuzz.ts'
import { holds_laws } from '../../../test/support/exchange-laws.ts'

// an order that must fill whole within the bankruptcy price seldom does
holds_laws(bitmex_fuzz, ['reduce'])
