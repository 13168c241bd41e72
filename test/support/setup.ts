// Property tests draw from a fixed seed, so that a green run stays green; `SEED=…` tries another, and the long runs take a new one each time and print it.
import fc from 'fast-check'

const asked = process.env['SEED']
const full = process.env['MODE'] === 'full'
const seed = asked === undefined ? (full ? Date.now() % 2_147_483_647 : 20_260_101) : Number(asked)
if (full || asked !== undefined) console.log(`property tests: SEED=${seed}`)
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
