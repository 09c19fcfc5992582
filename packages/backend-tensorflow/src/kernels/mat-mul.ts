import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops } from '@striate/core';
import { flag, float32 } from '../attributes.ts';
import { kernel, type Kernel } from '../kernel.ts';

export const matMul: Kernel = kernel<{ a: TensorInfo; b: TensorInfo; bias?: TensorInfo }, ops.MatMulAttributes>({
  name: 'striate.MatMul',
  run({ inputs: { a, b, bias }, attributes: { transposeA, transposeB, activation }, run }) {
    const transposes = [flag('transpose_a', transposeA), flag('transpose_b', transposeB)];
    const product = run.one('MatMul', [run.of(a), run.of(b)], [float32, ...transposes]);
    return [run.finish(product, bias, activation)];
  },
});

export const biasGradient: Kernel = kernel<{ dy: TensorInfo }, object>({
  name: 'striate.BiasGradient',
  run({ inputs: { dy }, run }) {
    const { shape } = dy;
    return [run.biasGradient(shape.length > 1 ? run.of(dy) : run.reshape(run.of(dy), [1, ...shape]))];
  },
});
