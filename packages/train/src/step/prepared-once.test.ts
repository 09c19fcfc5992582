import { cpu } from '@striate/core/testing';
import { use } from '@striate/core';
import { batches } from '@striate/data';
import { smallNet } from '@striate/inference/testing';
import { freeze, initialize, regularize, type Model } from '@striate/layers';
import { l2 } from '@striate/regularizers';
import { beforeAll, expect, test } from 'vitest';
import { fit, type FitOptions } from '../fit.ts';
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
  /** Calls of a layer's `parameters`. */
  parameters: number;
  /** Looks at the losses' weights: those of `tasksOf`. */
  tasks: number;
}

/** A model that is looked at as any other, and counts it. */
function counted(model: Model, counts: Counts): Model {
  const countedLayer = <Holder extends Model['steps'][number] | Model['nodes'][number]>(holder: Holder): Holder => {
    const { layer } = holder;
    const parameters: typeof layer.parameters = (...given) => {
      counts.parameters++;
      return layer.parameters?.(...given) ?? {};
    };
    return { ...holder, layer: { ...layer, parameters } };
  };
  const nodes = model.nodes.map((node) => {
    const { parameters, trainable } = node;
    return Object.defineProperties(countedLayer(node), {
      parameters: { get: () => (counts.specs++, parameters) },
      trainable: { get: () => (counts.frozen++, trainable) },
    });
  });
  return Object.assign(model.bind(undefined), model, { nodes, steps: model.steps.map(countedLayer) });
}

const data = batches(blobs({ length: 52, seed: 1 }), { size: 10, seed: 3 });

const net = (counts: Counts): Model =>
  counted(
    freeze(regularize(smallNet(), { kernel: l2(0.01) }), (layer) => layer === 'conv2d'),
    counts,
  );

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
  expect(afterFirst!.tasks * afterFirst!.specs * afterFirst!.frozen).toBeGreaterThan(0);
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
  expect(afterFirst!.tasks * afterFirst!.specs * afterFirst!.frozen).toBeGreaterThan(0);
  expect(counts).toEqual(afterFirst);
});
