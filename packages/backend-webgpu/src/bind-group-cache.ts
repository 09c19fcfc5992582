/** Bind groups kept; a training step of a deep network needs some hundreds. */
const capacity = 8192;

/** A buffer, bound from its start for some bytes. */
export interface BoundBuffer {
  buffer: GPUBuffer;
  size: number;
}

/** Bind groups by what they bind: making one costs more than all the rest of a dispatch, and steps repeat them. */
export class BindGroupCache {
  readonly #device: GPUDevice;
  readonly #numbers = new WeakMap<object, number>();
  readonly #bindGroups = new Map<string, GPUBindGroup>();
  #last = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get(layout: GPUBindGroupLayout, bound: readonly BoundBuffer[]): GPUBindGroup {
    let key = `${this.#number(layout)}`;
    for (const { buffer, size } of bound) key += ` ${this.#number(buffer)}:${size}`;
    const known = this.#bindGroups.get(key);
    if (known) return known;
    // Those of destroyed buffers are never asked for again.
    if (this.#bindGroups.size === capacity) this.#bindGroups.clear();
    const entries = bound.map((resource, binding) => ({ binding, resource }));
    const made = this.#device.createBindGroup({ layout, entries });
    this.#bindGroups.set(key, made);
    return made;
  }

  #number(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#numbers.set(object, ++this.#last);
    return this.#last;
  }
}
