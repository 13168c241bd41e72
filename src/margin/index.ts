export * from './book.ts'
export * from './bound.ts'
export * from './rows.ts'
export * from './sweep.ts'
