/** Answers that are worked out from other prices at every reading. */
import { log } from '../../math/index.ts'
import { EXOGENOUS, type Oracle, Quote, Quotes, type WorldBuilder } from '../../model/index.ts'
import { prime, type Source, valid } from './source.ts'

/** Takes another start, the causes as they are: what does not add up is exogenous. */
export function restart(quote: Quote, start: number): void {
  let endogenous = 0
  for (let s = 1; s < quote.displacement.length; s++) endogenous += quote.displacement[s] as number
  quote.start = start
  quote.displacement[EXOGENOUS] = log(quote.price / start) - endogenous
}

/**
 * Sets price and start with the same causes: displacements shrink in proportion where the move from the new start is a part of the
 * move from the old one, as under a cap; the rest is exogenous.
 */
export function bring(quote: Quote, price: number, start: number): void {
  const before = log(quote.price / quote.start)
  const after = log(price / start)
  const share = before === 0 ? 1 : Math.min(1, Math.max(0, after / before))
  for (let s = 0; s < quote.displacement.length; s++) quote.displacement[s] = (quote.displacement[s] as number) * share
  quote.price = price
  restart(quote, start)
}

/**
 * An oracle without a memory but its last answer, which a fault `oracle:<id>` keeps. A source without a price makes the answer 0 with
 * a zero vector, as adapters on chain answer; what a reader makes of a 0 is the reader's rule.
 */
export function openDerived(id: string, source: Source, builder: WorldBuilder, field: string): Oracle {
  const halt = `oracle:${id}`
  const memory = new Quotes(builder.store, builder.self.id, 1, builder.sources)
  const answer = new Quote(builder.sources)
  memory.write(0, prime(source, builder, field))
  return {
    read(time_ms, view, out) {
      // A source with a memory of its own must see every price, also while this one stands still.
      source(time_ms, view, answer)
      if (!view.halted(halt)) {
        if (!valid(answer)) answer.fixed(0)
        memory.write(0, answer)
      }
      memory.read(0, out)
    },
  }
}
