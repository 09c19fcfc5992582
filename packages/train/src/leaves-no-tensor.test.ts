import { runInNewContext } from 'node:vm';
import { wasm } from '@striate/backend-wasm';
import { dispose, memory, ops, tensor, use, valueAndGradients, type Tensor } from '@striate/core';
import { batches, mapBatches, type Batch, type Batches } from '@striate/data';
import {
  ensemble,
  load,
  modelFiles,
  monteCarlo,
  predict,
  predictOutputs,
  type PredictInputs,
} from '@striate/inference';
import { smallNet } from '@striate/inference/testing';
import {
  batchNorm,
  conv2d,
  defineLayer,
  dense,
  flatten,
  foldBatchNorm,
  forward,
  freeze,
  initialize,
  input,
  sequential,
  type LayerFunction,
  type Model,
  type Network,
} from '@striate/layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Callback } from './callbacks/callback.ts';
import { toDevice } from './device-batch.ts';
import { evaluate } from './evaluate.ts';
import { readCheckpoint } from './files/checkpoint.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import type { Loss } from './losses/loss.ts';
import { accuracy } from './metrics/accuracy.ts';
import { topK } from './metrics/top-k.ts';
import { adam } from './optimizers/adam.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { sgd } from './optimizers/sgd.ts';
import { averageGradients } from './step/average-gradients.ts';
import { createTrainer } from './step/trainer.ts';
import type { TrainerOptions } from './step/trainer-options.ts';
import { blobs } from './testing/blobs.ts';

const times = 100;
const images = Float32Array.from({ length: 2 * 36 }, (_, place) => Math.sin(place));
const data = batches(blobs({ length: 6, seed: 1 }), { size: 2, seed: 3 });
const failing = (what: string): never => {
  throw new Error(`${what} fails`);
};

/** The same batches, of which one is changed, or fails. */
const withBatch = (place: number, change: (batch: Batch) => Batch): Batches => {
  let count = 0;
  return mapBatches(data, (batch) => (count++ % data.batchesPerEpoch === place ? change(batch) : batch));
};

const breaking = (): LayerFunction =>
  defineLayer({
    type: 'breaking',
    options: {},
    outputShapes: (inputs) => [inputs[0]!],
    apply([x]) {
      ops.add(x!, x!); // lies about when the layer fails
      return failing('layer');
    },
  });

const plain = (): Model => sequential([input([6, 6, 1]), flatten(), batchNorm(), dense({ units: 4 })]);

const badStart = (): LayerFunction => dense({ units: 2, biasInitializer: () => new Float32Array(9), name: 'bad' });

let network: Network;
let broken: Network;
let kept: Tensor[];

beforeAll(async () => {
  await use(wasm({ threads: 1 }));
  network = initialize(smallNet(), { seed: 1 });
  broken = initialize(sequential([input([6, 6, 1]), flatten(), dense({ units: 4 }), breaking()]), { seed: 1 });
  kept = [tensor([1, 2, 3], [3]), tensor([1, 2], [1, 2], 'int32')];
});

async function refusesWithoutTensors(call: () => unknown): Promise<void> {
  const before = memory().numTensors;
  for (let time = 0; time < times; time++) {
    let refused = false;
    try {
      await call();
    } catch {
      refused = true;
    }
    expect(refused).toBe(true);
  }
  expect(memory().numTensors - before).toBe(0);
}

const wrongInputs: Record<string, () => unknown> = {
  bytes: () => new Uint8Array(36),
  'large bytes': () => new Uint8Array(1e6),
  integers: () => new Int32Array(36),
  'a list': () => [1, 2, 3],
  nothing: () => undefined,
  'a cut array': () => new Float32Array(35),
  'no values': () => new Float32Array(0),
  'a tensor of another shape': () => kept[0],
  'one of integers': () => kept[1],
  'bytes of another realm': () => runInNewContext('new Uint8Array(36)') as unknown,
  'two inputs': () => ({ a: images, b: images }),
  'an input that is nothing': () => ({ input: undefined }),
};

describe('what is refused leaves no tensor', () => {
  it.each(Object.entries(wrongInputs))('predict and its kin: %s', async (_, make) => {
    const inputs = make() as PredictInputs;
    await refusesWithoutTensors(() => predict(network, inputs));
    await refusesWithoutTensors(() => predictOutputs(network, inputs));
    await refusesWithoutTensors(() => monteCarlo(network, inputs, { samples: 2 }));
    await refusesWithoutTensors(() => ensemble([network, network], inputs));
  });

  it('predict with a layer that fails half-way, with lost tensors and of networks that do not fit', async () => {
    await refusesWithoutTensors(() => predict(broken, images));
    await refusesWithoutTensors(() => ensemble([network, broken], images));
    await refusesWithoutTensors(() => predict({ ...network, parameters: {} }, images));
    await refusesWithoutTensors(() =>
      predict({ ...network, parameters: { ...network.parameters, more: kept[0]! } }, images),
    );
  });

  it('evaluate', async () => {
    const options = { loss: crossEntropy(), metrics: [accuracy()] };
    const odd = { values: new Float32Array(2), shape: [2, 9] };
    await refusesWithoutTensors(() => evaluate(broken, data, options));
    await refusesWithoutTensors(() =>
      evaluate(
        network,
        withBatch(1, () => failing('data')),
        options,
      ),
    );
    await refusesWithoutTensors(() =>
      evaluate(
        network,
        withBatch(2, (batch) => ({ ...batch, moreTargets: { dense: odd } })),
        options,
      ),
    );
    await refusesWithoutTensors(() =>
      evaluate(
        network,
        withBatch(1, (batch) => ({ ...batch, moreInputs: { other: odd } })),
        options,
      ),
    );
    await refusesWithoutTensors(() => evaluate(network, data, { ...options, metrics: [topK(5)] }));
    await refusesWithoutTensors(() => evaluate(network, data, { ...options, signal: AbortSignal.abort() }));
  });

  const loss: Loss = { ...crossEntropy(), type: 'mine/failing', options: {}, compute: () => failing('loss') };
  const optimizer: Optimizer = { ...adam(), type: 'mine/failing', update: () => failing('optimizer') };
  const start: Optimizer = {
    ...adam(),
    type: 'mine/failing',
    init(parameters) {
      adam().init(parameters);
      return failing('optimizer');
    },
  };
  const callback = (name: keyof Callback): readonly Callback[] => [{ [name]: () => failing('callback') }];
  const odd = { values: new Float32Array(2), shape: [2, 9] };
  it.each<[string, Partial<FitOptions>]>([
    ['a loss that fails', { loss }],
    ['an optimiser that fails', { optimizer }],
    ['one that fails at once', { optimizer: start }],
    ['a callback that fails at first', { callbacks: callback('onBegin') }],
    ['after a step', { callbacks: callback('onStep') }],
    ['after an epoch', { callbacks: callback('onEpochEnd') }],
    ['at the end', { callbacks: callback('onEnd') }],
    ['data that fail half-way', { data: withBatch(1, () => failing('data')) }],
    ['validation that fails half-way', { validation: withBatch(1, () => failing('data')) }],
    ['an odd batch', { data: withBatch(1, (batch) => ({ ...batch, moreTargets: { dense: odd } })) }],
    ['a batch that is cut', { data: withBatch(1, (batch) => ({ ...batch, inputs: batch.inputs.slice(1) })) }],
    ['NaN in a batch', { data: withBatch(1, (batch) => ({ ...batch, inputs: batch.inputs.map(() => NaN) })) }],
    ['a wrong label', { data: withBatch(2, (batch) => ({ ...batch, targets: batch.targets.map(() => 9) })) }],
    ['a metric that does not fit', { metrics: [topK(5)] }],
    ['another option', { batchSize: 3 } as Partial<FitOptions>],
  ])('fit: %s', async (_, given) => {
    const options: FitOptions = { data, epochs: 1, optimizer: adam(), loss: crossEntropy(), ...given };
    await refusesWithoutTensors(() => fit(plain(), options));
  });

  it('fit: layers that fail, a state of another model', async () => {
    const options: FitOptions = { data, epochs: 1, optimizer: adam(), loss: crossEntropy() };
    await refusesWithoutTensors(() => fit(broken.model, options));
    await refusesWithoutTensors(() => fit(sequential([input([6, 6, 1]), flatten(), badStart()]), options));
    const { state } = await fit(smallNet(), options);
    const other = sequential([input([6, 6, 1]), flatten(), dense({ units: 4 })]);
    await refusesWithoutTensors(() => fit(other, { ...options, epochs: 2, resume: state }));
    await refusesWithoutTensors(() => fit(smallNet(), { ...options, epochs: 2, seed: 9, resume: state }));
    dispose(state.parameters, state.state, ...Object.values(state.optimizer));
  });

  it('toDevice, createTrainer, averageGradients, valueAndGradients', async () => {
    const { value: batch } = (await data.epoch(0)[Symbol.asyncIterator]().next()) as { value: Batch };
    const parts = { values: new Float32Array(3), shape: [2] };
    await refusesWithoutTensors(() => toDevice({ ...batch, moreTargets: { a: { ...parts, shape: [3] }, b: parts } }));
    await refusesWithoutTensors(() => toDevice({ ...batch, moreInputs: { a: undefined as never } }));
    await refusesWithoutTensors(() => toDevice({ ...batch, targets: [1, 2] as never }));
    await refusesWithoutTensors(() => toDevice({ ...batch, weights: 'all' as never }));
    await refusesWithoutTensors(() => valueAndGradients(() => failing('loss'), { x: kept[0]! }));
    await refusesWithoutTensors(() => valueAndGradients(({ x }) => ({ loss: ops.add(x!, x!) }), { x: kept[0]! }));
    await refusesWithoutTensors(() =>
      valueAndGradients(
        ({ x }) => {
          ops.mean(ops.activation(x!, 'tanh'));
          return failing('loss');
        },
        { x: kept[0]! },
      ),
    );
    const options: TrainerOptions = { optimizer: adam(), loss: crossEntropy() };
    await refusesWithoutTensors(() => createTrainer(network, { ...options, optimizer: start }));
    const [broke, stuck] = [
      createTrainer(broken, { ...options, optimizer: sgd() }),
      createTrainer(initialize(smallNet(), { seed: 1 }), { ...options, optimizer }),
    ];
    await refusesWithoutTensors(() => broke.gradients(batch));
    const { gradients } = stuck.gradients(batch);
    await refusesWithoutTensors(() => stuck.update(gradients));
    await refusesWithoutTensors(() =>
      averageGradients([
        { gradients, count: 1 },
        { gradients: { 'dense/bias': kept[0]! }, count: 1 },
      ]),
    );
  });

  it('initialize, foldBatchNorm, freeze, forward', async () => {
    const model = sequential([
      input([6, 6, 1]),
      conv2d({ filters: 2, kernelSize: 3 }),
      batchNorm(),
      flatten(),
      badStart(),
    ]);
    await refusesWithoutTensors(() => initialize(model, { seed: 1 }));
    await refusesWithoutTensors(() => initialize(smallNet(), { seed: -1 }));
    await refusesWithoutTensors(() => freeze(network.model, () => failing('choice')));
    const { 'batchNorm/gamma': _, ...parameters } = network.parameters;
    const cut = { ...network, parameters: { ...parameters, 'batchNorm/gamma': kept[0]! } };
    await refusesWithoutTensors(() => foldBatchNorm(cut));
    await refusesWithoutTensors(() => forward(network.model, { ...network, inputs: [kept[0]!] }));
    await refusesWithoutTensors(() => forward(network.model, { ...network, inputs: [], training: true }));
  });

  it('load, readCheckpoint, save', async () => {
    const files = await modelFiles(network);
    await refusesWithoutTensors(() =>
      load({ ...files, 'weights.safetensors': files['weights.safetensors']!.slice(1) }),
    );
    await refusesWithoutTensors(() => load({}));
    await refusesWithoutTensors(() => readCheckpoint('no-such-folder', smallNet()));
    await refusesWithoutTensors(() => modelFiles({ network } as never));
  });

  it('use with a tensor that cannot be carried', async () => {
    const gone = tensor([1]);
    gone.dispose();
    await refusesWithoutTensors(() => use(wasm({ threads: 1 }), { carry: [network, gone] }));
  });
});
