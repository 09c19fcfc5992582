import { ops, outputSize, type Padding, type Pair, type Values } from '@striate/core';
import type { Draw } from './draw.ts';
import type { CaseInput, OpCase } from './op-case.ts';

const input = (shape: readonly number[], values: Float32Array | Int32Array): CaseInput => ({ shape, values });

/** Convolutions: a plain one, one of 3x3 at stride 1 (which backends treat specially), and one with everything. */
export function convolution(draw: Draw): OpCase[] {
  const plain = { strides: [1, 1], dilations: [1, 1], groups: 1 } as const;
  const everything = {
    strides: draw.pair(1, 3),
    dilations: draw.pair(1, 3),
    groups: draw.pick([1, 2, 3]),
  };
  return [
    convolutionCase(draw, {
      ...plain,
      kernelSize: draw.pair(1, 5),
      channels: draw.pick([1, 2, 3, 5, 8]),
      filters: draw.integer(1, 17),
    }),
    convolutionCase(draw, {
      ...plain,
      kernelSize: [3, 3],
      channels: draw.pick([4, 8, 12, 16]),
      filters: draw.pick([8, 16, 24]),
    }),
    convolutionCase(draw, {
      ...plain,
      strides: [2, 2],
      kernelSize: draw.pick([
        [1, 1],
        [3, 3],
      ] as const),
      channels: draw.pick([8, 16]),
      filters: 16,
    }),
    convolutionCase(draw, {
      ...everything,
      kernelSize: draw.pair(1, 4),
      channels: everything.groups * draw.integer(1, 3),
      filters: everything.groups * draw.integer(1, 4),
    }),
  ];
}

function convolutionCase(
  draw: Draw,
  {
    kernelSize,
    channels,
    filters,
    strides,
    dilations,
    groups,
  }: Record<'kernelSize' | 'strides' | 'dilations', Pair> & Record<'channels' | 'filters' | 'groups', number>,
): OpCase {
  const padding = draw.sides(2);
  const size = [0, 1].map((axis) => dilations[axis]! * (kernelSize[axis]! - 1) + draw.integer(1, 12));
  const activation = draw.pick(['linear', 'relu'] as const);
  const batch = draw.integer(1, 3);
  const bias = draw.pick([true, false]);
  const attributes = { strides, dilations, groups, padding, activation };
  const shapes = { x: [batch, ...size, channels], kernel: [...kernelSize, channels / groups, filters] };
  return {
    name: `conv2d x [${shapes.x.join(', ')}] kernel [${shapes.kernel.join(', ')}] ${JSON.stringify(attributes)}${bias ? ' with bias' : ''}`,
    inputs: {
      x: input(shapes.x, draw.normal(shapes.x)),
      kernel: input(shapes.kernel, draw.normal(shapes.kernel)),
      ...(bias && { bias: input([filters], draw.normal([filters])) }),
    },
    differentiate: bias ? ['x', 'kernel', 'bias'] : ['x', 'kernel'],
    compute: ({ x, kernel, bias: given }) => [ops.conv2d({ x: x!, kernel: kernel!, bias: given }, attributes)],
  };
}

export function matMul(draw: Draw): OpCase[] {
  return [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB): OpCase => {
      const [rows, inner, columns] = [draw.integer(1, 40), draw.integer(1, 70), draw.integer(1, 40)];
      const activation = draw.pick(['linear', 'relu'] as const);
      const a = transposeA ? [inner, rows] : [rows, inner];
      const b = transposeB ? [columns, inner] : [inner, columns];
      const attributes = { transposeA, transposeB, activation };
      return {
        name: `matMul [${a.join(', ')}] [${b.join(', ')}] ${JSON.stringify(attributes)}`,
        inputs: {
          a: input(a, draw.normal(a)),
          b: input(b, draw.normal(b)),
          bias: input([columns], draw.normal([columns])),
        },
        differentiate: ['a', 'b', 'bias'],
        compute: ({ a: left, b: right, bias }) => [ops.matMul({ a: left!, b: right!, bias }, attributes)],
      };
    }),
  );
}

export function pooling(draw: Draw): OpCase[] {
  const poolSize = draw.pair(1, 3);
  const strides = draw.pick([poolSize, draw.pair(1, 3)]);
  const sides = (reach: number): number => draw.integer(0, reach - 1);
  const padding: Padding = [sides(poolSize[0]), sides(poolSize[0]), sides(poolSize[1]), sides(poolSize[1])];
  const shape = [
    draw.integer(1, 3),
    poolSize[0] + draw.integer(0, 9),
    poolSize[1] + draw.integer(0, 9),
    draw.pick([1, 3, 4, 6, 8, 32]),
  ];
  const geometry = { poolSize, strides, padding };
  const activation = draw.pick(['linear', 'relu'] as const);
  const countPadding = draw.pick([true, false]);
  const places = outputSize({
    input: shape[1]!,
    kernel: poolSize[0],
    stride: strides[0],
    padding: padding[0] + padding[1],
  });
  const x = { x: input(shape, draw.apart(shape)) };
  const label = `[${shape.join(', ')}] ${JSON.stringify(geometry)} (${places} rows)`;
  return [
    {
      name: `maxPool2d ${label} ${activation}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.maxPool2d(image!, { ...geometry, activation })],
    },
    {
      name: `averagePool2d ${label} countPadding ${countPadding}`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.averagePool2d(image!, { ...geometry, countPadding })],
    },
    {
      name: `globalAveragePool2d [${shape.join(', ')}]`,
      inputs: x,
      differentiate: ['x'],
      compute: ({ x: image }) => [ops.globalAveragePool2d(image!)],
    },
  ];
}

export function crossEntropy(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 9), draw.integer(2, 13)];
  const [count, classes] = shape as [number, number];
  const labelSmoothing = draw.pick([0, 0.1, 0.3]);
  const integers = Int32Array.from({ length: count }, () => draw.integer(0, classes - 1));
  const soft = draw.normal(shape).map(Math.abs);
  const k = draw.integer(1, Math.min(3, classes));
  return [['integer', input([count], integers)] as const, ['soft', input(shape, soft)] as const].flatMap(
    ([kind, labels]): OpCase[] => [
      {
        name: `softmaxCrossEntropy [${shape.join(', ')}], ${kind} labels, smoothing ${labelSmoothing}`,
        inputs: { logits: input(shape, draw.normal(shape)), labels },
        differentiate: ['logits'],
        compute: ({ logits, labels: given }) => [
          ops.softmaxCrossEntropy({ logits: logits!, labels: given! }, { labelSmoothing }),
        ],
      },
      {
        name: `topKCorrect [${shape.join(', ')}], ${kind} labels, k ${k}`,
        inputs: { logits: input(shape, draw.apart(shape)), labels },
        differentiate: [],
        compute: ({ logits, labels: given }) => [ops.topKCorrect({ logits: logits!, labels: given! }, { k })],
      },
    ],
  );
}

export function dropout(draw: Draw): OpCase[] {
  const shape = [draw.integer(1, 6), draw.integer(1, 50)];
  const source = {
    seed: draw.integer(0, 1e9),
    stream: 2,
    call: draw.integer(0, 99),
    step: draw.integer(0, 1e6),
    sampleOffset: draw.integer(0, 999),
  };
  const rate = draw.pick([0, 0.1, 0.5, 0.9]);
  return [
    {
      name: `dropout [${shape.join(', ')}] rate ${rate}`,
      inputs: { x: input(shape, draw.normal(shape)) },
      differentiate: ['x'],
      compute: ({ x }) => [ops.dropout(x!, { ...source, rate })],
    },
    {
      name: `randomBits [${shape.join(', ')}]`,
      inputs: {},
      differentiate: [],
      compute: () => [ops.randomBits({ ...source, shape })],
    },
  ];
}

export function optimizers(draw: Draw): OpCase[] {
  const shapes = [[draw.integer(1, 40)], [3, 3, 2, draw.integer(1, 9)], [1]];
  const names = shapes.map((_, index) => `p${index}`);
  const decays = names.map(() => draw.pick([true, false]));
  const list = (inputs: Values, role: string): Values =>
    Object.fromEntries(names.map((name) => [name, inputs[`${role} ${name}`]!]));
  const inputs = (roles: readonly string[]): Record<string, CaseInput> =>
    Object.fromEntries(
      roles.flatMap((role) =>
        names.map((name, index) => {
          const values = draw.normal(shapes[index]!);
          return [`${role} ${name}`, input(shapes[index]!, role === 'variance' ? values.map(Math.abs) : values)];
        }),
      ),
    );
  const momentum = draw.pick([0, 0.9]);
  const nesterov = draw.pick([true, false]);
  const decoupled = draw.pick([true, false]);
  const step = draw.integer(1, 1000);
  return [
    {
      name: `sgd momentum ${momentum} nesterov ${nesterov} decays ${decays.join()}`,
      inputs: inputs(['parameter', 'gradient', 'velocity']),
      differentiate: [],
      compute(given) {
        const lists = {
          parameters: list(given, 'parameter'),
          gradients: list(given, 'gradient'),
          velocities: list(given, 'velocity'),
        };
        const { parameters, velocities } = ops.sgd(lists, {
          learningRate: 0.1,
          momentum,
          nesterov,
          weightDecay: 0.01,
          decays,
        });
        return [...Object.values(parameters), ...Object.values(velocities)];
      },
    },
    {
      name: `adam step ${step} decoupled ${decoupled} decays ${decays.join()}`,
      inputs: inputs(['parameter', 'gradient', 'mean', 'variance']),
      differentiate: [],
      compute(given) {
        const lists = {
          parameters: list(given, 'parameter'),
          gradients: list(given, 'gradient'),
          means: list(given, 'mean'),
          variances: list(given, 'variance'),
        };
        const options = {
          learningRate: 0.01,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0.1,
          decoupled,
          decays,
          step,
        };
        const { parameters, means, variances } = ops.adam(lists, options);
        return [parameters, means, variances].flatMap((values) => Object.values(values));
      },
    },
  ];
}
