import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

export const movingAverage: Kernel = defineKernel(ops.movingAverage, {
  run: ({ inputs, attributes: { momentum, corrections, count }, backend }) =>
    Array.from({ length: count }, (_, index) => {
      const [average, value] = [inputs[`average${index}`]!, inputs[`value${index}`]!];
      const y = backend.output(average.shape);
      const length = sizeOf(average.shape);
      const addresses = [average, value, y].map((tensor) => backend.address(tensor));
      const weight = (1 - momentum) * corrections[index]!;
      backend.run('movingAverage', [...addresses, length, elementsPerItem, momentum, weight], {
        items: itemsOf(length, elementsPerItem),
      });
      return y;
    }),
});
