import type { Bindings, Pointer } from './library/bindings.ts';
import { dnnl } from './library/constants.ts';

/** How many primitives are kept ready; the one that was not used for longest makes room. */
const mostPrimitives = 1024;

/** oneDNN on one memory, and the primitives that were made. */
export class Engine {
  readonly bindings: Bindings;
  readonly pointer: Pointer;
  readonly stream: Pointer;
  /** Address of the memory that tensors lie in: theirs are counted from there. */
  readonly base: number;
  readonly threads: number;
  readonly #primitives = new Map<string, object>();

  constructor(bindings: Bindings, base: number, threads: number) {
    this.bindings = bindings;
    this.threads = threads;
    bindings.setThreads(threads);
    this.base = base;
    this.pointer = bindings.create('dnnl_engine_create', dnnl.engineKind.cpu, 0);
    this.stream = bindings.create('dnnl_stream_create', this.pointer, dnnl.streamFlags.default);
    // What is kept is kept here.
    bindings.call('dnnl_set_primitive_cache_capacity', 0);
  }

  /** How many primitives are ready. */
  get primitives(): number {
    return this.#primitives.size;
  }

  /** What `make` makes for this key, from the second call on without making it. */
  cached<T extends { destroy(): void }>(key: string, make: () => T): T {
    let found = this.#primitives.get(key) as T | undefined;
    if (found) this.#primitives.delete(key);
    else found = make();
    // A map's order is that of insertion: what was used last stands at the end.
    this.#primitives.set(key, found);
    if (this.#primitives.size > mostPrimitives) {
      const [oldest, value] = this.#primitives.entries().next().value! as [string, T];
      this.#primitives.delete(oldest);
      value.destroy();
    }
    return found;
  }

  destroy(): void {
    for (const value of this.#primitives.values()) (value as { destroy(): void }).destroy();
    this.#primitives.clear();
    this.bindings.call('dnnl_stream_destroy', this.stream);
    this.bindings.call('dnnl_engine_destroy', this.pointer);
  }
}
