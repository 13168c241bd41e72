export { parse_recipe, type Recipe } from './recipe.ts'
export { perp_id, type SynthOptions, synthesize, utc_ms } from './reference-market.ts'
export * from './cohorts/index.ts'
