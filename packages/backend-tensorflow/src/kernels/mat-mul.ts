import { ops } from '@striate/core/backend';
import { flag, float32 } from '../attributes.ts';
import { defineKernel, type Kernel } from '../kernel.ts';

export const matMul: Kernel = defineKernel(ops.matMul, {
  run({ inputs: { a, b, bias }, attributes: { transposeA, transposeB, activation }, run }) {
    const transposes = [flag('transpose_a', transposeA), flag('transpose_b', transposeB)];
    const product = run.one('MatMul', [run.of(a), run.of(b)], [float32, ...transposes]);
    return [run.finish(product, bias, activation)];
  },
});

export const biasGradient: Kernel = defineKernel(ops.biasGradient, {
  run({ inputs: { dy }, run }) {
    const { shape } = dy;
    return [run.biasGradient(shape.length > 1 ? run.of(dy) : run.reshape(run.of(dy), [1, ...shape]))];
  },
});
