// For tests: convolutions from their formulas, in float64, one term after another.
import { sizeOf, type Padding, type PaddingMode, type Pair } from '@striate/core';

/** Numbers in the order of a shape. */
export interface Numbers {
  shape: readonly number[];
  values: ArrayLike<number>;
}

/** How a naive convolution moves its window. */
export interface NaiveWindow {
  strides: Pair;
  /** [top, bottom, left, right] */
  padding: Padding;
  mode?: PaddingMode;
  dilation?: Pair;
  groups?: number;
}

/** The element at some coordinates. */
export function at({ shape, values }: Numbers, ...place: number[]): number {
  return values[place.reduce((index, coordinate, axis) => index * shape[axis]! + coordinate, 0)]!;
}

/** Fills a shape by coordinates. */
export function fillBy(shape: readonly number[], value: (...place: number[]) => number): Numbers {
  const values = Array.from({ length: sizeOf(shape) }, (_, index) => {
    const place: number[] = [];
    for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
      place.unshift(rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    return value(...place);
  });
  return { shape, values };
}

/** The place that a padded place shows, found by walking; undefined: zero. */
function shown(place: number, size: number, mode: PaddingMode): number | undefined {
  if (place >= 0 && place < size) return place;
  if (mode === 'zeros') return undefined;
  if (mode === 'replicate') return Math.min(size - 1, Math.max(0, place));
  const cycle = { circular: 0, reflect: 1, symmetric: 2 }[mode];
  const there = Array.from({ length: size }, (_, index) => index);
  const back = cycle === 0 ? [] : cycle === 1 ? there.slice(1, -1).toReversed() : there.toReversed();
  const period = [...there, ...back];
  return period[((place % period.length) + period.length) % period.length];
}

/** y of x [N, H, W, C] and a kernel [kh, kw, C / groups, F]. */
export function naiveConvolution(x: Numbers, kernel: Numbers, window: NaiveWindow): Numbers {
  const { strides, padding, mode = 'zeros', dilation = [1, 1], groups = 1 } = window;
  const [N, H, W] = x.shape as [number, number, number];
  const [kh, kw, channels, F] = kernel.shape as [number, number, number, number];
  const rows = Math.floor((H + padding[0] + padding[1] - dilation[0] * (kh - 1) - 1) / strides[0]) + 1;
  const columns = Math.floor((W + padding[2] + padding[3] - dilation[1] * (kw - 1) - 1) / strides[1]) + 1;
  return fillBy([N, rows, columns, F], (n, i, j, f) => {
    const group = Math.floor((f / F) * groups);
    let sum = 0;
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        const row = shown(i * strides[0] + u * dilation[0] - padding[0], H, mode);
        const column = shown(j * strides[1] + v * dilation[1] - padding[2], W, mode);
        if (row === undefined || column === undefined) continue;
        for (let c = 0; c < channels; c++) sum += at(x, n, row, column, group * channels + c) * at(kernel, u, v, c, f);
      }
    }
    return sum;
  });
}

/** y of size `[OH, OW]` of x [N, H, W, C] and a kernel [kh, kw, F / groups, C]: every pixel adds to a window of y. */
export function naiveTransposedConvolution(
  x: Numbers,
  kernel: Numbers,
  { strides, padding, dilation = [1, 1], groups = 1 }: NaiveWindow,
  size: Pair,
): Numbers {
  const [N, H, W, C] = x.shape as [number, number, number, number];
  const [kh, kw, filters] = kernel.shape as [number, number, number];
  const shape = [N, ...size, filters * groups];
  const values = new Float64Array(sizeOf(shape));
  fillBy([N, H, W, C, kh, kw, filters], (n, i, j, c, u, v, f) => {
    const row = i * strides[0] + u * dilation[0] - padding[0];
    const column = j * strides[1] + v * dilation[1] - padding[2];
    if (row < 0 || row >= size[0] || column < 0 || column >= size[1]) return 0;
    const group = Math.floor((c / C) * groups);
    const to = ((n * size[0] + row) * size[1] + column) * filters * groups + group * filters + f;
    values[to]! += at(x, n, i, j, c) * at(kernel, u, v, f, c);
    return 0;
  });
  return { shape, values };
}

/** Adds a bias along the last axis, or one that is as large as an image of y, and applies relu if asked to. */
export function finish(y: Numbers, bias: Numbers | undefined, activation: 'linear' | 'relu'): Numbers {
  const length = bias ? sizeOf(bias.shape) : 1;
  const values = Array.from(y.values, (value, index) => {
    const z = value + (bias?.values[index % length] ?? 0);
    return activation === 'relu' ? Math.max(0, z) : z;
  });
  return { shape: y.shape, values };
}
