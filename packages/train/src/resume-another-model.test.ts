import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { ops, option, use } from '@striate/core';
import { batches } from '@striate/data';
import { temporaryFolder } from '@striate/inference/testing';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  freeze,
  gaussianDropout,
  heNormal,
  input,
  model,
  modelFromJson,
  modelToJson,
  sequential,
  subtract,
  weightNorm,
  type BatchNormOptions,
  type Conv2dOptions,
  type LayerFunction,
  type Model,
} from '@striate/layers';
import { l2, nonNegative } from '@striate/regularizers';
import { beforeAll, expect, test } from 'vitest';
import type { StepMoment } from './callbacks/callback.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { readCheckpoint, writeCheckpoint } from './files/checkpoint.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { adam } from './optimizers/adam.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining, type TrainingState } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const options = (): FitOptions => ({
  data: batches(blobs({ length: 24, seed: 1 }), { size: 4, seed: 3 }),
  epochs: 2,
  seed: 5,
  optimizer: adam({ learningRate: 0.01 }),
  loss: crossEntropy(),
});

test('a resume with another model of the same shapes is refused, naming the layer and the option', async () => {
  interface Choices {
    convolution?: Partial<Conv2dOptions>;
    norm?: BatchNormOptions;
    between?: LayerFunction[];
    last?: LayerFunction;
  }
  const convolution = { filters: 4, kernelSize: 3, padding: 'same' } as const;
  const net = ({ convolution: changes, norm = {}, between = [dropout({ rate: 0.2 })], last }: Choices = {}): Model =>
    sequential([
      input([6, 6, 1]),
      conv2d({ ...convolution, activation: 'relu', ...changes }),
      batchNorm(norm),
      flatten(),
      ...between,
      last ?? weightNorm(dense({ units: 4 })),
    ]);
  const folder = join(await temporaryFolder(), 'checkpoint-000008');
  const changes = {
    callbacks: [{ onStep: ({ step, stop }: StepMoment) => (step === 8 ? stop('enough') : undefined) }],
  };
  const { state } = await fit(net(), { ...options(), ...changes });
  await writeCheckpoint(folder, state, options().optimizer);
  const { state: read, notes } = await readCheckpoint(folder, net());
  expect(notes).toEqual([]);
  expect(read.basis).toEqual(state.basis);
  const messageOf = async (model: Model, resume: TrainingState = read): Promise<string> =>
    fit(model, { ...options(), resume }).then(
      (result) => {
        disposeTraining(result.state);
        return 'no error';
      },
      (error: Error) =>
        `${error.name}: ${error.message}`
          .replace('DataError: fit: the training that is resumed ', '')
          .replace(/ Give the same, or train anew; to go on all the same, on purpose.*$/, ''),
    );
  const own = ops.defineActivation({
    type: 'me/own',
    doc: 'A multiple.',
    options: { factor: option.number({ doc: 'By what.', default: 1 }) },
    make:
      ({ factor }) =>
      (x) =>
        ops.rescale(x, { scale: [factor] }),
  });
  expect({
    rate: await messageOf(net({ between: [dropout({ rate: 0.5 })] })),
    'no dropout': await messageOf(net({ between: [] })),
    'one more': await messageOf(net({ between: [dropout({ rate: 0.2 }), dropout({ rate: 0.1 })] })),
    'of another type': await messageOf(net({ between: [gaussianDropout({ rate: 0.2, name: 'dropout' })] })),
    activation: await messageOf(net({ convolution: { activation: 'tanh' } })),
    'a function': await messageOf(net({ convolution: { activation: own({ factor: 2 }) } })),
    momentum: await messageOf(net({ norm: { momentum: 0.5 } })),
    epsilon: await messageOf(net({ norm: { epsilon: 0.1 } })),
    'a penalty': await messageOf(net({ convolution: { kernelRegularizer: l2(0.1) } })),
    'a constraint': await messageOf(net({ convolution: { kernelConstraint: nonNegative() } })),
    'padding of another kind': await messageOf(net({ convolution: { paddingMode: 'reflect' } })),
    trainable: await messageOf(net({ convolution: { trainable: false } })),
    frozen: await messageOf(freeze(net(), (name) => name === 'conv2d')),
    'in a layer': await messageOf(net({ last: weightNorm(dense({ units: 4, kernelRegularizer: l2(0.1) })) })),
  }).toMatchInlineSnapshot(`
    {
      "a constraint": "had kernelConstraint none instead of {"type":"nonNegative"} in layer 'conv2d'.",
      "a function": "had activation "relu" instead of {"type":"me/own","factor":2} in layer 'conv2d'.",
      "a penalty": "had kernelRegularizer none instead of {"type":"l2","factor":0.1} in layer 'conv2d'.",
      "activation": "had activation "relu" instead of "tanh" in layer 'conv2d'.",
      "epsilon": "had epsilon 0.001 instead of 0.1 in layer 'batchNorm'.",
      "frozen": "had trainable true instead of false in layer 'conv2d'.",
      "in a layer": "had layer.options.kernelRegularizer none instead of {"type":"l2","factor":0.1} in layer 'weightNorm'.",
      "momentum": "had momentum 0.9 instead of 0.5 in layer 'batchNorm'.",
      "no dropout": "had a layer 'dropout'.",
      "of another type": "had type "dropout" instead of "gaussianDropout" in layer 'dropout'.",
      "one more": "had no layer 'dropout_1'.",
      "padding of another kind": "had paddingMode "zeros" instead of "reflect" in layer 'conv2d'.",
      "rate": "had rate 0.2 instead of 0.5 in layer 'dropout'.",
      "trainable": "had trainable true instead of false in layer 'conv2d'.",
    }
  `);
  // What made the first weights, and a record of the same, decide no step to come.
  expect(await messageOf(net({ convolution: { kernelInitializer: heNormal() } }))).toBe('no error');
  expect(await messageOf(freeze(net(), (name) => name === 'dropout'))).toBe('no error');
  expect(await messageOf(net({ convolution: { name: 'conv2d' }, norm: { name: 'batchNorm' } }))).toBe('no error');
  expect(await messageOf(modelFromJson(modelToJson(net())))).toBe('no error');
  expect(await messageOf(net({ norm: { momentum: 0.5 } }), { ...read, basis: undefined })).toBe('no error');
  // As versions wrote it that did not look at the model.
  const { model: _, ...older } = read.basis!;
  expect(await messageOf(net({ norm: { momentum: 0.5 } }), { ...read, basis: older })).toBe('no error');
  await writeCheckpoint(`${folder}1`, { ...read, basis: older }, options().optimizer);
  const again = await readCheckpoint(`${folder}1`, net());
  expect(again.notes.join()).toMatch(/kept no record of the model/);
  for (const held of [state, read, again.state]) disposeTraining(held);
});

test('layers with the same options that are connected otherwise are refused', async () => {
  const net = (isCrossed: boolean): Model => {
    const x = input([6, 6, 1]);
    const [a, b] = ['a', 'b'].map((name) => conv2d({ filters: 2, kernelSize: 3, name })(x));
    const y = subtract()(isCrossed ? [b!, a!] : [a!, b!]);
    return model({ inputs: x, outputs: dense({ units: 4 })(flatten()(y)) });
  };
  const { state } = await fit(net(false), { ...options(), epochs: 1 });
  await expect(fit(net(true), { ...options(), resume: state })).rejects.toThrow(
    /had layers in another order, or connected otherwise\. Give the same/,
  );
  disposeTraining(state);
});
