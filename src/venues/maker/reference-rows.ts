/** The published numbers beside what the reference says: rows for the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { blankIlk, curvePrice, RAY, type ReferenceIlk, ReferenceMaker, Revert, rpow, WAD } from './reference.ts'
import { overbids, undercuts } from './reference-vow.ts'
import { VECTORS } from './vectors.ts'

type Got = Record<string, bigint | string>

/** `396.9e45` as an integer; anything that is no number stays text. */
export function units(text: string): bigint | string {
  const match = /^(\d+)(?:\.(\d+))?(?:e(\d+))?$/.exec(text)
  if (match === null) return text
  const fraction = match[2] ?? ''
  return BigInt(`${match[1]}${fraction}${'0'.repeat(Number(match[3] ?? 0) - fraction.length)}`)
}
const wad = (text: string): bigint => units(`${text}e18`) as bigint
const ray = (text: string): bigint => units(`${text}e27`) as bigint
const rad = (text: string): bigint => units(`${text}e45`) as bigint
const flag = (value: boolean): bigint => (value ? 1n : 0n)
const MAX = rad('1000000000')

function refusal(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Revert) return error.message
    throw error
  }
  return 'accepted'
}

/** One vault, drawn at one price, then seen at another. */
function vaultAt(ink: string, art: string, before: string, after: string, fields: Partial<ReferenceIlk>): ReferenceMaker {
  const m = new ReferenceMaker()
  m.addIlk(blankIlk({ val: wad(before), ...fields }))
  m.addUrn(0, 'usr')
  m.slip(0, 'usr', wad(ink))
  m.frob(0, 'usr', wad(ink), wad(art))
  m.ilk(0).val = wad(after)
  m.poke(0)
  return m
}

/** The vault of clip.t.sol with an auction running and two buyers with money. */
function clipTest(fields: Partial<ReferenceIlk> = {}): ReferenceMaker {
  const m = vaultAt('40', '100', '5', '4', {
    mat: ray('2'),
    chop: wad('1.1'),
    dust: rad('20'),
    buf: ray('1.25'),
    ...fields,
  })
  m.bark(0, 'kpr')
  endow(m, 'ali', '1000')
  return m
}

/** Gives somebody dai, drawn against collateral without limit in a type of its own. */
function endow(m: ReferenceMaker, who: string, amount: string): void {
  const ilk = m.addIlk(blankIlk({ val: wad('1') }))
  m.slip(ilk, who, wad(amount))
  m.frob(m.addUrn(ilk, who), who, wad(amount), wad(amount))
}

const sale = (m: ReferenceMaker, id = 1) => m.sales.get(id) ?? { tab: 0n, lot: 0n, top: 0n, tic: 0n }

function e1(): Got {
  const first = clipTest()
  const { tab, lot, top } = { ...sale(first) }
  const a = first.take(1, wad('25'), ray('5'), 'ali')
  const second = clipTest()
  second.take(1, wad('11'), ray('5'), 'ali')
  const third = clipTest()
  const c = third.take(1, wad('18'), ray('5'), 'ali')
  return {
    tab,
    lot,
    top,
    paid25: a.owe,
    got25: a.slice,
    returned25: first.gem(0, 'usr'),
    tab11: sale(second).tab,
    lot11: sale(second).lot,
    chost: third.ilk(0).chost,
    owe18: c.owe,
    slice18: c.slice,
    tab18: sale(third).tab,
    lot18: sale(third).lot,
    refused: refusal(() => third.take(1, wad('1'), ray('5'), 'ali')),
  }
}

function e2(): Got {
  const steps = { kind: 'stairstep', cut: ray('0.99'), step: 1n } as const
  return {
    t60: curvePrice(steps, ray('5'), 60n),
    t100: curvePrice(steps, ray('5'), 100n),
    linear360: curvePrice({ kind: 'linear', tau: 3600n }, ray('1000'), 360n),
  }
}

function e3(): Got {
  const fields = { mat: ray('2'), dust: rad('20') }
  const part = vaultAt('40', '100', '5', '4', { ...fields, hole: rad('80') })
  part.bark(0, 'kpr')
  const over = vaultAt('40', '100', '5', '4', { ...fields, hole: rad('80') + RAY })
  over.bark(0, 'kpr')
  const rate = vaultAt('40', '100', '5', '4', { ...fields, hole: rad('81.6'), dust: rad('20.4') })
  rate.fold(0, ray('0.02'))
  rate.bark(0, 'kpr')
  return {
    tab80: sale(part).tab,
    lot80: sale(part).lot,
    ink80: part.urn(0).ink,
    art80: part.urn(0).art,
    lotOver: sale(over).lot,
    artOver: over.urn(0).art,
    lotRate: sale(rate).lot,
    artRate: rate.urn(0).art,
  }
}

function e4(): Got {
  const paid = clipTest({ tip: rad('100'), chip: wad('0.02') })
  const tail = clipTest({ curve: { kind: 'linear', tau: 36_000n } })
  const cusp = clipTest({ cusp: ray('0.5') })
  const redo = (m: ReferenceMaker, seconds: bigint) => {
    m.now = seconds
    return flag(m.status(1).redo)
  }
  const got = {
    redo3600: redo(tail, 3600n),
    redo3601: redo(tail, 3601n),
    redo1800: redo(cusp, 1800n),
    redo1801: redo(cusp, 1801n),
  }
  tail.ilk(0).val = wad('3')
  tail.redo(1, 'kpr')
  return { coin: paid.dai('kpr'), ...got, top: sale(tail).top }
}

function e5(): Got {
  const m = vaultAt('1000', '100', '5', '5', { duty: 1000000564701133626865910626n })
  const debt = (days: bigint) => {
    m.now = days * 86_400n
    m.drip(0)
    return (m.urn(0).art * m.ilk(0).rate) / RAY
  }
  return { day1: debt(1n), day2: debt(2n), day3: debt(3n) }
}

const ETH_A: Partial<ReferenceIlk> = {
  mat: ray('1.45'),
  chop: wad('1.13'),
  dust: rad('7500'),
  hole: rad('40000000'),
  buf: ray('1.1'),
  tail: 7200n,
  cusp: ray('0.45'),
  chip: wad('0.001'),
  tip: rad('250'),
  curve: { kind: 'stairstep', cut: ray('0.99'), step: 90n },
}

function ethA(fields: Partial<ReferenceIlk> = {}): ReferenceMaker {
  const m = vaultAt('100', '130000', '2000', '1850', { ...ETH_A, ...fields })
  m.bark(0, 'kpr')
  endow(m, 'ali', '1000000')
  return m
}

function e6(): Got {
  const m = ethA()
  const { tab, top } = { ...sale(m) }
  const coin = m.dai('kpr')
  m.now = 900n
  const { price } = m.status(1)
  const first = m.take(1, wad('50'), MAX, 'ali')
  const between = { ...sale(m) }
  const second = m.take(1, wad('100'), MAX, 'ali')
  return {
    tab,
    coin,
    top,
    priceAt900s: price,
    owe1: first.owe,
    tab1: between.tab,
    lot1: between.lot,
    slice2: second.slice,
    returned: m.gem(0, 'usr'),
    paid: rad('1000000') - m.dai('ali'),
    Dirt: m.Dirt,
    Sin: m.vow.Sin,
    vowDai: m.dai('vow'),
    vowSin: m.vow.sin,
  }
}

function e7(): Got {
  const m = ethA()
  m.now = 7199n
  const early = m.status(1)
  m.now = 7201n
  const late = m.status(1)
  m.ilk(0).val = wad('1500')
  m.redo(1, 'kpr')
  const { top, tab } = { ...sale(m) }
  m.now += 3600n
  const { price } = m.status(1)
  const { owe } = m.take(1, wad('100'), MAX, 'ali')
  return {
    priceAt7199: early.price,
    redo7199: flag(early.redo),
    redo7201: flag(late.redo),
    newTop: top,
    coins: m.dai('kpr'),
    price,
    owe,
    left: tab - owe,
    Dirt: m.Dirt,
  }
}

function e8(): Got {
  const m = ethA({ hole: rad('100000') })
  const { ink, art } = m.urn(0)
  return { dart: wad('130000') - art, dink: wad('100') - ink, tab: sale(m).tab, leftInk: ink, leftArt: art }
}

function e9(): Got {
  const m = ethA({ tip: 0n })
  const curve = m.ilk(0).curve
  const below = (limit: bigint) => {
    let t = 0n
    while (curvePrice(curve, ray('2200'), t) > limit) t++
    return t
  }
  const below1900 = below(ray('1900'))
  let cusp = 0n
  for (m.now = 0n; !m.status(1).redo; m.now++) cusp = m.now + 1n
  return {
    share: rpow(ray('0.99'), 10n) / (RAY / 10_000n) + flag((rpow(ray('0.99'), 10n) % (RAY / 10_000n)) * 2n >= RAY / 10_000n),
    below1900,
    cusp,
  }
}

function rules(): Got {
  const beg = wad('1.05')
  return {
    lot99: flag(undercuts(wad('100'), wad('99'), beg)),
    lot95_3: flag(undercuts(wad('100'), wad('95.3'), beg)),
    lot95: flag(undercuts(wad('100'), wad('95'), beg)),
    lot80: flag(undercuts(wad('100'), wad('80'), beg)),
    bid101: flag(overbids(rad('1'), rad('1.01'), beg)),
    bid107: flag(overbids(rad('1'), rad('1.07'), beg)),
  }
}

const COMPUTED: Readonly<Record<string, () => Got>> = {
  E1: e1,
  E2: e2,
  'E2-exponential': () => ({ t900: curvePrice({ kind: 'exponential', cut: ray('0.999230132966') }, ray('1000'), 900n) }),
  E3: e3,
  E4: e4,
  E5: e5,
  'E5-annual': () => ({ year: rpow(1000000002440418608258400030n, 31_536_000n) }),
  E6: e6,
  E7: e7,
  E8: e8,
  E9: e9,
  'FLOP-FLIP': rules,
}

function passes(expected: bigint | string, got: bigint | string | undefined, tolerance: number): boolean {
  if (tolerance === 0) return expected === got
  if (typeof expected !== 'bigint' || typeof got !== 'bigint') return false
  const miss = got > expected ? got - expected : expected - got
  return miss <= (expected * BigInt(Math.round(tolerance * 1e18))) / WAD
}

/** Every published number of VECTORS with the reference's own. */
export function goldenRows(): GoldenRow[] {
  return Object.entries(VECTORS).flatMap(([vector, { source, what, expect, tolerance = 0 }]) => {
    const got = (COMPUTED[vector] as () => Got)()
    return Object.entries(expect).map(([name, text]) => {
      const expected = units(text)
      return {
        id: `maker ${vector} ${name}`,
        group: 'maker',
        what: `${what}: ${name}`,
        expected: String(expected),
        got: String(got[name] ?? 'missing'),
        tolerance,
        pass: passes(expected, got[name], tolerance),
        source,
      }
    })
  })
}
