import { cpu } from '@striate/core/testing';
import { dispose, tensor, use } from '@striate/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { input } from '../layers/input.ts';
import { forward } from './forward.ts';
import { freeze, frozenParameters, unfreeze } from './freeze.ts';
import { initialize } from './initialize.ts';
import type { Model } from './model-graph.ts';
import { modelFromJson, modelToJson } from './saving.ts';
import { sequential } from './sequential.ts';
import { summary } from './summary.ts';

beforeAll(async () => {
  await use(cpu());
});

const net = (trainable?: boolean): Model =>
  sequential([
    input([4, 4, 1]),
    conv2d({ filters: 2, kernelSize: 3 }),
    batchNorm(trainable === undefined ? {} : { trainable }),
    flatten(),
    dense({ units: 3, name: 'head' }),
  ]);

async function pass(graph: Model, training: boolean): Promise<{ y: number[]; changed: string[] }> {
  const { parameters, state } = initialize(graph, { seed: 1 });
  const x = tensor(
    Array.from({ length: 32 }, (_, place) => Math.cos(place)),
    [2, 4, 4, 1],
  );
  const result = forward(graph, { parameters, state, inputs: [x], training });
  const y = [...(await result.outputs[0]!.data())];
  const changed = Object.entries(result.state).filter(([path, value]) => value !== state[path]);
  dispose(x, parameters, state, result.outputs, Object.fromEntries(changed));
  return { y, changed: changed.map(([path]) => path) };
}

describe('frozen layers', () => {
  test('are chosen by an option or by name', () => {
    expect(frozenParameters(net())).toEqual(new Set());
    expect(frozenParameters(net(false))).toEqual(new Set(['batchNorm/gamma', 'batchNorm/beta']));
    const base = freeze(net(false), (layer) => layer.startsWith('conv'));
    expect(frozenParameters(base)).toEqual(new Set(['conv2d/kernel', 'conv2d/bias']));
    expect(frozenParameters(freeze(base, () => false))).toEqual(new Set());
    expect(() => conv2d({ filters: 1, kernelSize: 1, trainable: 'no' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: trainable is "no", but must be true or false.]`,
    );
  });

  test('with moving statistics work in training as in inference, and keep them', async () => {
    const trained = await pass(net(), true);
    const frozen = await pass(net(false), true);
    const evaluated = await pass(net(), false);
    expect(trained.changed).toEqual(['batchNorm/movingMean', 'batchNorm/movingVariance']);
    expect(frozen.changed).toEqual([]);
    expect(frozen.y).toEqual(evaluated.y);
    expect(frozen.y).not.toEqual(trained.y);
  });

  test('stay frozen when nested and when saved', () => {
    const frozen = freeze(net(), (layer) => layer !== 'head');
    const outer = sequential([input([4, 4, 1]), frozen, dense({ units: 2 })]);
    const names = new Set(['conv2d/kernel', 'conv2d/bias', 'batchNorm/gamma', 'batchNorm/beta']);
    expect(frozenParameters(outer)).toEqual(new Set([...names].map((name) => `model/${name}`)));
    const again = (graph: Model): Model => modelFromJson(JSON.parse(JSON.stringify(modelToJson(graph))));
    expect(frozenParameters(again(frozen))).toEqual(names);
    expect(frozenParameters(again(outer))).toEqual(frozenParameters(outer));
    expect(frozenParameters(again(freeze(net(false), () => false)))).toEqual(new Set());
    expect(frozenParameters(again(net(false)))).toEqual(frozenParameters(net(false)));
  });

  test('count as not trainable', () => {
    expect(summary(net(false))).toContain('trainable parameters: 47; not trainable: 8');
  });

  test('know their types and whether they were frozen before', () => {
    const first = freeze(net(), (name) => name === 'conv2d');
    const resting = freeze(first, (_, { type, trainable }) => !trainable || type === 'batchNorm');
    expect(frozenParameters(resting)).toEqual(
      new Set(['conv2d/kernel', 'conv2d/bias', 'batchNorm/gamma', 'batchNorm/beta']),
    );
  });

  test('of a network keep its values and all that it knows', () => {
    const network = { ...initialize(net(), { seed: 1 }), outputMeaning: 'classes' } as const;
    const frozen = freeze(network, (name) => name !== 'head');
    expect(frozenParameters(frozen.model).size).toBe(4);
    expect(frozenParameters(network.model).size).toBe(0);
    expect(frozen).toEqual({ ...network, model: frozen.model });
    expect(frozen.parameters['conv2d/kernel']).toBe(network.parameters['conv2d/kernel']);
    expect(Object.keys(frozenParameters(unfreeze(frozen).model))).toEqual([]);
    dispose(network.parameters, network.state);
  });
});

describe('unfreeze', () => {
  test('trains a layer and all behind it, and leaves those before it as they are', () => {
    const trunk = freeze(net(), (name) => name !== 'head');
    expect(frozenParameters(unfreeze(trunk, { from: 'batchNorm' }))).toEqual(new Set(['conv2d/kernel', 'conv2d/bias']));
    expect(frozenParameters(unfreeze(trunk, { from: 'head' }))).toEqual(frozenParameters(trunk));
    expect(frozenParameters(unfreeze(trunk))).toEqual(new Set());
    expect(
      frozenParameters(
        unfreeze(
          freeze(trunk, (name) => name === 'head'),
          { from: 'flatten' },
        ),
      ),
    ).toEqual(new Set());
  });

  test('refuses what it cannot find, and what is neither model nor network', () => {
    expect(() => unfreeze(net(), { from: 'conv2d_1' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: unfreeze: the model has no layer "conv2d_1". Did you mean 'conv2d'? Known: input, conv2d, batchNorm, flatten, head.]`,
    );
    expect(() => unfreeze(net(), { form: 'conv2d' } as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: unfreeze: there is no option 'form'. Did you mean 'from'? Known: from.]`,
    );
    expect(() => unfreeze({ model: net() } as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: unfreeze: got {"model":"function"}, but a model or a network is needed. Write sequential([...]), or a network that initialize, fit or load gave.]`,
    );
    expect(() => unfreeze([] as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: unfreeze: got [] as the model. Write sequential([input([28, 28, 1]), ..., dense({ units: 10 })]).]`,
    );
  });
});
