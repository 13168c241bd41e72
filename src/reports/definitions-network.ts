/** What the figures of `unwind network` mean: on the page of definitions, in no glossary of a run. */
import type { DefinitionGroup } from './definitions.ts'

export const network_definitions: DefinitionGroup = {
  title: 'Networks',
  items: [
    {
      id: 'hhi',
      unit: 'ratio, from 1 ÷ n to 1',
      says: 'Herfindahl–Hirschman index of concentration: the sum of squared shares, of owners in what is held of an asset, of places in its depth, of venues in debts and contracts.',
      more: [
        'Depth of a place: USD that one side of it gives within 1 % of its mid; all contracts of an exchange on the asset are one place, each spot market is one.',
        'An account without an owner counts as an owner of its own, so a snapshot that names nobody understates it.',
      ],
    },
    {
      id: 'effective',
      unit: 'number, from 1',
      says: '1 ÷ hhi: as concentrated as so many equal places.',
      more: [],
    },
    {
      id: 'weighted_hhi',
      unit: 'ratio',
      says: 'Concentration of liquidity over all assets: the mean of the hhi of their depth, each weighted with its depth in USD; linear in the weights.',
      more: ['Null without any market. An asset with one market counts with 1, however deep that is.'],
    },
    {
      id: 'overlap',
      unit: 'USD, and a ratio of what is held',
      says: 'What one venue’s accounts lose in the first round when another’s sell all they hold: the sum over assets of own holdings times 1 − exp(−sold × impact), impact 1 % ÷ depth within 1 %.',
      more: [
        'Never more than is held. Holdings are what accounts with debts or contracts hold or are long of, of those who lose when everything falls alike.',
      ],
    },
    {
      id: 'index',
      unit: 'ratio, squares add up to 1',
      says: 'Index of indirect contagion (Cont and Schaanning 2019): the principal direction of Ω, where Ω of two venues is the sum over assets of the holdings of both ÷ depth. Who sends and gets most through common holdings.',
      more: [
        'one_factor is the first eigenvalue ÷ the sum of all. Ω takes impact as linear: where all that is held is more than 1 ÷ impact (beyond_linear) it says who is largest and little else.',
      ],
    },
    {
      id: 'recursion',
      unit: 'number, from 1',
      says: 'How often one USD of a claim stands behind itself: the diagonal of (I − Q)⁻¹, Q the shares of claims behind claims; 1 ÷ (1 − p) where the share p comes back.',
      more: ['Null where nothing ever leaves. See docs/network.md, Look-through.'],
    },
    {
      id: 'layers',
      unit: 'USD a USD',
      says: 'Claims in the chain behind one USD of a claim, itself included: the row sum of (I − Q)⁻¹, a token and the pool that owes it counted once. Leverage of collateral on collateral.',
      more: [],
    },
    {
      id: 'unpaid_usd',
      unit: 'USD',
      says: 'Debts that stay unpaid when all fall due at once at shocked prices: the greatest solution of Eisenberg and Noe, with costs of default Rogers and Veraart.',
      more: [
        'Borne by funds (lost_usd), by accounts with claims (lost_by_accounts_usd) and by suppliers and holders who are not listed (lost_outside_usd). Without costs of default the three add up to it.',
      ],
    },
    {
      id: 'further_usd',
      unit: 'USD',
      says: 'Capital that owners lose beyond the first loss because claims are marked down as debtors’ capital shrinks: differential DebtRank (Bardoscia et al. 2015). Nobody has to default for it.',
      more: [
        'further_once_usd is the same as first published, with everybody speaking once (Battiston et al. 2012).',
        'Furfine’s falls (furfine) are something else: losses realised at default, after collateral is sold. The two may name different ones.',
      ],
    },
    {
      id: 'aggregate',
      unit: 'ratio of equity',
      says: 'Equity lost to sales by which everybody who loses restores his leverage, once (Greenwood, Landier and Thesmar 2015), at prices that fall exponentially with what is sold; systemicness is the part that one venue’s sales cause.',
      more: [
        'by_owners: the part of it that owners have left to lose after the shock. beyond_equity: what shock and sales take beyond a venue’s equity, which lenders and funds lose. beyond_linear: assets of which more is sold than the published linear impact can take. radius: of one round on prices, impact linear; from 1 on a round feeds itself.',
      ],
    },
    {
      id: 'branching',
      unit: 'number',
      says: 'Spectral radius of who would take whom along alone by selling all, among the 400 largest accounts that stand; from 1 on a failure can come back to where it began.',
      more: ['branching_of_degrees is the same from numbers of assets and holders alone (Caccioli et al. 2014).'],
    },
  ],
}
