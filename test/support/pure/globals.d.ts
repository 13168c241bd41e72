// What the pure layers may use beyond ECMAScript itself: Node and every browser have it, and it reads no clock, entropy or environment.
// tsconfig.pure.json compiles them with this file and neither DOM nor Node types.
declare class TextEncoder {
  encode(input?: string): Uint8Array
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: ArrayBufferView | ArrayBuffer): string
}
declare function structuredClone<T>(value: T): T
/** Only to be named in a contract (Source): nothing pure can make one. */
interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
}
