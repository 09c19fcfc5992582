import { cpu } from '@striate/core/testing';
import { dispose, memory, tensor, use, type Values } from '@striate/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { outputOf } from '../layer-function.ts';
import { add } from '../layers/add.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { input } from '../layers/input.ts';
import { forward } from './forward.ts';
import { initialize } from './initialize.ts';
import type { Model } from './model-graph.ts';
import { model } from './model.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';
import { modelFromJson, modelToJson } from './saving.ts';
import { sequential } from './sequential.ts';
import { summary } from './summary.ts';

beforeAll(async () => {
  await use(cpu());
});

const block = (name?: string): Model =>
  sequential([input([6, 6, 2]), conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), batchNorm()], {
    ...(name !== undefined && { name }),
  });

const compute = async (graph: Model, parameters: Values, state: Values): Promise<number[]> => {
  const x = tensor(
    Array.from({ length: 72 }, (_, place) => Math.sin(place)),
    [1, 6, 6, 2],
  );
  const { outputs } = forward(graph, { parameters, state, inputs: [x] });
  const numbers = [...(await outputs[0]!.data())];
  dispose(x, outputs);
  return numbers;
};

describe('a nested model', () => {
  test('has its layers under its own name', () => {
    const x = input([6, 6, 2]);
    const outer = model({ inputs: x, outputs: dense({ units: 3 })(flatten()(block()(block('stem')(block()(x))))) });
    expect(Object.keys({ ...parameterSpecs(outer), ...stateSpecs(outer) })).toEqual([
      ...['model/conv2d', 'stem/conv2d', 'model_1/conv2d'].flatMap((layer) => [
        `${layer}/kernel`,
        `${layer}/bias`,
        `${layer.replace('conv2d', 'batchNorm')}/gamma`,
        `${layer.replace('conv2d', 'batchNorm')}/beta`,
      ]),
      'dense/kernel',
      'dense/bias',
      ...['model', 'stem', 'model_1'].flatMap((name) => [
        `${name}/batchNorm/movingMean`,
        `${name}/batchNorm/movingVariance`,
      ]),
    ]);
    const deeper = sequential([input([6, 6, 2]), sequential([input([6, 6, 2]), block('stem')], { name: 'base' })]);
    expect(Object.keys(parameterSpecs(deeper))[0]).toBe('base/stem/conv2d/kernel');
  });

  test('computes what its layers do without it', async () => {
    const plain = sequential([
      input([6, 6, 2]),
      conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      batchNorm(),
      conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      batchNorm(),
    ]);
    const outer = sequential([input([6, 6, 2]), block('a'), block('b')]);
    const { parameters, state } = initialize(plain, { seed: 4 });
    const before = memory().numTensors;
    const renamed = (values: Values): Values =>
      Object.fromEntries(
        Object.entries(values).map(([path, value]) => [
          path.includes('_1/') ? `b/${path.replace('_1', '')}` : `a/${path}`,
          value,
        ]),
      );
    const wanted = await compute(plain, parameters, state);
    expect(await compute(outer, renamed(parameters), renamed(state))).toEqual(wanted);
    expect(memory().numTensors).toBe(before);
    const loaded = modelFromJson(JSON.parse(JSON.stringify(modelToJson(outer))));
    expect(Object.keys(parameterSpecs(loaded))).toEqual(Object.keys(parameterSpecs(outer)));
    expect(await compute(loaded, renamed(parameters), renamed(state))).toEqual(wanted);
    dispose(parameters, state);
  });

  test('is shared if it is called twice, and may have several inputs and outputs', () => {
    const shared = block('shared');
    const x = input([6, 6, 2]);
    const twice = model({ inputs: x, outputs: add()([shared(x), shared(shared(x))]) });
    expect(Object.keys(parameterSpecs(twice))).toHaveLength(4);
    expect(twice.nodes.map(({ name }) => name)).toContain('shared/conv2d:3');

    const [a, b] = [input([3]), input([3])];
    const sum = add()([a, b]);
    const pair = model({ inputs: [a, b], outputs: [dense({ units: 4 })(sum), dense({ units: 5 })(b)] });
    const [left, right] = [input([3]), input([3])];
    const both = pair([left, right]);
    const outer = model({ inputs: [left, right], outputs: [outputOf(both, 1), both] });
    expect(outer.outputShapes).toEqual([[5], [4]]);
    expect(() => pair(left)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: was called with 1 inputs, but takes 2 symbolic tensors, such as input([28, 28, 1]).]`,
    );
  });

  test('takes what its input takes, and has a name of its own', () => {
    expect(() => sequential([input([8, 8, 2]), block('stem')])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'stem/input', which is given [8, 8, 2]: input: the nested model takes [6, 6, 2], not [8, 8, 2].]`,
    );
    expect(() => sequential([input([6, 6, 2]), block('a'), block('a')])).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: two nested models have the name 'a'. Give one of them another.]`,
    );
    const open = sequential([input([null, null, 2]), conv2d({ filters: 2, kernelSize: 3 })]);
    expect(sequential([input([8, 8, 2]), open]).outputShapes).toEqual([[6, 6, 2]]);
  });

  test('expands in the summary', () => {
    expect(summary(sequential([input([6, 6, 2]), block('stem')]))).toContain('stem/conv2d');
  });
});
