import type { Binding } from './binding.ts';

/** More than the random ops of a network between a forward pass and its gradient. */
const largestCount = 32;

/** What a forward pass made and its gradient will need again: each is taken out once, and the oldest give way. */
export class Recent {
  readonly #binding: Binding;
  readonly #handles = new Map<string, number>();

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** The handle that was put there under this key; it now belongs to the caller. */
  take(key: string): number | undefined {
    const handle = this.#handles.get(key);
    this.#handles.delete(key);
    return handle;
  }

  put(key: string, handle: number): void {
    this.#handles.set(key, handle);
    if (this.#handles.size > largestCount) this.#drop(this.#handles.keys().next().value!);
  }

  clear(): void {
    for (const key of this.#handles.keys()) this.#drop(key);
  }

  #drop(key: string): void {
    this.#binding.deleteTensor(this.#handles.get(key)!);
    this.#handles.delete(key);
  }
}
