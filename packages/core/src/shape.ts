import { describe } from './describe.ts';
import { OptionError, ShapeError } from './errors.ts';

/** Sizes of a tensor without its batch axis, `[H, W, C]`; `null` where any size is allowed. */
export type Shape = readonly (number | null)[];

/** `[height, width]`. */
export type Pair = readonly [number, number];

/** Zeros added around an image: `[top, bottom, left, right]`. */
export type Padding = readonly [number, number, number, number];

/** How a window may treat the border: no padding, enough to keep `ceil(size / stride)`, one number, `[vertical, horizontal]`, or each side. */
export type PaddingOption = 'valid' | 'same' | number | Pair | Padding;

/** Number of elements: the product of the sizes. `sizeOf([]) === 1`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The window that slides along one axis. */
export interface Window {
  /** Size of the input along the axis. */
  input: number;
  kernel: number;
  stride?: number;
  /** Total padding of both ends. */
  padding?: number;
  /** What of it lies before the input. Default: half, rounded down. */
  paddingBefore?: number;
  dilation?: number;
  /** Round up instead of down: a window may then hang over the padded end, but must start before the input's end. */
  ceilMode?: boolean;
}

/**
 * How many places a sliding window has along one axis:
 *
 *   output = floor((input + padding - dilation * (kernel - 1) - 1) / stride) + 1
 *
 * With no padding this is `ceil((input - kernel + 1) / stride)`; with 'same' padding it is `ceil(input / stride)`.
 * Convolution, pooling and their layers all use it. 0 or less means that the window does not fit.
 *
 * @example
 * outputSize({ input: 32, kernel: 5 }); // 28
 * outputSize({ input: 28, kernel: 2, stride: 2 }); // 14
 * outputSize({ input: 227, kernel: 11, stride: 4 }); // 55
 */
export function outputSize({
  input,
  kernel,
  stride = 1,
  padding = 0,
  paddingBefore = Math.floor(padding / 2),
  dilation = 1,
  ceilMode = false,
}: Window): number {
  const span = input + padding - dilation * (kernel - 1) - 1;
  if (!ceilMode) return span < 0 ? 0 : Math.floor(span / stride) + 1;
  const places = Math.max(0, Math.ceil(span / stride) + 1);
  return (places - 1) * stride < input + paddingBefore ? places : places - 1;
}

/**
 * `[OH, OW]` of a window that slides over an image [N, H, W, C], its padding resolved; see {@link outputSize}. Layers, ops
 * and every backend's kernels use it.
 *
 * @example
 * outputPair([8, 28, 28, 1], [5, 5], { strides: [1, 1], padding: [2, 2, 2, 2] }); // [28, 28]
 */
export function outputPair(
  [, height, width]: readonly number[],
  kernelSize: readonly number[],
  { strides, padding, dilations = [1, 1] }: { strides: Pair; padding: Padding; dilations?: Pair },
): Pair {
  const along = (axis: 0 | 1, input: number): number =>
    outputSize({
      input,
      kernel: kernelSize[axis]!,
      stride: strides[axis],
      dilation: dilations[axis],
      padding: padding[2 * axis]! + padding[2 * axis + 1]!,
    });
  return [along(0, height!), along(1, width!)];
}

/**
 * Padding that 'same' asks for along one axis, `[before, after]`: the output has `ceil(input / stride)` places and
 * the odd zero comes last (TensorFlow's and Keras' rule).
 */
export function samePadding({ input, kernel, stride = 1, dilation = 1 }: Window): Pair {
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + dilation * (kernel - 1) + 1 - input);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** A number for both axes, or a pair as it is. */
export function toPair(value: number | Pair): Pair {
  return typeof value === 'number' ? [value, value] : value;
}

/** What {@link windowGeometry} needs to know of a two-dimensional window. */
export interface WindowOptions {
  /** `[H, W]` of the input. */
  size: Pair;
  kernelSize: Pair;
  strides?: Pair;
  padding?: PaddingOption;
  dilations?: Pair;
  ceilMode?: boolean;
}

/**
 * Resolves a two-dimensional window: the padding of each side, and the size of the output.
 *
 * @throws {ShapeError} if the window does not fit into the padded image.
 * @example
 * windowGeometry('conv2d', { size: [32, 32], kernelSize: [5, 5] }); // { padding: [0, 0, 0, 0], output: [28, 28] }
 */
export function windowGeometry(
  where: string,
  { size, kernelSize, strides = [1, 1], padding = 'valid', dilations = [1, 1], ceilMode = false }: WindowOptions,
): { padding: Padding; output: Pair } {
  const axis = (index: 0 | 1): Window => ({
    input: size[index],
    kernel: kernelSize[index],
    stride: strides[index],
    dilation: dilations[index],
    ceilMode,
  });
  const sides = resolvePadding(padding, axis(0), axis(1));
  if (sides.some((side) => side > mostPadding)) {
    throw new ShapeError(
      `${where}: an image of ${size.join('x')} would be padded by [${sides.join(', ')}] pixels, but at most ${mostPadding} at a side are possible. ` +
        'Use a smaller padding, kernelSize or dilation.',
    );
  }
  const output: Pair = [
    outputSize({ ...axis(0), padding: sides[0] + sides[1], paddingBefore: sides[0] }),
    outputSize({ ...axis(1), padding: sides[2] + sides[3], paddingBefore: sides[2] }),
  ];
  if (output[0] < 1 || output[1] < 1) {
    const reach = [0, 1].map((index) => dilations[index]! * (kernelSize[index]! - 1) + 1);
    throw new ShapeError(
      `${where}: a window of ${reach.join('x')} pixels does not fit into an image of ${size.join('x')} with padding [${sides.join(', ')}]. ` +
        `Use a smaller kernelSize, padding: 'same', or fewer layers that shrink the image before this one.`,
    );
  }
  return { padding: sides, output };
}

/**
 * Whether a window of a convolution covers nothing but padding somewhere: no row or no column of its taps falls into
 * the image. Libraries tend to go wrong there.
 *
 * @example
 * const window = { size: [5, 5], kernelSize: [1, 1], strides: [1, 1], dilations: [1, 1] } as const;
 * hasEmptyWindow({ ...window, padding: [1, 0, 0, 0] }); // true
 * hasEmptyWindow({ ...window, padding: [0, 0, 0, 0] }); // false
 */
export function hasEmptyWindow({
  size,
  kernelSize,
  strides,
  dilations,
  padding,
}: Required<Omit<WindowOptions, 'ceilMode'>> & { padding: Padding }): boolean {
  return ([0, 1] as const).some((axis) =>
    coversOnlyPadding({
      input: size[axis],
      kernel: kernelSize[axis],
      stride: strides[axis],
      dilation: dilations[axis],
      padding: padding[2 * axis]! + padding[2 * axis + 1]!,
      paddingBefore: padding[2 * axis]!,
    }),
  );
}

function coversOnlyPadding(window: Window): boolean {
  const { input, kernel, stride = 1, padding = 0, paddingBefore = 0, dilation = 1 } = window;
  if (padding === 0) return false;
  const places = outputSize(window);
  for (let place = 0; place < places; place++) {
    const start = place * stride - paddingBefore;
    const firstTap = Math.max(0, Math.ceil(-start / dilation));
    if (firstTap >= kernel || start + firstTap * dilation >= input) return true;
  }
  return false;
}

/** Pixels at a side: far more than any picture has, and few enough that a file cannot ask for gigabytes of nothing. */
const mostPadding = 2 ** 16;

function resolvePadding(padding: PaddingOption, vertical: Window, horizontal: Window): Padding {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (padding === 'same') return [...samePadding(vertical), ...samePadding(horizontal)];
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  return padding.length === 2 ? [padding[0], padding[0], padding[1], padding[1]] : padding;
}

/**
 * Checks a padding option where a layer is made.
 *
 * @throws {OptionError} if it is none of the forms of {@link PaddingOption}.
 */
export function checkPadding(where: string, padding: PaddingOption): void {
  const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  if (padding === 'valid' || padding === 'same' || isCount(padding)) return;
  if (Array.isArray(padding) && [2, 4].includes(padding.length) && padding.every(isCount)) return;
  throw new OptionError(
    `${where}: padding is ${describe(padding)}, but it must be 'valid', 'same', a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right].`,
  );
}
