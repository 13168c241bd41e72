/** The feed's five states: which of two oracles is believed, and when neither is (liquity/dev PriceFeed). */

/** What an oracle says now. Broken: no positive answer; frozen: no update for too long. */
export interface Answer {
  price: number
  broken: boolean
  frozen: boolean
}

export const WORKING = 0
export const SECOND_FIRST_UNTRUSTED = 1
export const BOTH_UNTRUSTED = 2
export const SECOND_FIRST_FROZEN = 3
export const FIRST_SECOND_UNTRUSTED = 4

/** A change by more than this share of the larger price, from one answer of the first oracle to the next, is not believed by itself. */
const JUMP = 0.5
/** Two answers within this share of the smaller agree. */
const AGREE = 0.05

export interface Decision {
  state: number
  /** The price believed; NaN: the last good one. */
  price: number
}

const agree = (a: number, b: number): boolean => Math.abs(a - b) <= AGREE * Math.min(a, b)

const sound = (answer: Answer): boolean => !answer.broken && !answer.frozen

/** Believes the second oracle, unless it is frozen. */
function second(state: number, answer: Answer, out: Decision): void {
  out.state = state
  out.price = answer.frozen ? Number.NaN : answer.price
}

/**
 * One step of the machine.
 * @param before the first oracle's last answer that differed from this one; 0 none
 * @param out state now in, state and price out
 */
export function step(first: Answer, before: number, other: Answer, out: Decision): void {
  const state = out.state
  out.price = Number.NaN
  const jumps = before > 0 && Math.abs(first.price - before) > JUMP * Math.max(first.price, before)
  if (state !== WORKING && sound(first) && sound(other) && agree(first.price, other.price)) {
    out.state = WORKING
    out.price = first.price
  } else if (state === WORKING) working(first, jumps, other, out)
  else if (state === SECOND_FIRST_UNTRUSTED) {
    if (other.broken) out.state = BOTH_UNTRUSTED
    else second(SECOND_FIRST_UNTRUSTED, other, out)
  } else if (state === SECOND_FIRST_FROZEN) frozen(first, other, out)
  else if (state === FIRST_SECOND_UNTRUSTED) {
    if (first.broken || (!first.frozen && jumps)) out.state = BOTH_UNTRUSTED
    else if (!first.frozen) out.price = first.price
  }
}

function working(first: Answer, jumps: boolean, other: Answer, out: Decision): void {
  if (first.frozen && !first.broken) {
    if (other.broken) out.state = FIRST_SECOND_UNTRUSTED
    else second(SECOND_FIRST_FROZEN, other, out)
  } else if (first.broken || jumps) {
    if (other.broken) out.state = BOTH_UNTRUSTED
    else if (!first.broken && !other.frozen && agree(first.price, other.price)) out.price = first.price
    else second(SECOND_FIRST_UNTRUSTED, other, out)
  } else {
    out.price = first.price
    if (other.broken) out.state = FIRST_SECOND_UNTRUSTED
  }
}

/** The first oracle was frozen: is it still, and if not, do both agree again? */
function frozen(first: Answer, other: Answer, out: Decision): void {
  if (other.broken) {
    out.state = first.broken ? BOTH_UNTRUSTED : FIRST_SECOND_UNTRUSTED
    if (!first.broken && !first.frozen) out.price = first.price
  } else if (first.broken) second(SECOND_FIRST_UNTRUSTED, other, out)
  else if (first.frozen || other.frozen) second(SECOND_FIRST_FROZEN, other, out)
  else second(SECOND_FIRST_UNTRUSTED, other, out)
}
