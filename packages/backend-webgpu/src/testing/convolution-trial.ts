import { ops as definitions } from '@striate/core/backend';
import { ops } from '@striate/core';
// For tests: all passes of one convolution, compared with the references of their ops.
import { random, whole, type Trials } from '../testing.ts';
import { isSmall } from '../kernels/convolution/product-sizes.ts';
import { geometryOf, isDepthwise } from '../kernels/convolution/geometry.ts';

export type ConvolutionCase = ops.ConvolutionGeometry & { x: readonly number[]; kernel: readonly number[] };

/** Everything that is fused into the passes; or nothing. */
export async function tryConvolution(
  trials: Trials,
  { x, kernel, ...window }: ConvolutionCase,
  fused = true,
): Promise<void> {
  const { images, output } = geometryOf(x, kernel, window);
  const outputShape = [images, ...output, kernel[3]!];
  const attributes = { ...window, activation: fused ? 'relu' : 'linear' } as const;
  const inputs = {
    x: random(x),
    kernel: random(kernel),
    bias: random([kernel[3]!]),
    otherBias: random([x[3]!]),
    dy: random(outputShape),
    y: random(outputShape),
  };
  await trials.compare(inputs, (tensors) => {
    const { bias, otherBias, y } = fused ? tensors : { bias: undefined, otherBias: undefined, y: undefined };
    const { x: image, dy } = tensors;
    return [
      ops.conv2d({ x: image, kernel: tensors.kernel, bias }, attributes),
      ...definitions.conv2dInputGradient({ dy, kernel: tensors.kernel, y }, { ...window, inputShape: x }),
      ...definitions.conv2dKernelGradient({ x: image, dy, y }, { ...window, kernelShape: kernel }),
      ops.conv2dTranspose(
        { x: dy, kernel: tensors.kernel, bias: otherBias },
        { ...attributes, outputSize: [x[1]!, x[2]!] },
      ),
    ];
  });
}

/** The case with so many images that the forward pass and the input gradient are computed in tiles. */
export function inTiles(given: ConvolutionCase): ConvolutionCase {
  const { images, groups, channels, filters, taps, output } = geometryOf(given.x, given.kernel, given);
  const sizes = { rows: images * output[0] * output[1], columns: filters, inner: taps * channels, batches: groups };
  const [, ...image] = given.x;
  let many = images;
  while (isSmall({ ...sizes, rows: (many / images) * sizes.rows })) many++;
  return { ...given, x: [many, ...image] };
}

/** Whether any pass is a product of matrices, and sums over images are not so long that float32 does not suffice. */
export function isProduct({ x, kernel, ...window }: ConvolutionCase): boolean {
  const geometry = geometryOf(x, kernel, window);
  return !isDepthwise(geometry) && geometry.taps * geometry.channels > 1;
}

/** Fresh shapes on every run. */
export function randomCase(): ConvolutionCase {
  const groups = whole(1, 3);
  const channels = whole(1, 9);
  const kernel = [whole(1, 4), whole(1, 4), channels, whole(1, 9) * groups];
  const dilations = [whole(1, 3), whole(1, 3)] as const;
  const side = (axis: 0 | 1): number => dilations[axis] * (kernel[axis]! - 1) + 1 + whole(0, 9);
  return {
    x: [whole(1, 3), side(0), side(1), channels * groups],
    kernel,
    strides: [whole(1, 3), whole(1, 3)],
    padding: [whole(0, 2), whole(0, 2), whole(0, 2), whole(0, 2)],
    dilations,
    groups,
  };
}
