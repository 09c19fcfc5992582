import {
  dispose,
  hashName,
  memory,
  ops,
  randomNormal,
  sizeOf,
  streams,
  tensor,
  valueAndGradients,
  type AnyKind,
  type Tensor,
  type Values,
} from '@striate/core';
import { expect } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { input } from '../layers/input.ts';
import { forward } from '../model/forward.ts';
import { initialize, type Network } from '../model/initialize.ts';
import { model } from '../model/model.ts';
import { modelFromJson, modelToJson } from '../model/saving.ts';
import { summarize } from '../model/summary.ts';

/** What {@link checkLayer} is to find. */
export interface LayerCheck {
  layer: LayerFunction;
  /** Shapes of the inputs, without the batch axis. */
  inputShapes: readonly (readonly number[])[];
  outputShape: readonly number[];
  /** Trained parameters, all together. */
  parameterCount: number;
  /** Whether training and evaluation compute the same. Default true. */
  sameInTraining?: boolean;
  /** Default 3. */
  batchSize?: number;
  /** Largest difference of a gradient, as a part of the largest in its tensor. Default 0.01. */
  tolerance?: number;
  /** Seed of inputs and parameters. Default 1. */
  seed?: number;
  /** Kinds that do not come with this package. */
  kinds?: readonly AnyKind[];
}

/**
 * Checks a layer on the active backend: shape and number of parameters; the gradients of all inputs and parameters
 * against finite differences, in training and in evaluation; whether training differs from evaluation; that the saved
 * form computes the same to the bit; that no tensor is left behind.
 *
 * @example
 * await checkLayer({ layer: dense({ units: 4 }), inputShapes: [[5]], outputShape: [4], parameterCount: 24 });
 */
export async function checkLayer(check: LayerCheck): Promise<void> {
  const { layer, inputShapes, outputShape, parameterCount, sameInTraining = true, batchSize = 3, seed = 1 } = check;
  const inputs = inputShapes.map((shape) => input(shape));
  const graph = model({ inputs, outputs: layer(inputs) });
  expect(graph.outputShapes).toEqual([outputShape]);
  expect(summarize(graph).reduce((sum, row) => sum + row.parameters, 0)).toBe(parameterCount);

  const before = memory().numTensors;
  const network = varied(initialize(graph, { seed }), seed);
  const images = inputShapes.map((shape, index) => {
    const size = [batchSize, ...shape];
    return tensor(noise(seed, `input ${index}`, sizeOf(size)), size);
  });
  const evaluated = await run(network, images, false);
  const trained = await run(network, images, true);
  expect(evaluated.shape).toEqual([batchSize, ...outputShape]);
  expect(trained.shape).toEqual([batchSize, ...outputShape]);
  if (sameInTraining) expect(trained.values).toEqual(evaluated.values);
  else expect(trained.values).not.toEqual(evaluated.values);

  const saved = JSON.parse(JSON.stringify(modelToJson(graph)));
  const loaded = modelFromJson(saved, check.kinds ? { kinds: check.kinds } : {});
  expect(modelToJson(loaded)).toEqual(saved);
  for (const training of [false, true]) {
    const again = await run({ ...network, model: loaded }, images, training);
    expect(again.values).toEqual((training ? trained : evaluated).values);
    await checkGradients(network, images, training, check);
  }
  dispose(network.parameters, network.state, images);
  expect(memory().numTensors, 'tensors left behind').toBe(before);
}

/** The network with random values, so that no gradient vanishes because a bias is 0. */
function varied({ model: graph, parameters, state }: Network, seed: number): Network {
  const vary = (values: Values): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, { shape, size }]) => {
        const around = /(Variance|gamma)$/.test(name) ? (z: number) => 1 + 0.3 * Math.abs(z) : (z: number) => 0.5 * z;
        return [name, tensor(noise(seed, name, size).map(around), shape)];
      }),
    );
  const changed = { model: graph, parameters: vary(parameters), state: vary(state) };
  dispose(parameters, state);
  return changed;
}

function noise(seed: number, name: string, length: number): Float32Array {
  return randomNormal({ seed, stream: streams.noise, call: hashName(name), step: 0 }, length);
}

function pass(network: Network, parameters: Values, inputs: readonly Tensor[], training: boolean): Tensor {
  const random = { seed: 7, step: 3, sampleOffset: 0 };
  const { outputs, state, losses } = forward(network.model, {
    parameters,
    state: network.state,
    inputs,
    training,
    ...(training && { random }),
  });
  const changed = Object.entries(state).filter(([path, value]) => value !== network.state[path]);
  dispose(Object.fromEntries(changed), losses);
  return outputs[0]!;
}

async function run(
  network: Network,
  inputs: readonly Tensor[],
  training: boolean,
): Promise<{ shape: number[]; values: Float32Array }> {
  const y = pass(network, network.parameters, inputs, training);
  const values = Float32Array.from(await y.data());
  y.dispose();
  return { shape: y.shape, values };
}

async function checkGradients(
  network: Network,
  inputs: readonly Tensor[],
  training: boolean,
  check: LayerCheck,
): Promise<void> {
  const { seed = 1, tolerance = 0.01 } = check;
  const variables: Values = {
    ...network.parameters,
    ...Object.fromEntries(inputs.map((x, index) => [`input:${index}`, x])),
  };
  const output = (values: Values): Tensor =>
    pass(
      network,
      values,
      inputs.map((_, index) => values[`input:${index}`]!),
      training,
    );

  const example = output(variables);
  const weights = noise(seed, 'output weights', example.size);
  example.dispose();
  const row = tensor(weights, [1, weights.length]);
  const result = valueAndGradients((values) => {
    const column = ops.reshape(output(values), [weights.length, 1]);
    return { loss: ops.reshape(ops.matMul({ a: row, b: column }, {}), []) };
  }, variables);

  const loss = async (values: Values): Promise<number> => {
    const y = output(values);
    const elements = Array.from(await y.data());
    y.dispose();
    // Summed in float64, so that differences are exact up to the layer's own rounding.
    return elements.reduce((sum, element, index) => sum + element * weights[index]!, 0);
  };
  for (const [name, variable] of Object.entries(variables)) {
    const gradient = await result.gradients[name]!.data();
    const largest = Math.max(...gradient.map(Math.abs));
    const values = Float32Array.from(await variable.data());
    const slope = async (place: number, step: number): Promise<number> => {
      const ends: { x: number; y: number }[] = [];
      for (const side of [step, -step]) {
        const moved = values.slice();
        moved[place]! += side;
        const replaced = tensor(moved, variable.shape);
        ends.push({ x: moved[place]!, y: await loss({ ...variables, [name]: replaced }) });
        replaced.dispose();
      }
      return (ends[0]!.y - ends[1]!.y) / (ends[0]!.x - ends[1]!.x);
    };
    const places = chosenPlaces(values.length);
    let smooth = 0;
    for (const place of places) {
      const [wide, narrow] = [await slope(place, 8e-3), await slope(place, 4e-3)];
      const allowed = tolerance * largest + 1e-4;
      // At a corner (relu, a tie of maxima) the two differ: no derivative to compare with.
      if (Math.abs(wide - narrow) > allowed / 2) continue;
      smooth++;
      const extrapolated = (4 * narrow - wide) / 3;
      expect(
        Math.abs(gradient[place]! - extrapolated),
        `gradient of ${name}[${place}]: ${gradient[place]}, wanted ${extrapolated}`,
      ).toBeLessThan(allowed);
    }
    expect(smooth / places.length, `places of ${name} without a corner`).toBeGreaterThan(0.7);
  }
  dispose(row, result.loss, result.auxiliary, result.gradients);
}

/** All places of a small tensor, evenly spread ones of a larger. */
function chosenPlaces(length: number): number[] {
  const wanted = Math.min(length, 24);
  return Array.from({ length: wanted }, (_, index) => Math.floor((index * length) / wanted));
}
