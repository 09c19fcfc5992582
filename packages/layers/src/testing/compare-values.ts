import { dispose, randomNormal, sizeOf, streams, tensor, type Values } from '@striate/core';
import { expect } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { input } from '../layers/input.ts';
import { forward } from '../model/forward.ts';
import { model } from '../model/model.ts';
import { parameterSpecs } from '../model/parameter-specs.ts';
import type { Numbers } from './naive-convolution.ts';

/** Random numbers and choices for tests, from one seed. */
export interface Chance {
  seed: number;
  normal(length: number): Float32Array;
  choose<T>(choices: readonly T[]): T;
}

/** A fresh seed, or that of STRIATE_SEED. */
export function chance(): Chance {
  const seed = Number(process.env['STRIATE_SEED'] ?? Date.now() % 1_000_000);
  let drawn = 0;
  const normal = (length: number): Float32Array =>
    randomNormal({ seed, stream: streams.noise, call: drawn++, step: 0 }, length);
  return {
    seed,
    normal,
    choose: (choices) => choices[Math.floor(Math.abs(normal(1)[0]!) * 1e4) % choices.length]!,
  };
}

/**
 * Runs a layer on a random batch of two with random parameters, and compares shape and values with an oracle that gets
 * the same numbers: `x`, and the parameters by name.
 */
export async function compareValues(
  layer: LayerFunction,
  inputShape: readonly number[],
  { seed, normal }: Chance,
  oracle: (numbers: Record<string, Numbers>) => Numbers,
): Promise<void> {
  const x = input(inputShape);
  const graph = model({ inputs: x, outputs: layer(x) });
  const draw = (shape: readonly number[]): Numbers => ({ shape, values: normal(sizeOf(shape)) });
  const onDevice = ({ shape, values }: Numbers): Values[string] => tensor(Float32Array.from(values), [...shape]);
  const image = draw([2, ...inputShape]);
  const drawn = Object.entries(parameterSpecs(graph)).map(([path, { shape }]) => [path, draw(shape)] as const);
  const parameters = Object.fromEntries(drawn.map(([path, numbers]) => [path, onDevice(numbers)]));
  const images = onDevice(image);
  const { outputs } = forward(graph, { parameters, state: {}, inputs: [images] });
  const wanted = oracle({ x: image, ...Object.fromEntries(drawn.map(([path, n]) => [path.split('/')[1]!, n])) });
  const found = await outputs[0]!.data();
  const label = `seed ${seed}, ${JSON.stringify(layer.options)}`;
  expect(outputs[0]!.shape, label).toEqual(wanted.shape);
  expect([null, ...graph.outputShapes[0]!], label).toEqual([null, ...wanted.shape.slice(1)]);
  const values = Array.from(wanted.values);
  const largest = Math.max(...values.map(Math.abs));
  const worst = Math.max(...values.map((value, index) => Math.abs(value - found[index]!)));
  expect(worst, label).toBeLessThanOrEqual(1e-4 * largest + 1e-6);
  dispose(parameters, images, outputs);
}
