import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { engine, ops } from '@striate/core/backend';
import { initialize } from '@striate/layers';
import { adam, cosineDecay, createTrainer, crossEntropy, sgd, type Optimizer } from '@striate/train';
import { beforeAll, expect, test } from 'vitest';
import { smallCnn, smallTraining } from './small-training.ts';

beforeAll(() => use(wasm({ threads: 1 })));

interface Call {
  name: string;
  attributes: Readonly<Record<string, unknown>>;
}

/** The calls of our kernels in each of three steps. */
async function callsOfSteps(optimizer: Optimizer): Promise<Call[][]> {
  const steps: Call[][] = [];
  const trainer = createTrainer(initialize(smallCnn(), { seed: 1 }), { loss: crossEntropy(), optimizer });
  const { runKernel } = engine();
  engine().runKernel = function watched(name, inputs, attributes) {
    if (name.startsWith('striate.')) steps.at(-1)!.push({ name, attributes: { ...attributes } });
    return runKernel.call(engine(), name, inputs, attributes) as never;
  };
  try {
    for await (const batch of smallTraining({ seed: 3, steps: 3 }).data.epoch(0)) {
      steps.push([]);
      trainer.update(trainer.gradients(batch).gradients);
    }
  } finally {
    engine().runKernel = runKernel;
    trainer.dispose();
  }
  return steps;
}

const schedule = cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 });
test.each([
  ['adam', adam({ learningRate: schedule }), ['learningRate', 'step']],
  ['sgd', sgd({ learningRate: schedule, momentum: 0.9 }), ['learningRate', 'step']],
])('what differs from one step to the next is what the ops say varies: %s', async (_, optimizer, expected) => {
  const [, second, third] = await callsOfSteps(optimizer);
  expect(third!.map(({ name }) => name)).toEqual(second!.map(({ name }) => name));
  const found = new Set<string>();
  second!.forEach(({ name, attributes }, index) => {
    const { varies = [] } = Object.values(ops).find(({ definition }) => definition.name === name)!.definition;
    for (const [key, value] of Object.entries(attributes)) {
      if (JSON.stringify(value) === JSON.stringify(third![index]!.attributes[key])) continue;
      expect(varies, `${name} ${key}`).toContain(key);
      found.add(key);
    }
  });
  expect([...found].toSorted()).toEqual(expected);
});
