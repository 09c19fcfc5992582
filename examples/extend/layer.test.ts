import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { dispose, fill, tensor, use, type Tensor } from '@striate/core';
import { load, save } from '@striate/inference';
import {
  activation,
  add,
  batchNorm,
  foldBatchNorm,
  forward,
  initialize,
  input,
  model,
  modelFromJson,
  modelToJson,
  parameterSpecs,
  regularize,
  sequential,
  type Model,
  type Network,
} from '@striate/layers';
import { checkLayer } from '@striate/layers/testing';
import { l2 } from '@striate/regularizers';
import { beforeAll, expect, test } from 'vitest';
import { pointwise } from './layer.ts';

beforeAll(async () => void (await use(wasm({ threads: 1 }))));

const image = (): Tensor =>
  tensor(
    Array.from({ length: 2 * 5 * 5 * 3 }, (_, place) => Math.sin(place * 1.7)),
    [2, 5, 5, 3],
  );

async function outputOf({ model: graph, ...values }: Network, fuse: boolean = true): Promise<number[]> {
  const x = image();
  const { outputs } = forward(graph, { ...values, inputs: [x], fuse });
  const numbers = [...(await outputs[0]!.data())];
  dispose(x, outputs);
  return numbers;
}

test('its gradients are right, and it is saved and loaded with `kinds`', async () => {
  const inputShapes = [[5, 4, 3]];
  const expected = { inputShapes, outputShape: [5, 4, 6], parameterCount: 24, kinds: [pointwise] };
  await checkLayer({ layer: pointwise({ filters: 6, activation: 'relu' }), ...expected });
});

test('a sum and a relu behind it are computed in its pass, to the same bits', async () => {
  const x = input([5, 5, 3]);
  const graph: Model = model({
    inputs: x,
    outputs: activation({ activation: 'relu' })(add()([pointwise({ filters: 3 })(x), x])),
  });
  expect(graph.steps.map(({ layer, inputs }) => `${layer.type} ${inputs.length}`)).toEqual([
    'input 0',
    'me/pointwise 2',
  ]);
  const network = initialize(graph, { seed: 1 });
  expect(await outputOf(network)).toEqual(await outputOf(network, false));
  dispose(network.parameters);
});

test('a batch norm behind it becomes part of it', async () => {
  const graph = sequential([
    input([5, 5, 3]),
    pointwise({ filters: 4, useBias: false }),
    batchNorm({ activation: 'relu' }),
  ]);
  const drawn = initialize(graph, { seed: 1 });
  const statistics = { 'batchNorm/movingMean': fill([4], 0.3), 'batchNorm/movingVariance': fill([4], 2) };
  const network = { ...drawn, state: statistics };
  const folded = foldBatchNorm(network);
  expect(Object.keys(folded.parameters)).toEqual(['pointwise/kernel', 'pointwise/bias']);
  const [wanted, got] = [await outputOf(network), await outputOf(folded)];
  wanted.forEach((value, place) => expect(got[place]).toBeCloseTo(value, 5));

  const folder = await mkdtemp(join(tmpdir(), 'striate-'));
  await save(folded, join(folder, 'model'));
  const { network: loaded } = await load(join(folder, 'model'), { kinds: [pointwise] });
  expect(await outputOf(loaded)).toEqual(got);
  await rm(folder, { recursive: true });
  dispose(drawn.state, statistics, network.parameters, folded.parameters, loaded.parameters);
});

test('it takes penalties, which are saved', () => {
  const graph = regularize(sequential([input([5, 5, 3]), pointwise({ filters: 4 })]), { kernel: l2(0.1) });
  const again = modelFromJson(JSON.parse(JSON.stringify(modelToJson(graph))), { kinds: [pointwise] });
  expect(Object.values(parameterSpecs(again)).map(({ regularizer }) => regularizer)).toEqual([l2(0.1), undefined]);
});
