import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { memory, ops, tidy, use, type Tensor } from '@striate/core';
import { batches } from '@striate/data';
import { predict } from '@striate/inference';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import { initialize } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { evaluate } from '../evaluate.ts';
import { readCheckpoint, writeCheckpoint } from '../files/checkpoint.ts';
import { fit } from '../fit.ts';
import type { FitOptions } from '../fit-options.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { adam } from '../optimizers/adam.ts';
import { blobs } from '../testing/blobs.ts';
import { disposeTraining } from '../training-state.ts';
import { accuracy } from './accuracy.ts';
import type { Metric } from './metric.ts';

beforeAll(async () => {
  await use(cpu());
});

/** Share of the samples of one class that are classified rightly. */
function recall(label: number): Metric {
  const ofClass = (numbers: Tensor): Tensor => ops.equal(numbers, label);
  return {
    type: 'me/recall',
    name: `recall${label}`,
    options: { label },
    compute: ({ outputs, targets }) =>
      tidy(() => ops.sum(ops.logicalAnd(ofClass(ops.argMax(outputs, { axis: 1 })), ofClass(targets)))),
    count: ({ targets }) => tidy(() => ops.sum(ofClass(targets))),
  };
}

const dataset = blobs({ length: 25, seed: 1 });
const data = batches(dataset, { size: 4 });
const recalls = [0, 1, 2, 3].map(recall);

test('a metric that counts for itself is divided by that, over all batches', async () => {
  const network = initialize(smallNet(), { seed: 2 });
  const before = memory().numTensors;
  const found = await evaluate(network, data, { loss: crossEntropy(), metrics: [accuracy(), ...recalls] });
  expect(memory().numTensors).toBe(before);
  const scores = await predict(
    network,
    Float32Array.from(dataset.pixels, (pixel) => pixel / 255),
    { output: 'logits' },
  );
  expect(scores).toHaveLength(25);
  for (let label = 0; label < 4; label++) {
    const own = Array.from(dataset.labels.keys()).filter((sample) => dataset.labels[sample] === label);
    const right = own.filter((sample) => scores[sample]!.indexOf(Math.max(...scores[sample]!)) === label);
    expect(found[`recall${label}`]).toBeCloseTo(right.length / own.length, 12);
  }
});

test('its count goes on after a resume in the midst of an epoch', async () => {
  const options: FitOptions = {
    data: batches(dataset, { size: 4, seed: 3 }),
    epochs: 1,
    optimizer: adam(),
    loss: crossEntropy(),
    metrics: recalls,
    seed: 5,
  };
  const whole = await fit(smallNet(), options);
  const cut = await fit(smallNet(), {
    ...options,
    callbacks: [{ onStep: ({ step, stop }) => (step === 3 ? stop('enough') : undefined) }],
  });
  const counted = Object.values(cut.state.sums.counts!);
  expect(counted.reduce((all, each) => all + each)).toBe(12);
  const folder = join(await temporaryFolder(), 'checkpoint-000003');
  await writeCheckpoint(folder, cut.state, options.optimizer);
  const { state } = await readCheckpoint(folder, smallNet());
  const resumed = await fit(smallNet(), { ...options, resume: state });
  for (const { name } of recalls) expect(resumed.history.epochs[0]![name]).toBe(whole.history.epochs[0]![name]);
  for (const held of [whole.state, cut.state, state, resumed.state]) disposeTraining(held);
});

test('a name that the history has already is refused', async () => {
  const taken = evaluate(initialize(smallNet(), { seed: 2 }), data, {
    loss: crossEntropy(),
    metrics: [{ ...recall(0), name: 'loss' }],
  });
  await expect(taken).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: evaluate: metrics[0] is called 'loss', which the history has already. Give it another name.]`,
  );
});
