import { typeNumbers } from './attributes.ts';
import type { Binding } from './binding.ts';

/** Enough for the sizes and factors that the steps of a training use again and again. */
const largestCount = 1000;

/** Scalars and short lists that operations take as inputs, kept so that a step uploads none of them again. */
export class Constants {
  readonly #binding: Binding;
  readonly #handles = new Map<string, number>();

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** A float32 scalar. */
  scalar(value: number): number {
    return this.#kept(`${value}`, [], 'float32', () => Float32Array.of(value));
  }

  /** An int32 tensor: a scalar for a number, else a list or, with `shape`, whatever that says. */
  integers(values: number | readonly number[], shape?: readonly number[]): number {
    const list = typeof values === 'number' ? [values] : values;
    const dimensions = shape ?? (typeof values === 'number' ? [] : [list.length]);
    return this.#kept(`${dimensions.join()}:${list.join()}`, dimensions, 'int32', () => Int32Array.from(list));
  }

  /** Forgets what is kept if that has become too much; called where nothing of it is in use. */
  trim(): void {
    if (this.#handles.size > largestCount) this.clear();
  }

  clear(): void {
    for (const handle of this.#handles.values()) this.#binding.deleteTensor(handle);
    this.#handles.clear();
  }

  get count(): number {
    return this.#handles.size;
  }

  #kept(
    key: string,
    shape: readonly number[],
    type: 'float32' | 'int32',
    values: () => Float32Array | Int32Array,
  ): number {
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const handle = this.#binding.createTensor(shape, typeNumbers[type], values());
    this.#handles.set(key, handle);
    return handle;
  }
}
