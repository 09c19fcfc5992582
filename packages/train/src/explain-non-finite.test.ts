import { cpu } from '@striate/core/testing';
import { clone, memory, ops, use } from '@striate/core';
import { batches, type Batches } from '@striate/data';
import { smallNet } from '@striate/inference/testing';
import { dense, defineLayer, flatten, input, sequential, type Model } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { fit } from './fit.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { sgd } from './optimizers/sgd.ts';
import { blobs } from './testing/blobs.ts';

beforeAll(async () => {
  await use(cpu());
});

const data = batches(blobs({ length: 40, seed: 1 }), { size: 4, seed: 1 });
const run = (model: Model, from: Batches = data, learningRate = 0.01): Promise<unknown> =>
  fit(model, { data: from, epochs: 5, optimizer: sgd({ learningRate }), loss: crossEntropy() });

test('names the step and the first layer whose output is not finite', async () => {
  const before = memory().numTensors;
  const breaking = defineLayer({
    type: 'breaking',
    options: {},
    outputShapes: ([shape]) => [shape!],
    // From the 24th step on, its outputs are infinite.
    apply: ([x], _, { random }) => ({ outputs: [random!.step >= 23 ? ops.multiply(x!, Infinity) : clone(x!)] }),
  });
  const model = sequential([input([6, 6, 1]), flatten(), breaking, dense({ units: 4 })]);
  await expect(run(model)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[NumericError: fit: the loss of step 24 (epoch 3) is NaN. In step 24 the first layer whose output is not finite is 'breaking' (breaking). Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.]`,
  );
  expect(memory().numTensors).toBe(before);
});

test('names the update that blew up, not only the loss that showed it', async () => {
  const before = memory().numTensors;
  const model = sequential([input([6, 6, 1]), flatten(), dense({ units: 8 }), dense({ units: 4 })]);
  await expect(run(model, data, 1e30)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[NumericError: fit: the loss of step 2 (epoch 1) is NaN. In step 2 the first layer whose output is not finite is 'dense_1' (dense). Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.]`,
  );
  expect(memory().numTensors).toBe(before);
});

test('names the sample whose input is not finite', async () => {
  const spoilt: Batches = {
    ...data,
    async *epoch(n, options) {
      for await (const batch of data.epoch(n, options)) {
        const place = batch.ids.indexOf(17);
        if (place >= 0) batch.inputs[place * 36 + 5] = NaN;
        yield batch;
      }
    },
  };
  await expect(
    run(sequential([input([6, 6, 1]), flatten(), dense({ units: 4 })]), spoilt),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[NumericError: fit: the loss of step 3 (epoch 1) is NaN. Sample 17 already has the input NaN: look at the data. Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.]`,
  );
});

test('weights that the last step spoilt are found at the end', async () => {
  const one = batches(blobs({ length: 4, seed: 1 }), { size: 4 });
  const training = fit(smallNet(), {
    data: one,
    epochs: 1,
    optimizer: sgd({ learningRate: Number.MAX_VALUE }),
    loss: crossEntropy(),
  });
  await expect(training).rejects.toThrowErrorMatchingInlineSnapshot(
    `[NumericError: fit: after step 1: 'conv2d/kernel' holds Infinity. It begins in step 1: the update made 'conv2d/kernel' too large. Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.]`,
  );
});
