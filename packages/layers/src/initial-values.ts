import {
  OptionError,
  checkCalled,
  checkChoice,
  checkCounts,
  checkOptionNames,
  checkOptions,
  checkRange,
  checkText,
  checkUint32,
  describe,
  hashName,
  isRecord,
  randomNormal,
  randomUniform,
  sizeOf,
  streams,
  recordAdvice,
  truncatedNormal,
  type Initializer,
  type InitializerRandom,
  type Json,
  type RandomKey,
} from '@striate/core';
import type { InitializerRecord, VarianceScalingOptions } from './initializers.ts';
import { orthogonalMatrix } from './orthogonal-matrix.ts';

/** An option of an initialiser: its default, and what it may be. */
interface Option {
  readonly otherwise: number | string;
  check(where: string, name: string, value: Json | undefined): void;
}

interface Kind {
  readonly options: Readonly<Record<string, Option>>;
  /** Draws a parameter's values; all options are there. */
  draw(shape: readonly number[], key: RandomKey, options: Readonly<Record<string, number>>): Float32Array;
}

/** Standard deviation of a unit Gaussian that was cut at two standard deviations. */
const truncatedDeviation = 0.879_625_661_034_239_78;

const finite = (otherwise: number): Option => ({
  otherwise,
  check(where, name, value) {
    if (typeof value === 'number' && Number.isFinite(value)) return;
    throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be a finite number.`);
  },
});
const atLeastZero = (otherwise: number): Option => ({
  otherwise,
  check: (where, name, value) => checkRange(where, name, value as number, 0, Infinity),
});
const oneOf = (otherwise: string, ...others: string[]): Option => ({
  otherwise,
  check: (where, name, value) => checkChoice(where, name, value as string, [otherwise, ...others]),
});

const gaussian = { mean: finite(0), standardDeviation: atLeastZero(0.05) };
const gain = { gain: finite(1) };
/** Variance by the number of connections, without options: special cases of varianceScaling. */
const scaled = (scaling: VarianceScalingOptions): Kind => ({
  options: {},
  draw: (shape, key) =>
    drawScaled(shape, key, { scale: 1, mode: 'fanIn', distribution: 'truncatedNormal', ...scaling }),
});

const known: Readonly<Record<string, Kind>> = {
  zeros: { options: {}, draw: (shape) => new Float32Array(sizeOf(shape)) },
  ones: { options: {}, draw: (shape) => new Float32Array(sizeOf(shape)).fill(1) },
  constant: {
    options: { value: finite(0) },
    draw: (shape, _key, { value }) => new Float32Array(sizeOf(shape)).fill(value!),
  },
  randomNormal: { options: gaussian, draw: (shape, key, options) => randomNormal(key, sizeOf(shape), options) },
  truncatedNormal: { options: gaussian, draw: (shape, key, options) => truncatedNormal(key, sizeOf(shape), options) },
  randomUniform: {
    options: { minimum: finite(-0.05), maximum: finite(0.05) },
    draw: (shape, key, options) => randomUniform(key, sizeOf(shape), options),
  },
  varianceScaling: {
    options: {
      scale: atLeastZero(1),
      mode: oneOf('fanIn', 'fanOut', 'fanAvg'),
      distribution: oneOf('truncatedNormal', 'untruncatedNormal', 'uniform'),
    },
    draw: (shape, key, options) => drawScaled(shape, key, options as unknown as Required<VarianceScalingOptions>),
  },
  glorotUniform: scaled({ mode: 'fanAvg', distribution: 'uniform' }),
  glorotNormal: scaled({ mode: 'fanAvg' }),
  heUniform: scaled({ scale: 2, distribution: 'uniform' }),
  heNormal: scaled({ scale: 2 }),
  lecunUniform: scaled({ distribution: 'uniform' }),
  lecunNormal: scaled({}),
  identity: { options: gain, draw: (shape, _key, options) => identityKernel(shape, options['gain']!) },
  orthogonal: { options: gain, draw: (shape, key, options) => orthogonalKernel(shape, key, options['gain']!) },
  pytorchDefault: {
    // 0: that of the parameter's own shape. A bias is given its kernel's.
    options: { fanIn: atLeastZero(0) },
    draw(shape, key, { fanIn }) {
      const limit = 1 / Math.sqrt(fanIn || fans(shape).fanIn);
      return randomUniform(key, sizeOf(shape), { minimum: -limit, maximum: limit });
    },
  },
};

/**
 * An initialiser's record with the options that are given, and defaults for the others.
 *
 * @throws {OptionError} for an option that the type does not have, or an impossible value
 */
export function initializerRecord(type: string, options: object): InitializerRecord {
  checkOptionNames(type, options, Object.keys(known[type]!.options));
  const record = { type, ...complete(known[type]!, options) };
  checkInitializerOptions(type, record);
  return record;
}

/**
 * The first values of a parameter. Equal seed and parameter name give equal numbers, whatever else is in the model.
 *
 * @param initializer a record such as `heNormal()`, or a function
 * @param shape the parameter's shape; fans are computed as Keras does, from the last two axes and the product of the others
 * @returns as many values as the shape has elements
 * @throws {OptionError} for an unknown type, with the nearest name, or an impossible option
 * @example
 * initialValues(heNormal(), [3, 3, 16, 32], { seed: 1, name: 'conv2d/kernel' }); // 4,608 values
 */
export function initialValues(
  initializer: Initializer,
  shape: readonly number[],
  random: InitializerRandom,
): Float32Array {
  checkOptions(
    'initialValues',
    random,
    { seed: true, name: true },
    "initialValues(heNormal(), shape, { seed: 1, name: 'a' })",
  );
  const { seed, name } = random;
  checkUint32(seed, 'seed', 'initialValues');
  checkText('initialValues', 'name', name);
  if (!Array.isArray(shape))
    throw new OptionError(`initialValues: the shape is ${describe(shape)}, but must be a list.`);
  for (const size of shape) checkCounts('initialValues', { 'a size of the shape': size as number });
  if (typeof initializer === 'function') return initializer(shape, { seed, name });
  checkInitializer(name, 'initializer', initializer);
  const key = { seed, stream: streams.initializer, call: hashName(name), step: 0 };
  const kind = known[initializer.type]!;
  return kind.draw(shape, key, complete(kind, initializer) as Readonly<Record<string, number>>);
}

/** @throws {OptionError} unless the initialiser is a function, or a record of a known type with possible options. */
export function checkInitializer(where: string, name: string, initializer: Initializer): void {
  if (typeof initializer === 'function') return checkCalled(where, name, initializer);
  const { type, ...options }: { type?: unknown } = isRecord(initializer) ? initializer : {};
  if (typeof type === 'string' && Object.hasOwn(known, type)) {
    const place = `${where}: ${name}`;
    checkOptionNames(place, options, Object.keys(known[type]!.options));
    checkInitializerOptions(place, initializer);
    return;
  }
  throw new OptionError(
    `${where}: ${name} is ${describe(type === undefined ? initializer : { type })}, which is no known initialiser. ${recordAdvice(type ?? initializer, Object.keys(known))} A function (shape, random) => Float32Array works too.`,
  );
}

function checkInitializerOptions(where: string, record: InitializerRecord): void {
  const all = complete(known[record.type]!, record);
  for (const [name, { check }] of Object.entries(known[record.type]!.options)) check(where, name, all[name]);
  if (record.type !== 'randomUniform') return;
  const { minimum, maximum } = all as Readonly<Record<string, number>>;
  if (minimum! > maximum!)
    throw new OptionError(`${where}: minimum is ${minimum}, but must not exceed maximum, which is ${maximum}.`);
}

/** All options of a kind: those of a record, and the defaults of others. */
function complete({ options }: Kind, given: object): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { otherwise }]) => {
      const value = (given as Readonly<Record<string, Json | undefined>>)[name];
      return [name, value === undefined ? otherwise : value];
    }),
  );
}

/** Numbers of inputs and outputs of one neuron, as Keras counts them. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = sizeOf(shape.slice(0, -2));
  return { fanIn: shape.at(-2)! * window, fanOut: shape.at(-1)! * window };
}

function drawScaled(
  shape: readonly number[],
  key: RandomKey,
  { scale, mode, distribution }: Required<VarianceScalingOptions>,
): Float32Array {
  const { fanIn, fanOut } = fans(shape);
  const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
  const standardDeviation = Math.sqrt(scale / Math.max(1, fan));
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3) * standardDeviation;
    return randomUniform(key, sizeOf(shape), { minimum: -limit, maximum: limit });
  }
  if (distribution === 'untruncatedNormal') return randomNormal(key, sizeOf(shape), { standardDeviation });
  return truncatedNormal(key, sizeOf(shape), { standardDeviation: standardDeviation / truncatedDeviation });
}

/** Each output is the input of the same number, in the middle of the window. */
function identityKernel(shape: readonly number[], gain: number): Float32Array {
  const [inputs, outputs, window] = matrixAxes('identity', shape);
  const values = new Float32Array(sizeOf(shape));
  const middle = window.reduce((place, size) => place * size + Math.floor((size - 1) / 2), 0);
  for (let channel = 0; channel < Math.min(inputs, outputs); channel++)
    values[(middle * inputs + channel) * outputs + channel] = gain;
  return values;
}

/** Keras' flattening: all axes but the last are one. */
function orthogonalKernel(shape: readonly number[], key: RandomKey, gain: number): Float32Array {
  const [inputs, columns, window] = matrixAxes('orthogonal', shape);
  const rows = inputs * sizeOf(window);
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
  const q = orthogonalMatrix(randomNormal(key, long * short), long, short);
  const isTall = rows >= columns;
  const values = new Float32Array(rows * columns);
  for (let row = 0, place = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, place++)
      values[place] = gain * q[isTall ? place : column * short + row]!;
  return values;
}

/** The last two axes, and those before them. */
function matrixAxes(type: string, shape: readonly number[]): [number, number, readonly number[]] {
  if (shape.length >= 2) return [shape.at(-2)!, shape.at(-1)!, shape.slice(0, -2)];
  throw new OptionError(
    `${type}: the parameter is of shape [${shape.join(', ')}], but this initialiser is for kernels, with at least 2 axes. Use zeros or constant for a bias.`,
  );
}
