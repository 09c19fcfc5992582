import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { forwardProduct } from './forward-product.ts';
import { localGeometryOf } from './local-geometry.ts';

/** One product for each place of the window: images times filters, over what the window sees. */
export const locallyConnected2d: Kernel = defineKernel(ops.locallyConnected2d, {
  run({ inputs, attributes, gpu }) {
    const { x, kernel, bias } = inputs;
    const { activation, ...window } = attributes;
    const { images, output, constants } = localGeometryOf(x.shape, window);
    const [places, inner, filters] = kernel.shape as [number, number, number];
    const y = gpu.output([images, ...output, filters]);
    forwardProduct(gpu, {
      name: 'locallyConnected2d',
      constants,
      sizes: { rows: images, columns: filters, inner, batches: places },
      tensors: { x, kernel, bias, y },
      relu: activation === 'relu',
      channels: x.shape[3]!,
      windowCode,
      filterCode,
      biasIndex: 'z * uniforms.columns + column',
      rowStart: 'row * (OUTPUT_HEIGHT * OUTPUT_WIDTH) * uniforms.columns',
    });
    return y;
  },
});

/** a[image][tap, channel] at place z */
const windowCode = `
  struct Place@ { image: u32, y: i32, x: i32 }
  fn place@(z: u32, outer: u32) -> Place@ {
    return Place@(
      outer * HEIGHT,
      i32(z / OUTPUT_WIDTH * STRIDE_Y) - i32(TOP),
      i32(z % OUTPUT_WIDTH * STRIDE_X) - i32(LEFT),
    );
  }
  fn index@(place: Place@, k: u32) -> i32 {
    let tap = k / CHANNELS;
    let y = place.y + i32(tap / KERNEL_WIDTH);
    let x = place.x + i32(tap % KERNEL_WIDTH);
    let inside = y >= 0 && u32(y) < HEIGHT && x >= 0 && u32(x) < WIDTH;
    return select(-1, i32(((place.image + u32(y)) * WIDTH + u32(x)) * CHANNELS + k % CHANNELS), inside);
  }`;

/** b[tap, channel][filter] of place z */
const filterCode = `
  struct Place@ { start: u32 }
  fn place@(z: u32, outer: u32) -> Place@ { return Place@(z * uniforms.inner * uniforms.columns + outer); }
  fn index@(place: Place@, k: u32) -> i32 { return i32(place.start + k * uniforms.columns); }`;
