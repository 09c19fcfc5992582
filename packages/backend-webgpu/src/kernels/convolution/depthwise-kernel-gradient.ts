import type { Gpu } from '../../kernel.ts';
import type { KernelGradientTensors } from './convolution-tensors.ts';
import type { Geometry } from './geometry.ts';
import { bound, boundAll, widthOf } from './store.ts';
import { sumRows } from './sum-rows.ts';

/** Taps whose sums an invocation holds at most: those of 3x3, and the bias. */
const mostTaps = 10;

/** Where filters see one channel each: sums over the pixels of y, of dy times what each tap sees, and of dy alone: that of the tap after the last. */
export function depthwiseKernelGradient(
  gpu: Gpu,
  { images, groups, filters, taps, output, constants }: Geometry,
  { x, dy, y, dKernel, dBias }: KernelGradientTensors,
): void {
  const width = widthOf(filters === 1 ? groups : filters);
  const channelWidth = filters === 1 ? width : 1;
  const batches = Math.ceil((taps + 1) / mostTaps);
  const count = Math.ceil((taps + 1) / batches);
  sumRows(gpu, {
    name: 'conv2dKernelGradient.depthwise',
    constants,
    inputs: { x: bound(x, channelWidth), ...boundAll({ dy, y }, width) },
    rows: images * output[0] * output[1],
    columns: groups * filters,
    batches,
    count,
    add: `
      let at = (row * ALL_FILTERS + column) / ${width};
      let dz = ${y ? 'select(Value(0), dy[at], y[at] > Value(0))' : 'dy[at]'};
      let line = row / OUTPUT_WIDTH;
      let top = i32(line % OUTPUT_HEIGHT) * STRIDE_Y - TOP;
      let left = i32(row % OUTPUT_WIDTH) * STRIDE_X - LEFT;
      let image = i32(line / OUTPUT_HEIGHT) * HEIGHT;
      let channel = i32(column / FILTERS);
      ${Array.from({ length: count }, (_, tap) => addTap(`(z * ${count} + ${tap})`, tap, channelWidth)).join('\n')}`,
    store: {
      width,
      outputs: boundAll({ dKernel, dBias }, width),
      code: `
        fn store(z: u32, row: u32, column: u32, value: Value) {
          let tap = z * ${count} + row;
          if (tap < KERNEL_HEIGHT * KERNEL_WIDTH) {
            dKernel[(tap * ALL_FILTERS + column) / ${width}] = value;
          } else if (tap == KERNEL_HEIGHT * KERNEL_WIDTH) {
            dBias[column / ${width}] = value;
          }
        }`,
    },
  });
}

const addTap = (tap: string, sum: number, channelWidth: 1 | 4): string => `
  {
    let y = top + i32(${tap} / KERNEL_WIDTH) * DILATION_Y;
    let x_ = left + i32(${tap} % KERNEL_WIDTH) * DILATION_X;
    if (${tap} >= KERNEL_HEIGHT * KERNEL_WIDTH) {
      sum${sum} += dz;
    } else if (y >= 0 && y < HEIGHT && x_ >= 0 && x_ < WIDTH) {
      sum${sum} += dz * x[(((image + y) * WIDTH + x_) * ALL_CHANNELS + channel) / ${channelWidth}];
    }
  }`;
