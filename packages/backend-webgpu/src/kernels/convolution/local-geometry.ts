import type { ops } from '@striate/core/backend';
import { geometryOf, type Geometry } from './geometry.ts';

/** Sizes as of a convolution; filters have no part in them. */
export function localGeometryOf(
  xShape: readonly number[],
  { kernelSize, strides, padding }: ops.LocalGeometry,
): Geometry {
  const kernelShape = [...kernelSize, xShape[3]!, 1];
  return geometryOf(xShape, kernelShape, { strides, padding, dilations: [1, 1], groups: 1 });
}
