import { ops, outputSize, streams, type Padding, type Pair } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array): CaseInput => ({ shape, values });

/** Pooling with what the ceiling of the division adds, adaptive and stochastic pooling. */
export function specialPooling(draw: Draw): OpCase[] {
  const poolSize: Pair = [draw.integer(1, 4), draw.integer(1, 4)];
  const strides: Pair = [draw.integer(1, 4), draw.integer(1, 4)];
  const shape = [
    draw.integer(1, 3),
    poolSize[0] + draw.integer(0, 9),
    poolSize[1] + draw.integer(0, 9),
    draw.pick([1, 3, 4, 6, 8, 33]),
  ];
  const sides = (axis: 0 | 1): { before: number; after: number; overhang: number } => {
    const [before, after] = [draw.integer(0, poolSize[axis] - 1), draw.integer(0, poolSize[axis] - 1)];
    const [size, kernel, stride] = [shape[axis + 1]!, poolSize[axis], strides[axis]];
    const places = outputSize({
      input: size,
      kernel,
      stride,
      padding: before + after,
      paddingBefore: before,
      ceilMode: true,
    });
    const overhang = Math.max(0, (places - 1) * stride + kernel - size - before - after);
    return { before, after: after + overhang, overhang };
  };
  const [down, across] = [sides(0), sides(1)];
  const padding: Padding = [down.before, down.after, across.before, across.after];
  const geometry = { poolSize, strides, padding };
  const overhang: Pair = [down.overhang, across.overhang];
  const countPadding = draw.pick([true, false]);
  const divisor = draw.pick([0, 0, 3]);
  const outputSizes: Pair = [draw.integer(1, 8), draw.integer(1, 8)];
  const source = { seed: draw.integer(0, 1e9), stream: streams.dropout, call: 3, step: 5, sampleOffset: 2 };
  const x = { x: input(shape, draw.apart(shape)) };
  const label = `[${shape.join(', ')}] ${JSON.stringify(geometry)}`;
  return [
    {
      name: `averagePool2d ${label} overhang ${overhang} countPadding ${countPadding} divisor ${divisor}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.averagePool2d(image!, { ...geometry, countPadding, overhang, divisor })],
    },
    {
      name: `maxPool2d in ceilMode ${label}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.maxPool2d(image!, geometry)],
    },
    {
      name: `adaptiveAveragePool2d [${shape.join(', ')}] to ${outputSizes}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.adaptiveAveragePool2d(image!, { outputSize: outputSizes })],
    },
    {
      name: `adaptiveMaxPool2d [${shape.join(', ')}] to ${outputSizes}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.adaptiveMaxPool2d(image!, { outputSize: outputSizes })],
    },
    {
      name: `stochasticPool2d ${label}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.stochasticPool2d(image!, { ...geometry, ...source })],
    },
    {
      name: `probabilityPool2d ${label}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.probabilityPool2d(image!, geometry)],
    },
  ];
}
