import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../kernel.ts';
import { outputShapeOf, rowsOfPool, windowArguments } from './pool-window.ts';

export const maxPool2d: Kernel = defineKernel(ops.maxPool2d, {
  run({ inputs: { x }, attributes, backend }) {
    const y = backend.output(outputShapeOf(x.shape, attributes));
    const { rows, rowsPerItem, items } = rowsOfPool(y.shape, sizeOf(attributes.poolSize));
    const relu = Number(attributes.activation === 'relu');
    const window = windowArguments(x.shape, y.shape, attributes);
    backend.run('maxPool', [backend.address(x), backend.address(y), rows, ...window, relu, rowsPerItem], { items });
    return y;
  },
});

export const maxPool2dGradient: Kernel = defineKernel(ops.maxPool2dGradient, {
  run({ inputs: { dy, x, y }, attributes, backend }) {
    const dx = backend.output(x.shape);
    const relu = Number(attributes.activation === 'relu');
    const window = windowArguments(x.shape, y.shape, attributes);
    const addresses = [dy, x, y].map((tensor) => backend.address(tensor));
    backend.run('maxPoolGradient', [...addresses, ...window, relu, backend.address(dx)], { items: x.shape[0]! });
    return dx;
  },
});
