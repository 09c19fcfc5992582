import type { TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel } from '../../kernel.ts';
import { elementWise } from './element-wise.ts';

/** WGSL of the stock kernels of one float32 tensor; p and q are attributes. */
const floatFunctions: Readonly<Record<string, string>> = {
  Neg: '-x',
  Abs: 'abs(x)',
  Square: 'x * x',
  Relu: 'larger(x, 0.0)',
  Relu6: 'nanOrElse(clamp(x, 0.0, 6.0), x)',
  Step: 'nanOrElse(select(uniforms.p, 1.0, x > 0.0), x)',
  Sign: 'select(sign(x), 0.0, isNan(x))',
  ClipByValue: 'nanOrElse(clamp(x, uniforms.p, uniforms.q), x)',
  LeakyRelu: 'nanOrElse(select(x * uniforms.p, x, x > 0.0), x)',
  Exp: 'nanOrElse(exp(x), x)',
  Log: 'logarithm(x)',
  Sqrt: 'sqrt(x)',
  Rsqrt: 'inverseSqrt(x)',
  Reciprocal: '1.0 / x',
  Sigmoid: 'nanOrElse(sigmoid(x), x)',
  Tanh: 'nanOrElse(hyperbolicTangent(x), x)',
  Elu: 'nanOrElse(select(exponentialMinusOne(x), x, x > 0.0), x)',
  Floor: 'floor(x)',
  Ceil: 'ceil(x)',
  Round: 'round(x)',
};

const integerFunctions: Readonly<Record<string, string>> = {
  Neg: '-x',
  Abs: 'abs(x)',
  Square: 'x * x',
  Relu: 'max(x, 0)',
};

type Attributes = Partial<Record<'alpha' | 'clipValueMin' | 'clipValueMax', number>>;

export const unaryKernels: readonly Kernel[] = Object.entries(floatFunctions).map(([name, value]) =>
  namedKernel<{ x: TensorInfo }, Attributes>(name, {
    accepts: ({ inputs: { x } }) => x.dtype === 'float32' || (x.dtype === 'int32' && name in integerFunctions),
    run: ({ inputs: { x }, attributes: { alpha = 0, clipValueMin = alpha, clipValueMax = 0 }, gpu }) =>
      elementWise(gpu, {
        name,
        shape: x.shape,
        dtype: x.dtype,
        inputs: { x },
        uniforms: { p: clipValueMin, q: clipValueMax },
        value: x.dtype === 'int32' ? integerFunctions[name]! : value,
      }),
  }),
);
