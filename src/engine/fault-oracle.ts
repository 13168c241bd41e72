/** An oracle that a scenario makes say something else than it read. */
import { exp, log } from '../math/index.ts'
import { EXOGENOUS, type Oracle, type Quote, Quotes, type Store, takes, type View } from '../model/index.ts'
import type { Fault, Faults } from './faults.ts'

/** Moves the price by an error: it comes from outside, whatever displaced the price before. */
function err(quote: Quote, price: number, row: number): void {
  const [stood, error] = [quote.displacement[EXOGENOUS] as number, log(price / quote.price)]
  quote.displacement[EXOGENOUS] = stood + error
  if (takes(quote.row[EXOGENOUS] as number, stood, row, error)) quote.row[EXOGENOUS] = row
  quote.price = price
}

/** A number that somebody made up: nothing but that displaces it. */
function make_up(quote: Quote, price: number, row: number): void {
  const { start } = quote
  quote.fixed(price)
  quote.start = start
  quote.displacement[EXOGENOUS] = log(price / start)
  quote.row[EXOGENOUS] = row
}

function distort(quote: Quote, fault: Fault, strength: number, row: number): void {
  const { value } = fault.spec
  const { price } = quote
  switch (fault.spec.mode ?? 'factor') {
    case 'factor':
      err(quote, price * exp(strength * log(value)), row)
      break
    case 'value':
      if (strength === 1) make_up(quote, value, row)
      else err(quote, exp((1 - strength) * log(price) + strength * log(value)), row)
      break
    case 'cap':
      if (price > value) quote.rescale(value)
      break
    case 'floor':
      if (price < value) quote.rescale(value)
      break
    case 'none':
      quote.fixed(0)
      break
    default:
  }
}

const holds = (fault: Fault): boolean => fault.spec.kind !== 'oracle' || fault.spec.mode === 'hold'

/** The oracle under those faults of the scenario that mean it. */
export function faulty(
  inner: Oracle,
  list: readonly Fault[],
  faults: Faults,
  store: Store,
  name: string,
  sources: number,
): Oracle {
  const memory = new Quotes(store, `${name}.fault`, 1, sources)
  return {
    read(time_ms: number, view: View, out: Quote): void {
      // A source with a memory of its own must see every price, also while this one stands still.
      inner.read(time_ms, view, out)
      const held = list.some((fault) => faults.strength(fault) > 0 && holds(fault))
      if (held && memory.price(0) > 0) memory.read(0, out)
      else memory.write(0, out)
      for (const fault of list) {
        const strength = faults.strength(fault)
        if (strength > 0 && !holds(fault) && out.price > 0) distort(out, fault, strength, faults.row(fault))
      }
    },
  }
}
