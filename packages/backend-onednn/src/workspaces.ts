import type { Allocator } from '@striate/backend-wasm/extend';

/** What oneDNN's forward passes leave for its backward passes, kept as long as the forward pass's output lives. */
export class Workspaces {
  readonly #allocator: Pick<Allocator, 'allocate' | 'free'>;
  /** By the storage of the output. */
  readonly #kept = new Map<object, number>();

  constructor(allocator: Pick<Allocator, 'allocate' | 'free'>) {
    this.#allocator = allocator;
  }

  /** Room for what belongs to a new output. */
  allocate(output: object, bytes: number): number {
    const address = this.#allocator.allocate(bytes);
    this.#kept.set(output, address);
    return address;
  }

  /** Where it is; undefined if another kernel made the output. */
  of(output: object): number | undefined {
    return this.#kept.get(output);
  }

  /** Gives back what belongs to an output that is gone. */
  forget(output: object): void {
    const address = this.#kept.get(output);
    if (address === undefined) return;
    this.#kept.delete(output);
    this.#allocator.free(address);
  }
}
