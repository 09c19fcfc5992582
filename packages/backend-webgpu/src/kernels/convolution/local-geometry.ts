import { geometryOf, type ConvolutionAttributes, type Geometry } from './geometry.ts';

/** How the window of a locally connected layer moves, as ops of core name it. */
export type LocalAttributes = Pick<ConvolutionAttributes, 'strides' | 'padding'> & {
  kernelSize: readonly [number, number];
};

/** Sizes as of a convolution; filters have no part in them. */
export function localGeometryOf(
  xShape: readonly number[],
  { kernelSize, strides, padding }: LocalAttributes,
): Geometry {
  const kernelShape = [...kernelSize, xShape[3]!, 1];
  return geometryOf(xShape, kernelShape, { strides, padding, dilations: [1, 1], groups: 1 });
}
