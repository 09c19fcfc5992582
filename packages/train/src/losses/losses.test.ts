import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { dispose, memory, ops, tensor, tidy, use, valueAndGradients, type Tensor } from '@striate/core';
import { arrayDataset, batches } from '@striate/data';
import { predict } from '@striate/inference';
import { dense, flatten, input, sequential } from '@striate/layers';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { evaluate } from '../evaluate.ts';
import { fit } from '../fit.ts';
import { binaryAccuracy } from '../metrics/binary-accuracy.ts';
import { sgd } from '../optimizers/sgd.ts';
import { disposeTraining } from '../training-state.ts';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Loss } from './loss.ts';
import { meanSquaredError } from './mean-squared-error.ts';
import { weightedMean } from './weighted-mean.ts';

const logits = [
  [0.5, -1, 2],
  [1.5, 0.25, -30],
];
const shares = [
  [0, 0.25, 1],
  [1, 0, 0],
];
const weights = [0.5, 3];

const formulas: Record<string, (output: number, target: number) => number> = {
  binaryCrossEntropy: (z, t) => Math.max(z, 0) - t * z + Math.log1p(Math.exp(-Math.abs(z))), // -t log(s(z)) - (1 - t) log(1 - s(z))
  meanSquaredError: (y, t) => (y - t) ** 2,
};

/** Mean over the numbers of a sample, then over samples. */
function expected(loss: Loss, outputs: readonly number[][], each: readonly number[] = [1, 1]): number {
  const formula = formulas[loss.type]!;
  const ofSamples = outputs.map(
    (row, n) => (each[n]! * row.reduce((sum, value, k) => sum + formula(value, shares[n]![k]!), 0)) / row.length,
  );
  return ofSamples.reduce((sum, value) => sum + value, 0) / outputs.length;
}

describe.each([cpu(), wasm({ threads: 2 })].map((backend) => ({ name: backend.name, backend })))(
  'on $name',
  ({ backend }) => {
    beforeAll(async () => void (await use(backend)));

    describe.each([binaryCrossEntropy(), meanSquaredError()].map((loss) => ({ name: loss.type, loss })))(
      '$name',
      ({ loss }) => {
        const compute = async (outputs: number[][], given?: number[]): Promise<number> => {
          const [value] = await tidy(() =>
            weightedMean(loss.compute({ outputs: tensor(outputs), targets: tensor(shares) }), given && tensor(given)),
          ).data();
          return value!;
        };

        it('is its formula, one number a sample, with weights too', async () => {
          const each = tidy(() => loss.compute({ outputs: tensor(logits), targets: tensor(shares) }));
          expect(each.shape).toEqual([2]);
          each.dispose();
          expect(await compute(logits)).toBeCloseTo(expected(loss, logits), 4);
          expect(await compute(logits, weights)).toBeCloseTo(expected(loss, logits, weights), 3);
        });

        it('has the gradient of its formula', async () => {
          const { gradients, loss: value } = tidy(() =>
            valueAndGradients(
              ({ outputs }) => ({
                loss: weightedMean(loss.compute({ outputs: outputs!, targets: tensor(shares) }), tensor(weights)),
              }),
              { outputs: tensor(logits) },
            ),
          );
          const found = await gradients['outputs']!.data();
          const step = 1e-4;
          for (const [place, value] of found.entries()) {
            const [n, k] = [Math.floor(place / 3), place % 3] as const;
            const moved = (by: number): number[][] =>
              logits.map((row, i) => row.map((entry, j) => (i === n && j === k ? entry + by : entry)));
            const slope = (expected(loss, moved(step), weights) - expected(loss, moved(-step), weights)) / (2 * step);
            expect(value).toBeCloseTo(slope, 4);
          }
          dispose(gradients, value);
        });

        it('takes one unit with targets [N], class numbers too, and images', async () => {
          const before = memory().numTensors;
          const of = async (outputs: Tensor, targets: Tensor): Promise<number> => {
            const value = tidy(() => weightedMean(loss.compute({ outputs, targets }), undefined));
            const [number] = await value.data();
            dispose(outputs, targets, value);
            return number!;
          };
          const one = [[0.5], [-1.5]];
          const wanted = (formulas[loss.type]!(0.5, 1) + formulas[loss.type]!(-1.5, 0)) / 2;
          expect(await of(tensor(one), tensor([1, 0]))).toBeCloseTo(wanted, 6);
          expect(await of(tensor(one), tensor([[1], [0]]))).toBeCloseTo(wanted, 6);
          expect(await of(tensor(one), tensor([1, 0], [2], 'int32'))).toBeCloseTo(wanted, 6);
          const image = tensor(logits.flat(), [2, 1, 3, 1]);
          expect(await of(image, tensor(shares.flat(), [2, 1, 3, 1]))).toBeCloseTo(expected(loss, logits), 4);
          expect(memory().numTensors).toBe(before);
        });
      },
    );

    it('binaryCrossEntropy teaches one unit two classes, from the class numbers of a data set', async () => {
      const labels = Array.from({ length: 32 }, (_, place) => place % 2);
      const pixels = Uint8Array.from(labels.flatMap((label) => [label * 200, 0, 0, 0]));
      const toy = arrayDataset({ name: 'toy', pixels, labels, inputShape: [2, 2, 1], classNames: ['no', 'yes'] });
      const data = batches(toy, { size: 8, seed: 1 });
      const options = { loss: binaryCrossEntropy(), metrics: [binaryAccuracy()] };
      const { history, network, state } = await fit(sequential([input([2, 2, 1]), flatten(), dense({ units: 1 })]), {
        ...options,
        data,
        epochs: 20,
        optimizer: sgd({ learningRate: 1 }),
      });
      const [first, last] = [history.epochs[0]!, history.epochs.at(-1)!];
      expect(first['loss']).toBeGreaterThan(0.5);
      expect(last['loss']).toBeLessThan(0.35);
      expect(last['binaryAccuracy']).toBe(1);
      expect((await evaluate(network, data, options))['binaryAccuracy']).toBe(1);
      const [no, yes] = await predict(network, Float32Array.of(0, 0, 0, 0, 200 / 255, 0, 0, 0));
      expect(no![0]).toBeLessThan(0.4);
      expect(yes![0]).toBeGreaterThan(0.6);
      disposeTraining(state);
    });

    it('binaryCrossEntropy stays finite for large logits', async () => {
      const value = tidy(() =>
        binaryCrossEntropy().compute({ outputs: tensor([[200, -200]]), targets: tensor([[0, 0]]) }),
      );
      expect((await value.data())[0]).toBeCloseTo(100, 3);
      value.dispose();
    });

    it('binaryAccuracy counts labels on the right side, and NaN never', async () => {
      const of = async (outputs: number[][], targets: number[][]): Promise<number> => {
        const value = tidy(() => binaryAccuracy().compute({ outputs: tensor(outputs), targets: tensor(targets) }));
        const [sum] = await value.data();
        value.dispose();
        return sum!;
      };
      expect(await of(logits, shares)).toBeCloseTo(2 / 3 + 2 / 3, 6);
      expect(
        await of(
          [
            [NaN, NaN],
            [NaN, 1],
          ],
          [
            [0, 1],
            [0, 1],
          ],
        ),
      ).toBeCloseTo(0.5, 6);
    });
  },
);

const batch = (targets: number[], targetShape: number[], outputShape: number[] = [3]) => ({
  targets,
  targetShape,
  outputShape,
  ids: [40, 41],
});

test('targets that a step should not see are refused with the sample’s id', () => {
  expect(() => binaryCrossEntropy().check(batch([0, 1, 0, 1, 0, 2], [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: binaryCrossEntropy: a target of sample 41 is 2, but must be from 0 to 1.]`,
  );
  expect(() => binaryCrossEntropy().check(batch([0, 1], [2]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: binaryCrossEntropy: the targets are of shape [2], but the model's outputs of [N, 3]: they must be of the same. Give the last layer as many units as a sample has targets, or the loss that the labels are for: crossEntropy() for class numbers.]`,
  );
  expect(() => binaryCrossEntropy().check(batch([0, NaN], [2], [1]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: binaryCrossEntropy: a target of sample 41 is NaN, but must be from 0 to 1.]`,
  );
  expect(() => meanSquaredError().check(batch([0, Infinity], [2, 1], [1]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: meanSquaredError: a target of sample 41 is Infinity, but must be finite.]`,
  );
  expect(() => meanSquaredError().check(batch([0, 1, 2, 3], [2, 2], [1]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: meanSquaredError: the targets are of shape [2, 2], but the model's outputs of [N, 1]: they must be of the same. Give the last layer as many units as a sample has targets, or the loss that the labels are for: crossEntropy() for class numbers.]`,
  );
  expect(() => meanSquaredError().check(batch([-7, 1e9], [2, 1], [1]))).not.toThrow();
});

test('cross-entropy refuses one class, and shares that do not make 1', () => {
  expect(() => crossEntropy().check(batch([0, 0], [2, 1], [1]))).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: crossEntropy: the model has one output unit, but classes that exclude each other need two at least: one is always right. For one yes or no: loss: binaryCrossEntropy(), metrics: [binaryAccuracy()]. For a number: loss: meanSquaredError().]`,
  );
  expect(() => crossEntropy().check(batch([0, 0], [2], [1]))).toThrow('binaryCrossEntropy()');
  expect(() => crossEntropy().check(batch([0, 1, 0, 0, 0, 0], [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the label's shares of sample 41 make 0 together, but must make 1: [0, 1, 0] or [0.2, 0.8, 0]. Where several labels, or none, may hold: loss: binaryCrossEntropy().]`,
  );
  expect(() => crossEntropy().check(batch([0, 100, 0, 0, 1, 0], [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the label's shares of sample 40 make 100 together, but must make 1: [0, 1, 0] or [0.2, 0.8, 0]. Where several labels, or none, may hold: loss: binaryCrossEntropy().]`,
  );
  expect(() => crossEntropy().check(batch([2, -1, 0, 0, 1, 0], [2, 3]))).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the label of sample 40 gives class 1 the share -1, but shares must be finite and at least 0.]`,
  );
  expect(() => crossEntropy().check(batch([0.2, 0.8, 0, 0.3333, 0.3333, 0.3333], [2, 3]))).not.toThrow();
});

test('a loss that makes the mean itself is refused', async () => {
  await use(cpu());
  const before = memory().numTensors;
  const toy = arrayDataset({
    name: 'toy',
    pixels: new Uint8Array(8),
    labels: [0, 1],
    inputShape: [2, 2, 1],
    classNames: ['a', 'b'],
  });
  const training = {
    data: batches(toy, { size: 2, seed: 1 }),
    epochs: 1,
    optimizer: sgd(),
    loss: { ...crossEntropy(), type: 'me/mean', compute: ({ outputs }) => ops.mean(outputs) } satisfies Loss,
  };
  const model = sequential([input([2, 2, 1]), flatten(), dense({ units: 2 })]);
  await expect(fit(model, training)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: The loss 'me/mean': compute gave the shape [] for 2 samples, but must give one number a sample, [2]. Leave out the mean over samples: the step makes it, with their weights.]`,
  );
  await expect(fit(model, { ...training, loss: { ...training.loss, compute: () => 0.5 as never } })).rejects.toThrow(
    "The loss 'me/mean': compute gave 0.5, but must give a tensor, [N].",
  );
  expect(memory().numTensors).toBe(before);
});
