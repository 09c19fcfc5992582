import { ops } from '@striate/core/backend';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import type { KernelGradientTensors } from './convolution-tensors.ts';
import { filterCode } from './conv2d.ts';
import { depthwiseKernelGradient } from './depthwise-kernel-gradient.ts';
import { geometryOf, isDepthwise, type Geometry } from './geometry.ts';
import { product } from './product.ts';
import { bound, boundAll, widthOf } from './store.ts';

/** dKernel and, if there is a bias, dBias of striate.Conv2d; with its output y, dy counts only where y > 0. */
export const conv2dKernelGradient: Kernel = defineKernel(ops.conv2dKernelGradient, {
  run({ inputs, attributes, gpu }) {
    const { x, dy, y } = inputs;
    const { kernelShape, useBias = true, ...window } = attributes;
    const geometry = geometryOf(x.shape, kernelShape, window);
    const dKernel = gpu.output(kernelShape);
    // It comes with the kernel's at no cost, and without a program more.
    const dBias = useBias ? gpu.output([kernelShape[3]!]) : gpu.scratch([kernelShape[3]!]);
    const kernelGradient = isDepthwise(geometry) ? depthwiseKernelGradient : denseKernelGradient;
    kernelGradient(gpu, geometry, { x, dy, y, dKernel, dBias });
    return useBias ? [dKernel, dBias] : [dKernel];
  },
});

/** Taps and channels times filters, over pixels of y; the sums of dy's columns are the bias' gradient. */
function denseKernelGradient(
  gpu: Gpu,
  { images, groups, channels, filters, taps, output, constants }: Geometry,
  { x, dy, y, dKernel, dBias }: KernelGradientTensors,
): void {
  const sizes = { rows: taps * channels, columns: filters, inner: images * output[0] * output[1], batches: groups };
  const width = widthOf(filters, sizes);
  const vectors = widthOf(channels, sizes) === 4;
  product(gpu, {
    name: 'conv2dKernelGradient',
    constants,
    sizes,
    inputs: { x: bound(x, vectors), ...boundAll({ dy, y }, width) },
    a: { array: 'x', along: 'outer', vectors, code: tapCode },
    b: { array: 'dy', mask: y && 'y', along: 'outer', vectors: width === 4, code: filterCode },
    columnSums: true,
    store: {
      width,
      outputs: boundAll({ dKernel, dBias }, width),
      code: `
        fn store(z: u32, row: u32, column: u32, value: Value) {
          let filter_ = z * FILTERS + column;
          if (row == KERNEL_HEIGHT * KERNEL_WIDTH * CHANNELS) {
            dBias[filter_ / ${width}] = value;
          } else {
            dKernel[(row * ALL_FILTERS + filter_) / ${width}] = value;
          }
        }`,
    },
  });
}

/** a[tap, channel][pixel of y]: what the window sees. */
const tapCode = `
  struct Place@ { y: i32, x: i32, channel: u32 }
  fn place@(z: u32, outer: u32) -> Place@ {
    let tap = outer / CHANNELS;
    return Place@(
      i32(tap / KERNEL_WIDTH * DILATION_Y) - i32(TOP),
      i32(tap % KERNEL_WIDTH * DILATION_X) - i32(LEFT),
      z * CHANNELS + outer % CHANNELS,
    );
  }
  fn index@(place: Place@, k: u32) -> i32 {
    let line = k / OUTPUT_WIDTH;
    let y = place.y + i32(line % OUTPUT_HEIGHT * STRIDE_Y);
    let x = place.x + i32(k % OUTPUT_WIDTH * STRIDE_X);
    let inside = y >= 0 && u32(y) < HEIGHT && x >= 0 && u32(x) < WIDTH;
    return select(-1, i32(((line / OUTPUT_HEIGHT * HEIGHT + u32(y)) * WIDTH + u32(x)) * ALL_CHANNELS + place.channel), inside);
  }`;
