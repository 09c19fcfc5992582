import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectValues, random, startTrials, whole, type KernelTrials } from '../testing/kernel-trials.ts';
import { resize2d, resize2dGradient } from './resize2d.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

/** How much pixel `from` of `old` counts for pixel `to` of `size`. */
function weight(interpolation: string, old: number, size: number, from: number, to: number): number {
  const middle = ((to + 0.5) * old) / size;
  if (interpolation === 'nearest') return Number(Math.min(old - 1, Math.floor(middle)) === from);
  return Math.max(0, 1 - Math.abs(Math.min(Math.max(middle - 0.5, 0), old - 1) - from));
}

const cases = [
  [1, 4, 5, 3, 8, 10],
  [2, 3, 7, 4, 9, 2],
  [3, 1, 1, 1, 5, 4],
  [2, 9, 8, 17, 2, 3],
  [0, 3, 3, 2, 6, 6],
  [4, 16, 16, 32, 32, 32],
  ...Array.from({ length: 6 }, () => [whole(1, 3), whole(1, 9), whole(1, 9), whole(1, 9), whole(1, 20), whole(1, 20)]),
] as [number, number, number, number, number, number][];

test.each(cases.flatMap((sizes) => [[...sizes, 'nearest'] as const, [...sizes, 'bilinear'] as const]))(
  '%i images of %ix%ix%i to %ix%i, %s',
  (batch, height, width, channels, rows, columns, interpolation) => {
    const size = [rows, columns];
    const x = random([batch, height, width, channels]);
    const dy = random([batch, rows, columns, channels]);
    const y = new Float64Array(dy.values.length);
    const dx = new Float64Array(x.values.length);
    for (let i = 0; i < rows; i++) {
      for (let from = 0; from < height; from++) {
        const down = weight(interpolation, height, rows, from, i);
        if (down === 0) continue;
        for (let j = 0; j < columns; j++) {
          for (let across = 0; across < width; across++) {
            const share = down * weight(interpolation, width, columns, across, j);
            if (share === 0) continue;
            for (let n = 0; n < batch; n++) {
              for (let c = 0; c < channels; c++) {
                const old = ((n * height + from) * width + across) * channels + c;
                const place = ((n * rows + i) * columns + j) * channels + c;
                y[place]! += share * x.values[old]!;
                dx[old]! += share * dy.values[place]!;
              }
            }
          }
        }
      }
    }
    const [found] = trials.run(resize2d, { x }, { size, interpolation });
    expect(found!.shape).toEqual(dy.shape);
    expectValues(found!.values, y, 1e-6);
    const [gradient] = trials.run(resize2dGradient, { dy }, { size, interpolation, inputShape: x.shape });
    expect(gradient!.shape).toEqual(x.shape);
    expectValues(gradient!.values, dx, 1e-6);
  },
);
