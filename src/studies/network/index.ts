export { NETWORK_DEFAULTS, type NetworkInput } from './defaults.ts'
export { network, type NetworkDocument } from './document.ts'
