import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Allocator, KernelBackend } from '@striate/backend-wasm/extend';
import type { Conversion } from './kernels/convolution-plan.ts';

/**
 * Kernels in oneDNN's layouts. One that is used a second time, as in inference, keeps its packed form until it is
 * disposed; one that is used once, as in training, is packed in working memory.
 */
export class PackedKernels {
  readonly #allocator: Pick<Allocator, 'allocate' | 'free'>;
  /** By the storage of a tensor and the layout: where it is, undefined if it was seen but once. */
  readonly #kept = new Map<object, Map<Conversion, number | undefined>>();

  constructor(allocator: Pick<Allocator, 'allocate' | 'free'>) {
    this.#allocator = allocator;
  }

  /** How many kernels are known. */
  get size(): number {
    return this.#kept.size;
  }

  address(backend: KernelBackend, { dataId, ...kernel }: TensorInfo, conversion: Conversion | undefined): number {
    const plain = backend.address({ dataId, ...kernel });
    if (!conversion) return plain;
    const layouts = this.#kept.get(dataId) ?? new Map<Conversion, number | undefined>();
    this.#kept.set(dataId, layouts);
    const kept = layouts.get(conversion);
    if (kept !== undefined) return kept;
    const known = layouts.has(conversion);
    const target = known ? this.#allocator.allocate(conversion.bytes) : backend.temporary(conversion.bytes);
    layouts.set(conversion, known ? target : undefined);
    conversion.primitive.run(plain, target);
    return target;
  }

  /** Gives back what was kept of a tensor that is gone. */
  forget(dataId: object): void {
    const layouts = this.#kept.get(dataId);
    if (!layouts) return;
    this.#kept.delete(dataId);
    for (const address of layouts.values()) if (address !== undefined) this.#allocator.free(address);
  }
}
