export { account_text } from './account.ts'
export { account_html } from './account-html.ts'
export { type Bridge, bridge } from './bridge.ts'
export { DEFINITIONS, definition_of } from './definitions.ts'
export { definitions_markdown } from './definitions-page.ts'
export { criticality_text } from './criticality.ts'
export { COLOURLESS, grid, type Painter, wrap } from './lines.ts'
export { counted, decimal, duration, listed, moment, percent, price, usd } from './format.ts'
export { detect_text } from './detect.ts'
export { type Curve, detect_html } from './detect-page.ts'
export { ensemble_text } from './ensemble.ts'
export { explain_text } from './explain.ts'
export { infer_html, infer_text } from './infer.ts'
export { network_text } from './network.ts'
export { criticality_html } from './criticality-page.ts'
export { network_html } from './network-page.ts'
export { plain, type StressReport } from './report.ts'
export { stress_html } from './html.ts'
export { event_text, replay_text } from './replay.ts'
export { type ReplayDay, replay_html } from './replay-page.ts'
export {
  type AccountDoc,
  type CriticalityDoc,
  type DetectDoc,
  type InferDoc,
  type NetworkDoc,
  type ReplayDoc,
  type WarnDoc,
  type RunDoc,
  SCHEMAS,
  schema_text,
  type SnapshotCheck,
} from './schemas.ts'
export { stress_text, type TextOptions } from './text.ts'
export { type WarnTextOptions, warn_text } from './warn.ts'
export { windowed_timeline } from './window.ts'
