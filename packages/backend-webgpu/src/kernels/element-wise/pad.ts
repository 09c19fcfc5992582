import { ops, stridesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric } from '../../element-types.ts';
import { defineKernel, namedKernel, type Gpu, type Kernel, type Uniform } from '../../kernel.ts';
import { linearIndexCode, linearWorkgroups } from '../../linear.ts';
import { copy } from './copy.ts';
import { threads } from './element-wise.ts';
import { filled } from './fill.ts';

type Shape4 = readonly [number, number, number, number];

/** WGSL of the place inside whose value a place outside takes, by mode; -1 where it takes 0. */
const outside: Readonly<Record<string, string>> = {
  zeros: '-1',
  reflect: 'select(2 * size - 2 - place, -place, place < 0)',
  symmetric: 'select(2 * size - 1 - place, -1 - place, place < 0)',
  replicate: 'select(size - 1, 0, place < 0)',
  circular: '(place + size) % size',
};

const placeCode = (mode: string): string => `
fn shownAt(place: i32, size: i32) -> i32 {
  if (place >= 0 && place < size) { return place; }
  return ${outside[mode]!};
}
`;

function run(
  gpu: Gpu,
  name: string,
  x: TensorInfo,
  y: TensorInfo,
  attributes: ops.Pad2dGradientAttributes,
  body: string,
): void {
  const { padding, mode, inputShape } = attributes;
  const [, height, width, channels] = inputShape as Shape4;
  const size = sizeOf(y.shape);
  if (size === 0) return;
  const word = (value: number): Uniform => ({ type: 'i32', value });
  gpu.dispatch({
    name: `${name}.${mode}`,
    inputs: { x },
    outputs: { y },
    uniforms: {
      length: { type: 'u32', value: size },
      height: word(height),
      width: word(width),
      channels: word(channels),
      top: word(padding[0]),
      bottom: word(padding[1]),
      left: word(padding[2]),
      right: word(padding[3]),
    },
    workgroups: linearWorkgroups(size, threads),
    code: () => `${placeCode(mode)}${linearIndexCode}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, ${threads}u);
  if (index >= uniforms.length) { return; }
  let paddedHeight = uniforms.top + uniforms.height + uniforms.bottom;
  let paddedWidth = uniforms.left + uniforms.width + uniforms.right;
  let channel = i32(index) % uniforms.channels;
  let pixel = i32(index) / uniforms.channels;
${body}
}
`,
  });
}

const forwardBody = `
  let column = shownAt(pixel % paddedWidth - uniforms.left, uniforms.width);
  let line = pixel / paddedWidth;
  let row = shownAt(line % paddedHeight - uniforms.top, uniforms.height);
  let image = line / paddedHeight;
  let at = ((image * uniforms.height + row) * uniforms.width + column) * uniforms.channels + channel;
  y[index] = select(0.0, x[max(at, 0)], row >= 0 && column >= 0);`;

// Beside its own place a pixel can be shown by places of the border alone.
const backwardBody = `
  let column = pixel % uniforms.width;
  let line = pixel / uniforms.width;
  let row = line % uniforms.height;
  let image = line / uniforms.height;
  var sum = 0.0;
  for (var i = -1; i < uniforms.top + uniforms.bottom; i++) {
    let r = select(i + select(0, uniforms.height, i >= uniforms.top), uniforms.top + row, i < 0);
    if (shownAt(r - uniforms.top, uniforms.height) != row) { continue; }
    for (var j = -1; j < uniforms.left + uniforms.right; j++) {
      let c = select(j + select(0, uniforms.width, j >= uniforms.left), uniforms.left + column, j < 0);
      if (shownAt(c - uniforms.left, uniforms.width) != column) { continue; }
      sum += x[((image * paddedHeight + r) * paddedWidth + c) * uniforms.channels + channel];
    }
  }
  y[index] = sum;`;

export const padKernels: readonly Kernel[] = [
  defineKernel(ops.pad2d, {
    run({ inputs, attributes, gpu }) {
      const [batch, height, width, channels] = attributes.inputShape as Shape4;
      const [top, bottom, left, right] = attributes.padding;
      const y = gpu.output([batch, top + height + bottom, left + width + right, channels]);
      run(gpu, 'pad2d', inputs.x, y, attributes, forwardBody);
      return y;
    },
  }),
  defineKernel(ops.pad2dGradient, {
    run({ inputs, attributes, gpu }) {
      const dx = gpu.output(attributes.inputShape);
      run(gpu, 'pad2dGradient', inputs.dy, dx, attributes, backwardBody);
      return dx;
    },
  }),
  namedKernel<{ x: TensorInfo }, { paddings: [number, number][]; constantValue: number }>('PadV2', {
    accepts: ({ inputs }) => isNumeric(inputs.x.dtype),
    run({ inputs, attributes, gpu }) {
      const x = inputs.x;
      const { paddings, constantValue } = attributes;
      const shape = x.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
      const y = filled(gpu, shape, constantValue, x.dtype);
      const strides = stridesOf(shape);
      copy(gpu, {
        shape: x.shape,
        source: { tensor: x, strides: stridesOf(x.shape) },
        target: {
          tensor: y,
          start: paddings.reduce((offset, [before], axis) => offset + before * strides[axis]!, 0),
          strides,
        },
      });
      return y;
    },
  }),
];
