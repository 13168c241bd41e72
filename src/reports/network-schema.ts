/** Schema of the document `unwind.network/1`: exposures taken from a snapshot, and measures on them. */
import { z } from 'zod'
import { EVIDENCE } from '../model/index.ts'

const usd = (what: string) => z.number().describe(`${what}, USD`)
const share = (what: string) => z.number().min(0).describe(`${what}, a ratio`)
const count = (what: string) => z.number().int().min(0).describe(what)
const id = z.string().min(1)
const evidence = z.enum(EVIDENCE)

const concentration = z.object({
  of: id.describe('Asset'),
  usd: usd('All of it'),
  shares: z.array(z.object({ where: id, usd: usd('There'), share: share('Of all') })).describe('Largest first'),
  hhi: share('Herfindahl–Hirschman index: sum of squared shares'),
  effective: z.number().min(1).describe('1 ÷ HHI: as concentrated as this many equal places'),
})

const claims = z.object({
  nodes: z.array(
    z.object({
      node: id,
      kind: z.enum(['pool', 'custody', 'issuer', 'exchange', 'reserve']),
      evidence,
      at_hand_usd: usd('Tokens in custody'),
      lent_usd: usd('Owed to it by listed accounts'),
      lent_outside_usd: usd('Owed to it by nobody who is listed, net'),
      owed_usd: usd('Owed by it to listed accounts'),
      owed_outside_usd: usd('Owed by it to the rest of the world, net'),
      fund_usd: usd('What stands before those it owes'),
    }),
  ),
  tokens: z
    .array(z.object({ creditor: id, debtor: id, asset: id, usd: usd('Held') }))
    .describe('Tokens in the custody of a node that another node owes'),
  have_usd: usd('What all nodes but reserves have'),
  owe_usd: usd('What they owe, funds included: the same'),
})

const owners = z.object({
  owners: count('Owners with accounts'),
  at_several: count('Of them, at more than one venue'),
  largest: z.array(
    z.object({
      owner: id,
      owed_usd: usd('Debts and notional of contracts'),
      venues: z.array(z.object({ venue: id, owed_usd: usd('There'), held_usd: usd('There, tokens') })),
    }),
  ),
  shared: z.array(
    z.object({
      a: id,
      b: id,
      owners: count('Who owe at both'),
      usd: usd('Sum of the smaller of what each owes at either'),
      share_of_a: share('Owed at a by them, of all owed there'),
      share_of_b: share('Owed at b by them, of all owed there'),
    }),
  ),
  holders: z
    .array(
      z.object({
        asset: id,
        usd: usd('Collateral, supplies and long contracts'),
        owners: count('Who hold it'),
        hhi: share('Herfindahl–Hirschman index over owners'),
        largest: z.array(z.object({ owner: id, usd: usd('Held'), share: share('Of all') })),
      }),
    )
    .describe('Who holds an asset at venues'),
})

const look_through = z.array(
  z.object({
    claim: id.describe('A token, or a node'),
    usd: usd('Outstanding'),
    assets: z.array(z.object({ asset: id, share: share('Of one USD') })).describe('Assets behind which there is nothing more'),
    unlisted: share('Owed by borrowers who are not listed'),
    uncovered: share('Beyond collateral and reserves'),
    circular: share('Behind itself alone'),
    recursion: z.number().min(1).nullable().describe('How often one USD stands behind itself; null where nothing leaves'),
    link: z
      .object({
        how: z.enum(['redeems', 'priced-as']),
        by: id.describe('Market that redeems it, or venue that prices it so'),
        value_ratio: share('USD it redeems for ÷ USD it trades at'),
      })
      .nullable()
      .describe('What makes a token a claim on another asset'),
    layers: z
      .number()
      .min(0)
      .nullable()
      .describe('USD of claims in the chain behind one USD, itself included; null where nothing leaves'),
  }),
)

const clearing = z.array(
  z.object({
    liability: z.enum(['accounts', 'owners']).describe('Who pays as one'),
    default_costs: share('Lost by default, of what a defaulter has: 0 Eisenberg–Noe, else Rogers–Veraart'),
    defaults: count('Accounts or owners that cannot pay everything'),
    by_own_losses: count('Of them, in the first round'),
    rounds: count('Rounds in which somebody fell'),
    owed_usd: usd('Owed by accounts or owners'),
    unpaid_usd: usd('Of it, not paid'),
    lost_by_accounts_usd: usd('Not received by accounts or owners from nodes'),
    lost_outside_usd: usd('Not received by the rest of the world'),
    funds: z
      .array(z.object({ node: id, fund_usd: usd('What stands before those it owes'), lost_usd: usd('Of it, lost') }))
      .describe('Funds of exchanges and surplus of reserves, and what they bear'),
    short: z.array(
      z.object({ node: id, round: count('When'), pays: share('Of what it owes'), unpaid_usd: usd('Of what it owes') }),
    ),
  }),
)

const debt_rank = z.array(
  z.object({
    first: id.describe('Who is lost, or `shock`'),
    kind: z.enum(['shock', 'venue', 'owner']),
    direct_usd: usd('Capital lost at the start'),
    further_usd: usd('Capital that owners lose on top, differential DebtRank'),
    further_once_usd: usd('The same, DebtRank as first published'),
    venues: z.array(z.object({ venue: id, lost: share('Of what its suppliers own, in the end') })),
  }),
)

const beyond_linear = z
  .array(
    z.object({
      asset: id,
      sold_usd: usd('Sold at once'),
      limit_usd: usd('What takes the price to 0 by a linear impact'),
    }),
  )
  .describe('Assets of which more is sold than a linear impact can take')

const fire_sale = z
  .object({
    direct: z.number().describe('Equity lost to the shock, a ratio'),
    aggregate: z.number().describe('Equity lost to sales, a ratio; prices fall exponentially with what is sold'),
    by_owners: share('Of it, what owners have left to lose after the shock'),
    beyond_equity: share('Lost to shock and sales beyond what owners have, of all equity: by lenders and funds'),
    radius: share('Spectral radius of a round, impact linear'),
    beyond_linear,
    no_market: z.array(id).describe('Sold, and no market of it has depth: counted without a fall'),
    venues: z.array(
      z.object({
        venue: id,
        accounts: count('That lose'),
        insolvent: count('Left out: without equity'),
        short: count('Left out: lose by what they owe alone'),
        assets_usd: usd('Held by the others, contracts at notional'),
        equity_usd: usd('Of the others'),
        direct: z.number().describe('Lost to the shock, of their equity'),
        indirect: z.number().describe('Lost to all sales, of their equity'),
        systemicness: z.number().describe('Equity of all that their sales cost, of all equity'),
      }),
    ),
  })
  .nullable()

const deleveraging = z
  .object({
    accounts: count('That owe and hold something with a market'),
    sellers: count('Of them, who sold'),
    failed: count('Of them, without equity: sold whole'),
    steps: count('Until nobody sold').nullable().describe('null where the last of 30 steps still sold'),
    sold_usd: usd('Sold, at the prices after the shock'),
    venues: z.array(z.object({ venue: id, sellers: count('Who sold'), failed: count('Sold whole'), sold_usd: usd('Sold') })),
    prices: z.array(
      z.object({
        asset: id,
        change: z.number().describe('By the sales, a ratio; at -0.9 and below there is no market for as much'),
      }),
    ),
  })
  .nullable()

const overlap = z
  .object({
    venues: z.array(z.object({ venue: id, index: share('Index of indirect contagion') })),
    one_factor: share('First eigenvalue of all of them'),
    pairs: z.array(
      z.object({
        a: id,
        b: id,
        usd: usd('Lost by a in the first round when b sells all; prices fall exponentially with what is sold'),
        share: share('Of what a holds that has a market'),
      }),
    ),
    beyond_linear,
    no_market: z.array(id).describe('Held, without a market: not counted'),
  })
  .nullable()

const stability = z.array(
  z.object({
    at: z.enum(['now', 'shock']),
    accounts: count('Portfolios'),
    first: count('In breach'),
    first_usd: usd('Held by them'),
    further: count('Who follow'),
    further_usd: usd('Held by them'),
    rounds: count('In which somebody followed'),
    branching: share('Spectral radius of who takes whom along alone, among the 400 largest that stand'),
    branching_of_degrees: share('The same from numbers of assets and holders alone'),
  }),
)

export const network_schema = z
  .object({
    schema: z.literal('unwind.network/1'),
    title: z.string(),
    snapshot: z.string().describe('Content hash'),
    evidence: evidence.describe('The weakest of its parts'),
    definitions: z.string(),
    shock: z.array(z.object({ asset: id, change: z.number().gt(-1).describe('Of the price, a ratio') })),
    lost: share('Of a claim when its debtor falls'),
    default_costs: share('Of what a defaulter has'),
    parts: z
      .array(z.object({ part: id, found: z.boolean(), says: z.string(), evidence }))
      .describe('What the snapshot has of each kind of exposure'),
    claims,
    owners,
    holdings: z.array(
      z.object({
        venue: id,
        asset: id,
        held_usd: usd('By listed accounts'),
        owed_usd: usd('By listed accounts'),
        long_usd: usd('Contracts'),
        short_usd: usd('Contracts'),
      }),
    ),
    overlap,
    liquidity: z.object({
      depth: z.array(concentration).describe('Within 1 % of the mid, one side'),
      weighted_hhi: share('Mean HHI of assets, by depth').nullable(),
      debts: z.array(concentration).describe('By venue'),
      contracts: z.array(concentration).describe('By venue'),
    }),
    look_through,
    clearing,
    debt_rank,
    furfine: z.array(z.object({ first: id, rounds: z.array(z.array(id)) })).describe('Who falls in turn'),
    fire_sale,
    deleveraging,
    stability,
    notes: z.array(z.string()),
  })
  .describe('Exposures taken from a snapshot, and what network measures say of them (docs/network.md)')
