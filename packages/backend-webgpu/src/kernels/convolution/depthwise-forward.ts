import type { Gpu } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import type { ForwardTensors } from './convolution-tensors.ts';
import type { Geometry } from './geometry.ts';
import { bound, boundAll, finishCode, widthOf } from './store.ts';

/**
 * Where filters see one channel each: every invocation computes one pixel of one filter, or of four, which have a channel
 * each or share one.
 */
export function depthwiseForward(
  gpu: Gpu,
  { images, groups, filters, output, constants }: Geometry,
  { x, kernel, bias, y }: ForwardTensors,
  relu: boolean,
): void {
  const width = widthOf(filters === 1 ? groups : filters);
  const channelWidth = filters === 1 ? width : 1;
  const total = (images * output[0] * output[1] * groups * filters) / width;
  gpu.dispatch({
    name: 'conv2d.depthwise',
    constants: { ...constants, RELU: relu },
    inputs: { x: bound(x, channelWidth), kernel: bound(kernel, width), ...boundAll({ bias }, width) },
    outputs: { y: bound(y, width) },
    uniforms: { total: { type: 'u32', value: total } },
    code: () => `
      ${linearIndexCode}
      alias Value = ${width === 4 ? 'vec4f' : 'f32'};
      @compute @workgroup_size(256)
      fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
        let index = linearIndex(id, groups, 256);
        if (index >= uniforms.total) { return; }
        let filter_ = index * ${width} % ALL_FILTERS;
        let pixel = index * ${width} / ALL_FILTERS;
        let line = pixel / OUTPUT_WIDTH;
        let top = i32(line % OUTPUT_HEIGHT) * STRIDE_Y - TOP;
        let left = i32(pixel % OUTPUT_WIDTH) * STRIDE_X - LEFT;
        let image = i32(line / OUTPUT_HEIGHT) * HEIGHT;
        let channel = i32(filter_ / FILTERS);
        var value = Value(0);
        for (var u = 0; u < KERNEL_HEIGHT; u++) {
          let row = top + u * DILATION_Y;
          if (row < 0 || row >= HEIGHT) { continue; }
          for (var v = 0; v < KERNEL_WIDTH; v++) {
            let column = left + v * DILATION_X;
            if (column < 0 || column >= WIDTH) { continue; }
            let weight = kernel[((u * KERNEL_WIDTH + v) * ALL_FILTERS + i32(filter_)) / ${width}];
            value += x[(((image + row) * WIDTH + column) * ALL_CHANNELS + channel) / ${channelWidth}] * weight;
          }
        }
        ${finishCode(bias !== undefined, relu, 'filter_', width)}
        y[index] = result;
      }`,
    workgroups: linearWorkgroups(total, 256),
  });
}
