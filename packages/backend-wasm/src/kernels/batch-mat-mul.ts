import { broadcast_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '@striate/core';
import { namedKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { sides } from './mat-mul.ts';
import { multiply } from './multiply.ts';

interface Matrices {
  a: TensorInfo;
  b: TensorInfo;
}

interface Transposes {
  transposeA: boolean;
  transposeB: boolean;
}

/** tfjs' matMul: any number of batch axes, which broadcast. */
export const batchMatMul: Kernel = namedKernel<Matrices, Transposes>('BatchMatMul', {
  accepts: ({ inputs: { a, b } }) => a.dtype === 'float32' && b.dtype === 'float32',
  run: ({ inputs, attributes, backend }) => multiplyBatches(backend, inputs, attributes, { relu: false }),
});

type FusedInputs = Matrices & { bias?: TensorInfo | null; preluActivationWeights?: TensorInfo };

/** tfjs' fused.matMul. */
export const fusedMatMul: Kernel = namedKernel<FusedInputs, Transposes & { activation: string }>('_FusedMatMul', {
  accepts({ inputs: { a, b, bias }, attributes: { activation, transposeB } }) {
    const biasFits = !bias || (bias.dtype === 'float32' && sizeOf(bias.shape) === sides(b.shape, transposeB)[1]);
    return a.dtype === 'float32' && b.dtype === 'float32' && biasFits && ['linear', 'relu'].includes(activation);
  },
  run({ inputs: { a, b, bias }, attributes, backend }) {
    const options = { bias: bias ? backend.address(bias) : undefined, relu: attributes.activation === 'relu' };
    return multiplyBatches(backend, { a, b }, attributes, options);
  },
});

function multiplyBatches(
  backend: KernelBackend,
  { a, b }: Matrices,
  { transposeA, transposeB }: Transposes,
  { bias, relu }: { bias?: number | undefined; relu: boolean },
): TensorInfo {
  const [rows, depth] = sides(a.shape, transposeA);
  const columns = sides(b.shape, transposeB)[1];
  const axesA = a.shape.slice(0, -2);
  const axesB = b.shape.slice(0, -2);
  const axes = broadcast_util.assertAndGetBroadcastShape(axesA, axesB);
  const y = backend.output([...axes, rows, columns]);
  const product = {
    a: backend.address(a),
    b: backend.address(b),
    bias,
    target: backend.address(y),
    batch: { a: sizeOf(axesA), b: sizeOf(axesB) },
    rows,
    depth,
    columns,
    transposeA,
    transposeB,
    relu,
  };
  const size = sizeOf(axes);
  const { batch } = product;
  if ([batch.a, batch.b].every((matrices) => matrices === 1 || matrices === size)) {
    multiply(backend, product);
    return y;
  }
  // Both broadcast: one product after the other.
  for (let index = 0; index < size; index++) {
    multiply(backend, {
      ...product,
      a: product.a + placeOf(index, axes, axesA) * rows * depth * 4,
      b: product.b + placeOf(index, axes, axesB) * depth * columns * 4,
      target: product.target + index * rows * columns * 4,
      batch: { a: 1, b: 1 },
    });
  }
  return y;
}

/** The place, among matrices of `axes`, that broadcasts to place `index` of `broadcast`. */
function placeOf(index: number, broadcast: readonly number[], axes: readonly number[]): number {
  let place = 0;
  let step = 1;
  let rest = index;
  for (let axis = 1; axis <= axes.length; axis++) {
    const size = axes.at(-axis)!;
    const coordinate = rest % broadcast.at(-axis)!;
    rest = Math.floor(rest / broadcast.at(-axis)!);
    place += (size === 1 ? 0 : coordinate) * step;
    step *= size;
  }
  return place;
}
