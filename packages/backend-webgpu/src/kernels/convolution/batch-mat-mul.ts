import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { namedKernel, type Kernel } from '../../kernel.ts';
import { multiply, sides } from './multiply.ts';

type Matrices = { a: TensorInfo; b: TensorInfo };
type Transposes = { transposeA: boolean; transposeB: boolean };

const isFloat = ({ dtype }: TensorInfo): boolean => dtype === 'float32';

/** Whether the batch axes are the same, or those of one side have one place alone. */
function axesFit({ a, b }: Matrices): boolean {
  const [axesA, axesB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  return (
    axesA.join() === axesB.join() ||
    (axesA.length === axesB.length && [axesA, axesB].some((axes) => axes.every((size) => size === 1)))
  );
}

/** tfjs' matMul, with any number of batch axes. */
export const batchMatMul: Kernel = namedKernel<Matrices, Transposes>('BatchMatMul', {
  accepts({ inputs }) {
    const { a, b } = inputs;
    return isFloat(a) && isFloat(b) && axesFit({ a, b });
  },
  run: ({ inputs, attributes, gpu }) => multiply(gpu, inputs, { ...attributes, relu: false }),
});

type FusedInputs = Matrices & { bias?: TensorInfo | null };
type FusedAttributes = Transposes & { activation: string | null };

/** tfjs' fused.matMul. */
export const fusedMatMul: Kernel = namedKernel<FusedInputs, FusedAttributes>('_FusedMatMul', {
  accepts({ inputs, attributes }) {
    const { a, b, bias } = inputs;
    const { activation, transposeB } = attributes;
    const biasFits = !bias || (isFloat(bias) && util.sizeFromShape(bias.shape) === sides(b.shape, transposeB)[1]);
    return (
      isFloat(a) &&
      isFloat(b) &&
      axesFit({ a, b }) &&
      biasFits &&
      [null, undefined, 'linear', 'relu'].includes(activation)
    );
  },
  run({ inputs, attributes, gpu }) {
    const { a, b, bias } = inputs;
    const { transposeA, transposeB, activation } = attributes;
    return multiply(gpu, { a, b, bias: bias ?? undefined }, { transposeA, transposeB, relu: activation === 'relu' });
  },
});
