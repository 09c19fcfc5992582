import { cpu } from '@striate/core/testing';
import { dispose, memory, use } from '@striate/core';
import { batches } from '@striate/data';
import {
  activation,
  batchNorm,
  conv2d,
  dense,
  dropConnect,
  flatten,
  freeze,
  initialize,
  input,
  sequential,
  spectralNorm,
  unfreeze,
  type Model,
  type Network,
} from '@striate/layers';
import { l2, nonNegative } from '@striate/regularizers';
import { beforeAll, expect, test } from 'vitest';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adamW } from './optimizers/adam-w.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

/** All that could move a weight: decay, penalties, a constraint that the first weights do not fulfil, statistics, masks. */
const net = (): Model =>
  sequential([
    input([6, 6, 1]),
    conv2d({ filters: 3, kernelSize: 3, kernelConstraint: nonNegative(), kernelRegularizer: l2(0.1) }),
    batchNorm(),
    activation({ activation: 'relu' }),
    spectralNorm(conv2d({ filters: 3, kernelSize: 3, name: 'spectral' })),
    batchNorm(),
    flatten(),
    dropConnect(dense({ units: 5, name: 'masked', kernelRegularizer: l2(0.1) }), { rate: 0.5 }),
    dense({ units: 4, name: 'head' }),
  ]);

const options = (): FitOptions => ({
  data: batches(blobs({ length: 24, seed: 1 }), { size: 4, seed: 3 }),
  epochs: 2,
  seed: 5,
  optimizer: adamW({ learningRate: 0.05, weightDecay: 0.1, decays: ['kernel', 'bias', 'scale'] }),
  loss: crossEntropy(),
});

async function valuesOf({ parameters, state }: Network): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [path, value] of Object.entries({ ...parameters, ...state })) read[path] = (await value.data()).join();
  return read;
}

/** The layers of which training moved something. */
function moved(before: Record<string, string>, after: Record<string, string>): Set<string> {
  return new Set(Object.keys(before).flatMap((path) => (before[path] === after[path] ? [] : [path.split('/')[0]!])));
}

test('first the head alone, then the last layers too: no bit of a layer that is frozen moves', async () => {
  const start = initialize(net(), { seed: 2 });
  const before = await valuesOf(start);
  const first = await fit(
    freeze(start, (layer) => layer !== 'head'),
    options(),
  );
  const between = await valuesOf(first.network);
  expect(moved(before, between)).toEqual(new Set(['head']));

  const second = await fit(unfreeze(first.network, { from: 'batchNorm_1' }), options());
  const after = await valuesOf(second.network);
  expect(moved(between, after)).toEqual(new Set(['batchNorm_1', 'masked', 'head']));

  const resting = freeze(unfreeze(second.network), (_, { type }) => type === 'batchNorm');
  const third = await fit(resting, options());
  expect(moved(after, await valuesOf(third.network))).toEqual(new Set(['conv2d', 'spectral', 'masked', 'head']));

  for (const { state } of [first, second, third]) disposeTraining(state);
  dispose(start.parameters, start.state);
  expect(memory().numTensors).toBe(0);
});
