import { adapters } from './adapters/index.ts'
import { conforms } from './suite.ts'

for (const adapter of adapters) conforms(adapter, 3_000)
