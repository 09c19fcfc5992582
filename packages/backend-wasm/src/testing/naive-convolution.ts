import type { ops } from '@striate/core/backend';
// For tests: the definition of a convolution and its gradients, in float64, one term after another.

export interface ConvolutionCase extends ops.ConvolutionGeometry {
  x: readonly [number, number, number, number];
  kernel: readonly [number, number, number, number];
}

/** Calls `term` with flat indices into x, kernel and y for every product of the convolution. */
function eachTerm(
  { x: [N, H, W, C], kernel: [kh, kw, channels, F], strides, padding, dilations, groups }: ConvolutionCase,
  [rows, columns]: readonly [number, number],
  term: (x: number, kernel: number, y: number) => void,
): void {
  const filters = F / groups;
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) {
            const row = i * strides[0] + u * dilations[0] - padding[0];
            const column = j * strides[1] + v * dilations[1] - padding[2];
            if (row < 0 || row >= H || column < 0 || column >= W) continue;
            for (let f = 0; f < F; f++) {
              const group = Math.floor(f / filters);
              for (let c = 0; c < channels; c++) {
                term(
                  ((n * H + row) * W + column) * C + group * channels + c,
                  ((u * kw + v) * channels + c) * F + f,
                  ((n * rows + i) * columns + j) * F + f,
                );
              }
            }
          }
        }
      }
    }
  }
}

export function outputShape({
  x,
  kernel,
  strides,
  padding,
  dilations,
}: ConvolutionCase): [number, number, number, number] {
  const places = [0, 1].map((axis) => {
    const free =
      x[axis + 1]! + padding[axis * 2]! + padding[axis * 2 + 1]! - dilations[axis]! * (kernel[axis]! - 1) - 1;
    return Math.floor(free / strides[axis]!) + 1;
  });
  return [x[0], places[0]!, places[1]!, kernel[3]];
}

export function naiveForward(
  geometry: ConvolutionCase,
  x: ArrayLike<number>,
  kernel: ArrayLike<number>,
  bias?: ArrayLike<number>,
): Float64Array {
  const [N, rows, columns, F] = outputShape(geometry);
  const y = new Float64Array(N * rows * columns * F);
  if (bias) y.forEach((_, index) => (y[index] = bias[index % F]!));
  eachTerm(geometry, [rows, columns], (from, weight, to) => {
    y[to]! += x[from]! * kernel[weight]!;
  });
  return y;
}

export function naiveInputGradient(
  geometry: ConvolutionCase,
  dz: ArrayLike<number>,
  kernel: ArrayLike<number>,
): Float64Array {
  const [, rows, columns] = outputShape(geometry);
  const dx = new Float64Array(geometry.x.reduce((a, b) => a * b));
  eachTerm(geometry, [rows, columns], (to, weight, from) => {
    dx[to]! += dz[from]! * kernel[weight]!;
  });
  return dx;
}

export function naiveKernelGradient(
  geometry: ConvolutionCase,
  x: ArrayLike<number>,
  dz: ArrayLike<number>,
): [Float64Array, Float64Array] {
  const [, rows, columns, F] = outputShape(geometry);
  const dKernel = new Float64Array(geometry.kernel.reduce((a, b) => a * b));
  eachTerm(geometry, [rows, columns], (image, to, from) => {
    dKernel[to]! += x[image]! * dz[from]!;
  });
  const dBias = new Float64Array(F);
  for (let index = 0; index < dz.length; index++) dBias[index % F]! += dz[index]!;
  return [dKernel, dBias];
}

/** Fails unless max|a - b| <= relative * max(1, |b|): inputs are numbers up to 1, and their products may cancel out. */
export function expectClose(got: ArrayLike<number>, wanted: Float64Array, relative = 1e-5): void {
  if (got.length !== wanted.length) throw new Error(`got ${got.length} values, wanted ${wanted.length}`);
  const limit = relative * wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // Not `error > limit`: a NaN must fail.
  const bad = wanted.findIndex((value, index) => !(Math.abs(got[index]! - value) <= limit));
  if (bad >= 0) throw new Error(`value ${bad} of ${got.length} is ${got[bad]}, wanted ${wanted[bad]} within ${limit}`);
}
