/** Presets of real events: one file each, one line here. */
import type { EventPreset } from './event.ts'

export const events: readonly EventPreset[] = []
