import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import { pool } from './pool.ts';
import { pixelsLoop, pooledShape, windowsLoop, type AdaptiveAttributes } from './windows.ts';

export const maxPool2d: Kernel = defineKernel(ops.maxPool2d, {
  run: ({ inputs, attributes, gpu }) => greatest(gpu, inputs, attributes),
});

export const maxPool2dGradient: Kernel = defineKernel(ops.maxPool2dGradient, {
  run: ({ inputs, attributes, gpu }) => gradient(gpu, inputs, attributes),
});

export const adaptiveMaxPool2d: Kernel = defineKernel(ops.adaptiveMaxPool2d, {
  run: ({ inputs, attributes, gpu }) => greatest(gpu, inputs, attributes),
});

export const adaptiveMaxPool2dGradient: Kernel = defineKernel(ops.adaptiveMaxPool2dGradient, {
  run: ({ inputs, attributes, gpu }) => gradient(gpu, inputs, attributes),
});

const isRectified = (attributes: AttributesOf<typeof ops.maxPool2d> | AdaptiveAttributes): boolean =>
  'activation' in attributes && attributes.activation === 'relu';

function greatest(
  gpu: Gpu,
  { x }: { x: TensorInfo },
  attributes: AttributesOf<typeof ops.maxPool2d> | AdaptiveAttributes,
): TensorInfo {
  const y = gpu.output(pooledShape(x.shape, attributes));
  pool(gpu, {
    name: 'maxPool2d',
    image: x.shape,
    pooled: y.shape,
    attributes,
    constants: { RELU: isRectified(attributes) },
    inputs: { x },
    outputs: { y },
    over: 'windows',
    body: () => `
  // Minus infinity, which WGSL knows in no constant.
  var best = Value(bitcast<f32>(0xff800000u | (index & 0u)));
  ${pixelsLoop(`let value = x[pixel];
      best = select(best, value, (value > best) | isNan(value));`)}
  if (RELU) { y[index] = rectified(best); } else { y[index] = best; }`,
  });
  return y;
}

/** Each pixel looks at the windows that it is in, and whether it is the first one there with the greatest value, or NaN. */
function gradient(
  gpu: Gpu,
  { dy, x, y }: KernelInputsOf<typeof ops.maxPool2dGradient>,
  attributes: AttributesOf<typeof ops.maxPool2d> | AdaptiveAttributes,
): TensorInfo {
  const dx = gpu.output(x.shape);
  pool(gpu, {
    name: 'maxPool2dGradient',
    image: x.shape,
    pooled: y.shape,
    attributes,
    constants: { RELU: isRectified(attributes) },
    inputs: { dy, x, y },
    outputs: { dx },
    over: 'pixels',
    declarations: () => `
// Equal, or both NaN.
fn isSame(a: Value, b: Value) -> Flags {
  return select(a == b, isNan(b), isNan(a));
}
`,
    body: () => `
  let own = x[index];
  var sum = Value();
  ${windowsLoop(`let most = y[window];
      var isFirst = isSame(own, most);
      if (RELU) { isFirst = isFirst & (most > Value()) & !isNan(most); }
      if (any(isFirst)) {
        let columns = pixelsW(j);
        for (var row = pixelsH(i).x; row <= at.row; row++) {
          let end = select(columns.y, at.column, row == at.row);
          for (var column = columns.x; column < end; column++) {
            isFirst = isFirst & !isSame(x[pixelIndex(at, row, column)], most);
          }
        }
        sum += select(Value(), dy[window], isFirst);
      }`)}
  dx[index] = sum;`,
  });
  return dx;
}
