import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { dispose, use, type OutputMeaning, type OutputMeanings } from '@striate/core';
import { batches, mapBatches } from '@striate/data';
import { ensemble, load, modelFiles, save, monteCarlo, predict, predictOutputs } from '@striate/inference';
import { withChecksums } from '@striate/inference/internal';
import { smallNet, temporaryFolder } from '@striate/inference/testing';
import {
  conv2d,
  dense,
  dropout,
  flatten,
  foldBatchNorm,
  initialize,
  input,
  model,
  sequential,
  spectralNorm,
  weightNorm,
  type LayerFunction,
  type Model,
  type Network,
} from '@striate/layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
import { crossEntropy } from './losses/cross-entropy.ts';
import type { Loss } from './losses/loss.ts';
import { meanSquaredError } from './losses/mean-squared-error.ts';
import { sgd } from './optimizers/sgd.ts';
import { blobs } from './testing/blobs.ts';
import { disposeTraining } from './training-state.ts';

beforeAll(async () => {
  await use(cpu());
});

const data = batches(blobs({ length: 20, seed: 1 }), { size: 10, seed: 3 });
const oneHot = mapBatches(data, (batch) => ({
  ...batch,
  targets: Float32Array.from({ length: 4 * batch.ids.length }, (_, place) =>
    Number(batch.targets[Math.floor(place / 4)] === place % 4),
  ),
  targetShape: [batch.ids.length, 4],
}));
const images = Float32Array.from({ length: 2 * 36 }, (_, place) => Math.sin(place));
const units = (count: number): Model => sequential([input([6, 6, 1]), flatten(), dense({ units: count })]);
const options = (loss: Loss): FitOptions => ({
  data: loss.type === 'crossEntropy' ? data : oneHot,
  epochs: 1,
  optimizer: sgd(),
  loss,
  seed: 5,
});

const softmax = (row: Float32Array): number[] => {
  const powers = Array.from(row, (value) => Math.exp(value));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
};
const forms: Record<OutputMeaning, (row: Float32Array) => number[]> = {
  classes: softmax,
  probabilities: (row) => Array.from(row),
  labels: (row) => Array.from(row, (value) => 1 / (1 + Math.exp(-value))),
  numbers: (row) => Array.from(row),
};

async function expectMeaning(network: Network, meaning: OutputMeaning): Promise<void> {
  expect(network.outputMeaning).toBe(meaning);
  const plain = await predict(network, images, { output: 'logits' });
  for (const [sample, row] of (await predict(network, images)).entries()) {
    const wanted = forms[meaning](plain[sample]!);
    row.forEach((value, k) => expect(value).toBeCloseTo(wanted[k]!, 5));
  }
}

describe('what outputs mean', () => {
  it.each([
    [crossEntropy(), 'classes'],
    [binaryCrossEntropy(), 'labels'],
    [meanSquaredError(), 'numbers'],
  ] as const)('is put there by fit, resumed, saved and loaded, and followed (%#)', async (loss, meaning) => {
    const first = await fit(smallNet(), options(loss));
    await expectMeaning(first.network, meaning);
    const { network, state } = await fit(smallNet(), { ...options(loss), epochs: 2, resume: first.state });
    await expectMeaning(network, meaning);
    const loaded = await load(await modelFiles(network));
    await expectMeaning(loaded.network, meaning);
    expect(await predict(loaded.network, images)).toEqual(await predict(network, images));
    const folded = foldBatchNorm(network);
    await expectMeaning(folded, meaning);
    // As an ensemble of itself, and over passes with masks of their own.
    const [together] = await ensemble([network, network], images);
    const [alone] = await predict(network, images);
    together!.forEach((value, k) => expect(value).toBeCloseTo(alone![k]!, 6));
    const { mean } = await monteCarlo(network, images, { samples: 2 });
    const sum = mean[0]!.reduce((total, value) => total + value, 0);
    if (meaning === 'classes') expect(sum).toBeCloseTo(1, 5);
    else expect(Math.abs(sum - 1)).toBeGreaterThan(0.01);
    disposeTraining(first.state);
    disposeTraining(state);
    for (const each of [loaded.network, folded]) dispose(each.parameters, each.state);
  });

  it('is unknown of a network that nobody trained: its outputs are given as they are, also once saved', async () => {
    const network = initialize(units(4), { seed: 1 });
    const plain = await predict(network, images, { output: 'logits' });
    expect(await predict(network, images)).toEqual(plain);
    const { network: loaded } = await load(await modelFiles(network));
    expect(loaded.outputMeaning).toBeUndefined();
    expect(await predict(loaded, images)).toEqual(plain);
    const [probabilities] = await predict(network, images, { output: 'probabilities' });
    softmax(plain[0]!).forEach((value, k) => expect(probabilities![k]).toBeCloseTo(value, 6));
    const own: Loss = { ...meanSquaredError(), type: 'mine/own' };
    delete (own as { outputMeaning?: OutputMeaning }).outputMeaning;
    const { network: trained, state } = await fit({ ...network, outputMeaning: 'classes' }, options(own));
    expect(trained).not.toHaveProperty('outputMeaning');
    disposeTraining(state);
    dispose(network.parameters, loaded.parameters);
  });

  it('is told of each output by its name; one without a loss keeps what it had', async () => {
    const x = input([6, 6, 1]);
    const h = flatten()(x);
    const heads = model({
      inputs: x,
      outputs: [dense({ units: 4, name: 'main' })(h), dense({ units: 4, name: 'side' })(h)],
    });
    const start: Network = { ...initialize(heads, { seed: 1 }), outputMeaning: { side: 'labels' } };
    const { network, state } = await fit(start, { ...options(crossEntropy()), loss: { main: crossEntropy() } });
    expect(network.outputMeaning).toEqual({ main: 'classes', side: 'labels' });
    const plain = await predictOutputs(network, images, { output: 'logits' });
    const told = await predictOutputs(network, images);
    softmax(plain['main']![0]!).forEach((value, k) => expect(told['main']![0]![k]).toBeCloseTo(value, 5));
    forms.labels(plain['side']![0]!).forEach((value, k) => expect(told['side']![0]![k]).toBeCloseTo(value, 5));
    const { network: loaded } = await load(await modelFiles(network));
    expect(loaded.outputMeaning).toEqual(network.outputMeaning);
    disposeTraining(state);
    dispose(start.parameters, loaded.parameters);
  });

  it('other members of a network that training does not know of stay', async () => {
    const start = { ...initialize(units(4), { seed: 1 }), classNames: ['a', 'b', 'c', 'd'] };
    const { network, state } = await fit(start, options(crossEntropy()));
    expect(network).toMatchObject({ classNames: ['a', 'b', 'c', 'd'] });
    disposeTraining(state);
    dispose(start.parameters);
  });
});

describe('folders of before', () => {
  async function loadOld(last: LayerFunction[]): Promise<Network> {
    const network = initialize(sequential([input([6, 6, 1]), ...last]), { seed: 3 });
    const files = await modelFiles(network);
    const { outputMeaning: _, ...card } = JSON.parse(new TextDecoder().decode(files['model.json'])) as Record<
      string,
      unknown
    >;
    const { SHA256SUMS: __, ...rest } = files;
    const old = withChecksums({ ...rest, 'model.json': new TextEncoder().encode(JSON.stringify(card)) });
    dispose(network.parameters, network.state);
    return (await load(await old)).network;
  }
  const soft = dense({ units: 3, activation: 'softmax' });

  it.each<[string, LayerFunction[]]>([
    ['logits', [flatten(), dense({ units: 3 })]],
    ['softmax', [flatten(), soft]],
    ['weightNorm(softmax)', [flatten(), weightNorm(soft)]],
    ['spectralNorm(softmax)', [flatten(), spectralNorm(soft)]],
    ['softmax, dropout', [flatten(), soft, dropout({ rate: 0.5 })]],
    ['softmax, flatten', [conv2d({ filters: 3, kernelSize: 6, activation: 'softmax' }), flatten()]],
  ])('give probabilities, a softmax being applied once: %s', async (name, last) => {
    const network = await loadOld(last);
    const [plain] = await predict(network, images, { output: 'logits' });
    const [told] = await predict(network, images);
    const wanted = name === 'logits' ? softmax(plain!) : plain!;
    told!.forEach((value, k) => expect(value).toBeCloseTo(wanted[k]!, 6));
    dispose(network.parameters, network.state);
  });
});

it.each<[string, LayerFunction]>([
  ['softmax', dense({ units: 4, activation: 'softmax' })],
  ['softmax', weightNorm(dense({ units: 4, activation: 'softmax' }))],
  ['sigmoid', dense({ units: 4, activation: 'sigmoid' })],
])('losses that take logits refuse a model that ends in a %s, hidden or not (%#)', async (activation, last) => {
  const ending = sequential([input([6, 6, 1]), flatten(), last, dropout({ rate: 0.1 })]);
  for (const loss of [crossEntropy(), binaryCrossEntropy()]) {
    await expect(fit(ending, options(loss))).rejects.toThrow(
      `fit: ${loss.type} takes logits, but the model ends in a ${activation}. Leave it out`,
    );
  }
});

it('refuses what is no meaning, in networks and in files', async () => {
  const network = { ...initialize(units(4), { seed: 1 }), outputMeaning: 'class' as OutputMeanings };
  await expect(predict(network, images)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: predict: outputMeaning is "class". Did you mean 'classes'? Known: classes, probabilities, labels, numbers.]`,
  );
  await expect(
    predict({ ...network, outputMeaning: ['classes'] as never }, images),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: predict: outputMeaning is ["classes"], but must be one of classes, probabilities, labels, numbers, or a record of them by the outputs' names.]`,
  );
  await expect(
    predict({ ...network, outputMeaning: 'numbers' }, images, { output: 'probabilities' }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: predict: the network gives numbers, which have no probabilities. Leave output out.]`,
  );
  await expect(
    ensemble(
      [
        { ...network, outputMeaning: 'numbers' },
        { ...network, outputMeaning: 'classes' },
      ],
      images,
    ),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: ensemble: the outputs of network 1 mean numbers, but those of network 2 mean classes. Give each network its meaning: { ...network, outputMeaning: 'classes' }.]`,
  );
  await expect(
    ensemble([{ ...network, outputMeaning: 'numbers' }], images, { average: 'logits' }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: ensemble: the networks give numbers, so that they have no logits to average. Leave average out.]`,
  );
  const folder = join(await temporaryFolder(), 'model');
  await save({ ...network, outputMeaning: 'labels' }, folder);
  const path = join(folder, 'model.json');
  const text = (await readFile(path, 'utf8')).replace('"labels"', '"label"');
  const weights = await readFile(join(folder, 'weights.safetensors'));
  const files = await withChecksums({ 'model.json': new TextEncoder().encode(text), 'weights.safetensors': weights });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  await expect(load(folder)).rejects.toThrow(
    /outputMeaning is "label", but must be one of classes, probabilities, labels, numbers, or a record/,
  );
  dispose(network.parameters);
});

it('evaluate refuses a loss that contradicts what the outputs mean since training', async () => {
  const data = batches(blobs({ length: 20, seed: 1 }), { size: 10 });
  const network = initialize(smallNet(), { seed: 1 });
  const measured = async (outputMeaning: Network['outputMeaning'], loss: Loss): Promise<string> =>
    evaluate({ ...network, ...(outputMeaning && { outputMeaning }) }, data, { loss }).then(
      () => 'measured',
      (error: unknown) => String(error),
    );
  for (const meaning of [undefined, 'classes'] as const)
    expect(await measured(meaning, crossEntropy())).toBe('measured');
  expect(await measured('numbers', crossEntropy())).toMatchInlineSnapshot(
    `"OptionError: evaluate: the network gives 'numbers', as it was trained, but crossEntropy is for 'classes'. Write loss: meanSquaredError(). If it does give 'classes': { ...network, outputMeaning: "classes" }."`,
  );
  expect(await measured('labels', crossEntropy())).toMatchInlineSnapshot(
    `"OptionError: evaluate: the network gives 'labels', as it was trained, but crossEntropy is for 'classes'. Write loss: binaryCrossEntropy(). If it does give 'classes': { ...network, outputMeaning: "classes" }."`,
  );
  dispose(network.parameters, network.state);
});
