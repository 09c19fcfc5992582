import { cpu } from '@striate/core/testing';
import { tensor, tidy, use, valueAndGradients, type Tensor } from '@striate/core';
import { beforeAll, expect, test } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';
import { weightedMean } from './weighted-mean.ts';

beforeAll(async () => {
  await use(cpu());
});

const logits = [
  [0.5, -1, 2],
  [1.5, 0.25, -0.5],
];

function expected(targets: readonly number[][], weights: readonly number[], smoothing: number): number {
  const losses = logits.map((row, n) => {
    const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
    return row.reduce(
      (sum, value, k) => sum - (targets[n]![k]! * (1 - smoothing) + smoothing / 3) * (value - Math.log(total)),
      0,
    );
  });
  return losses.reduce((sum, loss, n) => sum + weights[n]! * loss, 0) / losses.length;
}

async function lossOf(targets: Tensor, options: { labelSmoothing?: number; weights?: Tensor } = {}): Promise<number> {
  const { weights, ...rest } = options;
  const losses = crossEntropy(rest).compute({ outputs: tensor(logits), targets });
  return (await weightedMean(losses, weights).data())[0]!;
}

test('integer, one-hot and soft labels, smoothing and weights', async () => {
  const oneHot = [
    [0, 0, 1],
    [1, 0, 0],
  ];
  const soft = [
    [0.2, 0.3, 0.5],
    [1, 0, 0],
  ];
  const integers = tensor([2, 0], [2], 'int32');
  expect(await lossOf(integers)).toBeCloseTo(expected(oneHot, [1, 1], 0), 6);
  expect(await lossOf(tensor(oneHot))).toBeCloseTo(expected(oneHot, [1, 1], 0), 6);
  expect(await lossOf(tensor(soft), { labelSmoothing: 0.1 })).toBeCloseTo(expected(soft, [1, 1], 0.1), 6);
  expect(await lossOf(integers, { weights: tensor([0.5, 3]) })).toBeCloseTo(expected(oneHot, [0.5, 3], 0), 6);
});

test('weighted gradients are the weighted sums of the samples’ gradients', async () => {
  const gradientWith = async (weights: number[]): Promise<number[]> => {
    const targets = tensor([2, 0], [2], 'int32');
    const compute = ({ outputs }: Record<string, Tensor>): { loss: Tensor } => ({
      loss: weightedMean(crossEntropy().compute({ outputs: outputs!, targets }), tensor(weights)),
    });
    const { gradients } = tidy(() => valueAndGradients(compute, { outputs: tensor(logits) }));
    return [...(await gradients['outputs']!.data())];
  };
  const [first, second, both] = [await gradientWith([1, 0]), await gradientWith([0, 1]), await gradientWith([0.5, 3])];
  both.forEach((value, place) => expect(value).toBeCloseTo(0.5 * first[place]! + 3 * second[place]!, 6));
  expect(first.slice(3)).toEqual([0, 0, 0].map((zero) => expect.closeTo(zero, 7)));
});

test('refuses bad labels with the sample’s id', () => {
  const check = (targets: number[], targetShape: number[], outputShape = [3]): (() => void) => {
    return () => crossEntropy().check({ targets, targetShape, outputShape, ids: [40, 41] });
  };
  expect(check([0, 2], [2])).not.toThrow();
  expect(check([0, 3], [2])).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the label of sample 41 is 3, but the model has 3 classes, so labels are whole numbers from 0 to 2. Mend the label, or give the last layer as many units as there are classes.]`,
  );
  expect(check([-1, 2], [2])).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the label of sample 40 is -1, but the model has 3 classes, so labels are whole numbers from 0 to 2. Mend the label, or give the last layer as many units as there are classes.]`,
  );
  expect(check([0, 0, 1, 0, NaN, 1], [2, 3])).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the label of sample 41 gives class 1 the share NaN, but shares must be finite and at least 0.]`,
  );
  expect(check([0, 1, 1, 0], [2, 2])).toThrowErrorMatchingInlineSnapshot(
    `[DataError: crossEntropy: the labels are of shape [2, 2], but the model has 3 classes: wanted [N] (class numbers) or [N, 3] (the share of each class).]`,
  );
  expect(check([0, 1], [2], [4, 4, 3])).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: crossEntropy: the model's output is of shape [4, 4, 3], but one logit a class is needed, [classes]. End the model with flatten() or globalAveragePool2d() and dense({ units: classes }).]`,
  );
  expect(() => crossEntropy({ labelSmoothing: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: crossEntropy: labelSmoothing is 1, but must be at least 0 and less than 1.]`,
  );
});

test('smoothing is part of the record', () => {
  expect(crossEntropy({ labelSmoothing: 0.1 })).toMatchObject({
    type: 'crossEntropy',
    options: { labelSmoothing: 0.1 },
  });
});
