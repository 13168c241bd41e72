/**
 * What Binance does with a scope in breach (FAQ "Liquidation protocols" 360033525271, "Auto-deleveraging" 360033525471): all orders
 * leave; one order per position, just large enough; then the rest at the bankruptcy price to the fund, and beyond it to winners.
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function binance_rules(options: Pick<Spec, 'strict' | 'fee_from' | 'fund_reserve' | 'fund_leverage'>): Rules {
  return rules.parse({
    trigger: { strict: options.strict },
    stages: [
      // a hair above compliance, beyond rounding and where equality is a breach
      { reduce: { size: 'compliant', target: 1 + 1e-9 } },
      { close: {} },
    ],
    fee: { from: options.fee_from },
    fund: { reserve: options.fund_reserve, leverage: options.fund_leverage },
  })
}
