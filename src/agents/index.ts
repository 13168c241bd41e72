/** The kinds of agent. */
import { arbitrageur } from './arbitrageur.ts'
import { attacker } from './attacker.ts'
import { bidder } from './bidder.ts'
import { borrower } from './borrower.ts'
import { deltaHedger } from './delta-hedger.ts'
import { fund } from './fund.ts'
import { investor } from './investor.ts'
import { keeper } from './keeper.ts'
import { lender } from './lender.ts'
import { liquidator } from './liquidator.ts'
import { looper } from './looper.ts'
import { marketMaker } from './market-maker.ts'
import { redeemer } from './redeemer.ts'
import { trader } from './trader.ts'

export const agents = [
  borrower,
  trader,
  liquidator,
  bidder,
  arbitrageur,
  marketMaker,
  lender,
  redeemer,
  deltaHedger,
  looper,
  fund,
  investor,
  keeper,
  attacker,
] as const
