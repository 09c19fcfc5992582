import { ops, windowGeometry, type Pair } from '@striate/core';
import { createDraw } from '../../tooling/conformance/src/draw.ts';
import type { OpCase } from '../../tooling/conformance/src/op-case.ts';

/**
 * A convolution as nobody would build it, drawn from the seed: sizes from 1 on, more padding than the kernel needs,
 * strides beyond it, groups, dilation, every count of channels around the width of a vector.
 */
export function strangeConvolution(seed: number): OpCase {
  const draw = createDraw(seed);
  const kernelSize = draw.pick([draw.pair(1, 4), draw.pair(1, 4), [1, 1] as const]);
  const [strides, dilations] = [draw.pair(1, 3), draw.pair(1, 3)];
  const padding = draw.sides(draw.pick([0, 3]));
  const depthwise = draw.pick([false, false, false, true]);
  const counts = [1, 1, 2, 3, 4, 8, 13, 16, 17, 32, 40];
  const groups = depthwise ? draw.pick(counts) : draw.pick([1, 1, 1, 2, 3]);
  const channels = depthwise ? groups : groups * draw.pick(counts);
  const filters = depthwise ? groups * draw.pick([1, 2]) : groups * draw.pick(counts);
  const most = draw.pick([1, 6, 60]);
  const sizeAlong = (axis: 0 | 1): number => {
    const reach = dilations[axis] * (kernelSize[axis] - 1) + 1;
    return Math.max(1, reach - padding[2 * axis]! - padding[2 * axis + 1]!) + draw.integer(0, most);
  };
  const size: Pair = [sizeAlong(0), sizeAlong(1)];
  const { output } = windowGeometry('case', { size, kernelSize, strides, padding, dilations });
  const images = draw.integer(1, 3);
  const activation = draw.pick(['linear', 'relu'] as const);
  const attributes = { strides, dilations, groups, padding, activation };
  const op = draw.pick(['conv2d', 'conv2d', 'residualConv2d', 'conv2dTranspose'] as const);
  const kernel = [...kernelSize, channels / groups, filters];
  const shapes: Record<string, number[]> = {
    conv2d: { x: [images, ...size, channels], kernel, bias: [filters] },
    residualConv2d: { x: [images, ...size, channels], kernel, bias: [filters], residual: [images, ...output, filters] },
    conv2dTranspose: { x: [images, ...output, filters], kernel, bias: [channels] },
  }[op];
  return {
    name: `${op} ${JSON.stringify({ ...shapes, ...attributes })}`,
    inputs: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, { shape, values: draw.normal(shape) }]),
    ),
    differentiate: Object.keys(shapes),
    compute(inputs) {
      const { x, kernel: weights, bias, residual } = inputs;
      if (op === 'conv2d') return [ops.conv2d({ x: x!, kernel: weights!, bias }, attributes)];
      if (op === 'residualConv2d') {
        return [ops.residualConv2d({ x: x!, kernel: weights!, bias, residual: residual! }, attributes)];
      }
      return [ops.conv2dTranspose({ x: x!, kernel: weights!, bias }, { ...attributes, outputSize: size })];
    },
  };
}
