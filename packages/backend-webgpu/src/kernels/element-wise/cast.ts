import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import type { Kernel } from '../../kernel.ts';
import { elementWise } from './element-wise.ts';

const casts: Readonly<Record<string, string>> = {
  'int32 float32': 'f32(x)',
  'bool float32': 'f32(x)',
  'float32 int32': 'i32(x)',
  'bool int32': 'x',
  'float32 bool': 'select(0, 1, x != 0.0 || isNan(x))',
  'int32 bool': 'select(0, 1, x != 0)',
};

const only = (name: string, inputs: Record<string, TensorInfo>): TensorInfo => inputs[name]!;

/** A kernel that looks at the same elements under another shape. */
const view = (
  name: string,
  input: string,
  shapeOf: (x: TensorInfo, attributes: Record<string, unknown>) => readonly number[],
): Kernel => ({
  name,
  accepts: ({ inputs }) => isNumeric(only(input, inputs).dtype),
  run: ({ inputs, attributes, gpu }) => gpu.alias(only(input, inputs), shapeOf(only(input, inputs), attributes)),
});

export const castKernels: readonly Kernel[] = [
  view('Identity', 'x', ({ shape }) => shape),
  view('Reshape', 'x', ({ shape }, attributes) =>
    util.inferFromImplicitShape(attributes['shape'] as number[], util.sizeFromShape([...shape])),
  ),
  view('ExpandDims', 'input', ({ shape }, attributes) => {
    const dim = attributes['dim'] as number;
    return shape.toSpliced(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
  }),
  view('striate.Reshape', 'x', (_, attributes) => attributes['shape'] as readonly number[]),
  {
    name: 'Cast',
    accepts: ({ inputs, attributes }) => isNumeric(inputs['x']!.dtype) && isNumeric(attributes['dtype'] as DataType),
    run({ inputs, attributes, gpu }) {
      const x = inputs['x']!;
      const value = casts[`${x.dtype} ${attributes['dtype'] as string}`];
      if (value === undefined) return gpu.alias(x, x.shape);
      const dtype = attributes['dtype'] as DataType;
      return elementWise(gpu, { name: `Cast.${x.dtype}.${dtype}`, shape: x.shape, dtype, inputs: { x }, value });
    },
  },
];
