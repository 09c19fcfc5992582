import { cpu } from '@striate/core/testing';
import { dispose, use, type Backend } from '@striate/core';
import { wasm } from '@striate/backend-wasm';
import { batches, mapBatches } from '@striate/data';
import { load, modelFiles, save, predict } from '@striate/inference';
import {
  dense,
  flatten,
  initialize,
  input,
  modelFromJson,
  modelToJson,
  sequential,
  type Model,
  type Network,
} from '@striate/layers';
import { describe, expect, it } from 'vitest';
import { checkpoints } from './callbacks/checkpoints.ts';
import { toDevice } from './device-batch.ts';
import { evaluate } from './evaluate.ts';
import { fit, type FitResult } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import { accuracy } from './metrics/accuracy.ts';
import { adam } from './optimizers/adam.ts';
import { sgd } from './optimizers/sgd.ts';
import { cosineDecay } from './schedules/cosine-decay.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

const train = blobs({ length: 12, seed: 1 });
const data = batches(train, { size: 4, seed: 3 });
const model = (): Model => sequential([input([6, 6, 1]), flatten(), dense({ units: 4 })]);
const images = new Float32Array(36);
const failing = (): never => {
  throw new Error('was called');
};
const options = (given: Record<string, unknown> = {}): FitOptions => ({
  data,
  epochs: 1,
  optimizer: sgd(),
  loss: crossEntropy(),
  ...given,
});

/** What a person reads: the kind of error and the text, of at most a screen. */
async function told(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    const { name, message } = error as Error;
    expect(['OptionError', 'ShapeError', 'DataError', 'BackendError']).toContain(name);
    expect(message.length).toBeLessThan(1000);
    return `${name}: ${message}`;
  }
  return 'nothing';
}

// Before any backend is in use.
it('a call before use says which lines to write first', async () => {
  expect(await told(() => fit(model(), options()))).toMatchInlineSnapshot(`
    "BackendError: fit: no backend is in use yet. Write this first:
      import { wasm } from '@striate/backend-wasm';
      await use(wasm());"
  `);
  for (const call of [
    () => initialize(model(), { seed: 1 }),
    () => load({ 'model.json': new Uint8Array() }),
    () => predict({ model: model(), parameters: {}, state: {} }, images),
    () => evaluate({ model: model(), parameters: {}, state: {} }, data, { loss: crossEntropy() }),
  ]) {
    expect(await told(call)).toContain('no backend is in use yet');
  }
});

describe('use', () => {
  it.each<[string, unknown]>([
    ['a factory', wasm],
    ['a name', 'wasm'],
    ['nothing', undefined],
    ['an empty list', []],
    ['a list with a factory', [cpu(), wasm]],
    ['options', { threads: 2 }],
  ])('given %s', async (_, choice) => {
    expect(await told(() => use(choice as Backend))).toMatchSnapshot();
  });

  it.each<[string, unknown]>([
    ['a misspelt option', { onRefuse: failing }],
    ['a state that is no list', { carry: {} }],
    ['a text to call', { onRefusal: 'warn' }],
    ['a function', failing],
  ])('with %s', async (_, given) => {
    expect(await told(() => use(cpu(), given as never))).toMatchSnapshot();
  });
});

describe('fit', () => {
  it.each<[string, unknown]>([
    ['a list of layers', [input([6, 6, 1]), flatten(), dense({ units: 4 })]],
    ['a layer', dense({ units: 4 })],
    ['a promise', Promise.resolve(model())],
    ['a folder', 'runs/a/model'],
    ['nothing', undefined],
    ['what load gave', { network: {}, classNames: ['a'] }],
    ['a network without values', { model: model() }],
  ])('given %s as the model', async (_, start) => {
    await use(cpu());
    expect(await told(() => fit(start as Model, options()))).toMatchSnapshot();
  });

  it.each<[string, Record<string, unknown>]>([
    ['a text as loss', { loss: 'mse' }],
    ['a loss that is not called', { loss: crossEntropy }],
    ['no loss', { loss: undefined }],
    ['half a loss', { loss: { type: 'mse', options: {} } }],
    [
      'a loss with an option too many',
      { loss: { ...crossEntropy(), options: { labelSmoothing: 0, fromLogits: true } } },
    ],
    ['a loss with a member too many', { loss: { ...crossEntropy(), fromLogits: true } }],
    ['a text as optimizer', { optimizer: 'adam' }],
    ['an optimizer that is not called', { optimizer: adam }],
    ['an optimizer with an option too many', { optimizer: { ...adam(), options: { ...adam().options, lr: 1 } } }],
    ['an optimizer with another rate', { optimizer: { ...adam(), options: { ...adam().options, learningRate: NaN } } }],
    ['texts as metrics', { metrics: ['accuracy'] }],
    ['one metric', { metrics: accuracy() }],
    ['metrics that are not called', { metrics: [accuracy] }],
    ['metrics of an output that is none', { metrics: { main: [accuracy()] } }],
    ['a data set', { data: train }],
    ['a list as data', { data: [[0, 1, 2]] }],
    ['a data set as validation', { validation: train }],
    ['no data', { data: undefined }],
    ['a text as epochs', { epochs: '3' }],
    ['half an epoch', { epochs: 0.5 }],
    ['callbacks that are not called', { callbacks: [checkpoints] }],
    ['one callback', { callbacks: checkpoints('runs/a') }],
    ['a misspelt hook', { callbacks: [{ onEpochended: () => undefined }] }],
    ['a hook that is no function', { callbacks: [{ onEpochEnd: 'log' }] }],
    ['a callback without hooks', { callbacks: [{}] }],
    ['a controller as signal', { signal: new AbortController() }],
    ['a folder to resume', { resume: 'runs/a' }],
    ['a checkpoint to resume', { resume: { folder: 'runs/a', state: { parameters: {} } } }],
    ['a text as seed', { seed: '1' }],
    ['a weight without a name', { lossWeights: 0.5 }],
    ['a misspelt option', { callback: [] }],
    ['an option of Keras', { batchSize: 32 }],
  ])('with %s', async (_, given) => {
    await use(cpu());
    expect(await told(() => fit(model(), options(given)))).toMatchSnapshot();
  });

  it('without options', async () => {
    expect(await told(() => fit(model(), undefined as never))).toMatchInlineSnapshot(
      `"OptionError: fit: its options are undefined, but must be a record. Write fit(model, { data, epochs: 3, optimizer: adam(), loss: crossEntropy() })."`,
    );
  });
});

describe('networks', () => {
  const calls: Record<string, (network: Network) => unknown> = {
    predict: (network) => predict(network, images),
    evaluate: (network) => evaluate(network, data, { loss: crossEntropy() }),
    save: (network) => save(network, 'never-written'),
    modelFiles: (network) => modelFiles(network),
  };

  it.each(Object.entries(calls))('%s says what was given in place of one', async (name, call) => {
    await use(cpu());
    const result: FitResult = await fit(model(), options());
    const texts = await Promise.all(
      [model(), result, Promise.resolve(result.network), undefined, 'runs/a/model'].map((given) =>
        told(() => call(given as unknown as Network)),
      ),
    );
    expect(texts.every((text) => text.startsWith(`OptionError: ${name}: got `))).toBe(true);
    expect(texts[0]).toContain(`Write ${name}(initialize(model, { seed: 1 }), ...)`);
    expect(texts[1]).toContain(`Write ${name}(result.network, ...)`);
    expect(texts[2]).toContain(`Write ${name}(await ..., ...)`);
    expect(texts[4]).toContain("await load('runs/a/model')");
    disposeTraining(result.state);
    expect(await told(() => call(result.network))).toContain('is disposed');
    expect(await told(() => fit(result.network, options()))).toContain('is disposed');
    const lost = initialize(model(), { seed: 1 });
    await use(wasm({ threads: 1 }));
    expect(await told(() => call(lost))).toContain('was on a backend that is no longer in use');
    expect(await told(() => fit(lost, options()))).toContain('await use(other, { carry: [network] })');
    await use(cpu());
  });

  it('predict says what to do with pixels, in a line', async () => {
    const network = initialize(model(), { seed: 1 });
    expect(await told(() => predict(network, new Uint8Array(1e6) as never))).toMatchInlineSnapshot(
      `"OptionError: predict: inputs is a Uint8Array of 1000000 values, but must be a Float32Array of prepared values, or a tensor. Pixels become inputs by preprocess(pixels, preprocessing), with the preprocessing of the training or of load."`,
    );
    expect(await told(() => predict(network, new Int32Array(36) as never))).toMatchInlineSnapshot(
      `"OptionError: predict: inputs is an Int32Array of 36 values, but must be a Float32Array of prepared values, or a tensor. Write Float32Array.from(values), scaled as in training, or use preprocess(pixels, preprocessing)."`,
    );
    expect(await told(() => predict(network, undefined as never))).toMatchInlineSnapshot(
      `"OptionError: predict: inputs is undefined, but must be a Float32Array of prepared values, or a tensor. Give what preprocess(pixels, preprocessing) makes of pixels."`,
    );
    expect(await told(() => predict(network, [1, 2] as never))).toContain('Write Float32Array.from(values)');
    expect(await told(() => predict(network, images, { output: 'raw' as never }))).toMatchInlineSnapshot(
      `"OptionError: predict: output is "raw". Known: probabilities, logits."`,
    );
    expect(await told(() => predict(network, images, { batch_size: 3 } as never))).toMatchInlineSnapshot(
      `"OptionError: predict: there is no option 'batch_size'. Did you mean 'batchSize'? Known: batchSize, output."`,
    );
    dispose(network.parameters);
  });

  it('arrays of another realm are taken as those of this one', async () => {
    const { runInNewContext } = await import('node:vm');
    const network = initialize(model(), { seed: 1 });
    const own = Float32Array.from({ length: 72 }, (_, place) => Math.sin(place));
    const foreign = runInNewContext('Float32Array.from({ length: 72 }, (_, place) => Math.sin(place))') as Float32Array;
    expect(foreign).not.toBeInstanceOf(Float32Array);
    expect(await predict(network, foreign)).toEqual(await predict(network, own));
    const foreignData = {
      ...data,
      async *epoch(n: number) {
        for await (const batch of data.epoch(n)) {
          const copies = runInNewContext('({ inputs: Float32Array.from(a), targets: Int32Array.from(b) })', {
            a: batch.inputs,
            b: batch.targets,
          }) as Pick<typeof batch, 'inputs' | 'targets'>;
          yield { ...batch, ...copies };
        }
      },
    };
    const loss = { loss: crossEntropy(), metrics: [accuracy()] };
    expect(await evaluate(network, foreignData, loss)).toEqual(await evaluate(network, data, loss));
    dispose(network.parameters);
  });
});

const long = 'x'.repeat(1e6);
it.each<[string, () => unknown]>([
  ['a name of a loss', () => fit(model(), options({ loss: { [long]: crossEntropy() } }))],
  ['a hook', () => fit(model(), options({ callbacks: [{ [long]: () => undefined }] }))],
  [
    'an output of a batch',
    () => {
      const withMore = mapBatches(data, (batch) => ({ ...batch, moreTargets: { [long]: batch.targets } as never }));
      return fit(model(), options({ data: withMore }));
    },
  ],
  ['a part of a batch', () => toDevice({ inputs: images, [long]: 1 } as never)],
  ["an activation's option", () => dense({ units: 4, activation: { type: 'relu', [long]: 1 } as never })],
  ['an activation', () => dense({ units: 4, activation: long as never })],
  [
    'the type of a layer in JSON',
    () => modelFromJson(JSON.parse(JSON.stringify(modelToJson(model())).replace('"flatten"', `"${long}"`))),
  ],
])('%s of a million letters is cut in the error', async (_, call) => {
  await use(cpu());
  const error: unknown = await Promise.resolve()
    .then(call)
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('xxx...');
  expect(String(error).length).toBeLessThan(1500);
});

describe('factories', () => {
  it.each<[string, () => unknown]>([
    ['adam({ lr })', () => adam({ lr: 0.1 } as object)],
    ['adam(0.1)', () => adam(0.1 as never)],
    ['sgd({ learning_rate })', () => sgd({ learning_rate: 0.1 } as object)],
    ['sgd(null)', () => sgd(null as never)],
    ['adam({ learningRate: "0.1" })', () => adam({ learningRate: '0.1' as never })],
    ['a function as rate', () => adam({ learningRate: (() => 0.1) as never })],
    ['NaN as rate', () => sgd({ learningRate: NaN })],
    [
      'a schedule with an option too many',
      () => sgd({ learningRate: { ...cosineDecay({ decaySteps: 9 }), warmup: 3 } }),
    ],
    ['a schedule without steps', () => sgd({ learningRate: { type: 'cosineDecay' } })],
    ['an unknown schedule', () => sgd({ learningRate: { type: 'cosine' } })],
    ['cosineDecay({ warmup })', () => cosineDecay({ decaySteps: 9, warmup: 3 } as never)],
    ['cosineDecay()', () => cosineDecay(undefined as never)],
    ['crossEntropy({ fromLogits })', () => crossEntropy({ fromLogits: false } as object)],
    ['crossEntropy(0.1)', () => crossEntropy(0.1 as never)],
    ['nesterov as text', () => sgd({ momentum: 0.9, nesterov: 'yes' as never })],
    ['decays as text', () => adam({ decays: 'kernel' as never })],
  ])('%s', async (_, call) => {
    expect(await told(call)).toMatchSnapshot();
  });
});
