// Batch normalisation's conventions: ten training steps as PyTorch and Keras make them, then three with it frozen.
import { readFile } from 'node:fs/promises';
import { dispose, ops, tensor, use, valueAndGradients, type Tensor, type Values } from '@striate/core';
import {
  batchNorm,
  conv2d,
  forward,
  freeze,
  frozenParameters,
  initialize,
  input,
  sequential,
  type BatchNormOptions,
} from '@striate/layers';
import { readSafetensors } from '@striate/weights';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends, toleranceOf } from './backends.ts';
import { difference, type CaseResult } from './op-case.ts';
import { usableBackends } from './usable-backends.ts';

const path = new URL('../golden/batch-norm-steps.safetensors', import.meta.url);
const { tensors, metadata } = readSafetensors(await readFile(path), path.pathname);
const steps = Number(metadata['steps']);
const learningRate = Number(metadata['learningRate']);
const conventions = JSON.parse(metadata['conventions']!) as Record<string, BatchNormOptions>;
const count = tensors['x']!.shape[0]!;

/** One of the `count` parts of a stored tensor, or all of it. */
function stored(name: string, part?: number): Tensor {
  const { shape, data } = tensors[name]!;
  if (part === undefined) return tensor(data as Float32Array, [...shape]);
  const size = data.length / count;
  return tensor((data as Float32Array).slice(part * size, (part + 1) * size), shape.slice(1));
}

async function read(values: Values): Promise<CaseResult> {
  const entries = Object.entries(values).map(
    async ([name, value]) => [name, { shape: value.shape, values: Float32Array.from(await value.data()) }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

const wanted = (convention: string, step: number): CaseResult => {
  const prefix = `${convention}/${step}/`;
  const names = Object.keys(tensors).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(
    names.map((name) => [
      name.slice(prefix.length),
      { shape: tensors[name]!.shape, values: tensors[name]!.data as Float32Array },
    ]),
  );
};

describe.each(usableBackends)(`as PyTorch ${metadata['torch']} and Keras ${metadata['keras']}, on %s`, (name) => {
  beforeAll(() => use(backends[name]!()));

  it.each(Object.keys(conventions))('batchNorm by the convention of %s', async (convention) => {
    const trained = sequential([
      input([6, 5, 2]),
      conv2d({ filters: 4, kernelSize: 3, useBias: false }),
      batchNorm(conventions[convention]),
    ]);
    const frozen = freeze(trained, (layer) => layer === 'batchNorm');
    const network = initialize(trained, { seed: 1 });
    dispose(network.parameters);
    let state = network.state;
    const parameters: Values = {
      'conv2d/kernel': stored('kernel'),
      'batchNorm/gamma': stored('gamma'),
      'batchNorm/beta': stored('beta'),
    };
    for (let step = 0; step < count; step++) {
      const model = step < steps ? trained : frozen;
      const names = Object.keys(parameters).filter((path) => !frozenParameters(model).has(path));
      const learned = Object.fromEntries(names.map((path) => [path, parameters[path]!]));
      const [x, target] = [stored('x', step), stored('target', step)];
      const result = valueAndGradients((given) => {
        const all = { ...parameters, ...given };
        const { outputs, state: next } = forward(model, { parameters: all, state, inputs: [x], training: true });
        return { loss: ops.mean(ops.multiply(outputs[0]!, target)), auxiliary: next };
      }, learned);
      const { parameters: updated } = ops.sgd(
        { parameters: learned, gradients: result.gradients, velocities: {} },
        { learningRate, momentum: 0, nesterov: false, weightDecay: 0, decays: names.map(() => false) },
      );
      dispose(state, learned, result.gradients, result.loss, x, target);
      Object.assign(parameters, updated);
      state = result.auxiliary;
      const made = step + 1;
      if (made === 1 || made === steps || made === count) {
        const found = await read({ ...parameters, ...state });
        expect(Object.keys(wanted(convention, made)).toSorted()).toEqual(Object.keys(found).toSorted());
        expect(difference(found, wanted(convention, made), toleranceOf(name)), `after ${made} steps`).toBeUndefined();
      }
    }
    dispose(parameters, state);
  });
});
