import { cpu } from '@striate/core/testing';
import { dispose, fill, use, valueAndGradients, ops } from '@striate/core';
import { forward, initialize, parameterSpecs, summarize } from '@striate/layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { srivastavaCnn, srivastavaTable, type SrivastavaVariant } from './srivastava-cnn.ts';

beforeAll(async () => {
  await use(cpu());
});

const variants = srivastavaTable.flatMap(({ variant }) => variant ?? []);
const small = (variant: SrivastavaVariant): ReturnType<typeof srivastavaCnn> =>
  srivastavaCnn({ variant, inputShape: [8, 8, 1], filters: [2, 3, 4], units: 6, classes: 5 });

test('the table is that of the paper', () => {
  expect(srivastavaTable.map(({ cifar10, cifar100 = '-' }) => `${cifar10}/${cifar100}`)).toEqual(
    '15.6/43.48 15.13/42.51 14.98/- 14.32/41.26 12.61/37.2 11.68/38.57'.split(' '),
  );
});

describe('srivastavaCnn', () => {
  test('has the layers of the paper', () => {
    const rows = summarize(srivastavaCnn());
    expect(rows.reduce((sum, row) => sum + row.parameters, 0)).toBe(13_741_578);
    expect(rows.filter(({ type }) => type === 'maxPool2d').map(({ outputShapes }) => outputShapes[0])).toEqual([
      [16, 16, 96],
      [8, 8, 128],
      [4, 4, 256],
    ]);
    const kinds = (variant: SrivastavaVariant): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { type } of summarize(small(variant))) counts[type] = (counts[type] ?? 0) + 1;
      return counts;
    };
    expect(variants.map((variant) => kinds(variant)['dropout'] ?? 0)).toEqual([0, 0, 2, 6, 6]);
    expect(variants.map((variant) => kinds(variant)['maxout'] ?? 0)).toEqual([0, 0, 0, 0, 5]);
    expect(variants.map((variant) => kinds(variant)['stochasticPool2d'] ?? 0)).toEqual([0, 3, 0, 0, 0]);
    for (const { kind, constraint } of Object.values(parameterSpecs(srivastavaCnn())))
      expect(constraint).toEqual(
        kind === 'kernel' ? expect.objectContaining({ type: 'maxNorm', maximum: 4 }) : undefined,
      );
  });

  test.each(variants)('%s can be trained: every parameter has a gradient', (variant) => {
    const { model, parameters, state } = initialize(small(variant), { seed: 3 });
    const x = fill([2, 8, 8, 1], 0.5);
    const { loss, auxiliary, gradients } = valueAndGradients((values) => {
      const { outputs } = forward(model, { parameters: values, state, inputs: [x], training: true });
      return { loss: ops.mean(outputs[0]!) };
    }, parameters);
    expect(Object.keys(gradients)).toEqual(Object.keys(parameters));
    dispose(x, loss, auxiliary, gradients, parameters, state);
  });

  test('refuses a variant that is not in the table', () => {
    expect(() => srivastavaCnn({ variant: 'dropout' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: srivastavaCnn: variant is "dropout". Known: maxPooling, stochasticPooling, dropoutInDense, dropoutEverywhere, maxout.]`,
    );
  });
});
