import { cpu } from '@striate/core/testing';
import { ops, tensor, use } from '@striate/core';
import { batches, mapBatches, type Batch } from '@striate/data';
import { save, weightsSha256, predict } from '@striate/inference';
import { constant, dense, flatten, initialize, input, sequential, type Model, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { toDevice } from './device-batch.ts';
import { evaluate } from './evaluate.ts';
import { readCheckpoint } from './files/checkpoint.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { meanSquaredError } from './losses/mean-squared-error.ts';
import { sgd } from './optimizers/sgd.ts';
import { blobs } from './testing/blobs.ts';

beforeAll(async () => {
  await use(cpu());
});

const dataset = blobs({ length: 8, seed: 1 });
const data = batches(dataset, { size: 4, seed: 3 });
const model = (): Model => sequential([input([6, 6, 1]), flatten(), dense({ units: 4 })]);
const options = (changes: object = {}): FitOptions => ({
  data,
  epochs: 1,
  optimizer: sgd(),
  loss: crossEntropy(),
  ...changes,
});
const told = async (call: () => unknown): Promise<string> => {
  try {
    await call();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
};
const fitOn = (change: (batch: Batch) => object): Promise<string> =>
  told(() => fit(model(), options({ data: mapBatches(data, (batch) => ({ ...batch, ...change(batch) })) })));

test('batches with what nobody reads, or what no step should see, are refused', async () => {
  const network = initialize(model(), { seed: 1 });
  const weighted = (weight: number) => () => ({ weights: Float32Array.of(1, 1, weight, 1) });
  expect({
    misspelt: await fitOn(() => ({ sampleWeights: Float32Array.of(1, 1, 1, 1) })),
    'weights of null': await fitOn(() => ({ weights: null })),
    'class numbers as floats': await fitOn(({ targets }) => ({ targets: Float32Array.from(targets) })),
    fraction: await fitOn(({ targets }) => ({ targets: Float32Array.from(targets, () => 0.5) })),
    'NaN as weight': await fitOn(weighted(NaN)),
    'infinite weight': await fitOn(weighted(Infinity)),
    'negative weight': await fitOn(weighted(-1)),
    evaluate: await told(() =>
      evaluate(
        network,
        mapBatches(data, (batch) => ({ ...batch, ...weighted(-1)() })),
        { loss: crossEntropy() },
      ),
    ),
  }).toMatchInlineSnapshot(`
    {
      "NaN as weight": "DataError: fit: the weight of sample 1 is NaN, but must be finite and at least 0.",
      "class numbers as floats": "DataError: crossEntropy: the labels are a Float32Array [N], but class numbers must be an Int32Array. Write targets: Int32Array.from(labels); where they are numbers to be met: loss: meanSquaredError().",
      "evaluate": "DataError: evaluate: the weight of sample 1 is -1, but must be finite and at least 0.",
      "fraction": "DataError: crossEntropy: the labels are a Float32Array [N], but class numbers must be an Int32Array. Write targets: Int32Array.from(labels); where they are numbers to be met: loss: meanSquaredError().",
      "infinite weight": "DataError: fit: the weight of sample 1 is Infinity, but must be finite and at least 0.",
      "misspelt": "DataError: fit: a batch has 'sampleWeights', which nobody reads. Did you mean 'weights'? Known: inputs, inputShape, targets, targetShape, weights, ids, moreInputs, moreTargets.",
      "negative weight": "DataError: fit: the weight of sample 1 is -1, but must be finite and at least 0.",
      "weights of null": "DataError: fit: weights of a batch is null, but must be a Float32Array or an Int32Array.",
    }
  `);
  for await (const batch of data.epoch(0)) {
    expect(await told(() => toDevice({ ...batch, sampleWeights: [] } as Batch))).toMatch(
      /DataError: toDevice: the batch has 'sampleWeights', which nobody reads\. Did you mean 'weights'\?/,
    );
    expect(await told(() => toDevice({ ...batch, weights: null } as unknown as Batch))).toMatch(
      /DataError: toDevice: weights/,
    );
    break;
  }
});

test('first values that are not finite are blamed, not the learning rate', async () => {
  const network = initialize(model(), { seed: 1 });
  const spoilt = tensor(new Float32Array(4).fill(NaN), [4], 'float32');
  const start: Network = { ...network, parameters: { ...network.parameters, 'dense/bias': spoilt } };
  const endless = sequential([
    input([6, 6, 1]),
    flatten(),
    dense({ units: 4, kernelInitializer: (shape) => new Float32Array(shape[0]! * shape[1]!).fill(Infinity) }),
  ]);
  expect({
    network: await told(() => fit(start, options())),
    initializer: await told(() => fit(endless, options())),
  }).toMatchInlineSnapshot(`
    {
      "initializer": "NumericError: fit: the loss of step 1 (epoch 1) is NaN. It began with that: 'dense/kernel' was not finite before the first step. Take the network from before, or look at what gives its first values, the initializer.",
      "network": "NumericError: fit: the loss of step 1 (epoch 1) is NaN. It began with that: 'dense/bias' was not finite before the first step. Take the network from before, or look at what gives its first values, the initializer.",
    }
  `);
});

test('parameters of int32 are refused wherever a network is taken', async () => {
  const network = initialize(
    sequential([input([6, 6, 1]), flatten(), dense({ units: 4, kernelInitializer: constant({ value: 1 }) })]),
    { seed: 1 },
  );
  const { parameters } = network;
  const whole: Network = {
    ...network,
    parameters: { ...parameters, 'dense/kernel': ops.cast(parameters['dense/kernel']!, 'int32') },
  };
  expect(await told(() => predict(whole, new Float32Array(36)))).toMatchInlineSnapshot(
    `"OptionError: predict: parameters['dense/kernel'] is of int32, but must be of float32. Write ops.toFloat(tensor)."`,
  );
  for (const call of [
    () => fit(whole, options()),
    () => evaluate(whole, data, { loss: crossEntropy() }),
    () => save(whole, 'never-written'),
    () => weightsSha256(whole),
  ])
    expect(await told(call)).toMatch(/^OptionError: \w+: parameters\['dense\/kernel'\] is of int32/);
});

test('what is taken for something else is called by its name', async () => {
  const network = initialize(model(), { seed: 1 });
  const { value: batch } = await data.epoch(0)[Symbol.asyncIterator]().next();
  expect({
    batches: await told(() => predict(network, data as never)),
    'a data set': await told(() => predict(network, dataset as never)),
    'a batch': await told(() => predict(network, batch as never)),
    bytes: await told(() => predict(network, new ArrayBuffer(36) as never)),
    'a loss as metric': await told(() => fit(model(), options({ metrics: [meanSquaredError()] }))),
    'a checkpoint without its model': await told(() => readCheckpoint('runs/a', undefined as never)),
  }).toMatchInlineSnapshot(`
    {
      "a batch": "OptionError: predict: inputs is a batch, but must be a Float32Array of prepared values, or a tensor. Write predict(network, batch.inputs). For the accuracy: evaluate(network, data, { loss, metrics }).",
      "a checkpoint without its model": "OptionError: readCheckpoint: the model is missing. Write readCheckpoint(folder, model).",
      "a data set": "OptionError: predict: inputs is a data set, but must be a Float32Array of prepared values, or a tensor. Write predict(network, preprocess(dataset.pixels, preprocessing)). For the accuracy: evaluate(network, data, { loss, metrics }).",
      "a loss as metric": "OptionError: fit: metrics[0] is the loss "meanSquaredError", but must be a metric. The history has the loss already, as 'loss'. Write metrics: [accuracy(), topK(5)].",
      "batches": "OptionError: predict: inputs is batches, but must be a Float32Array of prepared values, or a tensor. Write for await (const { inputs } of data.epoch(0)) await predict(network, inputs). For the accuracy: evaluate(network, data, { loss, metrics }).",
      "bytes": "OptionError: predict: inputs is an ArrayBuffer, but must be a Float32Array of prepared values, or a tensor. Give what preprocess(pixels, preprocessing) makes of pixels.",
    }
  `);
});
