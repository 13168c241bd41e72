/** Numbers that Fluid's contracts gave, as text of integers in the smallest unit. */

export interface Vector {
  readonly source: string
  readonly what: string
  readonly expect: Readonly<Record<string, string>>
}

const TICKS = 'Instadapp/fluid-contracts-public contracts/libraries/tickMath.sol, executed'
const VAULT = 'Instadapp/fluid-contracts-public test/foundry/vaultT1/vault/vault.t.sol, executed'
const SET = 'factor 80 %, threshold 81 %, limit 90 %, no penalty'

export const VECTORS: Readonly<Record<string, Vector>> = {
  'I1-ratio': {
    source: TICKS,
    what: 'ratio at a tick, 96 binary places',
    expect: {
      '0': '79228162514264337593543950336',
      '1': '79347004758035734099934266262',
      '-1': '79109498266864041531247079716',
      '10': '80424638975219933142928324817',
      '-10': '78049486020332055771859900270',
      '100': '92039647498698403416743285641',
      '-100': '68199975836233505993842723434',
      '1000': '354677152689902894261129531420',
      '-1000': '17698071859945265842266881135',
      '10000': '256103715808665296212870750020078019',
      '-10000': '24509998675990683791286',
      '32767': '169307877264527972847801929085841449095838922544595',
      '-32767': '37075071',
    },
  },
  'I1-tick': {
    source: TICKS,
    what: 'tick at a ratio: 0.8, and its own ratio; 1600; 1/2000',
    expect: { '0.8': '-149', perfect: '63370552407787672402481628866', '1600': '4922', '1/2000': '-5072' },
  },
  I2: {
    source: `${VAULT}: testLiquidateFromSinglePerfectTickTillLiquidationThresholdPositive`,
    what: `${SET}; 10,000e6 against 7,990e18 at 1, then 0.98; 3,000e18 offered`,
    expect: { debt: '313225103248765891178', collateral: '319617452' },
  },
  I2b: {
    source: `${VAULT}: testLiquidateFromSinglePerfectTickTillLiquidationThresholdNegative`,
    what: `${SET}; 10,000e18 against 7,990e6 at 1, then 0.98; 3,000e6 offered`,
    expect: { debt: '313189640', collateral: '319581265306122448979' },
  },
  I3: {
    source: `${VAULT}: testMultiplePerfectTickLiquidationPositive`,
    what: `${SET}; 10,000e6 against 7,990e18, the same against 7,942.06e18, at 1, then 0.98; 1,000e18 offered`,
    expect: { debt: '375682470527672740723', collateral: '383349459' },
  },
  I4: {
    source: `${VAULT}: testNativeLiquidate`,
    what: `${SET}; 10,000e18 against 3.995e18 at 1/2000, then 1.5 % lower; 0.1e18 offered`,
    expect: { debt: '62904931832193520', collateral: '127725749913083289340' },
  },
  I5: {
    source: `${VAULT}: testAbsorbBranchPositive`,
    what: `${SET}; 10,000e6 against 7,990e18 and against 800e18; 200e18 at 0.98, absorbed at 0.85, 5,000e18 of the absorbed at 1`,
    expect: {
      first: '204081632',
      absorbed_collateral: '9795918367',
      absorbed_debt: '7792582304186949566464',
      collateral: '6285412193',
    },
  },
}
