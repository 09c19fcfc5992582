import { ops } from '@striate/core/backend';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import type { InputGradientTensors } from './convolution-tensors.ts';
import { depthwiseInputGradient } from './depthwise-input-gradient.ts';
import { geometryOf, isDepthwise, type Geometry } from './geometry.ts';
import { product } from './product.ts';
import { bound, boundAll, finishCode, widthOf } from './store.ts';

/** dx of striate.Conv2d; with its output y, dy counts only where y > 0. */
export const conv2dInputGradient: Kernel = defineKernel(ops.conv2dInputGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy, kernel, y } = inputs;
    const { inputShape, ...window } = attributes;
    const dx = gpu.output(inputShape);
    inputGradient(gpu, geometryOf(inputShape, kernel.shape, window), { dy, kernel, y, dx });
    return dx;
  },
});

/** Fills dx, with y's mask or as act(dx + bias). */
export function inputGradient(gpu: Gpu, geometry: Geometry, tensors: InputGradientTensors): void {
  (isDepthwise(geometry) ? depthwiseInputGradient : denseInputGradient)(gpu, geometry, tensors);
}

/**
 * Pixels of dx times channels, over taps and filters. Pixels whose place has the same remainder modulo the stride see
 * the same taps: each such phase is a product of its own, so that no zeros between pixels of dy are multiplied.
 */
function denseInputGradient(
  gpu: Gpu,
  { images, groups, channels, filters, constants }: Geometry,
  { dy, kernel, y, bias, relu = false, dx }: InputGradientTensors,
): void {
  const vertical = phasesOf(constants.HEIGHT!, constants.KERNEL_HEIGHT!, constants.STRIDE_Y!, constants.DILATION_Y!);
  const horizontal = phasesOf(constants.WIDTH!, constants.KERNEL_WIDTH!, constants.STRIDE_X!, constants.DILATION_X!);
  const sizes = {
    rows: images * vertical.places * horizontal.places,
    columns: channels,
    inner: vertical.taps * horizontal.taps * filters,
    batches: groups * constants.STRIDE_Y! * constants.STRIDE_X!,
  };
  const width = widthOf(channels, sizes);
  const vectors = widthOf(filters, sizes) === 4;
  product(gpu, {
    name: 'conv2dInputGradient',
    constants: {
      ...constants,
      RELU: relu,
      PLACES_Y: vertical.places,
      PLACES_X: horizontal.places,
      EVERY_Y: vertical.every,
      EVERY_X: horizontal.every,
      BACK_Y: vertical.back,
      BACK_X: horizontal.back,
    },
    sizes,
    inputs: { ...boundAll({ dy, y, kernel }, vectors) },
    a: { array: 'dy', mask: y && 'y', along: 'inner', vectors, code: placesCode },
    b: { array: 'kernel', along: 'inner', vectors, code: kernelCode },
    innerOf: `${tapsCode}
      fn innerOf(z: u32) -> u32 { return tapsY(z).count * tapsX(z).count * FILTERS; }`,
    store: {
      width,
      inputs: boundAll({ bias }, width),
      outputs: { dx: bound(dx, width) },
      code: `
        fn store(z: u32, row: u32, column: u32, value: Value) {
          let line = row / PLACES_X;
          let y = line % PLACES_Y * STRIDE_Y + z / STRIDE_X % STRIDE_Y;
          let x = row % PLACES_X * STRIDE_X + z % STRIDE_X;
          let channel = z / (STRIDE_X * STRIDE_Y) * CHANNELS + column;
          ${finishCode(bias !== undefined, relu, 'channel', width)}
          if (y < HEIGHT && x < WIDTH) {
            dx[(((line / PLACES_Y * HEIGHT + y) * WIDTH + x) * ALL_CHANNELS + channel) / ${width}] = result;
          }
        }`,
    },
  });
}

/** Phases along one axis: the most pixels and taps, every how many taps one meets, and how far back dy's next is. */
function phasesOf(
  size: number,
  taps: number,
  stride: number,
  dilation: number,
): Record<'places' | 'taps' | 'every' | 'back', number> {
  const common = greatestCommonDivisor(stride, dilation);
  const every = stride / common;
  return { places: Math.ceil(size / stride), taps: Math.ceil(taps / every), every, back: dilation / common };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The taps that phase z meets: the first, their count, and the pixel of dy that the first meets at place 0. */
const tapsCode = `
  struct Taps { first: u32, count: u32, base: i32 }
  fn tapsOf(phase: u32, before: u32, dilation: u32, stride: u32, every: u32, length: u32) -> Taps {
    var taps = Taps(0, 0, 0);
    for (var tap = 0u; tap < min(every, length); tap++) {
      let reach = i32(phase + before) - i32(tap * dilation);
      if (reach % i32(stride) == 0) { taps = Taps(tap, (length - 1 - tap) / every + 1, reach / i32(stride)); }
    }
    return taps;
  }
  fn tapsY(z: u32) -> Taps {
    return tapsOf(z / STRIDE_X % STRIDE_Y, TOP, DILATION_Y, STRIDE_Y, EVERY_Y, KERNEL_HEIGHT);
  }
  fn tapsX(z: u32) -> Taps { return tapsOf(z % STRIDE_X, LEFT, DILATION_X, STRIDE_X, EVERY_X, KERNEL_WIDTH); }`;

/** a[pixel of dx][tap, filter] */
const placesCode = `
  struct Place@ { image: u32, y: i32, x: i32, filter_: u32, taps: u32 }
  fn place@(z: u32, outer: u32) -> Place@ {
    let line = outer / PLACES_X;
    let horizontal = tapsX(z);
    return Place@(
      line / PLACES_Y * OUTPUT_HEIGHT,
      i32(line % PLACES_Y) + tapsY(z).base,
      i32(outer % PLACES_X) + horizontal.base,
      z / (STRIDE_X * STRIDE_Y) * FILTERS,
      horizontal.count,
    );
  }
  fn index@(place: Place@, k: u32) -> i32 {
    let tap = k / FILTERS;
    let y = place.y - i32(tap / place.taps * BACK_Y);
    let x = place.x - i32(tap % place.taps * BACK_X);
    let inside = y >= 0 && u32(y) < OUTPUT_HEIGHT && x >= 0 && u32(x) < OUTPUT_WIDTH;
    return select(-1, i32(((place.image + u32(y)) * OUTPUT_WIDTH + u32(x)) * ALL_FILTERS + place.filter_ + k % FILTERS), inside);
  }`;

/** b[tap, filter][channel] */
const kernelCode = `
  struct Place@ { first: vec2u, taps: u32, channel: u32, filter_: u32 }
  fn place@(z: u32, outer: u32) -> Place@ {
    let horizontal = tapsX(z);
    return Place@(
      vec2u(horizontal.first, tapsY(z).first),
      horizontal.count,
      outer,
      z / (STRIDE_X * STRIDE_Y) * FILTERS,
    );
  }
  fn index@(place: Place@, k: u32) -> i32 {
    let tap = k / FILTERS;
    let y = place.first.y + tap / place.taps * EVERY_Y;
    let x = place.first.x + tap % place.taps * EVERY_X;
    return i32(((y * KERNEL_WIDTH + x) * CHANNELS + place.channel) * ALL_FILTERS + place.filter_ + k % FILTERS);
  }`;
