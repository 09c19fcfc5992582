import { ops, sizeOf, type Tensor } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array | Int32Array): CaseInput => ({ shape, values });

/** What losses and layers are written with: element by element with broadcasting, over axes, by class numbers, shapes. */
export function arithmetic(draw: Draw): OpCase[] {
  return [...ofTwo(draw), ...ofOne(draw), ...overAxes(draw), ...byIndex(draw), ...ofShape(draw)];
}

const positive = (draw: Draw, shape: readonly number[]): Float32Array =>
  draw.normal(shape).map((value) => Math.abs(value) + 0.3);

function ofTwo(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 4), draw.integer(1, 9), draw.integer(1, 5)];
  // As in NumPy: axes that are missing, and such of size 1.
  const repeated = (): number[] => shape.map((size) => draw.pick([1, size])).slice(draw.integer(0, 2));
  const [a, b] = [draw.pick([shape, repeated()]), draw.pick([shape, repeated()])];
  const label = `[${a.join(', ')}] and [${b.join(', ')}]`;
  const number = draw.integer(1, 30) / 10 + 0.05;
  // Clear of each other, so that rounding changes no order.
  const grid = (size: readonly number[], shift: number): Float32Array =>
    draw.normal(size).map((value) => Math.round(value * 5) / 5 + shift);
  const pair = (name: 'add' | 'subtract' | 'multiply' | 'divide' | 'power'): OpCase[] => [
    {
      name: `${name} ${label}`,
      inputs: { a: input(a, positive(draw, a)), b: input(b, positive(draw, b)) },
      differentiate: ['a', 'b'],
      compute: (given) => [ops[name](given['a']!, given['b']!)],
    },
    {
      name: `${name} [${a.join(', ')}] and ${number}, and the other way round`,
      inputs: { a: input(a, positive(draw, a)) },
      differentiate: ['a'],
      compute: (given) => [ops[name](given['a']!, number), ops[name](number, given['a']!)],
    },
  ];
  const choice = (name: 'maximum' | 'minimum'): OpCase => ({
    name: `${name} ${label}`,
    inputs: { a: input(a, grid(a, 0)), b: input(b, grid(b, 0.1)) },
    differentiate: ['a', 'b'],
    compute: (given) => [ops[name](given['a']!, given['b']!)],
  });
  const comparison = (name: 'greater' | 'greaterEqual' | 'less' | 'lessEqual' | 'equal' | 'notEqual'): OpCase => ({
    name: `${name} ${label}`,
    inputs: { a: input(a, grid(a, 0)), b: input(b, grid(b, 0)) },
    differentiate: [],
    compute: (given) => [ops[name](given['a']!, given['b']!), ops[name](given['a']!, 0)],
  });
  const truths = (size: readonly number[]): Int32Array =>
    Int32Array.from({ length: sizeOf(size) }, () => draw.integer(0, 1));
  return [
    ...(['add', 'subtract', 'multiply', 'divide', 'power'] as const).flatMap(pair),
    choice('maximum'),
    choice('minimum'),
    ...(['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'notEqual'] as const).map(comparison),
    {
      name: `logical of ${label}`,
      inputs: { a: input(a, truths(a)), b: input(b, truths(b)) },
      differentiate: [],
      compute: (given) => [
        ops.logicalAnd(given['a']!, given['b']!),
        ops.logicalOr(given['a']!, given['b']!),
        ops.logicalNot(given['a']!),
      ],
    },
    {
      name: `where ${label}`,
      inputs: { c: input(shape, truths(shape)), a: input(a, draw.normal(a)), b: input(b, draw.normal(b)) },
      differentiate: ['a', 'b'],
      compute: ({ c, ...given }) => [ops.where(c!, given['a']!, given['b']!)],
    },
    {
      name: `where of a comparison [${shape.join(', ')}]`,
      inputs: { x: input(shape, draw.apart(shape)) },
      differentiate: ['x'],
      compute: ({ x }) => [ops.where(ops.greater(x!, 0), ops.multiply(x!, number), x!)],
    },
  ];
}

function ofOne(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 4), draw.integer(1, 9), draw.integer(1, 5)];
  const one = (name: string, compute: (x: Tensor) => Tensor, values: Float32Array): OpCase => ({
    name: `${name} [${shape.join(', ')}]`,
    inputs: { x: input(shape, values) },
    differentiate: ['x'],
    compute: ({ x }) => [compute(x!)],
  });
  const [low, high] = [-draw.integer(0, 10) / 10 - 0.07, draw.integer(0, 10) / 10 + 0.07];
  return [
    ...(['negative', 'square', 'exp'] as const).map((name) => one(name, (x) => ops[name](x), draw.normal(shape))),
    ...(['abs', 'sign'] as const).map((name) => one(name, (x) => ops[name](x), draw.apart(shape))),
    ...(['sqrt', 'log'] as const).map((name) => one(name, (x) => ops[name](x), positive(draw, shape))),
    one(
      `clip from ${low} to ${high}`,
      (x) => ops.clip(x, low, high),
      draw.normal(shape).map((value) => Math.round(value * 10) / 10),
    ),
    {
      name: `cast [${shape.join(', ')}]`,
      inputs: { x: input(shape, draw.normal(shape).map((value) => 3 * value + 0.2)) }, // prettier-ignore
      differentiate: [],
      // Infinities are nothing that int32 can hold.
      compute: ({ x }) => [ops.cast(ops.clip(x!, -1e6, 1e6), 'int32'), ops.cast(x!, 'bool')],
    },
  ];
}

function overAxes(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 4), draw.integer(1, 9), draw.integer(1, 20)];
  const options: ops.ReduceOptions = {
    ...draw.pick([{}, { axis: 0 }, { axis: 1 }, { axis: -1 }, { axis: [0, 2] }, { axis: [1, 2] }, { axis: [0, 1, 2] }]),
    keepDims: draw.pick([true, false]),
  };
  const axis = draw.pick([0, 1, -1]);
  const label = `[${shape.join(', ')}] ${JSON.stringify(options)}`;
  return [
    ...(['sum', 'mean', 'max', 'min'] as const).map((name): OpCase => ({
      name: `${name} ${label}`,
      inputs: { x: input(shape, draw.apart(shape)) },
      differentiate: ['x'],
      compute: ({ x }) => [ops[name](x!, options)],
    })),
    {
      name: `argMax [${shape.join(', ')}] along ${axis}`,
      inputs: { x: input(shape, draw.apart(shape)) },
      differentiate: [],
      compute: ({ x }) => [ops.argMax(x!, { axis }), ops.argMax(x!)],
    },
    ...(['softmax', 'logSoftmax'] as const).map((name): OpCase => ({
      name: `${name} [${shape.join(', ')}] along ${axis}`,
      inputs: { x: input(shape, draw.normal(shape)) },
      differentiate: ['x'],
      compute: ({ x }) => [ops[name](x!, { axis })],
    })),
  ];
}

function byIndex(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 5), draw.integer(1, 6), draw.integer(1, 7)];
  const axis = draw.integer(0, 2);
  const places = shape.toSpliced(axis, 1);
  const indices = Int32Array.from({ length: sizeOf(places) }, () => draw.integer(0, shape[axis]! - 1));
  return [
    {
      name: `pick [${shape.join(', ')}] along ${axis}`,
      inputs: { x: input(shape, draw.normal(shape)), indices: input(places, indices) },
      differentiate: ['x'],
      compute: ({ x, indices: given }) => [ops.pick(x!, given!, { axis })],
    },
    {
      name: `oneHot [${places.join(', ')}]`,
      inputs: { indices: input(places, indices) },
      differentiate: [],
      compute: ({ indices: given }) => [ops.oneHot(given!, shape[axis]!)],
    },
  ];
}

function ofShape(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 4), draw.integer(1, 6), draw.integer(1, 5)];
  const label = `[${shape.join(', ')}]`;
  const one = (name: string, compute: (x: Tensor) => Tensor, size: readonly number[] = shape): OpCase => ({
    name,
    inputs: { x: input(size, draw.normal(size)) },
    differentiate: ['x'],
    compute: ({ x }) => [compute(x!)],
  });
  const narrow = shape.map((size) => draw.pick([1, size]));
  const sides = shape.map((): [number, number] => [draw.integer(0, 2), draw.integer(0, 2)]);
  const axis = draw.integer(-4, 3);
  return [
    one(`broadcastTo [${narrow.join(', ')}] to ${label}`, (x) => ops.broadcastTo(x, [2, ...shape]), narrow),
    one(`pad ${label} ${JSON.stringify(sides)}`, (x) => ops.pad(x, sides, 0.5)),
    one(`expandDims and squeeze ${label} at ${axis}`, (x) => ops.squeeze(ops.expandDims(x, axis), axis)),
    one(`transpose ${label}`, (x) => ops.transpose(x)),
    one(`reshape ${label} to rows`, (x) => ops.reshape(x, [-1, shape[2]!])),
    {
      name: `stack ${label} at ${axis}`,
      inputs: { a: input(shape, draw.normal(shape)), b: input(shape, draw.normal(shape)) },
      differentiate: ['a', 'b'],
      compute: (given) => [ops.stack([given['a']!, given['b']!], axis)],
    },
  ];
}
