import { writePhilox } from './philox.ts';
import { randomBits } from './random.ts';
import { checkRandomKey, type RandomKey } from './random-key.ts';

/**
 * A random order of 0 to length - 1, every order being equally likely (Fisher-Yates).
 *
 * Place i swaps with a place j of 0 to i: word i of the key's stream modulo i + 1. Words above the largest multiple of
 * i + 1, which would favour small j, are drawn again, by attempt n from the words of sample n of the same key.
 *
 * Source: Fisher, Yates 1938; Durstenfeld, "Algorithm 235", 1964.
 *
 * @param key which order
 * @param length how many
 * @returns [length] indices, each once
 * @throws OptionError if a field of the key or the length is not an unsigned 32-bit integer
 * @example
 * ```ts
 * permutation({ seed: 1, stream: streams.shuffle, call: 0, step: 3 }, 60_000); // the order of epoch 3
 * ```
 */
export function permutation(key: RandomKey, length: number): Uint32Array {
  checkRandomKey('permutation', key);
  const words = randomBits(key, { length });
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index++) order[index] = index;
  const redrawn = new Uint32Array(4);
  for (let i = length - 1; i > 0; i--) {
    const choices = i + 1;
    const limit = 2 ** 32 - (2 ** 32 % choices);
    let word = words[i] ?? 0;
    for (let attempt = 1; word >= limit; attempt++) {
      writePhilox(redrawn, 0, i >>> 2, attempt, key.call, key.step, key.seed, key.stream);
      word = redrawn[i & 3] ?? 0;
    }
    const j = word % choices;
    const swapped = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swapped;
  }
  return order;
}
