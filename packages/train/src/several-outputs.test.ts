import { cpu } from '@striate/core/testing';
import { dispose, memory, tensor, use, type Tensor } from '@striate/core';
import { batches, mapBatches, type Batches } from '@striate/data';
import { predict, predictOutputs } from '@striate/inference';
import {
  activation,
  add,
  batchNorm,
  conv2d,
  dense,
  flatten,
  freeze,
  initialize,
  input,
  model,
  outputNames,
  sequential,
  type Model,
} from '@striate/layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { accuracy } from './metrics/accuracy.ts';
import { topK } from './metrics/top-k.ts';
import { sgd } from './optimizers/sgd.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const data = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });

/** A trunk with two classifiers, as GoogLeNet's auxiliary ones. */
function twoHeads(): Model {
  const x = input([6, 6, 1]);
  const h = flatten()(conv2d({ filters: 4, kernelSize: 3, activation: 'relu' })(x));
  return model({
    inputs: x,
    outputs: [dense({ units: 4, name: 'main' })(h), dense({ units: 4, name: 'auxiliary' })(h)],
  });
}

const options = (): FitOptions => ({
  data,
  epochs: 1,
  optimizer: sgd({ learningRate: 0.1 }),
  loss: crossEntropy(),
  seed: 5,
});

describe('several outputs', () => {
  test('are trained on the same targets, weighted, and each is recorded', async () => {
    const before = memory().numTensors;
    const { history, state, network } = await fit(twoHeads(), {
      ...options(),
      epochs: 30,
      lossWeights: { auxiliary: 0.3 },
      metrics: [accuracy()],
      validation: data,
      stepLosses: true,
    });
    const last = history.epochs.at(-1)!;
    expect(last.loss).toBeCloseTo(last['main.loss']! + 0.3 * last['auxiliary.loss']!, 5);
    expect(last['main.accuracy']).toBeGreaterThan(0.9);
    expect(last['auxiliary.accuracy']).toBeGreaterThan(0.8);
    const results = await evaluate(network, data, { loss: crossEntropy(), metrics: { main: [accuracy(), topK(2)] } });
    expect(Object.keys(results)).toEqual(['loss', 'main.loss', 'auxiliary.loss', 'main.accuracy', 'main.top2']);
    expect(results['main.loss']).toBeCloseTo(last['validation.main.loss']!, 6);
    expect(results['loss']).toBeCloseTo(results['main.loss']! + results['auxiliary.loss']!, 5);

    const images = new Float32Array(72).fill(0.3);
    const all = await predictOutputs(network, images);
    expect(Object.keys(all)).toEqual(['main', 'auxiliary']);
    expect(await predict(network, images)).toEqual(all['main']);
    expect(all['auxiliary']).not.toEqual(all['main']);
    for (const outputs of Object.values(all)) {
      expect(outputs).toHaveLength(2);
      expect(outputs[0]!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });

  test('of which one has no loss leave its weights alone; a weight of 0 does the same', async () => {
    const start = initialize(twoHeads(), { seed: 5 });
    const weights = async (tensors: Record<string, Tensor>, name: string): Promise<number[]> => [
      ...(await tensors[name]!.data()),
    ];
    const only = await fit(start, { ...options(), loss: { main: crossEntropy() } });
    const zero = await fit(start, { ...options(), lossWeights: { auxiliary: 0 } });
    expect(await weights(only.network.parameters, 'auxiliary/kernel')).toEqual(
      await weights(start.parameters, 'auxiliary/kernel'),
    );
    expect(await weights(only.network.parameters, 'main/kernel')).not.toEqual(
      await weights(start.parameters, 'main/kernel'),
    );
    const [a, b] = [
      await weights(only.network.parameters, 'conv2d/kernel'),
      await weights(zero.network.parameters, 'conv2d/kernel'),
    ];
    for (const [place, value] of a.entries()) expect(b[place]).toBeCloseTo(value, 6);
    expect(Object.keys(only.history.epochs[0]!)).toContain('main.loss');
    expect(Object.keys(only.history.epochs[0]!)).not.toContain('auxiliary.loss');
    for (const { state } of [only, zero]) disposeTraining(state);
    dispose(start.parameters, start.state);
  });

  test('may have targets of their own', async () => {
    const opposite: Batches = mapBatches(data, (batch) => ({
      ...batch,
      moreTargets: {
        auxiliary: { values: Int32Array.from(batch.targets, (label) => 3 - label), shape: batch.targetShape },
      },
    }));
    const { network, history, state } = await fit(twoHeads(), {
      ...options(),
      data: opposite,
      epochs: 30,
      metrics: [accuracy()],
    });
    expect(history.epochs.at(-1)!['auxiliary.accuracy']).toBeGreaterThan(0.8);
    const same = await evaluate(network, data, { loss: crossEntropy(), metrics: [accuracy()] });
    expect(same['main.accuracy']).toBeGreaterThan(0.8);
    expect(same['auxiliary.accuracy']).toBeLessThan(0.2);
    const damaged = mapBatches(data, (batch) => ({
      ...batch,
      moreTargets: { auxiliary: { values: new Int32Array(batch.ids.length).fill(4), shape: batch.targetShape } },
    }));
    await expect(evaluate(network, damaged, { loss: crossEntropy() })).rejects.toThrow('the label of sample');
    disposeTraining(state);
  });

  test('that do not exist or do not fit are refused', async () => {
    const refused = (changes: Partial<FitOptions>): Promise<unknown> => fit(twoHeads(), { ...options(), ...changes });
    await expect(refused({ loss: { mian: crossEntropy() } })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: loss names 'mian', which is no output of the model. Did you mean 'main'? Known: main, auxiliary.]`,
    );
    await expect(refused({ lossWeights: { main: -1 } })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: the weight of 'main' is -1, but must be finite and at least 0.]`,
    );
    await expect(refused({ loss: {} })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: no output has a loss. The outputs are main, auxiliary.]`,
    );
    const x = input([6, 6, 1]);
    const h = flatten()(x);
    const soft = model({
      inputs: x,
      outputs: [dense({ units: 4 })(h), activation({ activation: 'softmax' })(dense({ units: 4 })(h))],
    });
    expect(outputNames(soft)).toEqual(['dense', 'activation']);
    await expect(fit(soft, options())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: crossEntropy takes logits, but output 'activation' ends in a softmax. Leave it out; predict gives probabilities all the same.]`,
    );
  });
});

describe('several inputs', () => {
  const siamese = (): Model => {
    const [left, right] = [input([6, 6, 1], { name: 'left' }), input([6, 6, 1], { name: 'right' })];
    return model({ inputs: [left, right], outputs: dense({ units: 4 })(flatten()(add()([left, right]))) });
  };
  const both = mapBatches(data, (batch) => ({
    ...batch,
    moreInputs: { right: { values: batch.inputs.map((value) => 1 - value), shape: batch.inputShape } },
  }));

  test('come by name', async () => {
    const before = memory().numTensors;
    const { network, state, history } = await fit(siamese(), { ...options(), data: both, epochs: 3, validation: both });
    expect(history.epochs).toHaveLength(3);
    const left = tensor(new Float32Array(36).fill(0.25), [1, 6, 6, 1]);
    const values = new Float32Array(36).fill(0.5);
    const sum = await predict(network, { left, right: values });
    const swapped = await predict(network, { left: values, right: left });
    expect(swapped).toEqual(sum);
    expect(await predict(network, { left: values, right: values })).not.toEqual(sum);
    left.dispose();
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });

  test('come as integers too, as the numbers that they are; bytes are refused', async () => {
    const counted = (make: (values: readonly number[]) => ArrayLike<number>): typeof both =>
      mapBatches(data, (batch) => {
        const values = Array.from(batch.inputs, (_, place) => place % 7);
        return { ...batch, moreInputs: { right: { values: make(values) as Float32Array, shape: batch.inputShape } } };
      });
    const trained = async (own: typeof both): Promise<number[]> => {
      const { state, history } = await fit(siamese(), { ...options(), data: own, epochs: 2 });
      disposeTraining(state);
      return history.epochs.map(({ loss }) => loss);
    };
    const wanted = await trained(counted((values) => Float32Array.from(values)));
    expect(await trained(counted((values) => Int32Array.from(values)))).toEqual(wanted);
    await expect(trained(counted((values) => Uint8Array.from(values)))).rejects.toThrow(
      'fit: moreInputs.right of a batch is a Uint8Array of 360 values',
    );
  });

  test('that are missing are refused', async () => {
    await expect(fit(siamese(), options())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: fit: the model has the inputs left, right, but moreInputs of the batch has none. It must have all but one, by their names; \`inputs\` goes to that one.]`,
    );
    const network = initialize(siamese(), { seed: 1 });
    await expect(predict(network, new Float32Array(36))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: predict: the model has the inputs left, right, but was given one. Give { left, right }.]`,
    );
    const [left, right] = [new Float32Array(36), new Float32Array(72)];
    await expect(predict(network, { left, right })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: predict: input 'left' has 1 samples, but 'right' has 2.]`,
    );
    dispose(network.parameters, network.state);
  });
});

describe('frozen layers', () => {
  const net = (): Model =>
    sequential([input([6, 6, 1]), conv2d({ filters: 2, kernelSize: 3 }), batchNorm(), flatten(), dense({ units: 4 })]);

  test('keep their bits, and the others are trained as ever', async () => {
    const start = initialize(net(), { seed: 2 });
    const model = freeze(start.model, (layer) => layer !== 'dense');
    const { network, state } = await fit({ ...start, model }, options());
    for (const [path, value] of Object.entries({ ...start.parameters, ...start.state })) {
      const after = await { ...network.parameters, ...network.state }[path]!.data();
      if (path.startsWith('dense/')) expect(after).not.toEqual(await value.data());
      else expect(after).toEqual(await value.data());
    }
    disposeTraining(state);
    dispose(start.parameters, start.state);
    await expect(
      fit(
        freeze(net(), () => true),
        options(),
      ),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OptionError: fit: the model has 6 parameters, all of them frozen. Leave some trainable: freeze(model, (layer) => ...).]`,
    );
  });
});
