import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

export const penalty: Kernel = defineKernel(ops.penalty, {
  run({ inputs: { x }, attributes: { l1, l2 }, backend }) {
    const length = sizeOf(x.shape);
    const items = itemsOf(length, elementsPerItem);
    const partials = backend.temporary(items * 8);
    const total = backend.temporary(8);
    const y = backend.output([]);
    backend.run('penalty', [backend.address(x), partials, length, elementsPerItem, l1, l2], { items });
    // One chunk of a [1, items, 1]: the partial sums are added in their order.
    backend.run('reduceDouble', [partials, total, 1, items, 1, 0, Math.max(1, items), 1, 1], { items: 1 });
    backend.run('storeReduced', [total, backend.address(y), 1, 1, 1, 0], { items: 1 });
    return y;
  },
});

export const penaltyGradient: Kernel = defineKernel(ops.penaltyGradient, {
  run({ inputs: { dy, x }, attributes: { l1, l2 }, backend }) {
    const length = sizeOf(x.shape);
    const dx = backend.output(x.shape);
    const addresses = [dx, x, dy].map((tensor) => backend.address(tensor));
    backend.run('penaltyGradient', [...addresses, length, elementsPerItem, l1, 2 * l2], {
      items: itemsOf(length, elementsPerItem),
    });
    return dx;
  },
});
