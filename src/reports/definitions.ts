/** What every figure means. `docs/definitions.md` is this list as a page, and the glossary of an HTML report is this list as a section. */

export interface Definition {
  /** Anchor in docs/definitions.md, and the name that tables use. */
  readonly id: string
  readonly unit: string
  /** One sentence, for a glossary. */
  readonly says: string
  /** What else decides a doubtful case. */
  readonly more: readonly string[]
}

export interface DefinitionGroup {
  readonly title: string
  readonly items: readonly Definition[]
}

const flow: DefinitionGroup = {
  title: 'Forced selling',
  items: [
    {
      id: 'forced_sales_usd',
      unit: 'USD',
      says: 'Market orders that somebody had to send, of either direction, in USD at the price at which they executed.',
      more: [
        'Three kinds count: a liquidator sells what it seized; an exchange reduces a position, or works off one it took over; an owner sells to answer a margin call.',
        'A takeover and an auto-deleveraging move a position between accounts and meet no market, so they are not sales.',
        'A sale belongs to the venue where the thing sold was held, or from which it was seized, wherever it executes. What an owner sells out of his treasury to answer a call belongs to the venue that called him.',
        'What passes through an auction, an inventory or a fund on its way is counted once, when it first meets a market.',
      ],
    },
    {
      id: 'forced_buys_usd',
      unit: 'USD',
      says: 'The part of forced_sales_usd that bought: shorts that were closed.',
      more: [],
    },
    {
      id: 'called_sales_usd',
      unit: 'USD',
      says: 'The part of forced_sales_usd that owners sent themselves to answer a margin call, before any liquidation.',
      more: [],
    },
    {
      id: 'margin_calls',
      unit: 'count',
      says: 'Times an account fell below the health at which its owner wants to be told. An account is called again only after its owner has changed it.',
      more: [],
    },
    {
      id: 'price_moved',
      unit: 'ratio',
      says: "How far the forced orders of one venue had pushed an asset's reference price when it stood lowest: exp(displacement) − 1.",
      more: [
        'The low is that of the whole run: low_ms says when. Only what was still there then counts: a push that the book had recovered from by then is gone, and one that came later is not in it, so that a venue that sold much may show 0.',
        'Null when mids are held to a series, because then displacement is discarded.',
      ],
    },
  ],
}

const liquidation: DefinitionGroup = {
  title: 'Who was liquidated',
  items: [
    {
      id: 'liquidated_usd',
      unit: 'USD',
      says: 'Debt repaid, or position notional closed, by liquidation, at the price of the event.',
      more: ['For a vault whose collateral is auctioned: what the bidders paid.'],
    },
    {
      id: 'liquidations',
      unit: 'count',
      says: 'Liquidation events: calls of a liquidator, vaults sent to auction, reducing fills, takeovers. One account may have many.',
      more: [],
    },
    {
      id: 'accounts_liquidated',
      unit: 'count',
      says: 'Distinct margin scopes that were liquidated at least once: a cross account, an isolated position, a lending position or a vault.',
      more: [],
    },
    {
      id: 'liquidated_at_start_usd',
      unit: 'USD',
      says: 'Quantity liquidated by whatever means, valued at the prices at which the run started.',
      more: [
        'Sold after a seizure, bought in an auction, reduced, taken over, deleveraged, or sold to answer a call. A position deleveraged was taken over before, and counts once. Start prices make two runs comparable: neither counts less because its prices fell further.',
      ],
    },
    {
      id: 'coin_day',
      unit: 'table',
      says: 'Liquidation events and liquidated USD by asset and UTC day.',
      more: [],
    },
  ],
}

const cascade: DefinitionGroup = {
  title: 'The cascade',
  items: [
    {
      id: 'multiplier',
      unit: 'ratio',
      says: 'liquidated_at_start_usd of this run ÷ the same of a no-feedback run.',
      more: [
        'In the no-feedback run every fill costs what book, band and pool say, and the market then at once recovers, by trading with `outside`, to where it stood. So 1 means that forced selling forced nobody else; 2, that half of it would not have happened had it not moved prices.',
        'It can be below 1: liquidations come in lumps (close factors, stages, takeovers, calls answered or not), and when sales move a price earlier, other and sometimes smaller lumps are taken.',
        'Null when the no-feedback run liquidates nothing, and when mids are held to a series.',
      ],
    },
    {
      id: 'no_feedback_at_start_usd',
      unit: 'USD',
      says: 'liquidated_at_start_usd of the no-feedback run: the divisor of the multiplier.',
      more: [],
    },
    {
      id: 'displacement',
      unit: 'log price',
      says: 'How far each source has moved a price: its entries, the exogenous one included, sum to ln(price ÷ start price).',
      more: [
        'A source is a venue or the outside world. A fill adds to the venue whose forced order it was; what decays decays in proportion; arbitrage and oracles carry the entries over with the price.',
      ],
    },
    {
      id: 'endogenous_share',
      unit: 'ratio, 0 to 1',
      says: 'The part of the fall, at the low, that venues made: clip(Σ over venues of −displacement at the low ÷ ln(start ÷ low), 0, 1).',
      more: [
        'Examples: start 100, fundamental 70, low 63: 0.228. Start 100, fundamental 105, low 90: 1.',
        'Null when the low is not below the start, and when mids are held to a series.',
      ],
    },
    {
      id: 'infections',
      unit: 'USD',
      says: "Forced sales of a victim venue, by the source that moved its accounts to the breach: each victim's column sums to its forced_sales_usd.",
      more: [
        "At a forced sale, the losses of ln(health) since the account's last voluntary change are taken, per source of displacement (exogenous included) and per cause that is not a price: rate, cash, gas, collateral token, shared owner. A source's share is max(0, loss) ÷ Σ max(0, loss); if there is no loss, all is exogenous.",
        'A sale at B that answers a call at A is A’s, by the mechanism *shared owner*.',
      ],
    },
    {
      id: 'infections_by_asset',
      unit: 'USD',
      says: 'The cells of infections, apart by the asset that was sold or bought back. Over assets they sum to infections.',
      more: [],
    },
    {
      id: 'infections_by_mechanism',
      unit: 'USD',
      says: 'The cells of infections, apart by what carried them. Over mechanisms they sum to infections.',
      more: [
        "*price*: the mark of contracts that the account held. *oracle*: the price of tokens that it held or owed, read through a feed. A source's share is divided by the losses of either kind, max(0, loss) each.",
        '*rate*: interest and funding. *collateral*: a unit of collateral became a claim on less, as when a supply index falls. *owner*: the sale answers a call elsewhere, of the same owner. *cash*: it answers a call here, but the cash that would have answered it had gone to a call elsewhere and has not come back: as many units of the same asset as went. *gas*: what prices took while the liquidation was wanted and not made, because blocks were full or gas cost more than it brings at mids. Whoever moved the price remains the source.',
        'Not told apart: pools without cash, keepers short of capital, transactions on their way. Leave out who withdraws (`--without agent:…`) to see what they do.',
      ],
    },
    {
      id: 'usd_pivotal',
      unit: 'USD',
      says: 'Forced sales by who tipped the account over: exogenous if it would be in breach with the displacement of all venues removed, else shared among venues and non-price causes alone.',
      more: [
        'The shares are those of infections, without the exogenous one. Exogenous ÷ total equals 1 ÷ multiplier where the outside move is complete before the first forced sale and an account in breach sells the same however far it is in breach. While the move goes on it is smaller: an account that the fundamental would have reached a minute later counts as tipped by whoever reached it first, so a large part may be tipped by venues where the multiplier is near 1.',
        'It may be larger where the size of a sale depends on the price it meets: an account that the outside world brought into breach sells more when sales have moved the price against it. The multiplier has that part; who tipped it over does not.',
      ],
    },
    {
      id: 'exogenous',
      unit: 'source',
      says: 'The outside world as a source: moves of the fundamental, and everything that no forced order explains.',
      more: [],
    },
  ],
}

const losses: DefinitionGroup = {
  title: 'Losses and who bears them',
  items: [
    {
      id: 'bad_debt_usd',
      unit: 'USD',
      says: 'Debt nobody will repay, before anything covers it.',
      more: [
        'At a lender: debt left without owner after liquidation, at the price of the event. At an exchange: max(0, −equity) at takeover, at the mark, before fund and auto-deleveraging.',
      ],
    },
    {
      id: 'bad_debt_at_start',
      unit: 'USD',
      says: 'The part of bad_debt_usd that accounts lacked before anything happened, `opening.bad_debt_usd`; the rest was added by the run.',
      more: [
        'An account is under water when it owes more than it holds at the opening prices. Of its bad debt as much counts as there at the start as it lacked then; what prices took in the run counts as added. `opening.shortfall_usd` is the same of what is still open.',
      ],
    },
    {
      id: 'insurance_used_usd',
      unit: 'USD',
      says: 'Gross payments out of an insurance fund or surplus buffer, losses on reselling what it took over included.',
      more: [],
    },
    {
      id: 'insurance_in_usd',
      unit: 'USD',
      says: 'Payments into the fund in the run, liquidation fees for the most part. Not netted against insurance_used_usd.',
      more: [],
    },
    {
      id: 'adl_usd',
      unit: 'USD',
      says: 'Notional of winning positions closed by auto-deleveraging (ADL), at its execution price.',
      more: [],
    },
    {
      id: 'adl_loss_usd',
      unit: 'USD',
      says: 'What deleveraged winners lost against the mark: Σ quantity · |mark − ADL price|, adverse only.',
      more: [],
    },
    {
      id: 'adl_production_usd',
      unit: 'USD',
      says: 'What deleveraged winners would have had more at the end of a wave had they not been closed, on the same prices, none of them counted below 0.',
      more: [
        'A wave is closings of one venue with at most 5 s between them. What is closed at the mark counts by what the price does until the end of the wave.',
        'null where the log does not tell on which side a winner was.',
      ],
    },
    {
      id: 'adl_overshoot_usd',
      unit: 'USD',
      says: 'adl_production_usd less what was needed, adl_loss_usd.',
      more: [],
    },
    {
      id: 'adl_concentration',
      unit: 'ratio',
      says: 'Σ of squared shares of what was closed in a wave, by account: 1 one account, 1 ÷ n all alike.',
      more: ['top_share is the largest of these shares.'],
    },
    {
      id: 'hedges_broken',
      unit: 'count',
      says: 'Deleveraged accounts whose owner held the opposite of the closed position elsewhere: in other accounts, as tokens or contracts, or in the treasury.',
      more: [
        'hedges_broken_usd is what of such a hedge is gone: the smaller of position and what stood against it, before less after, at the price of the closing.',
        'What owners held at the start is followed along the log; fills of makers are not in it. null where no owner of a closed position is known, or from a log alone.',
      ],
    },
    {
      id: 'order_flow_imbalance',
      unit: 'ratio',
      says: '(USD that takers bought − USD that they sold) ÷ both together, of one market in one hour: −1 only sales, 1 only purchases.',
      more: ['A liquidator who sells what he seized is a taker; a maker whose order is met is not.'],
    },
    {
      id: 'shortfall_usd',
      unit: 'USD',
      says: 'Σ max(0, debt − collateral) over accounts still open at the end: bad debt that has not been realised yet.',
      more: [],
    },
  ],
}

const prices: DefinitionGroup = {
  title: 'Prices',
  items: [
    {
      id: 'fundamental',
      unit: 'USD',
      says: 'The price the outside world has in mind: given by the scenario, untouched by what happens inside.',
      more: ['`fundamental_end_usd` is its value at the end of the horizon.'],
    },
    {
      id: 'start_usd',
      unit: 'USD',
      says: "The asset's price at the start, from the snapshot.",
      more: [],
    },
    {
      id: 'high',
      unit: 'USD',
      says: "Highest mid of the asset's reference market, over the samples of the run: the start and the end of every tick.",
      more: [],
    },
    {
      id: 'low',
      unit: 'USD',
      says: "Lowest mid of the asset's reference market, which the snapshot names; moments between samples included.",
      more: [],
    },
    {
      id: 'low_ms',
      unit: 'ms after the start',
      says: 'When the asset stood at its low: the end of the tick in which it did.',
      more: [],
    },
    {
      id: 'fundamental_at_low_usd',
      unit: 'USD',
      says: 'The fundamental at that time: low ÷ fundamental_at_low_usd − 1 is how far below the outside world the asset then stood.',
      more: ['It may still fall after the low, so it is not the lowest fundamental.'],
    },
    {
      id: 'gap',
      unit: 'ratio, −1 to 0',
      says: 'The largest distance of the mid below the fundamental of the same moment: min(mid ÷ fundamental) − 1, over samples and the low; 0 if it never stood below.',
      more: [
        'It need not be at the low: a price may part furthest from the outside world early, and stand lowest later with it.',
        'Distances below 1e-9 are rounding and count as none.',
      ],
    },
    {
      id: 'gap_ms',
      unit: 'ms after the start',
      says: 'When the gap was largest; null if the mid never stood below the fundamental.',
      more: [],
    },
    {
      id: 'end',
      unit: 'USD',
      says: "Mid of the asset's reference market at the end of the horizon.",
      more: [],
    },
    {
      id: 'drawdown',
      unit: 'ratio',
      says: '1 − low ÷ start, not below 0.',
      more: [],
    },
    {
      id: 'pinned',
      unit: 'condition',
      says: 'Mids of these assets are held to the fundamental, as in a replay of real prices.',
      more: [
        "A fill executes at the price its depth gives from the held mid; the displacement is recorded and discarded, because real prices already contain that of the real event. So multiplier, endogenous_share and price_moved are null. `--feedback` applies the displacement all the same: then the path counts the real event's own impact twice.",
      ],
    },
  ],
}

const trust: DefinitionGroup = {
  title: 'The run and how far to trust it',
  items: [
    {
      id: 'evidence',
      unit: 'observed, inferred or synthetic',
      says: 'How an input is known: measured, derived from something measured by a stated rule, or made up to published aggregates. A result is as weak as its weakest input.',
      more: [],
    },
    {
      id: 'status',
      unit: 'done, limit or interrupted',
      says: 'How the run ended: at its horizon, at a limit on rounds or rows, or stopped. Anything but `done` is printed first, and its figures cover only the part that ran.',
      more: [],
    },
    {
      id: 'identity',
      unit: 'hashes',
      says: 'Hash of snapshot, scenario, seed and engine version. Equal identity means an equal log, bit for bit, on any machine; the log has a hash of its own, over its rows alone.',
      more: [],
    },
    {
      id: 'laws',
      unit: 'count',
      says: 'Times that the conservation laws were checked in the run, and sentences for every one that did not hold.',
      more: [
        'Per asset, what treasuries, transit, venues and markets hold changes only by named mints and burns; perp positions sum to zero; every price is its start times the exponential of its displacement; shares of a cause sum to 1; bad debt is never negative.',
      ],
    },
  ],
}

export const DEFINITIONS: readonly DefinitionGroup[] = [flow, liquidation, cascade, losses, prices, trust]

export const DEFINITION_IDS: ReadonlySet<string> = new Set(DEFINITIONS.flatMap((group) => group.items.map((item) => item.id)))

/** Names in tables and documents whose definition stands under another. */
export const ALIASES: Readonly<Record<string, string>> = {
  high_usd: 'high',
  low_usd: 'low',
  end_usd: 'end',
  fundamental_end_usd: 'fundamental',
  usd: 'infections',
}

/** Anchor of a table's or document's field, undefined if nothing is defined under that name. */
export function definition_of(name: string): string | undefined {
  const id = ALIASES[name] ?? name
  return DEFINITION_IDS.has(id) ? id : undefined
}
