import { shape, text, type, typeNumbers } from './attributes.ts';
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
    return this.#kept(`${value}`, () => this.#binding.createTensor([], typeNumbers.float32, Float32Array.of(value)));
  }

  /** An int32 tensor: a scalar for a number, else a list or, with `size`, whatever that says. */
  integers(values: number | readonly number[], size?: readonly number[]): number {
    const list = typeof values === 'number' ? [values] : values;
    const dimensions = size ?? (typeof values === 'number' ? [] : [list.length]);
    const make = (): number => this.#binding.createTensor(dimensions, typeNumbers.int32, Int32Array.from(list));
    return this.#kept(`${dimensions.join()}:${list.join()}`, make);
  }

  /** A float32 variable; TensorFlow finds its value, which whoever uses it destroys, by its name. */
  variable(name: string): number {
    const attributes = [type('dtype', 'float32'), shape('shape', []), text('shared_name', name)];
    return this.#kept(name, () => this.#binding.executeOp('VarHandleOp', attributes, [], 1)[0]!.id);
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

  #kept(key: string, make: () => number): number {
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const handle = make();
    this.#handles.set(key, handle);
    return handle;
  }
}
