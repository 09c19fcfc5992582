import { ops, type AttributesOf } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** In the order of their numbers in assembly/pad.ts. */
const modes = ['zeros', 'reflect', 'symmetric', 'replicate', 'circular'] as const;

/** The shape of y, and the arguments of both kernels behind the two addresses. */
function geometry({ inputShape, padding, mode }: AttributesOf<typeof ops.pad2d>): { shape: number[]; args: number[] } {
  const [batch, height, width, channels] = inputShape as [number, number, number, number];
  const [top, bottom, left, right] = padding;
  const [rows, columns] = [height + top + bottom, width + left + right];
  return {
    shape: [batch, rows, columns, channels],
    args: [height, width, channels, top, left, rows, columns, modes.indexOf(mode)],
  };
}

export const pad2d: Kernel = defineKernel(ops.pad2d, {
  run({ inputs: { x }, attributes, backend }) {
    const { shape, args } = geometry(attributes);
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const y = backend.output(shape);
    const rows = batch * height;
    const perItem = rowsPerItem(width * channels);
    backend.run('pad', [backend.address(x), backend.address(y), ...args, rows, perItem], {
      items: itemsOf(rows, perItem),
    });
    return y;
  },
});

export const pad2dGradient: Kernel = defineKernel(ops.pad2dGradient, {
  run({ inputs: { dy }, attributes, backend }) {
    const { args } = geometry(attributes);
    const [batch, height, width, channels] = attributes.inputShape as [number, number, number, number];
    const dx = backend.output(attributes.inputShape);
    const rows = batch * height;
    const perItem = rowsPerItem(width * channels);
    backend.run('padGradient', [backend.address(dy), backend.address(dx), ...args, rows, perItem], {
      items: itemsOf(rows, perItem),
    });
    return dx;
  },
});
