import type { Gpu } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import type { InputGradientTensors } from './convolution-tensors.ts';
import type { Geometry } from './geometry.ts';
import { bound, boundAll, finishCode, widthOf } from './store.ts';

/** Every invocation computes one pixel of one channel of dx, or of four channels with one filter each. */
export function depthwiseInputGradient(
  gpu: Gpu,
  { images, groups, filters, constants }: Geometry,
  { dy, kernel, y, bias, relu = false, dx }: InputGradientTensors,
): void {
  const width = filters === 1 ? widthOf(groups) : 1;
  const total = (images * constants.HEIGHT! * constants.WIDTH! * groups) / width;
  gpu.dispatch({
    name: 'conv2dInputGradient.depthwise',
    constants: { ...constants, RELU: relu },
    inputs: boundAll({ dy, y, kernel, bias }, width),
    outputs: { dx: bound(dx, width) },
    uniforms: { total: { type: 'u32', value: total } },
    code: () => `
      ${linearIndexCode}
      alias Value = ${width === 4 ? 'vec4f' : 'f32'};
      @compute @workgroup_size(256)
      fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
        let index = linearIndex(id, groups, 256);
        if (index >= uniforms.total) { return; }
        let channel = index * ${width} % ALL_CHANNELS;
        let pixel = index * ${width} / ALL_CHANNELS;
        let line = pixel / WIDTH;
        let top = i32(line % HEIGHT) + TOP;
        let left = i32(pixel % WIDTH) + LEFT;
        let image = i32(line / HEIGHT) * OUTPUT_HEIGHT;
        let first = i32(channel * FILTERS);
        var value = Value(0);
        for (var u = 0; u < KERNEL_HEIGHT; u++) {
          let reachY = top - u * DILATION_Y;
          let row = reachY / STRIDE_Y;
          if (reachY < 0 || reachY % STRIDE_Y != 0 || row >= OUTPUT_HEIGHT) { continue; }
          for (var v = 0; v < KERNEL_WIDTH; v++) {
            let reachX = left - v * DILATION_X;
            let column = reachX / STRIDE_X;
            if (reachX < 0 || reachX % STRIDE_X != 0 || column >= OUTPUT_WIDTH) { continue; }
            let place = ((image + row) * OUTPUT_WIDTH + column) * ALL_FILTERS + first;
            let weights = (u * KERNEL_WIDTH + v) * ALL_FILTERS + first;
            for (var f = 0; f < FILTERS; f++) {
              let at = (place + f) / ${width};
              value += ${y ? 'select(Value(0), dy[at], y[at] > Value(0))' : 'dy[at]'} * kernel[(weights + f) / ${width}];
            }
          }
        }
        ${finishCode(bias !== undefined, relu, 'channel', width)}
        dx[index] = result;
      }`,
    workgroups: linearWorkgroups(total, 256),
  });
}
