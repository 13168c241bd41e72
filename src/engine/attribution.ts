/**
 * Who infected whom, read off one run (design §7). An account's losses of ln H since its owner last changed it are split exactly over legs
 * (logarithmic-mean weights), over the sources of each leg's displacement, and interest; the shares of the losses are the shares of the blame.
 */
import { exp, log } from '../math/index.ts'
import {
  type Blame,
  EXOGENOUS,
  type Log,
  type Margined,
  type Quotes,
  Statement,
  type Store,
  type Table,
  type Venue,
} from '../model/index.ts'

/** The logarithmic mean of two positive numbers; their common value when they agree. */
export function logarithmic_mean(a: number, b: number): number {
  if (!(a > 0) || !(b > 0)) return 0
  const ratio = a / b
  return Math.abs(ratio - 1) < 1e-8 ? (a + b) / 2 : (a - b) / log(ratio)
}

/** Adds one value; the row first, for it may move the column. */
function append(table: Table<{ value: 'f64' }>, value: number): void {
  const row = table.push()
  table.columns.value.data[row] = value
}

/** What attribution reads of one venue. */
export interface Subject {
  readonly venue: Venue & Margined
  /** First slot of this venue in an epoch's slot prices. */
  readonly first_slot: number
  readonly epoch: Table<{ id: 'i32' }>
}

/** Feed vectors and slot prices at moments when owners changed their accounts: epoch 0 is the start. */
export class Epochs {
  private readonly feeds: Quotes
  private readonly slots: number
  private readonly heads: Table<{ stamp: 'f64' }>
  private readonly vectors: Table<{ value: 'f64' }>
  private readonly prices: Table<{ value: 'f64' }>
  private readonly width: number

  constructor(store: Store, feeds: Quotes, slots: number) {
    this.feeds = feeds
    this.slots = slots
    this.width = feeds.length * feeds.sources
    this.heads = store.table('engine.epochs', { stamp: 'f64' })
    this.vectors = store.table('engine.epoch_vectors', { value: 'f64' })
    this.prices = store.table('engine.epoch_prices', { value: 'f64' })
  }

  /** The epoch of now, opened if the stamp is new. Stamps grow whenever prices may have changed. */
  now(stamp: number, subjects: readonly Subject[]): number {
    const last = this.heads.length - 1
    if (last >= 0 && this.heads.columns.stamp.data[last] === stamp) return last
    const id = this.heads.push()
    this.heads.columns.stamp.data[id] = stamp
    for (let f = 0; f < this.feeds.length; f++) {
      for (let s = 0; s < this.feeds.sources; s++) append(this.vectors, this.feeds.displacement(f, s))
    }
    for (const { venue } of subjects) {
      const live = venue.prices
      for (let i = 0; i < live.length; i++) append(this.prices, live[i] as number)
    }
    return id
  }

  vector(epoch: number, feed: number, source: number): number {
    return this.vectors.columns.value.data[epoch * this.width + feed * this.feeds.sources + source] as number
  }

  slot(epoch: number, slot: number): number {
    return this.prices.columns.value.data[epoch * this.slots + slot] as number
  }
}

export class Attribution {
  private readonly log: Log
  private readonly feeds: Quotes
  private readonly epochs: Epochs
  private readonly subjects: readonly Subject[]
  private readonly statement = new Statement()
  private readonly losses: Float64Array
  /** The parts of `losses` by contracts and by tokens. */
  private readonly contracts: Float64Array
  private readonly tokens: Float64Array
  /** The parts of `losses` that came while its liquidation was wanted and not made for gas. */
  private readonly waited: Float64Array
  /** Does the account hold contracts? */
  private marked = false
  /** The part of the loss by interest that is collateral's own: a unit that became a claim on less. */
  private claims = 0
  private counterfactual = new Float64Array(0)
  /** Per leg of the statement, by how much ln H falls per unit of its displacement; 0 where none moves it. */
  private readonly pulls: number[] = []
  /** Set by the engine: what happened from outside to an asset, or at all (−1): the row of its shock or of a fault; −1 nothing. */
  outside: (asset: number) => number = () => -1
  /** Set by the engine: the epoch since which an account's liquidation waits for gas; −1 it does not. */
  late: (venue: number, account: number) => number = () => -1

  constructor(events: Log, feeds: Quotes, epochs: Epochs, subjects: readonly Subject[]) {
    this.log = events
    this.feeds = feeds
    this.epochs = epochs
    this.subjects = subjects
    this.losses = new Float64Array(feeds.sources)
    this.contracts = new Float64Array(feeds.sources)
    this.tokens = new Float64Array(feeds.sources)
    this.waited = new Float64Array(feeds.sources)
  }

  /**
   * Blames the present state of an account: opens a share set and names the row of its largest share.
   * @param level health below which it is in trouble: 1 in breach, its owner's call level for a margin call
   */
  blame(venue: number, account: number, level = 1): Blame {
    const subject = this.subjects[venue] as Subject
    const statement = this.statement
    statement.clear()
    subject.venue.statement(account, statement)
    const own = subject.epoch.columns.id.data[account] as number
    const late = this.late(venue, account)
    if (late >= 0) this.split(subject, Math.max(own, late), statement)
    if (late >= 0) this.waited.set(this.losses)
    else this.waited.fill(0)
    const rate = this.split(subject, own, statement)
    let others = rate
    let largest = EXOGENOUS
    let most = this.losses[EXOGENOUS] as number
    for (let s = 1; s < this.losses.length; s++) {
      const loss = this.losses[s] as number
      others += Math.max(0, loss)
      // Interest is the venue's own; it has no row, so that alone it is nobody's last.
      const whole = s === venue + 1 && loss > 0 ? loss + rate : loss
      if (!(whole > most)) continue
      most = whole
      largest = s
    }
    const total = Math.max(0, this.losses[EXOGENOUS] as number) + others
    const shares = this.log.open_set()
    if (!(total > 0)) {
      this.log.share(EXOGENOUS, 'price', 1, 1)
      return { shares, cause: this.outside(-1) }
    }
    const alone = !(others > 0) || this.breaches_alone(subject, account, level, statement)
    for (let s = 0; s < this.losses.length; s++) {
      const loss = Math.max(0, this.losses[s] as number)
      const pivotal = s === EXOGENOUS ? (alone ? 1 : 0) : alone ? 0 : loss / others
      if (loss > 0 || pivotal > 0) this.by_channel(s, loss / total, pivotal)
    }
    if (rate > 0) this.by_interest(venue + 1, rate / total, alone ? 0 : rate / others)
    return { shares, cause: this.row_of(statement, largest, own) }
  }

  /**
   * A source's share, by what carried it: marks of contracts or oracles of tokens, each in the part of the loss it made; first the part that
   * would not have come had the liquidation been made when it was wanted.
   */
  private by_channel(source: number, whole: number, whole_pivotal: number): void {
    const loss = this.losses[source] as number
    const gas = loss > 0 ? Math.min(1, Math.max(0, (this.waited[source] as number) / loss)) : 0
    if (gas > 0) this.log.share(source, 'gas', whole * gas, whole_pivotal * gas)
    if (!(gas < 1)) return
    const [share, pivotal] = [whole * (1 - gas), whole_pivotal * (1 - gas)]
    const contracts = Math.max(0, this.contracts[source] as number)
    const tokens = Math.max(0, this.tokens[source] as number)
    const part = contracts + tokens > 0 ? contracts / (contracts + tokens) : this.marked ? 1 : 0
    if (part > 0) this.log.share(source, 'price', share * part, pivotal * part)
    if (part < 1) this.log.share(source, 'oracle', share * (1 - part), pivotal * (1 - part))
  }

  private by_interest(source: number, share: number, pivotal: number): void {
    const part = this.claims
    if (part < 1) this.log.share(source, 'rate', share * (1 - part), pivotal * (1 - part))
    if (part > 0) this.log.share(source, 'collateral', share * part, pivotal * part)
  }

  /** Fills `losses` by source and returns the loss by interest and funding, in ln H since an epoch. */
  private split(subject: Subject, epoch: number, st: Statement): number {
    const sums = [0, 0, 0, 0]
    const before: number[] = []
    for (let i = 0; i < st.count; i++) {
      const now = (st.quantity[i] as number) * (st.weight[i] as number) * (st.price[i] as number)
      const slot = st.slot[i] as number
      const then =
        slot < 0 ? now : (now * this.epochs.slot(epoch, subject.first_slot + slot)) / (subject.venue.prices[slot] as number)
      before.push(then)
      const side = st.side[i] === 1 ? 0 : 2
      sums[side] = (sums[side] as number) + now
      sums[side + 1] = (sums[side + 1] as number) + then
    }
    this.losses.fill(0)
    this.contracts.fill(0)
    this.tokens.fill(0)
    this.marked = false
    this.pulls.length = 0
    let rate = 0
    let owned = 0
    let owed = 0
    const mean = [logarithmic_mean(sums[0] as number, sums[1] as number), logarithmic_mean(sums[2] as number, sums[3] as number)]
    for (let i = 0; i < st.count; i++) {
      const feed = st.feed[i] as number
      const asset = st.side[i] === 1
      this.pulls.push(0)
      if ((st.market[i] as number) >= 0) this.marked = true
      const whole = mean[asset ? 0 : 1] as number
      if (feed < 0 || !(whole > 0)) continue
      const now = (st.quantity[i] as number) * (st.weight[i] as number) * (st.price[i] as number)
      if (!(now > 0)) continue
      const weight = (logarithmic_mean(now, before[i] as number) / whole) * (asset ? -1 : 1)
      this.pulls[i] = weight
      const carrier = (st.market[i] as number) >= 0 ? this.contracts : this.tokens
      let priced = 0
      for (let s = 0; s < this.losses.length; s++) {
        const change = this.feeds.displacement(feed, s) - this.epochs.vector(epoch, feed, s)
        priced += change
        this.losses[s] = (this.losses[s] as number) + weight * change
        carrier[s] = (carrier[s] as number) + weight * change
      }
      const interest = weight * (log(now / (before[i] as number)) - priced)
      rate += interest
      if (asset) owned += interest
      else owed += interest
    }
    const charged = st.rate_loss > 0 && (sums[0] as number) > 0 ? st.rate_loss / (sums[0] as number) : 0
    rate += charged
    // What rounding leaves of prices is no claim on less.
    this.claims = owned > 1e-12 ? owned / (owned + charged + Math.max(0, owed)) : 0
    return rate > 1e-12 ? rate : 0
  }

  /** Would the account be below its level had no venue displaced a price? */
  private breaches_alone(subject: Subject, account: number, level: number, st: Statement): boolean {
    const live = subject.venue.prices
    if (this.counterfactual.length < live.length) this.counterfactual = new Float64Array(live.length)
    const prices = this.counterfactual.subarray(0, live.length)
    prices.set(live)
    for (let i = 0; i < st.count; i++) {
      const feed = st.feed[i] as number
      const slot = st.slot[i] as number
      if (feed < 0 || slot < 0) continue
      let venues = 0
      for (let s = 1; s < this.losses.length; s++) venues += this.feeds.displacement(feed, s)
      prices[slot] = (live[slot] as number) * exp(-venues)
    }
    return subject.venue.health(account, prices) < level
  }

  /**
   * The last row that moved, for this source, the leg which lost most by it; from outside, where no price has one, what happened to that leg's asset.
   * −1 where the source took nothing by prices: interest alone has no row.
   */
  private row_of(st: Statement, source: number, epoch: number): number {
    if (!((this.losses[source] as number) > 0)) return -1
    let [row, most] = [-1, 0]
    let [asset, largest] = [-1, 0]
    for (let i = 0; i < st.count; i++) {
      const feed = st.feed[i] as number
      if (feed < 0) continue
      const loss = (this.pulls[i] as number) * (this.feeds.displacement(feed, source) - this.epochs.vector(epoch, feed, source))
      if (loss > largest) {
        largest = loss
        asset = st.asset[i] as number
      }
      const moved = this.feeds.row(feed, source)
      if (moved < 0 || !(loss > most)) continue
      most = loss
      row = moved
    }
    return row >= 0 || source !== EXOGENOUS ? row : this.outside(asset)
  }
}
