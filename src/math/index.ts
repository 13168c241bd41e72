export * from './hash.ts'
export * from './philox.ts'
