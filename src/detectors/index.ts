/** The detectors. */
import type { Detector } from '../model/index.ts'
import { deleveragingEvent } from './deleveraging-event.ts'

export const detectors: readonly Detector[] = [deleveragingEvent]
