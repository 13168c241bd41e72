import type { Kind } from '../../model/index.ts'
import { type FluidSpec, schema } from './snapshot.ts'
import { Fluid } from './venue.ts'

export { goldenRows } from './reference-rows.ts'
export type { FluidSpec } from './snapshot.ts'
export type { Fluid, VaultReport } from './venue.ts'

/** Vaults over one liquidity layer, liquidated from the top tick down; approximate. */
export const fluid: Kind<FluidSpec, Fluid> = {
  id: 'fluid',
  title: 'Fluid vaults (T1) on their liquidity layer',
  source: 'Instadapp/fluid-contracts-public 47e2ae8 (vaultT1), 499e1ab (tickMath, absorb, tests), 9496626 (liquidityCalcs)',
  schema,
  open: (spec, builder) => new Fluid(spec, builder),
}
