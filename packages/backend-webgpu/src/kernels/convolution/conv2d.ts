import { ops } from '@striate/core/backend';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import type { ForwardTensors } from './convolution-tensors.ts';
import { depthwiseForward } from './depthwise-forward.ts';
import { forwardProduct } from './forward-product.ts';
import { geometryOf, type Geometry } from './geometry.ts';

/** y = act(x * kernel + bias) */
export const conv2d: Kernel = defineKernel(ops.conv2d, {
  run({ inputs, attributes, gpu }) {
    const { x, kernel, bias } = inputs;
    const { activation, ...window } = attributes;
    const geometry = geometryOf(x.shape, kernel.shape, window);
    const y = gpu.output([geometry.images, ...geometry.output, kernel.shape[3]!]);
    // With one channel in all as well: tiles would hold little but zeros.
    const forward = geometry.channels === 1 ? depthwiseForward : denseForward;
    forward(gpu, geometry, { x, kernel, bias, y }, activation === 'relu');
    return y;
  },
});

/** Pixels of y times filters, over taps and channels. */
function denseForward(gpu: Gpu, geometry: Geometry, tensors: ForwardTensors, relu: boolean): void {
  const { images, groups, channels, filters, taps, output, constants } = geometry;
  forwardProduct(gpu, {
    name: 'conv2d',
    constants,
    sizes: { rows: images * output[0] * output[1], columns: filters, inner: taps * channels, batches: groups },
    tensors,
    relu,
    channels,
    windowCode,
    filterCode,
    biasIndex: 'z * FILTERS + column',
    rowStart: 'row * ALL_FILTERS',
  });
}

/** a[pixel of y][tap, channel]: what the window sees. */
const windowCode = `
  struct Place@ { image: u32, y: i32, x: i32, channel: u32 }
  fn place@(z: u32, outer: u32) -> Place@ {
    let line = outer / OUTPUT_WIDTH;
    return Place@(
      line / OUTPUT_HEIGHT * HEIGHT,
      i32(line % OUTPUT_HEIGHT * STRIDE_Y) - i32(TOP),
      i32(outer % OUTPUT_WIDTH * STRIDE_X) - i32(LEFT),
      z * CHANNELS,
    );
  }
  fn index@(place: Place@, k: u32) -> i32 {
    let tap = k / CHANNELS;
    let y = place.y + i32(tap / KERNEL_WIDTH * DILATION_Y);
    let x = place.x + i32(tap % KERNEL_WIDTH * DILATION_X);
    let inside = y >= 0 && u32(y) < HEIGHT && x >= 0 && u32(x) < WIDTH;
    return select(-1, i32(((place.image + u32(y)) * WIDTH + u32(x)) * ALL_CHANNELS + place.channel + k % CHANNELS), inside);
  }`;

/** b[k][filter] of an array [..., F], k being the place along all other axes. */
export const filterCode = `
  struct Place@ { filter_: u32 }
  fn place@(z: u32, outer: u32) -> Place@ { return Place@(z * FILTERS + outer); }
  fn index@(place: Place@, k: u32) -> i32 { return i32(k * ALL_FILTERS + place.filter_); }`;
