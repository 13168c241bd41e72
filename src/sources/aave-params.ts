/** Parameters of Aave v3 pools from the two kinds of document there are: many chains from the data provider, or one pool from a governance report. */
import { z } from 'zod'
import { InputError } from '../model/index.ts'
import { file_name, read_json } from './read.ts'
import { parse } from './valid.ts'

/** One reserve under the names the venue uses; what the document does not say is absent. */
export interface AaveReserve {
  readonly symbol: string
  readonly decimals: number
  readonly ltv: number
  readonly liquidation_threshold: number
  readonly liquidation_bonus: number
  readonly protocol_fee: number
  readonly reserve_factor: number
  readonly supply_cap: number
  readonly borrow_cap: number
  readonly debt_ceiling: number
  readonly active: boolean
  readonly frozen: boolean
  readonly paused: boolean
  readonly borrowable: boolean
  readonly siloed?: boolean
  readonly borrowable_in_isolation?: boolean
  readonly base_rate?: number
  readonly optimal_usage?: number
  readonly slope1?: number
  readonly slope2?: number
}

export interface AaveEmode {
  readonly label: string
  readonly ltv: number
  readonly liquidation_threshold: number
  readonly liquidation_bonus: number
  readonly collateral: readonly string[]
  readonly borrowable: readonly string[]
}

export interface AaveParams {
  readonly source: string
  readonly dated: string
  readonly chain: string
  /** In the order of the document, or of the pool's own numbering where it has one. */
  readonly reserves: readonly AaveReserve[]
  /** In the order of their numbers. */
  readonly emodes: readonly AaveEmode[]
  /** USD per unit and units in the pool, where the document has them. */
  readonly price_usd: Readonly<Record<string, number>>
  readonly cash: Readonly<Record<string, number>>
  /** What was assumed, as sentences to print. */
  readonly assumptions: readonly string[]
}

const ratio = z.number().min(0).max(1)
const bps = z.number().int().min(0).max(20_000)
const amount = z.number().min(0)

const chains_schema = z.object({
  asOf: z.string().default(''),
  networks: z.record(
    z.string(),
    z.array(
      z.object({
        symbol: z.string().min(1),
        decimals: z.number().int().min(0).max(36),
        active: z.boolean(),
        frozen: z.boolean(),
        paused: z.boolean(),
        loan_to_value: ratio,
        liquidation_threshold: ratio,
        liquidation_bonus: ratio,
        reserve_factor: ratio,
        borrowing_enabled: z.boolean(),
        siloed_borrowing: z.boolean(),
        borrowable_in_isolation: z.boolean(),
      }),
    ),
  ),
})

const pool_schema = z.object({
  source: z.string().default(''),
  reserves: z.record(
    z.string(),
    z.object({
      id: z.number().int().min(0),
      dec: z.number().int().min(0).max(36),
      ltv: bps,
      lt: bps,
      lb: bps,
      lpf: bps,
      rf: bps,
      supplyCap: amount,
      borrowCap: amount,
      debtCeiling: amount,
      frozen: z.boolean(),
      borrow: z.boolean(),
      price: amount,
      virtualBal: amount,
      base: amount,
      uopt: ratio,
      s1: amount,
      s2: amount,
    }),
  ),
  eModes: z
    .record(
      z.string(),
      z.object({
        label: z.string(),
        ltv: bps,
        lt: bps,
        lb: bps,
        collateral: z.array(z.string()),
        borrowable: z.array(z.string()),
      }),
    )
    .default({}),
})

const DEFAULT_PROTOCOL_FEE = 0.1

function check_unique(where: string, field: string, symbols: readonly string[]): void {
  symbols.forEach((symbol, i) => {
    if (symbols.indexOf(symbol) !== i) throw new InputError(where, `${field}[${i}].symbol`, symbol, 'each symbol once')
  })
}

function from_chains(path: string, document: unknown, chain: string): AaveParams {
  const { asOf, networks } = parse(chains_schema, document, path)
  const list = Object.hasOwn(networks, chain) ? networks[chain] : undefined
  if (list === undefined) throw new InputError(path, 'networks', chain, `one of ${Object.keys(networks).join(', ')}`)
  check_unique(
    path,
    `networks.${chain}`,
    list.map((one) => one.symbol),
  )
  const reserves = list.map(
    (one): AaveReserve => ({
      symbol: one.symbol,
      decimals: one.decimals,
      ltv: one.loan_to_value,
      liquidation_threshold: one.liquidation_threshold,
      liquidation_bonus: one.liquidation_bonus,
      protocol_fee: DEFAULT_PROTOCOL_FEE,
      reserve_factor: one.reserve_factor,
      supply_cap: 0,
      borrow_cap: 0,
      debt_ceiling: 0,
      active: one.active,
      frozen: one.frozen,
      paused: one.paused,
      borrowable: one.borrowing_enabled,
      siloed: one.siloed_borrowing,
      borrowable_in_isolation: one.borrowable_in_isolation,
    }),
  )
  const assumptions = [
    `the file has no protocol fee: ${DEFAULT_PROTOCOL_FEE * 100} % of the liquidation bonus (assumed)`,
    'the file has no e-modes: none (assumed)',
    'the file has no supply caps, borrow caps or debt ceilings: none (assumed)',
    'the file has no interest-rate curves: those of the recipe (assumed)',
  ]
  return { source: file_name(path), dated: asOf, chain, reserves, emodes: [], price_usd: {}, cash: {}, assumptions }
}

/** Bonus of a document that states 10750 for 7.5 %, and 0 for an asset that is no collateral. */
const bonus = (value: number) => (value === 0 ? 0 : (value - 10_000) / 10_000)

function from_pool(path: string, document: unknown, chain: string): AaveParams {
  const { source, reserves, eModes } = parse(pool_schema, document, path)
  const list = Object.entries(reserves).sort(([, a], [, b]) => a.id - b.id)
  for (const [symbol, one] of [...list, ...Object.entries(eModes)])
    if (one.lb !== 0 && one.lb < 10_000) throw new InputError(path, `${symbol}.lb`, one.lb, '0, or from 10000 on')
  const emodes = Object.entries(eModes)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([key, one]): AaveEmode => {
      for (const symbol of [...one.collateral, ...one.borrowable])
        if (!Object.hasOwn(reserves, symbol)) throw new InputError(path, `eModes.${key}`, symbol, 'a symbol of reserves')
      return {
        label: one.label,
        ltv: one.ltv / 10_000,
        liquidation_threshold: one.lt / 10_000,
        liquidation_bonus: bonus(one.lb),
        collateral: one.collateral,
        borrowable: one.borrowable,
      }
    })
  return {
    source: source === '' ? file_name(path) : source,
    dated: /\d{4}-\d\d-\d\d/.exec(source)?.[0] ?? /\d{4}-\d\d-\d\d/.exec(file_name(path))?.[0] ?? '',
    chain,
    reserves: list.map(
      ([symbol, one]): AaveReserve => ({
        symbol,
        decimals: one.dec,
        ltv: one.ltv / 10_000,
        liquidation_threshold: one.lt / 10_000,
        liquidation_bonus: bonus(one.lb),
        protocol_fee: one.lpf / 10_000,
        reserve_factor: one.rf / 10_000,
        supply_cap: one.supplyCap,
        borrow_cap: one.borrowCap,
        debt_ceiling: one.debtCeiling,
        active: true,
        frozen: one.frozen,
        paused: false,
        borrowable: one.borrow,
        base_rate: one.base,
        optimal_usage: one.uopt,
        slope1: one.s1,
        slope2: one.s2,
      }),
    ),
    emodes,
    price_usd: Object.fromEntries(list.map(([symbol, one]) => [symbol, one.price])),
    cash: Object.fromEntries(list.map(([symbol, one]) => [symbol, one.virtualBal])),
    assumptions: [
      'the file does not say what is paused or inactive: nothing (assumed)',
      'the file does not say what may be borrowed in isolation, or only alone: nothing (assumed)',
    ],
  }
}

/**
 * Parameters of one pool. Symbols as the document has them.
 * @param chain which of the document's chains; a document of one pool is taken to be that chain's
 */
export async function readAaveParams(path: string, chain = 'ethereum'): Promise<AaveParams> {
  const document = await read_json(path)
  const keys = document !== null && typeof document === 'object' ? Object.keys(document) : []
  if (keys.includes('networks')) return from_chains(path, document, chain)
  if (keys.includes('reserves')) return from_pool(path, document, chain)
  throw new InputError(
    path,
    '',
    keys.length === 0 ? document : `an object of ${keys.slice(0, 12).join(', ')}`,
    'parameters with networks (many chains) or reserves (one pool)',
  )
}
