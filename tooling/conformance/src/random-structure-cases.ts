import { ops, type Pair } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array): CaseInput => ({ shape, values });

/** Every activation by its name, and those with options with random ones. */
export function activations(draw: Draw): OpCase[] {
  const share = (): number => draw.integer(1, 9) / 10;
  const records: (ops.ActivationKind | ops.ActivationRecord)[] = [
    ...ops.activationKinds,
    { type: 'relu', maxValue: 1 + share(), negativeSlope: share(), threshold: share() },
    { type: 'leakyRelu', negativeSlope: share() },
    { type: 'elu', alpha: 2 * share() },
    { type: 'gelu', approximate: 'tanh' },
    { type: 'hardTanh', minimum: -share(), maximum: share() },
  ];
  return records.map((record): OpCase => {
    const shape = [draw.integer(1, 5), draw.integer(1, 30)];
    // Clear of all corners, which are multiples of 0.1, and wide enough to meet every piece.
    const values = draw.normal(shape).map((value) => Math.round(value * 30) / 10 + 0.05);
    return {
      name: `activation ${JSON.stringify(record)} [${shape.join(', ')}]`,
      inputs: { x: input(shape, values) },
      differentiate: ['x'],
      compute: ({ x }) => [ops.activation(x!, record)],
    };
  });
}

/** Joining, cutting, resizing and pairing of images; trained slopes; Gaussian numbers. */
export function structure(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 3), draw.integer(1, 9), draw.integer(1, 9), draw.integer(1, 9)] as const;
  const [batch, height, width, channels] = shape;
  const label = `[${shape.join(', ')}]`;
  const image = (): CaseInput => input(shape, draw.normal(shape));
  const axis = draw.integer(1, 3);
  const others = [draw.integer(1, 5), draw.integer(1, 5)].map((size) => shape.with(axis, size));
  const begin = shape.map((size) => draw.integer(0, size - 1));
  const box = { begin, size: shape.map((size, at) => draw.integer(1, size - begin[at]!)) };
  const size: Pair = [draw.integer(1, 14), draw.integer(1, 14)];
  const gate = draw.pick([[channels], [batch, 1, 1, channels]]);
  const alpha = [height, width, channels].map((length) => draw.pick([1, length]));
  const scale = Array.from(draw.normal([draw.pick([1, channels])]));
  const offset = Array.from(draw.normal([draw.pick([1, channels])]));
  const source = {
    seed: draw.integer(0, 1e9),
    stream: 6,
    call: draw.integer(0, 99),
    step: draw.integer(0, 1e6),
    sampleOffset: draw.integer(0, 999),
  };
  const pair = (name: 'subtract' | 'maximum' | 'minimum' | 'multiply'): OpCase => ({
    name: `${name} ${label}`,
    inputs: { a: image(), b: image() },
    differentiate: ['a', 'b'],
    compute: ({ a, b }) => [ops[name](a!, b!)],
  });
  return [
    pair('subtract'),
    pair('maximum'),
    pair('minimum'),
    pair('multiply'),
    {
      name: `multiply ${label} by [${gate.join(', ')}]`,
      inputs: { a: image(), b: input(gate, draw.normal(gate)) },
      differentiate: ['a', 'b'],
      compute: ({ a, b }) => [ops.multiply(a!, b!)],
    },
    {
      name: `concat ${label} along ${axis}`,
      inputs: {
        a: image(),
        b: input(others[0]!, draw.normal(others[0]!)),
        c: input(others[1]!, draw.normal(others[1]!)),
      },
      differentiate: ['a', 'b', 'c'],
      compute: ({ a, b, c }) => [ops.concat([a!, b!, c!], axis)],
    },
    {
      name: `slice ${label} ${JSON.stringify(box)}`,
      inputs: { x: image() },
      differentiate: ['x'],
      compute: ({ x }) => [ops.slice(x!, box)],
    },
    {
      name: `rescale ${label} by ${scale.length} and ${offset.length} numbers`,
      inputs: { x: image() },
      differentiate: ['x'],
      compute: ({ x }) => [ops.rescale(x!, { scale, offset })],
    },
    {
      name: `prelu ${label} alpha [${alpha.join(', ')}]`,
      inputs: { x: input(shape, draw.apart(shape)), alpha: input(alpha, draw.normal(alpha)) },
      differentiate: ['x', 'alpha'],
      compute: ({ x, alpha: slopes }) => [ops.prelu({ x: x!, alpha: slopes! })],
    },
    ...ops.interpolations.map((interpolation): OpCase => ({
      name: `resize2d ${label} to [${size.join(', ')}] ${interpolation}`,
      inputs: { x: image() },
      differentiate: ['x'],
      compute: ({ x }) => [ops.resize2d(x!, { size, interpolation })],
    })),
    {
      name: `randomNormal ${label}`,
      inputs: {},
      differentiate: [],
      compute: () => [ops.randomNormal({ ...source, shape, mean: 0.5, standardDeviation: 2 })],
    },
  ];
}
