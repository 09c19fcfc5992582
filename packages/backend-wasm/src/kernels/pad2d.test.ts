import { paddedPlaces, paddingModes } from '@striate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectValues, random, startTrials, whole, type Data, type KernelTrials } from '../testing/kernel-trials.ts';
import { pad2d, pad2dGradient } from './pad2d.ts';

/** For every element of y, the place in x that it shows, or -1. */
function sourcesOf(
  [N, H, W, C]: readonly [number, number, number, number],
  [top, bottom, left, right]: readonly number[],
  mode: (typeof paddingModes)[number],
): number[] {
  const rows = paddedPlaces(H, top!, bottom!, mode);
  const columns = paddedPlaces(W, left!, right!, mode);
  return Array.from({ length: N }, (_, n) =>
    rows.map((row) =>
      columns.map((column) =>
        Array.from({ length: C }, (_unused, c) => (row < 0 || column < 0 ? -1 : ((n * H + row) * W + column) * C + c)),
      ),
    ),
  ).flat(3);
}

describe('padding', () => {
  let trials: KernelTrials;
  beforeAll(async () => {
    trials = await startTrials();
  });
  afterAll(() => trials.stop());

  const trial = (
    inputShape: readonly [number, number, number, number],
    padding: readonly number[],
    mode: (typeof paddingModes)[number],
  ): { y: Data; dx: Data; wanted: number[]; gradient: Float64Array } => {
    const x = random(inputShape);
    const [y] = trials.run(pad2d, { x }, { inputShape, padding, mode });
    const sources = sourcesOf(inputShape, padding, mode);
    const dy = random(y!.shape);
    const [dx] = trials.run(pad2dGradient, { dy }, { inputShape, padding, mode });
    const gradient = new Float64Array(x.values.length);
    sources.forEach((source, index) => {
      if (source >= 0) gradient[source]! += dy.values[index]!;
    });
    return { y: y!, dx: dx!, wanted: sources.map((source) => (source < 0 ? 0 : x.values[source]!)), gradient };
  };

  it.each(paddingModes.flatMap((mode) => Array.from({ length: 8 }, () => mode)))(
    'agrees with the places: %s',
    (mode) => {
      const shape = [whole(1, 3), whole(1, 9), whole(1, 40), whole(1, 9)] as const;
      const most = (size: number): number => (mode === 'reflect' ? size - 1 : mode === 'zeros' ? 5 : size);
      const padding = [shape[1], shape[1], shape[2], shape[2]].map((size) => whole(0, Math.min(7, most(size))));
      const { y, dx, wanted, gradient } = trial(shape, padding, mode);
      expect(y.shape).toEqual([
        shape[0],
        shape[1] + padding[0]! + padding[1]!,
        shape[2] + padding[2]! + padding[3]!,
        shape[3],
      ]);
      expectValues(y.values, wanted, 0);
      expectValues(dx.values, gradient, 1e-6);
    },
  );

  it('replicates further than the image is large', () => {
    const { y, dx, wanted, gradient } = trial([1, 1, 2, 3], [4, 3, 5, 6], 'replicate');
    expectValues(y.values, wanted, 0);
    expectValues(dx.values, gradient, 1e-6);
  });
});
