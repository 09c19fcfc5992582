import { logarithm, writeCosineAndSine } from './elementary-functions.ts';
import { checkOptions } from './check-options.ts';
import { describe } from './describe.ts';
import { OptionError } from './errors.ts';
import { writePhilox } from './philox.ts';
import { checkRandomKey, checkUint32, type RandomKey } from './random-key.ts';

/** Which numbers of a key, beyond its four fields. */
export interface RandomOptions {
  /** The sample's index in the whole data set, when each sample has numbers of its own. Default 0. */
  readonly sample?: number;
}

/** The range of `randomUniform`. */
export interface UniformOptions extends RandomOptions {
  /** Default 0. */
  readonly minimum?: number;
  /** Default 1. */
  readonly maximum?: number;
}

/** Mean and deviation of `randomNormal` and `truncatedNormal`. */
export interface NormalOptions extends RandomOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 1. */
  readonly standardDeviation?: number;
}

/**
 * Random bits: element e is word e & 3 of the Philox-4x32-10 block with counter [e >> 2, sample, call, step] and
 * key [seed, stream]; backends compute the same on the device.
 *
 * @param key which numbers
 * @param options `length`: how many words; `sample`: see `RandomOptions`
 * @returns [length] words, each uniform on 0 to 2^32 - 1
 * @throws OptionError if a field of the key is not an unsigned 32-bit integer
 * @example
 * ```ts
 * randomBits({ seed: 1, stream: streams.noise, call: 0, step: 0 }, { length: 4 });
 * ```
 */
export function randomBits(key: RandomKey, options: RandomOptions & { readonly length: number }): Uint32Array {
  checkRandomKey('randomBits', key);
  checkOptions('randomBits', options, { length: true, sample: true }, 'randomBits(key, { length: 4 })');
  const { sample = 0, length } = options;
  const words = new Uint32Array(Math.ceil(checkDraw(key, sample, length) / 4) * 4);
  for (let offset = 0; offset < words.length; offset += 4) {
    writePhilox(words, offset, offset / 4, sample, key.call, key.step, key.seed, key.stream);
  }
  return words.subarray(0, length);
}

/**
 * Uniform numbers: minimum + u (maximum - minimum), u being a multiple of 2^-24 in [0, 1).
 *
 * @param key which numbers
 * @param length how many
 * @param options range, default [0, 1)
 * @returns [length] numbers; in other ranges than the default, rounding to float32 can give the maximum itself
 * @throws OptionError if a field of the key is not an unsigned 32-bit integer, or minimum > maximum
 * @example
 * ```ts
 * randomUniform({ seed: 1, stream: streams.initializer, call: hashName('dense/kernel'), step: 0 }, 100, { minimum: -0.1, maximum: 0.1 });
 * ```
 */
export function randomUniform(key: RandomKey, length: number, options: UniformOptions = {}): Float32Array {
  checkRandomKey('randomUniform', key);
  const known = { minimum: true, maximum: true, sample: true } as const;
  checkOptions('randomUniform', options, known, 'randomUniform(key, 100, { minimum: -1, maximum: 1 })');
  const { minimum = 0, maximum = 1, sample = 0 } = options;
  const areNumbers = typeof minimum === 'number' && typeof maximum === 'number';
  if (!(areNumbers && Number.isFinite(maximum - minimum) && minimum <= maximum)) {
    throw new OptionError(
      `randomUniform: the range is ${describe(minimum)} to ${describe(maximum)}, but needs finite minimum <= maximum.`,
    );
  }
  const scale = (maximum - minimum) / 2 ** 24;
  const values = new Float32Array(checkDraw(key, sample, length));
  // Block by block, here and below: the words of 100 million numbers take as much memory as the numbers.
  const words = new Uint32Array(4);
  for (let place = 0; place < length; place += 4) {
    writePhilox(words, 0, place / 4, sample, key.call, key.step, key.seed, key.stream);
    const end = Math.min(4, length - place);
    for (let element = 0; element < end; element++) values[place + element] = minimum + (words[element]! >>> 8) * scale;
  }
  return values;
}

/**
 * Gaussian numbers by Box-Muller: each pair of random words (a, b) gives sqrt(-2 log u) cos(2 pi v) and
 * sqrt(-2 log u) sin(2 pi v), with u = (a + 1) / 2^32 and v = b / 2^32. Logarithm and cosine are our own, so that
 * the bits do not depend on the JavaScript engine.
 *
 * Source: Box, Muller, "A note on the generation of random normal deviates", 1958.
 *
 * @param key which numbers
 * @param length how many
 * @param options mean (default 0) and standard deviation (default 1)
 * @returns [length] numbers
 * @throws OptionError if a field of the key is not an unsigned 32-bit integer, or the deviation is negative
 * @example
 * ```ts
 * randomNormal({ seed: 1, stream: streams.noise, call: 0, step: 0 }, 100, { standardDeviation: 0.01 });
 * ```
 */
export function randomNormal(key: RandomKey, length: number, options: NormalOptions = {}): Float32Array {
  const { mean, standardDeviation } = checkNormal('randomNormal', key, options);
  const { sample = 0 } = options;
  const values = new Float32Array(checkDraw(key, sample, length));
  const words = new Uint32Array(4);
  const pair = new Float64Array(2);
  for (let element = 0; element < length; element++) {
    if ((element & 3) === 0) writePhilox(words, 0, element / 4, sample, key.call, key.step, key.seed, key.stream);
    if ((element & 1) === 0) writeGaussianPair(pair, words, element & 2);
    values[element] = mean + standardDeviation * pair[element & 1]!;
  }
  return values;
}

/**
 * Gaussian numbers no further than two standard deviations from the mean: what falls outside is drawn again, by
 * attempt n from the numbers of sample n of the same key.
 *
 * @param key which numbers
 * @param length how many
 * @param options mean (default 0) and standard deviation (default 1) of the Gaussian before it is cut; the result's
 * own deviation is 0.8796 of that
 * @returns [length] numbers
 * @throws OptionError if a field of the key is not an unsigned 32-bit integer, or the deviation is negative
 * @example
 * ```ts
 * truncatedNormal({ seed: 1, stream: streams.initializer, call: hashName('conv1/kernel'), step: 0 }, 100);
 * ```
 */
export function truncatedNormal(
  key: RandomKey,
  length: number,
  options: Omit<NormalOptions, 'sample'> = {},
): Float32Array {
  const { mean, standardDeviation } = checkNormal('truncatedNormal', key, options);
  const values = new Float32Array(checkDraw(key, 0, length));
  const words = new Uint32Array(4);
  const pair = new Float64Array(2);
  const redrawn = { words: new Uint32Array(4), pair: new Float64Array(2) };
  for (let element = 0; element < length; element++) {
    if ((element & 3) === 0) writePhilox(words, 0, element / 4, 0, key.call, key.step, key.seed, key.stream);
    if ((element & 1) === 0) writeGaussianPair(pair, words, element & 2);
    let z = pair[element & 1]!;
    for (let attempt = 1; Math.abs(z) > 2; attempt++) {
      writePhilox(redrawn.words, 0, element >>> 2, attempt, key.call, key.step, key.seed, key.stream);
      writeGaussianPair(redrawn.pair, redrawn.words, element & 2);
      z = redrawn.pair[element & 1]!;
    }
    values[element] = mean + standardDeviation * z;
  }
  return values;
}

/** Two independent standard Gaussians from the words at `place` and `place + 1`. */
function writeGaussianPair(pair: Float64Array, words: Uint32Array, place: number): void {
  const radius = Math.sqrt(-2 * logarithm((words[place]! + 1) / 2 ** 32));
  writeCosineAndSine(pair, 0, words[place + 1]! / 2 ** 32);
  pair[0]! *= radius;
  pair[1]! *= radius;
}

/** The length, once it, the key and the sample are known to be unsigned 32-bit integers. */
function checkDraw(key: RandomKey, sample: number, length: number): number {
  checkRandomKey('random', key);
  checkUint32(sample, 'sample');
  return checkUint32(length, 'length');
}

function checkNormal(where: string, key: RandomKey, options: NormalOptions): Required<Omit<NormalOptions, 'sample'>> {
  checkRandomKey(where, key);
  const known = { mean: true, standardDeviation: true, sample: true } as const;
  checkOptions(where, options, known, `${where}(key, 100, { standardDeviation: 0.01 })`);
  const { mean = 0, standardDeviation = 1 } = options;
  if (Number.isFinite(mean) && Number.isFinite(standardDeviation) && standardDeviation >= 0)
    return { mean, standardDeviation };
  throw new OptionError(
    `${where}: mean ${describe(mean)} and standardDeviation ${describe(standardDeviation)}, but both must be finite and the deviation >= 0.`,
  );
}
