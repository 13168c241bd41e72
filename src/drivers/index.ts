/**
 * Every kind of driver.
 *
 * How they compose: before each tick the engine sets the fundamentals to their start prices and calls the drivers in order;
 * each multiplies what it finds by its own factor at that time. So a factor is a function of time (and of the driver's draws),
 * never of the length of a tick or of the other drivers, and several drivers of one asset multiply.
 */
import { factor } from './factor.ts'
import { gbm } from './gbm.ts'
import { replay } from './replay.ts'
import { shock } from './shock.ts'

export const drivers = [shock, gbm, replay, factor] as const
