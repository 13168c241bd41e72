/** The kinds of agent. */
import { arbitrageur } from './arbitrageur.ts'
import { bidder } from './bidder.ts'
import { borrower } from './borrower.ts'
import { deltaHedger } from './delta-hedger.ts'
import { lender } from './lender.ts'
import { liquidator } from './liquidator.ts'
import { marketMaker } from './market-maker.ts'
import { redeemer } from './redeemer.ts'
import { trader } from './trader.ts'

export const agents = [borrower, trader, liquidator, bidder, arbitrageur, marketMaker, lender, redeemer, deltaHedger] as const
