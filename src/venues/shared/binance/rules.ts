/**
 * What Binance does with a scope in breach (FAQ "Liquidation protocols" 360033525271, "Auto-deleveraging" 360033525471, "Multi-Assets
 * Mode", "Portfolio margin" 5e33af8e…): all orders leave; coins are sold for what is owed; one order per position, just large enough;
 * then the rest at the bankruptcy price to the fund, and beyond it to winners.
 */
import { z } from 'zod'
import { type Rules, rules } from '../exchange/index.ts'

/** Where its rules leave a choice. */
export const binance_fields = {
  fund_reserve: z.number().min(0).default(0).describe('Equity the fund keeps: it takes nothing over below it, collateral units'),
  fund_leverage: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Most notional the fund takes over in all, ÷ its equity; beyond it, winners are deleveraged (1: assumed)'),
  strict: z.boolean().default(false).describe('Liquidated only above a margin ratio of 100 % (true), or at it (false)'),
  fee_from: z
    .enum(['remaining', 'first'])
    .default('remaining')
    .describe('Liquidation fee out of what remains after closing, or out of the wallet before the rest is closed'),
  exchange_below: z
    .number()
    .min(0)
    .optional()
    .describe(
      'Owed in one coin beyond this, coins are exchanged although the account is healthy, units of account; absent: never',
    ),
  portfolio_ratio: z
    .number()
    .min(1)
    .max(10)
    .default(1)
    .describe('Equity ÷ maintenance margin (uniMMR) at which a portfolio-margin account is liquidated, a ratio'),
  portfolio_reduce_only: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Equity ÷ maintenance margin below which a portfolio-margin account may only close, a ratio; 0: never'),
}
type Options = z.infer<z.ZodObject<typeof binance_fields>>

export function binance_rules(options: Options & { readonly coins?: unknown }): Rules {
  return rules.parse({
    trigger: {
      strict: options.strict,
      portfolio_ratio: options.portfolio_ratio,
      portfolio_reduce_only: options.portfolio_reduce_only,
    },
    stages: [
      // what an account that pools coins owes is bought at the haircut of what it gives
      ...(options.coins === undefined ? [] : [{ convert: {} }]),
      // a hair above compliance, beyond rounding and where equality is a breach
      { reduce: { size: 'compliant', target: 1 + 1e-9 } },
      { close: {} },
    ],
    fee: { from: options.fee_from },
    fund: { reserve: options.fund_reserve, leverage: options.fund_leverage },
    ...(options.exchange_below === undefined ? {} : { exchange: { below: options.exchange_below } }),
  })
}
