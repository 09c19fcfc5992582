// What an optimiser remembers: of the parameters that train, and of no others.
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { dispose, use } from '@striate/core';
import { batches } from '@striate/data';
import { conv2d, dense, flatten, freeze, initialize, input, sequential, type Model } from '@striate/layers';
import { weightsSha256 } from '@striate/inference';
import { temporaryFolder } from '@striate/inference/testing';
import { beforeAll, expect, test } from 'vitest';
import { readCheckpoint, writeCheckpoint } from './files/checkpoint.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adam } from './optimizers/adam.ts';
import { createTrainer } from './step/trainer.ts';
import { blobs } from './testing/blobs.ts';

import { disposeTraining } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const net = (frozen: string): Model =>
  freeze(
    sequential([input([6, 6, 1]), conv2d({ filters: 2, kernelSize: 3 }), flatten(), dense({ units: 4 })]),
    (layer) => layer === frozen,
  );

const options = (): FitOptions => ({
  data: batches(blobs({ length: 16, seed: 1 }), { size: 4, seed: 3 }),
  epochs: 2,
  seed: 5,
  optimizer: adam({ learningRate: 0.01 }),
  loss: crossEntropy(),
});
const halfWay: FitOptions['callbacks'] = [{ onStep: ({ step, stop }) => (step === 5 ? stop('enough') : undefined) }];

test('frozen parameters own none, in memory and in files, and a resume goes on to the same bits', async () => {
  const whole = await fit(net('conv2d'), options());
  const cut = await fit(net('conv2d'), { ...options(), callbacks: halfWay });
  const trains = ['dense/bias', 'dense/kernel'];
  for (const slot of ['means', 'variances']) expect(Object.keys(cut.state.optimizer[slot]!).toSorted()).toEqual(trains);
  const folder = join(await temporaryFolder(), 'checkpoint-000005');
  await writeCheckpoint(folder, cut.state, options().optimizer);
  const { state } = await readCheckpoint(folder, net('conv2d'));
  expect(Object.keys(state.optimizer['means']!).toSorted()).toEqual(trains);
  const resumed = await fit(net('conv2d'), { ...options(), resume: state });
  expect(await weightsSha256(resumed.network)).toBe(await weightsSha256(whole.network));
  for (const held of [whole.state, cut.state, state, resumed.state]) disposeTraining(held);
});

test('what did not train before cannot go on; what is frozen since loses its slots', async () => {
  const { state } = await fit(net('conv2d'), { ...options(), callbacks: halfWay });
  await expect(fit(net('none'), { ...options(), resume: state })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: fit: resume.optimizer.means has nothing of 'conv2d/kernel': it was frozen in the training that is resumed, or the state is damaged. Freeze it again, or begin anew with its network: fit({ model, parameters: state.parameters, state: state.state }, options).]`,
  );
  const all = await fit(net('none'), { ...options(), callbacks: halfWay });
  const later = await fit(net('dense'), { ...options(), resume: { ...all.state, basis: undefined } });
  expect(Object.keys(later.state.optimizer['means']!).toSorted()).toEqual(['conv2d/bias', 'conv2d/kernel']);
  for (const held of [state, all.state, later.state]) disposeTraining(held);
});

test('a trainer updates parameters by their factors', async () => {
  const run = async (factors?: { learningRate: Record<string, number> }): Promise<Record<string, number[]>> => {
    const { optimizer, loss } = options();
    const trainer = createTrainer(initialize(net('none'), { seed: 1 }), {
      optimizer,
      loss,
      ...(factors && { factors }),
    });
    for await (const batch of options().data.epoch(0)) trainer.update(trainer.gradients(batch).gradients);
    const { parameters, state } = trainer.network();
    const read = Object.entries(parameters).map(async ([name, value]): Promise<[string, number[]]> => [
      name,
      Array.from(await value.data()),
    ]);
    const found = Object.fromEntries(await Promise.all(read));
    dispose(parameters, state);
    trainer.dispose();
    return found;
  };
  const start = initialize(net('none'), { seed: 1 });
  const found = await run({ learningRate: { 'conv2d/kernel': 0 } });
  expect(found['conv2d/kernel']).toEqual(Array.from(await start.parameters['conv2d/kernel']!.data()));
  expect(found['dense/kernel']).not.toEqual(Array.from(await start.parameters['dense/kernel']!.data()));
  expect(await run({ learningRate: { 'conv2d/kernel': 1 } })).toEqual(await run());
  dispose(start.parameters, start.state);
});
