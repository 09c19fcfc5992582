import type { Engine } from './engine.ts';
import type { Pointer } from './library/bindings.ts';

/** One operation for given shapes, ready to run on any addresses. */
export class Primitive {
  /** The name that oneDNN has for how it is done: 'brg_conv:avx512_core'. */
  readonly implementation: string;
  readonly #engine: Engine;
  readonly #pointer: Pointer;
  readonly #memories: Pointer[];
  readonly #arguments: BigInt64Array;
  readonly #addresses: number[];
  /** Done by the calling thread: waking others takes longer than small copies do. */
  readonly #alone: boolean;

  constructor(
    engine: Engine,
    plan: Pointer,
    args: readonly (readonly [argument: number, description: Pointer])[],
    { alone = false }: { alone?: boolean } = {},
  ) {
    const { bindings } = engine;
    this.#engine = engine;
    this.#alone = alone;
    this.implementation = bindings.implementationName(plan);
    this.#pointer = bindings.create('dnnl_primitive_create', plan);
    this.#memories = args.map(([, description]) =>
      bindings.create('dnnl_memory_create', description, engine.pointer, 0n),
    );
    // An array of { int argument; memory* }, as dnnl_primitive_execute takes it.
    this.#arguments = BigInt64Array.from(
      args.flatMap(([argument], index) => [BigInt(argument), this.#memories[index]!]),
    );
    this.#addresses = args.map(() => -1);
  }

  /** Runs it on tensors at these addresses, in the order of the arguments, and waits until it is done. */
  run(...addresses: number[]): void {
    const { bindings, base, stream, threads } = this.#engine;
    for (let index = 0; index < addresses.length; index++) {
      const address = addresses[index]!;
      if (address === this.#addresses[index]) continue;
      bindings.call('dnnl_memory_set_data_handle', this.#memories[index], base + address);
      this.#addresses[index] = address;
    }
    if (this.#alone) bindings.setThreads(1);
    bindings.call('dnnl_primitive_execute', this.#pointer, stream, this.#memories.length, this.#arguments);
    bindings.call('dnnl_stream_wait', stream);
    if (this.#alone) bindings.setThreads(threads);
  }

  destroy(): void {
    const { bindings } = this.#engine;
    bindings.call('dnnl_primitive_destroy', this.#pointer);
    for (const memory of this.#memories) bindings.call('dnnl_memory_destroy', memory);
  }
}
