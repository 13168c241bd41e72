/**
 * What lenders and vault books do where it gets awkward: one row an event, one column a kind. `edge-cases.test.ts` proves every cell by a scene of its
 * own, and holds the tables of docs/venues to these words.
 */

export const EVENTS = [
  'oracle answers 0 or nothing',
  'stale price',
  'paused asset',
  'frozen asset',
  'pool without cash',
  'collateral below debt and bonus',
  'dust',
  'self-liquidation',
  'exactly at the limit',
  'health of the liquidator',
  'partial liquidation',
  'callback before payment',
  'who bears bad debt',
] as const
export type Event = (typeof EVENTS)[number]

export const KINDS = [
  'aave-v3',
  'compound-v2',
  'compound-v3',
  'maker',
  'maker-2020',
  'morpho-blue',
  'euler-v2',
  'fluid',
  'liquity-v1',
  'liquity-v2',
  'llamma',
] as const
export type EdgeKind = (typeof KINDS)[number]

/** `same` as the contract; `has none`: the contract knows no such thing, and neither does the kind; `differs` from it: `does` says what the contract does. */
export type How = 'same' | 'has none' | 'differs'

export interface Cell {
  readonly how: How
  /** What the kind does; for `differs` also what the contract does. */
  readonly does: string
  /** Numbers in it are remembered, not read from the contract or its tests. */
  readonly unverified?: true
}

const is = (does: string): Cell => ({ how: 'same', does })
const none = (does: string): Cell => ({ how: 'has none', does })
const differs = (does: string): Cell => ({ how: 'differs', does })

const BLOCKED = 'stale: nothing that needs the price of what the account holds or owes; repaying goes on'
const USED = 'used like any other: the oracle’s last answer is the price'
const NO_FREEZE = 'no such switch: the schema has no field for it'
const THERE = 'none is lent: collateral is always there'

/** In the order of `EVENTS`. */
const BY_KIND: Readonly<Record<EdgeKind, readonly Cell[]>> = {
  'aave-v3': [
    differs(`${BLOCKED}. A fallback oracle, which the contract asks first, is written as an oracle of kind \`median\``),
    is(USED),
    is('nothing of the reserve goes, liquidation included; after it a grace period (3.1+)'),
    is('liquidated as before; no new supply or loan'),
    differs('refused (cash). The contract would pay in shares of the pool: the reference only'),
    is('all collateral goes, less debt is repaid, the rest is deficit (3.3+; before, it stays a debt)'),
    is('a part must leave 1,000 USD of both legs, unless it finishes one (3.3+)'),
    is('forbidden since 3.4 (limit), allowed before'),
    is('safe: a health of 1 is no breach'),
    is('not asked: he needs no account'),
    is('up to the close factor; more is cut to that'),
    differs('none in the call; the engine’s flash loan stands for the pool’s'),
    is('the reserve: its deficit, which dilutes what suppliers earn; nobody covers it here'),
  ],
  'compound-v2': [
    is(BLOCKED),
    is(USED),
    is('seizing has one switch for the pool: no liquidation; supplying and borrowing have one a market'),
    is('deprecated instead (factor 0, borrowing paused, reserve factor 1): any debt repaid whole, without shortfall'),
    differs('refused (cash): what is seized is redeemed at once. In the contract seizing goes and redeeming fails'),
    { ...is('more than there is to seize is refused (limit): choose less; what is left stays a debt'), unverified: true },
    is('none: any part may be repaid'),
    is('forbidden (limit)'),
    is('safe: no shortfall'),
    is('not asked: he needs no account'),
    { ...is('up to the close factor; more is refused (limit)'), unverified: true },
    differs('none; the engine’s flash loan stands for one from elsewhere'),
    is('nobody: the debt stays with the borrower, and is a shortfall'),
  ],
  'compound-v3': [
    is('stale: no absorption of who holds it, no loan, no sale; supplying and repaying go on'),
    is(USED),
    is('absorbing and buying have a switch each'),
    none(NO_FREEZE),
    is('absorbing needs none: collateral is not lent'),
    is('absorbed all the same: reserves pay what the collateral does not bring'),
    is('a least debt when borrowing only; absorbing knows none'),
    is('allowed: collateral becomes base at the haircut'),
    is('safe'),
    is('not asked: he needs no account'),
    is('no: all or nothing'),
    differs('none; the engine’s flash loan stands for one from elsewhere'),
    is('reserves'),
  ],
  maker: [
    is('stale: nothing starts, restarts or is drawn; bids and repayments go on'),
    is('the module keeps its price until it is poked, at most once an hour'),
    is('`stopped` 1 no starts, 2 no restarts either, 3 no bids either'),
    none(NO_FREEZE),
    none('nothing is lent: collateral lies in the vault or at auction'),
    is('the lot runs out, what is left of the tab is the system’s loss, penalty apart'),
    is('a remainder below the dust of the type goes to auction too; a bid may not leave less than `chost`'),
    is('not forbidden: the owner may start his own vault'),
    is('safe'),
    is('not asked: he needs no vault'),
    is('an auction is bought in parts; a full hole lets only a part start'),
    differs('the contract hands the collateral over first and calls; here the engine’s flash loan'),
    is('the vow: its surplus as far as it goes, the rest a deficit'),
  ],
  'maker-2020': [
    is('stale: nothing is put up or drawn; bids, settlement and repayments go on'),
    is('the module keeps its price until it is poked, at most once an hour'),
    none('no breaker short of shutdown: the schema has no field for it'),
    none(NO_FREEZE),
    none('nothing is lent: collateral lies in the vault or at auction'),
    is('the lot goes for what was bid, what is left of the debt is the system’s loss'),
    is('none: a piece may leave a vault below dust'),
    is('not forbidden: the owner may put his own vault up'),
    is('safe'),
    is('not asked: he needs no vault'),
    is('a vault goes in pieces; a piece only whole'),
    is('none: a bid is paid at once and the lot comes hours later, so no flash loan helps'),
    is('the vow: its surplus as far as it goes, the rest a deficit'),
  ],
  'morpho-blue': [
    is('0 is a price: everything goes for nothing. No answer: no liquidation, no loan, no collateral of debtors'),
    is(USED),
    none(NO_FREEZE),
    none(NO_FREEZE),
    is(THERE),
    is('all collateral goes for what it is worth at the factor, the rest is written off'),
    is('none; the smallest part of collateral left keeps the debt from being written off'),
    is('allowed'),
    is('safe'),
    is('not asked: he needs no account'),
    is('any part'),
    differs('the contract pays the collateral out first and calls; here the engine’s flash loan'),
    is('suppliers of that market, at once'),
  ],
  'euler-v2': [
    is('0 is a price: the collateral is given away. No answer blocks whatever needs it (stale)'),
    is(USED),
    is('a hook refuses every operation of the vault'),
    differs('a cap instead: no new supply or loan, liquidation goes on. A cap of 0 means none here, so it is a very small one'),
    is('refused (cash) when paid out; `takeover` moves the shares and needs none'),
    is('less is repaid, the rest is taken off the suppliers'),
    is('none; a debt worth less than 1e-12 is not socialised'),
    is('forbidden (unknown)'),
    is('a breach: all may be repaid, at no discount'),
    is('`takeover`: his account must stand with what it took. `liquidate`, the batch that repays at once, asks for none'),
    is('any part, in proportion'),
    differs('the contract defers its checks to the end of a batch; here the engine’s flash loan'),
    is('suppliers of the vault, at once'),
  ],
  fluid: [
    is(BLOCKED),
    is(USED),
    differs('no switch: the schema has no field for it. The contract’s liquidity layer can pause a vault'),
    none(NO_FREEZE),
    is('refused (cash): collateral is lent on; or (limit) by the vault’s withdrawal limit, which gives way with time'),
    is(
      'absorbed above the maximum limit: collateral and debt become the vault’s, nobody is paid; liquidating it is refused (limit)',
    ),
    is('less than 10,000 smallest units, or a billionth of what the vault’s users owe, is refused'),
    is('allowed'),
    is('safe'),
    is('not asked: he needs no position'),
    is('any part, of the riskiest first, whichever is named'),
    differs('the contract can call back before it is paid; here the engine’s flash loan'),
    is('nobody: the vault keeps the absorbed debt and collateral until somebody buys them'),
  ],
  'liquity-v1': [
    is('the last good price stays, and everything goes on at it'),
    is('of an oracle halted for more than 4 hours the second is asked, if there is one'),
    none(NO_FREEZE),
    none(NO_FREEZE),
    none('nothing is lent: collateral is always there'),
    is('the stability pool takes the loss, or the other troves'),
    is('no repayment may leave a net debt below 1,800'),
    is('allowed'),
    is('safe'),
    is('not asked: he needs no trove'),
    is('no: the whole trove'),
    is('none, and nothing is to be paid'),
    is('depositors of the stability pool, then the other troves'),
  ],
  'liquity-v2': [
    is('the branch is shut down for good at its last good price; liquidations go on'),
    is('an oracle that stands still for 24 hours (48 for the rate of rETH) has failed: shutdown'),
    none('no switch: shutdown only, under which liquidations go on'),
    none(NO_FREEZE),
    none('nothing is lent: collateral is always there'),
    is('the stability pool takes the loss, or the other troves; penalties are capped'),
    is('no repayment may leave less than 2,000; what redemptions leave below is a zombie'),
    is('allowed'),
    is('safe'),
    is('not asked: he needs no trove'),
    is('no: the whole trove'),
    is('none, and nothing is to be paid'),
    is('depositors of the branch’s stability pool, then its other troves'),
  ],
  llamma: [
    is('stale: neither trades with the bands nor liquidation; debt may be repaid'),
    is('the moving average goes on towards the last price'),
    differs(
      'no switch: loans are not opened during a run, and a ceiling of 0 stops more debt; the contract has a flag for its loans',
    ),
    is('a ceiling of 0: no more debt, liquidation goes on'),
    is('none is needed: the bands hold all collateral'),
    is('nobody gains by liquidating: the loan stays, and is a shortfall'),
    differs('none: floats need no least amount a band; the contract asks for 100 wei'),
    differs('as everybody, when in breach. The contract lets owners at any health, without the haircut; here they `repay`'),
    is('safe: a health of 0 in the contract’s count'),
    is('not asked: he needs no loan'),
    is('any share of the debt, for a smaller share of the position'),
    differs('the contract hands the position over first and calls; here the engine’s flash loan'),
    is('nobody until the last lenders leave: nothing is written off'),
  ],
}

export interface Entry extends Cell {
  readonly event: Event
  readonly kind: EdgeKind
}

export const EDGE_CASES: readonly Entry[] = KINDS.flatMap((kind) => {
  const cells = BY_KIND[kind]
  if (cells.length !== EVENTS.length) throw new Error(`${kind} has ${cells.length} cells of ${EVENTS.length}`)
  return cells.map((cell, i) => ({ ...cell, event: EVENTS[i] as Event, kind }))
})

/** Between these lines of a page stands the table of its kind. */
export const BEGIN = '<!-- edge cases: UPDATE=1 npx vitest run test/conformance/edge-cases.test.ts -->'
export const END = '<!-- end of edge cases -->'

/** The table of a kind, as its page has it. */
export function table(kind: EdgeKind): string {
  const lines = EDGE_CASES.filter((entry) => entry.kind === kind).map(({ event, how, does, unverified }) => {
    const mark = unverified === true ? ' (the usual factor is reported, not read from the deployment)' : ''
    return `| ${event} | ${does}${mark} | ${how} |`
  })
  return ['| event | here | the contract |', '|---|---|---|', ...lines].join('\n')
}
