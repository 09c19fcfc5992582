import {
  OptionError,
  hashName,
  randomNormal,
  randomUniform,
  sizeOf,
  streams,
  suggestion,
  truncatedNormal,
  type Initializer,
  type InitializerRandom,
  type RandomKey,
} from '@striate/core';
import type { InitializerRecord, VarianceScalingOptions } from './initializers.ts';
import { orthogonalMatrix } from './orthogonal-matrix.ts';

/** Draws a parameter's values: `record` is the initialiser with its options. */
type Draw = (shape: readonly number[], key: RandomKey, record: InitializerRecord) => Float32Array;

/** Standard deviation of a unit Gaussian that was cut at two standard deviations. */
const truncatedDeviation = 0.879_625_661_034_239_78;

const known: Record<string, Draw> = {
  zeros: (shape) => new Float32Array(sizeOf(shape)),
  ones: (shape) => new Float32Array(sizeOf(shape)).fill(1),
  constant: (shape, _key, record) => new Float32Array(sizeOf(shape)).fill(option(record, 'value', 0)),
  randomNormal: (shape, key, record) => randomNormal(key, sizeOf(shape), normalOptions(record)),
  truncatedNormal: (shape, key, record) => truncatedNormal(key, sizeOf(shape), normalOptions(record)),
  randomUniform: (shape, key, record) =>
    randomUniform(key, sizeOf(shape), {
      minimum: option(record, 'minimum', -0.05),
      maximum: option(record, 'maximum', 0.05),
    }),
  varianceScaling: (shape, key, record) => scaled(record as VarianceScalingOptions)(shape, key, record),
  glorotUniform: scaled({ mode: 'fanAvg', distribution: 'uniform' }),
  glorotNormal: scaled({ mode: 'fanAvg' }),
  heUniform: scaled({ scale: 2, distribution: 'uniform' }),
  heNormal: scaled({ scale: 2 }),
  lecunUniform: scaled({ distribution: 'uniform' }),
  lecunNormal: scaled({}),
  identity: (shape, _key, record) => identityKernel(shape, option(record, 'gain', 1)),
  orthogonal: (shape, key, record) => orthogonalKernel(shape, key, option(record, 'gain', 1)),
  pytorchDefault: (shape, key, record) => {
    const limit = 1 / Math.sqrt(option(record, 'fanIn', fans(shape).fanIn));
    return randomUniform(key, sizeOf(shape), { minimum: -limit, maximum: limit });
  },
};

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
  { seed, name }: InitializerRandom,
): Float32Array {
  if (typeof initializer === 'function') return initializer(shape, { seed, name });
  checkInitializer(name, 'initializer', initializer);
  const key = { seed, stream: streams.initializer, call: hashName(name), step: 0 };
  return known[initializer.type]!(shape, key, initializer);
}

/** @throws {OptionError} unless the initialiser is a function or a record of a known type. */
export function checkInitializer(where: string, name: string, initializer: Initializer): void {
  if (typeof initializer === 'function') return;
  const type: unknown = initializer?.type;
  if (typeof type === 'string' && Object.hasOwn(known, type)) return;
  throw new OptionError(
    `${where}: ${name} is ${JSON.stringify(initializer)}, which is no known initialiser. ${suggestion(String(type), Object.keys(known))} A function (shape, random) => Float32Array works too.`,
  );
}

/** Numbers of inputs and outputs of one neuron, as Keras counts them. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = sizeOf(shape.slice(0, -2));
  return { fanIn: shape.at(-2)! * window, fanOut: shape.at(-1)! * window };
}

function scaled({ scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' }: VarianceScalingOptions): Draw {
  return (shape, key) => {
    const { fanIn, fanOut } = fans(shape);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
    if (fan === undefined)
      throw new OptionError(`varianceScaling: mode is '${mode}'. ${suggestion(mode, ['fanIn', 'fanOut', 'fanAvg'])}`);
    const standardDeviation = Math.sqrt(scale / Math.max(1, fan));
    const limit = Math.sqrt(3) * standardDeviation;
    const draw = {
      uniform: () => randomUniform(key, sizeOf(shape), { minimum: -limit, maximum: limit }),
      untruncatedNormal: () => randomNormal(key, sizeOf(shape), { standardDeviation }),
      truncatedNormal: () =>
        truncatedNormal(key, sizeOf(shape), { standardDeviation: standardDeviation / truncatedDeviation }),
    };
    if (!Object.hasOwn(draw, distribution)) {
      throw new OptionError(
        `varianceScaling: distribution is '${distribution}'. ${suggestion(distribution, Object.keys(draw))}`,
      );
    }
    return draw[distribution]();
  };
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

function normalOptions(record: InitializerRecord): { mean: number; standardDeviation: number } {
  return { mean: option(record, 'mean', 0), standardDeviation: option(record, 'standardDeviation', 0.05) };
}

function option(record: InitializerRecord, name: string, otherwise: number): number {
  const value = record[name] ?? otherwise;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new OptionError(`${record.type}: ${name} is ${JSON.stringify(value)}, but must be a finite number.`);
}
