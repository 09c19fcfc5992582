import { ops, type AttributesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { pool } from './pool.ts';
import { pixelsLoop, pooledShape, windowsLoop, type AdaptiveAttributes } from './windows.ts';

type Attributes = AttributesOf<typeof ops.averagePool2d> | AdaptiveAttributes;

export const averagePool2d: Kernel = defineKernel(ops.averagePool2d, {
  run: ({ inputs, attributes, gpu }) => average(gpu, inputs, attributes),
});

export const averagePool2dGradient: Kernel = defineKernel(ops.averagePool2dGradient, {
  run: ({ inputs, attributes, gpu }) => gradient(gpu, inputs, attributes),
});

export const adaptiveAveragePool2d: Kernel = defineKernel(ops.adaptiveAveragePool2d, {
  run: ({ inputs, attributes, gpu }) => average(gpu, inputs, attributes),
});

export const adaptiveAveragePool2dGradient: Kernel = defineKernel(ops.adaptiveAveragePool2dGradient, {
  run: ({ inputs, attributes, gpu }) => gradient(gpu, inputs, attributes),
});

/** Which pixels, from the first to before the end, count in a window's size; and what is divided by instead. */
function countingConstants([, height, width]: readonly number[], attributes: Attributes): Record<string, number> {
  if ('outputSize' in attributes) return {};
  const { countPadding, padding, overhang = [0, 0], divisor = 0 } = attributes;
  const [top, bottom, left, right] = countPadding ? padding : [0, 0, 0, 0];
  return {
    FIRST_H: -top,
    FIRST_W: -left,
    END_H: height! + bottom - (countPadding ? overhang[0] : 0),
    END_W: width! + right - (countPadding ? overhang[1] : 0),
    DIVISOR: divisor,
  };
}

/** WGSL: what the sum over window (i, j) is divided by. */
function divisorCode(attributes: Attributes): string {
  if ('outputSize' in attributes) {
    return `
fn divisor(i: i32, j: i32) -> f32 {
  let rows = pixelsH(i);
  let columns = pixelsW(j);
  return f32((rows.y - rows.x) * (columns.y - columns.x));
}
`;
  }
  return `
fn divisor(i: i32, j: i32) -> f32 {
  if (DIVISOR > 0) { return f32(DIVISOR); }
  let top = i * STRIDE_H - TOP;
  let left = j * STRIDE_W - LEFT;
  let rows = min(top + POOL_H, END_H) - max(top, FIRST_H);
  let columns = min(left + POOL_W, END_W) - max(left, FIRST_W);
  return f32(rows * columns);
}
`;
}

function average(gpu: Gpu, { x }: { x: TensorInfo }, attributes: Attributes): TensorInfo {
  const y = gpu.output(pooledShape(x.shape, attributes));
  pool(gpu, {
    name: 'averagePool2d',
    image: x.shape,
    pooled: y.shape,
    attributes,
    constants: countingConstants(x.shape, attributes),
    inputs: { x },
    outputs: { y },
    over: 'windows',
    declarations: () => divisorCode(attributes),
    body: () => `
  var sum = Value();
  ${pixelsLoop('sum += x[pixel];')}
  y[index] = sum / divisor(at.row, at.column);`,
  });
  return y;
}

function gradient(
  gpu: Gpu,
  { dy }: { dy: TensorInfo },
  attributes: Attributes & { inputShape: readonly number[] },
): TensorInfo {
  const { inputShape } = attributes;
  const dx = gpu.output(inputShape);
  pool(gpu, {
    name: 'averagePool2dGradient',
    image: inputShape,
    pooled: dy.shape,
    attributes,
    constants: countingConstants(inputShape, attributes),
    inputs: { dy },
    outputs: { dx },
    over: 'pixels',
    declarations: () => divisorCode(attributes),
    body: () => `
  var sum = Value();
  ${windowsLoop('sum += dy[window] / divisor(i, j);')}
  dx[index] = sum;`,
  });
  return dx;
}
