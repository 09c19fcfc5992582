import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { localGeometryOf } from './local-geometry.ts';
import { boundAll, widthOf } from './store.ts';

/** Every invocation computes one pixel of one channel: sums over filters of the places whose window meets it. */
export const locallyConnected2dInputGradient: Kernel = defineKernel(ops.locallyConnected2dInputGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy, kernel, y } = inputs;
    const { inputShape, ...window } = attributes;
    const dx = gpu.output(inputShape);
    const total = inputShape.reduce((product, length) => product * length, 1);
    const filters = dy.shape[3]!;
    const width = widthOf(filters);
    gpu.dispatch({
      name: 'locallyConnected2dInputGradient',
      constants: { ...localGeometryOf(inputShape, window).constants, RUNS: filters / width },
      inputs: boundAll({ dy, y, kernel }, width),
      outputs: { dx },
      uniforms: { total: { type: 'u32', value: total } },
      code: () => `
        ${linearIndexCode}
        @compute @workgroup_size(64)
        fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
          let index = linearIndex(id, groups, 64);
          if (index >= uniforms.total) { return; }
          let pixel = index / CHANNELS;
          let line = pixel / WIDTH;
          let top = i32(line % HEIGHT) + TOP;
          let left = i32(pixel % WIDTH) + LEFT;
          let image = i32(line / HEIGHT) * (OUTPUT_HEIGHT * OUTPUT_WIDTH);
          var sum = 0.0;
          for (var u = 0; u < KERNEL_HEIGHT; u++) {
            let row = (top - u) / STRIDE_Y;
            if (top < u || (top - u) % STRIDE_Y != 0 || row >= OUTPUT_HEIGHT) { continue; }
            for (var v = 0; v < KERNEL_WIDTH; v++) {
              let column = (left - v) / STRIDE_X;
              if (left < v || (left - v) % STRIDE_X != 0 || column >= OUTPUT_WIDTH) { continue; }
              let place = row * OUTPUT_WIDTH + column;
              let tap = (place * KERNEL_HEIGHT + u) * KERNEL_WIDTH + v;
              let weights = (tap * CHANNELS + i32(index % CHANNELS)) * RUNS;
              let gradients = (image + place) * RUNS;
              for (var f = 0; f < RUNS; f++) {
                let dz = ${y ? `select(${zero(width)}, dy[gradients + f], y[gradients + f] > ${zero(width)})` : 'dy[gradients + f]'};
                sum += ${width === 4 ? 'dot(dz, kernel[weights + f])' : 'dz * kernel[weights + f]'};
              }
            }
          }
          dx[index] = sum;
        }`,
      workgroups: linearWorkgroups(total, 64),
    });
    return dx;
  },
});

const zero = (width: 1 | 4): string => (width === 4 ? 'vec4f(0)' : '0.0');
