/** The whole protocol of @aave-dao/aave-v3-origin 3.6.0, deployed as it is; tokens, prices and the sequencer are ours. */
import { AbiCoder } from 'ethers'
import type { ReserveConfig } from '../../../src/venues/aave-v3/reference.ts'
import { actor, Chain, type Contract } from '../harness/chain.ts'
import { type Artifact, compile, errors_of } from '../harness/compile.ts'
import { type Reader, reader } from '../harness/slots.ts'

const ORIGIN = '@aave-dao/aave-v3-origin/src/contracts'
const NOBODY = `0x${'0'.repeat(40)}`
const ADMIN = actor(1)
export const TREASURY = actor(2)
/** Who acts: suppliers and borrowers, and someone who liquidates. */
export const USERS = ['alice', 'bob', 'carol', 'dave'] as const
export type Name = (typeof USERS)[number]
export const address_of = (name: string): string => (name === 'treasury' ? TREASURY : actor(16 + USERS.indexOf(name as Name)))
export const DECIMALS = [6, 8, 18, 18] as const

export interface World {
  readonly chain: Chain
  readonly pool: Contract
  readonly configurator: string
  readonly strategy: Contract
  readonly tokens: readonly Contract[]
  readonly feeds: readonly Contract[]
  readonly sentinel: Contract
  /** Numbers of a reserve or a user, out of storage. */
  readonly reserve_at: (r: number) => readonly bigint[]
  readonly user_at: (name: string) => readonly bigint[]
}

function artifacts(): Record<string, Artifact> {
  return compile({
    solc: '0.8.27',
    entries: [
      ...['PoolInstance', 'PoolConfiguratorInstance', 'ATokenInstance', 'VariableDebtTokenInstance'].map(
        (name) => `${ORIGIN}/instances/${name}.sol`,
      ),
      `${ORIGIN}/misc/AaveOracle.sol`,
      `${ORIGIN}/misc/DefaultReserveInterestRateStrategyV2.sol`,
      `${ORIGIN}/protocol/configuration/PoolAddressesProvider.sol`,
      `${ORIGIN}/protocol/configuration/ACLManager.sol`,
    ],
    remappings: {
      'openzeppelin-contracts/': '@openzeppelin/',
      'openzeppelin-contracts-upgradeable/': '@openzeppelin/contracts-upgradeable/',
      'solidity-utils/': '@bgd-labs/solidity-utils/src/',
    },
    runs: 200,
  })
}

/** Rates in basis points, as the strategy takes them: optimal usage, base, both slopes. */
const rate_data = (config: Pick<ReserveConfig, 'optimal_usage' | 'base_rate' | 'slope1' | 'slope2'>): bigint[] =>
  [config.optimal_usage, config.base_rate, config.slope1, config.slope2].map((ray) => ray / 10n ** 23n)

const PLAIN = { optimal_usage: 45n * 10n ** 25n, base_rate: 0n, slope1: 4n * 10n ** 25n, slope2: 60n * 10n ** 25n }

async function market(chain: Chain, all: Record<string, Artifact>) {
  const provider = await chain.deploy_linked(all, 'PoolAddressesProvider', ['judged', ADMIN])
  const setter = async (name: string, args: readonly unknown[]) => await provider.send(ADMIN, name, args)
  await setter('setACLAdmin', [ADMIN])
  const acl = await chain.deploy_linked(all, 'ACLManager', [provider.address])
  await setter('setACLManager', [acl.address])
  for (const role of ['addPoolAdmin', 'addEmergencyAdmin']) await acl.send(ADMIN, role, [ADMIN])
  const strategy = await chain.deploy_linked(all, 'DefaultReserveInterestRateStrategyV2', [provider.address])
  const pool_code = await chain.deploy_linked(all, 'PoolInstance', [provider.address, strategy.address])
  await setter('setPoolImpl', [pool_code.address])
  const pool = chain.at((await provider.read('getPool'))[0] as string, pool_code.abi)
  const configurator_code = await chain.deploy_linked(all, 'PoolConfiguratorInstance', [])
  await setter('setPoolConfiguratorImpl', [configurator_code.address])
  const configurator = chain.at((await provider.read('getPoolConfigurator'))[0] as string, configurator_code.abi)
  const oracle_args = [provider.address, [], [], NOBODY, NOBODY, 10n ** 8n]
  const oracle = await chain.deploy_linked(all, 'AaveOracle', oracle_args)
  await setter('setPriceOracle', [oracle.address])
  return { provider, strategy, pool, configurator, oracle }
}

/** Deploys everything and lists the reserves; all users hold plenty of each token and have approved the pool. */
export async function deploy(): Promise<World> {
  const all = artifacts()
  const ours = compile({ solc: '0.8.27', entries: ['unwind/aave-v3/Helpers.sol', 'unwind/harness/Token.sol'], runs: 200 })
  const chain = await Chain.open(errors_of(all))
  const { provider, strategy, pool, configurator, oracle } = await market(chain, all)
  const supplies = await chain.deploy(all['ATokenInstance'] as Artifact, [pool.address, NOBODY, TREASURY])
  const debts = await chain.deploy(all['VariableDebtTokenInstance'] as Artifact, [pool.address, NOBODY])
  const tokens: Contract[] = []
  const feeds: Contract[] = []
  for (const decimals of DECIMALS) {
    const token = await chain.deploy(ours['Token'] as Artifact, [decimals])
    const rates = AbiCoder.defaultAbiCoder().encode(['uint16', 'uint32', 'uint32', 'uint32'], rate_data(PLAIN))
    const names = ['supply', 'S', 'debt', 'D']
    await configurator.send(ADMIN, 'initReserves', [[[supplies.address, debts.address, token.address, ...names, '0x', rates]]])
    tokens.push(token)
    feeds.push(await chain.deploy(ours['Feed'] as Artifact))
    for (const name of USERS) {
      await token.send(ADMIN, 'mint', [address_of(name), 1n << 128n])
      await token.send(address_of(name), 'approve', [pool.address, (1n << 256n) - 1n])
    }
  }
  await oracle.send(ADMIN, 'setAssetSources', [tokens.map((token) => token.address), feeds.map((feed) => feed.address)])
  const sentinel = await chain.deploy(ours['Sentinel'] as Artifact)
  await provider.send(ADMIN, 'setPriceOracleSentinel', [sentinel.address])
  return {
    ...{ chain, pool, configurator: configurator.address, strategy, tokens, feeds, sentinel },
    ...(await readers(chain, all, ours, pool, tokens)),
  }
}

/** A reserve's state, in the order of the reference's fields; its cash last. */
const RESERVE = [
  ...['liquidityIndex', 'currentLiquidityRate', 'variableBorrowIndex', 'currentVariableBorrowRate', 'lastUpdateTimestamp'],
  ...['accruedToTreasury', 'virtualUnderlyingBalance', 'deficit', 'isolationModeTotalDebt'],
] as const

async function readers(
  chain: Chain,
  all: Record<string, Artifact>,
  ours: Record<string, Artifact>,
  pool: Contract,
  tokens: readonly Contract[],
): Promise<Pick<World, 'reserve_at' | 'user_at'>> {
  const of = (artifact: Artifact | undefined): Reader => reader(chain.state, artifact as Artifact)
  const of_pool = of(all['PoolInstance'])
  const of_supply = of(all['ATokenInstance'])
  const of_debt = of(all['VariableDebtTokenInstance'])
  const of_token = of(ours['Token'])
  const shares: { supply: string; debt: string; token: string }[] = []
  for (const { address } of tokens) {
    const [supply] = await pool.read('getReserveAToken', [address])
    const [debt] = await pool.read('getReserveVariableDebtToken', [address])
    shares.push({ supply: String(supply).toLowerCase(), debt: String(debt).toLowerCase(), token: address })
  }
  return {
    reserve_at: (r) => {
      const { supply, debt, token } = shares[r] as (typeof shares)[number]
      return [
        ...RESERVE.map((field) => of_pool(pool.address, '_reserves', token, field)),
        ...[of_supply(supply, '_totalSupply'), of_debt(debt, '_totalSupply'), of_token(token, 'balanceOf', supply)],
      ]
    },
    user_at: (name) => {
      const address = address_of(name)
      return [
        ...shares.flatMap(({ supply, debt }) => [
          of_supply(supply, '_userState', address, 'balance'),
          of_debt(debt, '_userState', address, 'balance'),
        ]),
        of_pool(pool.address, '_usersConfig', address, 'data'),
        of_pool(pool.address, '_usersEModeCategory', address),
      ]
    },
  }
}

/** A reserve's parameters as the pool packs them into a word: first bit of each field, from the comments in DataTypes.sol. */
export function packed(config: ReserveConfig): bigint {
  const flag = (on: boolean) => (on ? 1n : 0n)
  const fields: [bigint, bigint][] = [
    [0n, config.ltv],
    [16n, config.liquidation_threshold],
    [32n, config.liquidation_bonus],
    [48n, BigInt(config.decimals)],
    [56n, flag(config.active)],
    [57n, flag(config.frozen)],
    [58n, flag(config.borrowable)],
    [60n, flag(config.paused)],
    [61n, flag(config.borrowable_in_isolation)],
    [62n, flag(config.siloed)],
    [64n, config.reserve_factor],
    [80n, config.borrow_cap],
    [116n, config.supply_cap],
    [152n, config.protocol_fee],
    [212n, config.debt_ceiling],
    [252n, 1n],
  ]
  return fields.reduce((word, [bit, value]) => word | (value << bit), 0n)
}

/** Sets a reserve's parameters, in the name of the configurator. */
export async function configure({ pool, configurator, tokens }: World, r: number, config: ReserveConfig): Promise<void> {
  const { address } = tokens[r] as Contract
  await pool.send(configurator, 'setConfiguration', [address, [packed(config)]])
  await pool.send(configurator, 'setLiquidationGracePeriod', [address, config.grace_until_s])
}

export async function set_rates({ strategy, configurator, tokens }: World, r: number, config: ReserveConfig): Promise<void> {
  const name = 'setInterestRateParams(address,(uint16,uint32,uint32,uint32))'
  await strategy.send(configurator, name, [(tokens[r] as Contract).address, rate_data(config)])
}

const bitmap = (flags: readonly boolean[]): bigint => flags.reduce((word, on, r) => (on ? word | (1n << BigInt(r)) : word), 0n)

export interface Category {
  readonly ltv: bigint
  readonly liquidation_threshold: bigint
  readonly liquidation_bonus: bigint
  readonly collateral: readonly boolean[]
  readonly borrowable: readonly boolean[]
  readonly ltv_zero: readonly boolean[]
}

/** Sets an e-mode, `id` counting from 1. */
export async function set_emode({ pool, configurator }: World, id: number, category: Category): Promise<void> {
  const { ltv, liquidation_threshold, liquidation_bonus } = category
  await pool.send(configurator, 'configureEModeCategory', [id, [ltv, liquidation_threshold, liquidation_bonus, '']])
  await pool.send(configurator, 'configureEModeCategoryCollateralBitmap', [id, bitmap(category.collateral)])
  await pool.send(configurator, 'configureEModeCategoryBorrowableBitmap', [id, bitmap(category.borrowable)])
  await pool.send(configurator, 'configureEModeCategoryLtvzeroBitmap', [id, bitmap(category.ltv_zero)])
}

/** What the pool says of an account: collateral, debt, what may be borrowed, threshold, loan-to-value, health; undefined if it reverts. */
export async function account_at({ chain, pool }: World, name: string): Promise<readonly bigint[] | undefined> {
  const outcome = await chain.aside(async () => await pool.attempt(TREASURY, 'getUserAccountData', [address_of(name)]))
  return outcome.ok ? [...(pool.abi.decodeFunctionResult('getUserAccountData', outcome.data) as Iterable<bigint>)] : undefined
}
