// What declarations call WebAssembly's own: TypeScript has that namespace from the DOM alone, which Node's projects lack.

/** WebAssembly.Memory. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** WebAssembly.Module. */
export type CompiledModule = object;
