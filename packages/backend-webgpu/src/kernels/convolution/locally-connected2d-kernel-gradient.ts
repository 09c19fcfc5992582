import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { localGeometryOf } from './local-geometry.ts';
import { product } from './product.ts';
import { bound, boundAll, widthOf } from './store.ts';

/** One product for each place of the window: what it sees times filters, over images. */
export const locallyConnected2dKernelGradient: Kernel = defineKernel(ops.locallyConnected2dKernelGradient, {
  run({ inputs, attributes, gpu }) {
    const { x, dy, y } = inputs;
    const window = attributes;
    const { images, taps, channels, output, constants } = localGeometryOf(x.shape, window);
    const filters = dy.shape[3]!;
    const places = output[0] * output[1];
    const dKernel = gpu.output([places, taps * channels, filters]);
    const dBias = gpu.output([...output, filters]);
    const sizes = { rows: taps * channels, columns: filters, inner: images, batches: places };
    const width = widthOf(filters, sizes);
    const vectors = widthOf(channels, sizes) === 4;
    product(gpu, {
      name: 'locallyConnected2dKernelGradient',
      constants,
      sizes,
      inputs: { x: bound(x, vectors), ...boundAll({ dy, y }, width) },
      a: { array: 'x', along: 'outer', vectors, code: tapCode },
      b: { array: 'dy', mask: y && 'y', along: 'outer', vectors: width === 4, code: gradientCode },
      columnSums: true,
      store: {
        width,
        outputs: boundAll({ dKernel, dBias }, width),
        code: `
          fn store(z: u32, row: u32, column: u32, value: Value) {
            let terms: u32 = KERNEL_HEIGHT * KERNEL_WIDTH * CHANNELS;
            if (row == terms) {
              dBias[(z * uniforms.columns + column) / ${width}] = value;
            } else {
              dKernel[((z * terms + row) * uniforms.columns + column) / ${width}] = value;
            }
          }`,
      },
    });
    return [dKernel, dBias];
  },
});

/** a[tap, channel][image] at place z */
const tapCode = `
  struct Place@ { inside: bool, start: u32 }
  fn place@(z: u32, outer: u32) -> Place@ {
    let tap = outer / CHANNELS;
    let y = i32(z / OUTPUT_WIDTH * STRIDE_Y + tap / KERNEL_WIDTH) - i32(TOP);
    let x = i32(z % OUTPUT_WIDTH * STRIDE_X + tap % KERNEL_WIDTH) - i32(LEFT);
    let inside = y >= 0 && u32(y) < HEIGHT && x >= 0 && u32(x) < WIDTH;
    return Place@(inside, (u32(y) * WIDTH + u32(x)) * CHANNELS + outer % CHANNELS);
  }
  fn index@(place: Place@, k: u32) -> i32 {
    return select(-1, i32(k * (HEIGHT * WIDTH * CHANNELS) + place.start), place.inside);
  }`;

/** b[image][filter] at place z */
const gradientCode = `
  struct Place@ { start: u32 }
  fn place@(z: u32, outer: u32) -> Place@ { return Place@(z * uniforms.columns + outer); }
  fn index@(place: Place@, k: u32) -> i32 {
    return i32(k * (OUTPUT_HEIGHT * OUTPUT_WIDTH) * uniforms.columns + place.start);
  }`;
