// Layers against naive loops in float64, written from the formulas, with fresh random inputs and options.
import {
  dispose,
  randomNormal,
  sizeOf,
  streams,
  tensor,
  type Pair,
  type PaddingOption,
  type Values,
} from '@striate/core';
import { expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { forward } from '../model/forward.ts';
import { model } from '../model/model.ts';
import { parameterSpecs, stateSpecs } from '../model/parameter-specs.ts';
import { activation } from './activation.ts';
import { add } from './add.ts';
import { averagePool2d } from './average-pool2d.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool2d } from './global-average-pool2d.ts';
import { input } from './input.ts';
import { maxPool2d } from './max-pool2d.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';

type Image = number[][][][];
type Sides = readonly [number, number, number, number];

const seed = Number(process.env['STRIATE_SEED'] ?? Date.now() % 1_000_000);
let drawn = 0;
const noise = (length: number): number[] =>
  Array.from(randomNormal({ seed, stream: streams.noise, call: drawn++, step: 0 }, length));
const choose = <T>(choices: readonly T[]): T => choices[Math.floor(Math.abs(noise(1)[0]!) * 1e4) % choices.length]!;

const random = (shape: readonly number[]): number[] => noise(sizeOf(shape));
function nest(values: readonly number[], shape: readonly number[]): unknown {
  if (shape.length === 1) return [...values];
  const size = sizeOf(shape.slice(1));
  return Array.from({ length: shape[0]! }, (_, index) =>
    nest(values.slice(index * size, (index + 1) * size), shape.slice(1)),
  );
}
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

type NamedActivation = 'linear' | 'relu' | 'sigmoid' | 'tanh' | 'softmax' | 'logSoftmax';
const activations: Record<NamedActivation, (row: number[]) => number[]> = {
  linear: (row) => row,
  relu: (row) => row.map((x) => Math.max(0, x)),
  sigmoid: (row) => row.map((x) => 1 / (1 + Math.exp(-x))),
  tanh: (row) => row.map(Math.tanh),
  softmax: (row) => row.map((x) => Math.exp(x) / row.reduce((sum, other) => sum + Math.exp(other), 0)),
  logSoftmax: (row) => row.map((x) => x - Math.log(row.reduce((sum, other) => sum + Math.exp(other), 0))),
};

/** Padding of each side by Keras' rules. */
function sides(padding: PaddingOption, size: Pair, reach: Pair, strides: Pair): Sides {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  if (typeof padding !== 'string')
    return padding.length === 2 ? [padding[0], padding[0], padding[1], padding[1]] : padding;
  return [0, 1].flatMap((axis) => {
    const total = Math.max(
      0,
      (Math.ceil(size[axis]! / strides[axis]!) - 1) * strides[axis]! + reach[axis]! - size[axis]!,
    );
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }) as unknown as Sides;
}

/** Calls `at` for every window, with the places in the image that each of its pixels falls on. */
function windows(
  size: Pair,
  kernel: Pair,
  strides: Pair,
  dilation: Pair,
  padding: PaddingOption,
  at: (row: number, column: number, taps: [number, number][]) => number[],
): number[][][] {
  const reach: Pair = [dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1];
  const [top, bottom, left, right] = sides(padding, size, reach, strides);
  const rows = range(100).filter((row) => row * strides[0] + reach[0] <= size[0] + top + bottom);
  const columns = range(100).filter((column) => column * strides[1] + reach[1] <= size[1] + left + right);
  return rows.map((row) =>
    columns.map((column) =>
      at(
        row,
        column,
        range(kernel[0]).flatMap((u) =>
          range(kernel[1]).map((v): [number, number] => [
            row * strides[0] - top + u * dilation[0],
            column * strides[1] - left + v * dilation[1],
          ]),
        ),
      ),
    ),
  );
}

/** Runs a layer on random inputs with random parameters, and compares with an oracle that gets the same numbers. */
async function compare(
  layer: LayerFunction,
  inputShapes: number[][],
  oracle: (inputs: unknown[], values: Record<string, unknown>) => unknown,
  training = false,
): Promise<void> {
  const inputs = inputShapes.map((shape) => input(shape));
  const graph = model({ inputs, outputs: layer(inputs) });
  const images = inputShapes.map((shape) => ({ shape: [2, ...shape], values: random([2, ...shape]) }));
  const parameters: Values = {};
  const nested: Record<string, unknown> = {};
  for (const [path, { shape }] of Object.entries({ ...parameterSpecs(graph), ...stateSpecs(graph) })) {
    const values = random(shape).map((value) => (path.endsWith('Variance') ? value * value + 0.1 : value));
    parameters[path] = tensor(values, [...shape]);
    nested[path.split('/')[1]!] = nest(values, shape);
  }
  const tensors = images.map(({ values, shape }) => tensor(values, shape));
  const { outputs } = forward(graph, { parameters, state: parameters, inputs: tensors, training });
  const wanted = oracle(
    images.map(({ values, shape }) => nest(values, shape)),
    nested,
  );
  const found = Array.from(await outputs[0]!.data());
  const flat = [wanted].flat(10) as number[];
  expect(found.length, `seed ${seed}`).toBe(flat.length);
  const largest = Math.max(...flat.map(Math.abs));
  const worst = Math.max(...flat.map((value, index) => Math.abs(value - found[index]!)));
  expect(worst, `seed ${seed}`).toBeLessThanOrEqual(1e-4 * largest + 1e-6);
  dispose(parameters, tensors, outputs);
}

onEachBackend(`values (seed ${seed})`, () => {
  it.each(range(12))('conv2d, random options %i', async () => {
    const groups = choose([1, 1, 2]);
    const options = {
      filters: 2 * choose([1, 2, 3]),
      kernelSize: [choose([1, 2, 3]), choose([1, 2, 3])] as const,
      strides: [choose([1, 2, 3]), choose([1, 2])] as const,
      padding: choose<PaddingOption>(['valid', 'same', 1, [1, 2], [2, 0, 1, 3]]),
      dilation: [choose([1, 2]), choose([1, 2])] as const,
      groups,
      activation: choose(Object.keys(activations) as NamedActivation[]),
      useBias: choose([true, false]),
    };
    await compare(conv2d(options), [[6, 7, 4]], ([x], { kernel, bias }) =>
      (x as Image).map((image) =>
        windows([6, 7], options.kernelSize, options.strides, options.dilation, options.padding, (_row, _column, taps) =>
          activations[options.activation](
            range(options.filters).map((filter) => {
              const group = Math.floor(filter / (options.filters / groups));
              return taps.reduce(
                (sum, [i, j], tap) => {
                  const weights = (kernel as Image)[Math.floor(tap / options.kernelSize[1])]![
                    tap % options.kernelSize[1]
                  ]!;
                  return weights.reduce(
                    (part, row, channel) =>
                      part + (image[i]?.[j]?.[group * (4 / groups) + channel] ?? 0) * row[filter]!,
                    sum,
                  );
                },
                (bias as number[] | undefined)?.[filter] ?? 0,
              );
            }),
          ),
        ),
      ),
    );
  });

  it.each(range(8))('pooling, random options %i', async () => {
    const poolSize: Pair = [choose([2, 3]), choose([2, 3])];
    const strides: Pair = [choose([1, 2, 3]), choose([1, 2])];
    const padding = choose<PaddingOption>(['valid', 'same', 1, [1, 0], [0, 1, 1, 0]]);
    const countPadding = choose([true, false]);
    const kind = choose(['linear', 'relu'] as const);
    const pooled =
      (reduce: (inside: number[], all: number) => number) =>
      ([x]: unknown[]) =>
        (x as Image).map((image) =>
          windows([6, 7], poolSize, strides, [1, 1], padding, (_row, _column, taps) =>
            range(3).map((channel) =>
              reduce(
                taps.map(([i, j]) => image[i]?.[j]?.[channel]).filter((value) => value !== undefined),
                taps.length,
              ),
            ),
          ),
        );
    const largest = (inside: number[]): number => Math.max(...inside, ...(kind === 'relu' ? [0] : []));
    const average = (inside: number[], all: number): number =>
      inside.reduce((sum, value) => sum + value, 0) / (countPadding ? all : inside.length);
    await compare(maxPool2d({ poolSize, strides, padding, activation: kind }), [[6, 7, 3]], pooled(largest));
    await compare(averagePool2d({ poolSize, strides, padding, countPadding }), [[6, 7, 3]], pooled(average));
  });

  it('pooling, default options', async () => {
    const quarters = (x: unknown, reduce: (inside: number[]) => number): unknown =>
      (x as Image).map((image) =>
        windows([4, 4], [2, 2], [2, 2], [1, 1], 'valid', (_row, _column, taps) => [
          reduce(taps.map(([i, j]) => image[i]![j]![0]!)),
        ]),
      );
    await compare(maxPool2d(), [[4, 4, 1]], ([x]) => quarters(x, (inside) => Math.max(...inside)));
    await compare(averagePool2d(), [[4, 4, 1]], ([x]) =>
      quarters(x, (inside) => inside.reduce((sum, value) => sum + value / 4, 0)),
    );
    await compare(maxPool2d({ poolSize: 3 }), [[6, 6, 1]], ([x]) =>
      (x as Image).map((image) =>
        windows([6, 6], [3, 3], [3, 3], [1, 1], 'valid', (_row, _column, taps) => [
          Math.max(...taps.map(([i, j]) => image[i]![j]![0]!)),
        ]),
      ),
    );
    await compare(globalAveragePool2d(), [[2, 3, 2]], ([x]) =>
      (x as Image).map((image) => range(2).map((c) => image.flat().reduce((sum, pixel) => sum + pixel[c]! / 6, 0))),
    );
  });

  it.each(Object.keys(activations) as NamedActivation[])('dense and activation %s', async (kind) => {
    const product = (x: unknown, kernel: unknown, bias?: unknown): number[][] =>
      (x as number[][]).map((row) =>
        activations[kind](
          range(4).map((unit) =>
            row.reduce(
              (sum, value, index) => sum + value * (kernel as number[][])[index]![unit]!,
              (bias as number[] | undefined)?.[unit] ?? 0,
            ),
          ),
        ),
      );
    await compare(dense({ units: 4, activation: kind }), [[5]], ([x], { kernel, bias }) => product(x, kernel, bias));
    await compare(dense({ units: 4, activation: kind, useBias: false }), [[5]], ([x], { kernel }) =>
      product(x, kernel),
    );
    await compare(dense({ units: 4, activation: kind }), [[3, 5]], ([x], { kernel, bias }) =>
      (x as number[][][]).map((rows) => product(rows, kernel, bias)),
    );
    await compare(activation({ activation: kind }), [[3, 5]], ([x]) =>
      (x as number[][][]).map((rows) => rows.map(activations[kind])),
    );
  });

  it.each([true, false])('batchNorm, training %s', async (training) => {
    for (const options of [{}, { epsilon: 0.3, activation: 'relu' }, { center: false }, { scale: false }] as const) {
      for (const inputs of [1, 2]) {
        await compare(
          batchNorm(options),
          range(inputs).map(() => [3, 2, 2]),
          ([x, residual], { gamma, beta, movingMean, movingVariance }) => {
            const pixels = (x as Image).flat(2);
            const moments = range(2).map((c) => {
              if (!training) return [(movingMean as number[])[c]!, (movingVariance as number[])[c]!] as const;
              const mean = pixels.reduce((sum, pixel) => sum + pixel[c]! / pixels.length, 0);
              return [mean, pixels.reduce((sum, pixel) => sum + (pixel[c]! - mean) ** 2 / pixels.length, 0)] as const;
            });
            const { epsilon = 1e-3, activation: kind = 'linear' }: { epsilon?: number; activation?: NamedActivation } =
              options;
            const others = (residual as Image | undefined)?.flat(2);
            return pixels.map((pixel, place) =>
              activations[kind](
                pixel.map((value, c) => {
                  const normalized = (value - moments[c]![0]) / Math.sqrt(moments[c]![1] + epsilon);
                  return (
                    normalized * ((gamma as number[] | undefined)?.[c] ?? 1) +
                    ((beta as number[] | undefined)?.[c] ?? 0) +
                    (others?.[place]?.[c] ?? 0)
                  );
                }),
              ),
            );
          },
          training,
        );
      }
    }
  });

  it('add and flatten', async () => {
    await compare(
      add(),
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      (inputs) =>
        (inputs[0] as number[][][])
          .flat(2)
          .map((_, place) => (inputs as number[][][][]).reduce((sum, x) => sum + x.flat(2)[place]!, 0)),
    );
    await compare(flatten(), [[2, 3, 4]], ([x]) => x);
  });
});
