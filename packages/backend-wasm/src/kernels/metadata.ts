import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel } from '../kernel.ts';
import { isNumeric } from '../stored-tensor.ts';

interface OneTensor {
  x: TensorInfo;
}

const identity = namedKernel<OneTensor, object>('Identity', {
  accepts: ({ inputs: { x } }) => x.dtype !== 'complex64',
  run: ({ inputs: { x }, backend }) => backend.alias(x, x.shape),
});

const reshape = namedKernel<OneTensor, { shape: number[] }>('Reshape', {
  accepts: ({ inputs: { x } }) => x.dtype !== 'complex64',
  run({ inputs: { x }, attributes: { shape }, backend }) {
    return backend.alias(x, util.inferFromImplicitShape(shape, util.sizeFromShape(x.shape)));
  },
});

const expandDims = namedKernel<{ input: TensorInfo }, { dim: number }>('ExpandDims', {
  accepts: ({ inputs: { input } }) => input.dtype !== 'complex64',
  run({ inputs: { input }, attributes: { dim }, backend }) {
    const place = dim < 0 ? input.shape.length + dim + 1 : dim;
    return backend.alias(input, input.shape.toSpliced(place, 0, 1));
  },
});

const casts: Partial<Record<string, string>> = {
  'int32 float32': 'intToFloat',
  'float32 int32': 'floatToInt',
  'bool float32': 'boolToFloat',
  'bool int32': 'boolToInt',
  'float32 bool': 'floatToBool',
  'int32 bool': 'intToBool',
};

const cast = namedKernel<OneTensor, { dtype: DataType }>('Cast', {
  accepts: ({ inputs: { x }, attributes: { dtype } }) => isNumeric(x.dtype) && isNumeric(dtype),
  run({ inputs: { x }, attributes: { dtype }, backend }) {
    const assemblyKernel = casts[`${x.dtype} ${dtype}`];
    if (!assemblyKernel) return backend.alias(x, x.shape);
    const length = util.sizeFromShape(x.shape);
    const itemLength = 65_536;
    const y = backend.output(x.shape, dtype);
    backend.run(assemblyKernel, [backend.address(x), backend.address(y), length, itemLength], {
      items: Math.ceil(length / itemLength),
    });
    return y;
  },
});

/** Kernels that only look at a tensor under another shape or type. */
export const metadataKernels: Kernel[] = [identity, reshape, expandDims, cast];
