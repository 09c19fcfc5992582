import type { Allocator } from '@striate/backend-wasm/extend';

/** What oneDNN's forward passes leave for its backward passes, kept as long as the forward pass's output lives. */
export class Workspaces {
  readonly #allocator: Pick<Allocator, 'allocate' | 'free'>;
  /** By the storage of the output; an output of another op has nothing for this one. */
  readonly #kept = new Map<object, { op: string; address: number }>();

  constructor(allocator: Pick<Allocator, 'allocate' | 'free'>) {
    this.#allocator = allocator;
  }

  /** Room for what belongs to a new output of an op. */
  allocate(op: string, output: object, bytes: number): number {
    const address = this.#allocator.allocate(bytes);
    this.#kept.set(output, { op, address });
    return address;
  }

  /** Where it is; undefined if the output was made otherwise. */
  of(op: string, output: object): number | undefined {
    const kept = this.#kept.get(output);
    return kept?.op === op ? kept.address : undefined;
  }

  /** Gives back what belongs to an output that is gone. */
  forget(output: object): void {
    const kept = this.#kept.get(output);
    if (!kept) return;
    this.#kept.delete(output);
    this.#allocator.free(kept.address);
  }
}
