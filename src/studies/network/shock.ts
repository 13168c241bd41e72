/** The shock of a network: prices after it ÷ before, at once. */
import type { World } from '../../engine/index.ts'
import { exp, log } from '../../math/index.ts'
import { index_of, InputError } from '../../model/index.ts'
import type { Book } from './book.ts'
import { type NetworkInput, REFERENCE_SHOCK } from './defaults.ts'

type Shock = Pick<NetworkInput, 'shocks' | 'correlated'>

/** By asset. With `correlated` the others follow by their betas, as the driver `shock` moves them. @throws InputError */
export function factors(world: World, { shocks, correlated }: Shock): Float64Array {
  const { assets } = world.parts
  const out = new Float64Array(assets.length).fill(1)
  const logs = new Float64Array(assets.length)
  const named = new Set<number>()
  for (const { asset, change } of shocks) {
    const a = index_of(assets, asset, '--shock', 'asset')
    const { numeraire, beta } = assets[a] as World['parts']['assets'][number]
    if (numeraire === true) throw new InputError('--shock', 'asset', asset, 'an asset that is not the unit of account')
    if (!(change > -1 && change <= 100)) throw new InputError('--shock', 'change', change, 'more than -100%, at most +10000%')
    named.add(a)
    out[a] = (out[a] as number) * (1 + change)
    if (correlated && beta !== 0)
      assets.forEach((other, b) => {
        if (other.numeraire !== true) logs[b] = (logs[b] as number) + (other.beta / beta) * log(1 + change)
      })
  }
  return out.map((factor, a) => (named.has(a) ? factor : exp(logs[a] as number)))
}

/** The shock where none is asked: of ETH, else of the first asset with a beta, else of the asset that is held most. @throws InputError where nothing can be shocked */
export function reference_shock({ world, accounts }: Pick<Book, 'world' | 'accounts'>): Shock {
  const { assets } = world.parts
  const held = new Float64Array(assets.length)
  for (const { lines } of accounts)
    for (const { side, asset, usd } of lines) if (side > 0) held[asset] = (held[asset] as number) + usd
  const coins = assets.map((asset, a) => ({ ...asset, held: held[a] as number })).filter(({ numeraire }) => numeraire !== true)
  const [most] = [...coins].sort((a, b) => b.held - a.held)
  const found = coins.find(({ id }) => id === REFERENCE_SHOCK.asset) ?? coins.find(({ beta }) => beta !== 0) ?? most
  if (found === undefined)
    throw new InputError('--shock', '', undefined, 'an asset besides the unit of account: the snapshot has none')
  return { shocks: [{ asset: found.id, change: REFERENCE_SHOCK.change }], correlated: true }
}
