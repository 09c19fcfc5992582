import { ops, resizeTaps, transposedTaps } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** What one new place is made of: old places with weights. */
type Taps = ReturnType<typeof resizeTaps>[number];

/** Makes each place along an axis of some old ones; the last axis lies closest. Gives the new address. */
function resample(
  backend: KernelBackend,
  source: number,
  target: number,
  { outer, size, inner }: { outer: number; size: number; inner: number },
  taps: readonly Taps[],
): void {
  const most = Math.max(...taps.map(({ length }) => length));
  const places = taps.flatMap((list) => [
    list[0]?.place ?? 0,
    list.length,
    ...Array.from({ length: most }, (_, index) => list[index]?.weight ?? 0),
  ]);
  const rows = outer * taps.length;
  const perItem = rowsPerItem(inner * most, 16_384);
  backend.run('resample', [source, target, outer, size, taps.length, inner, perItem, most, ...places], {
    items: itemsOf(rows, perItem),
  });
}

/** Along height and width, the shorter result first. */
function resampleImage(
  backend: KernelBackend,
  x: TensorInfo,
  rows: readonly Taps[],
  columns: readonly Taps[],
): TensorInfo {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const y = backend.output([batch, rows.length, columns.length, channels]);
  if (sizeOf(y.shape) === 0) return y;
  const [source, target] = [backend.address(x), backend.address(y)];
  const vertical = (from: number, to: number, across: number): void =>
    resample(backend, from, to, { outer: batch, size: height, inner: across * channels }, rows);
  const horizontal = (from: number, to: number, down: number): void =>
    resample(backend, from, to, { outer: batch * down, size: width, inner: channels }, columns);
  // Kernels read up to 32 bytes beyond the end.
  const temporary = (pixels: number): number => backend.temporary(pixels * channels * 4 + 32);
  if (rows.length * width <= height * columns.length) {
    const between = temporary(batch * rows.length * width);
    vertical(source, between, width);
    horizontal(between, target, rows.length);
  } else {
    const between = temporary(batch * height * columns.length);
    horizontal(source, between, height);
    vertical(between, target, columns.length);
  }
  return y;
}

export const resize2d: Kernel = defineKernel(ops.resize2d, {
  run({ inputs: { x }, attributes: { size, interpolation }, backend }) {
    const [rows, columns] = ([0, 1] as const).map((axis) => resizeTaps(x.shape[axis + 1]!, size[axis], interpolation));
    return resampleImage(backend, x, rows!, columns!);
  },
});

export const resize2dGradient: Kernel = defineKernel(ops.resize2dGradient, {
  run({ inputs: { dy }, attributes: { size, interpolation, inputShape }, backend }) {
    const [rows, columns] = ([0, 1] as const).map((axis) => {
      const old = inputShape[axis + 1]!;
      return transposedTaps(resizeTaps(old, size[axis], interpolation), old);
    });
    return resampleImage(backend, dy, rows!, columns!);
  },
});
