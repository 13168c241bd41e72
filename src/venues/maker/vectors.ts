/** Published numbers that the reference must reproduce to the last digit. Amounts as `mantissa e exponent` of the smallest unit. */

export interface Vector {
  /** How the number came about. */
  readonly source: string
  readonly what: string
  /** Name of each checked number, and the number. */
  readonly expect: Readonly<Record<string, string>>
  /** Relative tolerance; 0 exact. */
  readonly tolerance?: number
}

const CLIP_TEST = 'makerdao/dss src/test/clip.t.sol, asserted there'
const DOG_TEST = 'makerdao/dss src/test/dog.t.sol, asserted there'
const EXECUTED = 'makerdao/dss fa4f663, contracts executed with ETH-A parameters'

export const VECTORS: Readonly<Record<string, Vector>> = {
  E1: {
    source: CLIP_TEST,
    what: 'ink 40, art 100, mat 2, price 5 to 4, chop 1.1, dust 20, buf 1.25; takes of 25, 11 and 18, then one that leaves too little',
    expect: {
      tab: '110e45',
      lot: '40e18',
      top: '5e27',
      paid25: '110e45',
      got25: '22e18',
      returned25: '18e18',
      tab11: '55e45',
      lot11: '29e18',
      chost: '22e45',
      owe18: '88e45',
      slice18: '17.6e18',
      tab18: '22e45',
      lot18: '22.4e18',
      refused: 'Clipper/no-partial-purchase',
    },
  },
  E2: {
    source: 'makerdao/dss src/test/{abaci,clip}.t.sol, asserted there',
    what: 'stairstep 0.99 per 1 s from 5; linear over 3600 s from 1000',
    expect: { t60: '2735783211953807380973706855', t100: '1830161706366147524653080130', linear360: '900e27' },
  },
  'E2-exponential': {
    source: 'makerdao/dss src/test/abaci.t.sol: 0.999230132966 per second halves in 900 s',
    what: 'exponential from 1000',
    expect: { t900: '500e27' },
    tolerance: 1e-9,
  },
  E3: {
    source: DOG_TEST,
    what: 'ink 40, art 100, dust 20, chop 1: hole 80; hole a wei over 80; rate 1.02 with hole 81.6 and dust 20.4',
    expect: {
      tab80: '80e45',
      lot80: '32e18',
      ink80: '8e18',
      art80: '20e18',
      lotOver: '40e18',
      artOver: '0',
      lotRate: '32e18',
      artRate: '20e18',
    },
  },
  E4: {
    source: CLIP_TEST,
    what: 'tip 100 and chip 2 % of 110; restarts by tail 3600 s and by half price on a linear curve of 3600 s; price 4 to 3',
    expect: { coin: '102.2e45', redo3600: '0', redo3601: '1', redo1800: '0', redo1801: '1', top: '3.75e27' },
  },
  E5: {
    source: 'makerdao/dss src/test/jug.t.sol, asserted there',
    what: 'debt of 100 at 5 % a day after 1, 2 and 3 days',
    expect: { day1: '105e18', day2: '110.25e18', day3: '115.7625e18' },
  },
  'E5-annual': {
    source: 'duty of 8 % a year as governance files it: 1000000002440418608258400030',
    what: 'rate after 31,536,000 s',
    expect: { year: '1.08e27' },
    tolerance: 1e-18,
  },
  E6: {
    source: EXECUTED,
    what: 'ink 100, art 130,000, price 2000 to 1850; bark; at 900 s takes of 50 and 100',
    expect: {
      tab: '146900e45',
      coin: '396.9e45',
      top: '2035e27',
      priceAt900s: '1840417522642917137170350000000',
      owe1: '92020.8761321458568585175e45',
      tab1: '54879.1238678541431414825e45',
      lot1: '50e18',
      slice2: '29818844470164252772',
      returned: '20181155529835747228',
      paid: '146900e45',
      Dirt: '0',
      Sin: '130000e45',
      vowDai: '146900e45',
      vowSin: '130396.9e45',
    },
  },
  E7: {
    source: EXECUTED,
    what: 'the auction of E6 untouched to 7199 and 7201 s; redo at 1500; 3600 s later all is taken',
    expect: {
      priceAt7199: '919908828292277990176427481955',
      redo7199: '0',
      redo7201: '1',
      newTop: '1650e27',
      coins: '793.8e45',
      price: '1103803401639972847998258688350',
      owe: '110380340163997284799825868835000000000000000000000',
      left: '36519.659836002715200174131165e45',
      Dirt: '0',
    },
  },
  E8: {
    source: EXECUTED,
    what: 'the vault of E6 with room for 100,000',
    expect: {
      dart: '88495575221238938053097',
      dink: '68073519400953029271',
      tab: '99999999999999999999999610000000000000000000000000',
      leftInk: '31926480599046970729',
      leftArt: '41504424778761061946903',
    },
  },
  E9: {
    source: 'independent computation from ETH-A parameters (0.99 per 90 s, buf 1.1, cusp 0.45)',
    what: 'share of the starting price after 10 steps in 1e-4; seconds to 1900 from 2200, and to the cusp',
    expect: { share: '9044', below1900: '1350', cusp: '7200' },
  },
  'FLOP-FLIP': {
    source: 'makerdao/dss src/test/{flop,flip}.t.sol, asserted there',
    what: 'minimum decrease and increase of 5 %: after lot 100, lot 99 and 95.3 are refused, 95 and 80 accepted; bids 1.01 refused, 1.07 accepted',
    expect: { lot99: '0', lot95_3: '0', lot95: '1', lot80: '1', bid101: '0', bid107: '1' },
  },
}
