import { ops, streams, valueAndGradients, type Tensor } from '@striate/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { data, random, startTrials, uniform, whole, type Data, type Trials } from '../../testing.ts';

let trials: Trials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

const shapes = [[3, 3, 2, 5], [5], [1], [300], [7, 9], []];
type Lists = Record<'parameters' | 'gradients' | 'first' | 'second', Record<string, Tensor>>;

/** Tensors of all shapes for four roles: 'gradients2' is that of the third parameter. */
function draw(): Record<string, Data> {
  return Object.fromEntries(
    shapes.flatMap((shape, index) => [
      [`parameters${index}`, random(shape)],
      [`gradients${index}`, random(shape)],
      [`first${index}`, random(shape)],
      [`second${index}`, { ...random(shape), values: random(shape).values.map(Math.abs) }],
    ]),
  );
}

function listsOf(inputs: Record<string, Tensor>): Lists {
  const list = (role: string): Record<string, Tensor> =>
    Object.fromEntries(shapes.map((_, index) => [`p${index}`, inputs[`${role}${index}`]!]));
  return { parameters: list('parameters'), gradients: list('gradients'), first: list('first'), second: list('second') };
}

const dispatchesOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = trials.backend.stats().dispatches;
  await work();
  return trials.backend.stats().dispatches - before;
};

describe('optimizers', () => {
  const decays = shapes.map((_, index) => index % 2 === 0);

  test.each([
    { momentum: 0, nesterov: false, dispatches: 3 },
    { momentum: 0.9, nesterov: false, dispatches: 6 },
    { momentum: 0.9, nesterov: true, dispatches: 6 },
  ])('sgd $momentum $nesterov', async ({ dispatches, ...options }) => {
    const attributes = { ...options, learningRate: uniform(), weightDecay: 0.1, decays };
    const compute = (inputs: Record<string, Tensor>): Tensor[] => {
      const { parameters, gradients, first } = listsOf(inputs);
      return Object.values(ops.sgd({ parameters, gradients, velocities: first }, attributes)).flatMap((list) =>
        Object.values(list),
      );
    };
    await trials.compare(draw(), compute, 1e-6);
    expect(await dispatchesOf(() => trials.run(draw(), compute))).toBeLessThanOrEqual(dispatches);
  });

  test.each([true, false])('adam, decoupled: %s', async (decoupled) => {
    const attributes = {
      learningRate: 0.01,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.1,
      decoupled,
      decays,
      step: whole(1, 100),
    };
    const compute = (inputs: Record<string, Tensor>): Tensor[] => {
      const { parameters, gradients, first, second } = listsOf(inputs);
      return Object.values(ops.adam({ parameters, gradients, means: first, variances: second }, attributes)).flatMap(
        (list) => Object.values(list),
      );
    };
    await trials.compare(draw(), compute, 1e-5);
    expect(await dispatchesOf(() => trials.run(draw(), compute))).toBeLessThanOrEqual(shapes.length);
  });

  test('moving averages, two in a run', async () => {
    const compute = (inputs: Record<string, Tensor>): Tensor[] => {
      const { parameters: averages, gradients: values } = listsOf(inputs);
      return Object.values(ops.movingAverage({ averages, values }, { momentum: 0.9, corrections: { p1: 1.25 } }));
    };
    await trials.compare(draw(), compute, 1e-6);
    expect(await dispatchesOf(() => trials.run(draw(), compute))).toBeLessThanOrEqual(shapes.length / 2);
  });
});

describe('cross-entropy', () => {
  const labelsOf = (rows: number, classes: number): Data =>
    data(
      [rows],
      Array.from({ length: rows }, () => whole(0, classes - 1)),
      'int32',
    );
  const compute =
    (labelSmoothing: number) =>
    ({ logits, labels }: Record<string, Tensor>): Tensor[] => {
      const losses = ops.softmaxCrossEntropy({ logits: logits!, labels: labels! }, { labelSmoothing });
      const { loss, gradients } = valueAndGradients(
        (values) => ({
          loss: ops.mean(ops.softmaxCrossEntropy({ logits: values['logits']!, labels: labels! }, { labelSmoothing })),
        }),
        { logits: logits! },
      );
      return [losses, loss, gradients['logits']!];
    };

  test.each([
    [1, 2],
    [5, 10],
    [3, 300],
    [130, 7],
  ])('of %i rows of %i', async (rows, classes) => {
    for (const scale of [1, 30, 1000]) {
      const logits = random([rows, classes], 'float32', scale);
      for (const smoothing of [0, 0.1]) {
        await trials.compare({ logits, labels: labelsOf(rows, classes) }, compute(smoothing));
        const shares = { ...random([rows, classes]), values: random([rows, classes]).values.map(Math.abs) };
        await trials.compare({ logits, labels: shares }, compute(smoothing));
      }
    }
  });

  test.each([NaN, Infinity, -Infinity])(
    'a logit of %d makes the loss of its sample no number, and of no other',
    async (value) => {
      const logits = random([4, 10]);
      logits.values[23] = value;
      const [losses, loss, gradient] = await trials.run({ logits, labels: labelsOf(4, 10) }, compute(0.1));
      expect(Array.from(losses!.values, Number.isFinite)).toEqual([true, true, false, true]);
      expect(Number.isFinite(loss!.values[0])).toBe(false);
      expect(Array.from(gradient!.values.subarray(0, 20)).every(Number.isFinite)).toBe(true);
    },
  );

  test('a class that does not exist gives NaN', async () => {
    const labels = data([4], [0, 10, -1, 9], 'int32');
    const [losses] = await trials.run({ logits: random([4, 10]), labels }, compute(0));
    expect(Array.from(losses!.values, Number.isNaN)).toEqual([false, true, true, false]);
  });

  test('top-k: of equal logits the lower class ranks first', async () => {
    for (const [rows, classes] of [
      [50, 10],
      [20, 300],
      [1, 2],
    ] as const) {
      // Whole numbers are often equal.
      const logits = data([rows, classes], random([rows, classes], 'int32', 3).values);
      for (const k of [1, 3]) {
        const count = ({ logits: given, labels }: Record<string, Tensor>): Tensor =>
          ops.topKCorrect({ logits: given!, labels: labels! }, { k });
        await trials.compare({ logits, labels: labelsOf(rows, classes) }, count, 0);
        await trials.compare(
          { logits, labels: data([rows, classes], random([rows, classes], 'int32', 2).values) },
          count,
          0,
        );
      }
    }
  });
});

describe('random numbers', () => {
  const word = (): number => whole(0, 2 ** 32 - 1);
  const source = (): ops.RandomSource => ({
    seed: word(),
    stream: streams.noise,
    call: word(),
    step: word(),
    sampleOffset: whole(0, 2 ** 31),
  });

  test.each([[[4]], [[3, 7]], [[2, 5, 5, 3]], [[1, 1025]], [[0, 3]], [[]]])(
    'bits of %j are those of the host',
    async (shape) => {
      const attributes = { shape, ...source() };
      await trials.compare({}, () => ops.randomBits(attributes), 0);
    },
  );

  test('Gaussian numbers agree within rounding', async () => {
    const attributes = { shape: [3, 20_001], ...source(), mean: 0.5, standardDeviation: 2 };
    await trials.compare({}, () => ops.randomNormal(attributes), 1e-6);
  });

  test('dropout drops the same elements everywhere, and so does its gradient', async () => {
    for (const options of [{}, { scale: 0.7, shift: 0.25, replacement: -1.5 }]) {
      const attributes = { rate: 0.3, ...source(), ...options };
      await trials.compare(
        { x: random([3, 5, 7]), weights: random([3, 5, 7]) },
        ({ x, weights }) => {
          const { gradients } = valueAndGradients(
            (values) => ({ loss: ops.mean(ops.scaleBy(ops.dropout(values['x']!, attributes), weights)) }),
            { x },
          );
          return [ops.dropout(x, attributes), gradients['x']!];
        },
        1e-6,
      );
    }
  });
});

test('penalty and its gradient', async () => {
  for (const shape of [[3, 3, 4, 8], [20_000], [1]]) {
    await trials.compare({ x: random(shape) }, ({ x }) => {
      const { loss, gradients } = valueAndGradients(
        (values) => ({ loss: ops.penalty(values['x']!, { l1: 0.3, l2: 0.7 }) }),
        { x },
      );
      return [loss, gradients['x']!];
    });
  }
});
