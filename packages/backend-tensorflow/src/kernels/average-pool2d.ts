import { ops, type AttributesOf } from '@striate/core/backend';
import { outputSize } from '@striate/core';
import { float32, flag, integers, type } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { windowAttributes, type Operations } from '../operations.ts';

const unpadded = ({ poolSize, strides }: AttributesOf<typeof ops.averagePool2d>): BindingAttribute[] =>
  windowAttributes({ strides, padding: [0, 0, 0, 0] }, [integers('ksize', [1, ...poolSize, 1])]);

/** TensorFlow divides by the size of the window; this is what corrects that, [1, OH, OW, 1], or nothing to correct. */
function correction(
  run: Operations,
  inputShape: readonly number[],
  { poolSize, strides, padding, countPadding, overhang = [0, 0], divisor = 0 }: AttributesOf<typeof ops.averagePool2d>,
): number | undefined {
  const area = poolSize[0] * poolSize[1];
  if (divisor > 0) return divisor === area ? undefined : run.constants.scalar(area / divisor);
  const [rows, columns] = ([0, 1] as const).map((axis) => {
    const [before, after] = [padding[2 * axis]!, padding[2 * axis + 1]!];
    const size = inputShape[axis + 1]!;
    const places = outputSize({ input: size, kernel: poolSize[axis], stride: strides[axis], padding: before + after });
    const first = countPadding ? 0 : before;
    const end = before + size + (countPadding ? after - overhang[axis] : 0);
    return Array.from({ length: places }, (_, place) => {
      const start = place * strides[axis];
      return Math.min(start + poolSize[axis], end) - Math.max(start, first);
    });
  }) as [number[], number[]];
  if (rows.every((count) => count === poolSize[0]) && columns.every((count) => count === poolSize[1])) return undefined;
  const factors = Float32Array.from(rows.flatMap((down) => columns.map((across) => area / (down * across))));
  return run.upload(factors, [1, rows.length, columns.length, 1]);
}

const corrected = (run: Operations, x: number, factor: number | undefined): number =>
  factor === undefined ? x : run.one('Mul', [x, factor]);

export const averagePool2d: Kernel = defineKernel(ops.averagePool2d, {
  run({ inputs: { x }, attributes, run }) {
    const [top, bottom, left, right] = attributes.padding;
    const image = run.pad(run.of(x), [[0, 0], [top, bottom], [left, right], [0, 0]]); // prettier-ignore
    const y = run.one('AvgPool', [image], unpadded(attributes));
    return [corrected(run, y, correction(run, x.shape, attributes))];
  },
});

export const averagePool2dGradient: Kernel = defineKernel(ops.averagePool2dGradient, {
  run({ inputs: { dy }, attributes: { inputShape, ...attributes }, run }) {
    const [top, bottom, left, right] = attributes.padding;
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    const padded = run.constants.integers([batch, height + top + bottom, width + left + right, channels]);
    const scaled = corrected(run, run.of(dy), correction(run, inputShape, attributes));
    const dx = run.one('AvgPoolGrad', [padded, scaled], unpadded(attributes));
    return [attributes.padding.every((side) => side === 0) ? dx : run.slice(dx, [0, top, left, 0], inputShape)];
  },
});

export const globalAveragePool2d: Kernel = defineKernel(ops.globalAveragePool2d, {
  run: ({ inputs: { x }, run }) => [
    run.one(
      'Mean',
      [run.of(x), run.constants.integers([1, 2])],
      [float32, type('Tidx', 'int32'), flag('keep_dims', false)],
    ),
  ],
});

export const globalAveragePool2dGradient: Kernel = defineKernel(ops.globalAveragePool2dGradient, {
  run({ inputs: { dy }, attributes: { inputShape }, run }) {
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    const share = run.reshape(run.scaled(run.of(dy), 1 / (height * width)), [batch, 1, 1, channels]);
    return [run.one('BroadcastTo', [share, run.constants.integers(inputShape)], [float32, type('Tidx', 'int32')])];
  },
});
