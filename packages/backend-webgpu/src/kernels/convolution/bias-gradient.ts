import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { bound, boundAll, widthOf } from './store.ts';
import { sumRows } from './sum-rows.ts';

/** Sums over all axes but the last. */
export const biasGradient: Kernel = defineKernel(ops.biasGradient, {
  run({ inputs, gpu }) {
    const { dy } = inputs;
    const columns = dy.shape.at(-1)!;
    const width = widthOf(columns);
    const dBias = gpu.output([columns]);
    sumRows(gpu, {
      name: 'biasGradient',
      constants: {},
      inputs: { dy: bound(dy, width) },
      rows: dy.shape.slice(0, -1).reduce((product, length) => product * length, 1),
      columns,
      batches: 1,
      count: 1,
      add: 'sum0 += dy[(row * uniforms.columns + column) / VECTOR];',
      store: {
        width,
        outputs: boundAll({ dBias }, width),
        code: `fn store(z: u32, row: u32, column: u32, value: Value) { dBias[column / ${width}] = value; }`,
      },
    });
    return dBias;
  },
});
