import { cpu } from '@striate/core/testing';
import { use, type Layer } from '@striate/core';
import { batches } from '@striate/data';
import {
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
  weightNorm,
  type Model,
} from '@striate/layers';
import { l2 } from '@striate/regularizers';
import { beforeAll, expect, test } from 'vitest';
import { fit } from '../fit.ts';
import type { FitOptions } from '../fit-options.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { sgd } from '../optimizers/sgd.ts';
import { blobs } from '../testing/blobs.ts';
import { disposeTraining } from '../training-state.ts';
import { createTrainer } from './trainer.ts';

beforeAll(async () => {
  await use(cpu());
});

interface Counts {
  /** Looks at the parameters of a node: those of `parameterSpecs`. */
  specs: number;
  /** Looks at what is trainable: those of `frozenParameters`. */
  frozen: number;
  /** Calls of the `parameters` of layers in wrappers. */
  parameters: number;
  /** Looks at the losses' weights: those of `tasksOf`. */
  tasks: number;
}

/** A model that is looked at as any other, and counts it. */
function counted(model: Model, counts: Counts): Model {
  const nodes = model.nodes.map((node) => {
    const { parameters, trainable } = node;
    return Object.defineProperties(
      { ...node },
      {
        parameters: { get: () => (counts.specs++, parameters) },
        trainable: { get: () => (counts.frozen++, trainable) },
      },
    );
  });
  return Object.assign(model.bind(undefined), model, { nodes });
}

/** Layers with penalties, a frozen one, and wrappers, which ask the layer inside. */
function net(counts: Counts): Model {
  const inner = (): Layer => {
    const layer = dense({ units: 4 });
    return { ...layer, parameters: (inputs) => (counts.parameters++, layer.parameters!(inputs)) };
  };
  const layers = [
    conv2d({ filters: 4, kernelSize: 3 }),
    batchNorm(),
    flatten(),
    dropConnect(inner(), { rate: 0.2 }),
    weightNorm(inner()),
    spectralNorm(inner()),
    dense({ units: 4, kernelRegularizer: l2(0.01) }),
  ];
  const model = sequential([input([6, 6, 1]), ...layers]);
  return counted(
    freeze(model, (layer) => layer === 'conv2d'),
    counts,
  );
}

const data = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });

const objectives = (counts: Counts): Pick<FitOptions, 'loss' | 'lossWeights' | 'optimizer'> => {
  const lossWeights = new Proxy({}, { ownKeys: () => (counts.tasks++, []) });
  return { loss: crossEntropy(), optimizer: sgd(), lossWeights };
};

const none = { specs: 0, frozen: 0, parameters: 0, tasks: 0 };

test('within the steps of fit nothing of the model is computed anew', async () => {
  const counts: Counts = { ...none };
  let afterFirst: Counts | undefined;
  let afterLast: Counts | undefined;
  const { state } = await fit(net(counts), {
    ...objectives(counts),
    data,
    accumulate: 2,
    epochs: 1,
    callbacks: [
      { onStep: ({ step }) => void (step === 1 ? (afterFirst = { ...counts }) : (afterLast = { ...counts })) },
    ],
  });
  disposeTraining(state);
  expect(Object.values(afterFirst!).every((count) => count > 0)).toBe(true);
  expect(afterLast).toEqual(afterFirst);
});

test('within the steps of a trainer neither', async () => {
  const counts: Counts = { ...none };
  const trainer = createTrainer(initialize(net(counts), { seed: 1 }), objectives(counts));
  let afterFirst: Counts | undefined;
  for await (const batch of data.epoch(0)) {
    trainer.update(trainer.gradients(batch).gradients);
    afterFirst ??= { ...counts };
  }
  trainer.dispose();
  expect(Object.values(afterFirst!).every((count) => count > 0)).toBe(true);
  expect(counts).toEqual(afterFirst);
});
