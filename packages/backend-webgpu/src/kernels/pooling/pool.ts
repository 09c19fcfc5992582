import type { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Binding, Gpu, Uniform } from '../../kernel.ts';
import { forEachPlace } from '../normalization/for-each-place.ts';
import { valueCode, valuesOf, type Values } from '../normalization/values.ts';
import { windowCode, windowConstants, type AdaptiveAttributes } from './windows.ts';

/** One thread for each value of `output`, which is as large as the images or has one place for each window. */
export interface PoolWork {
  name: string;
  /** Shapes of the images and of what has been pooled. */
  image: readonly number[];
  pooled: readonly number[];
  attributes: ops.PoolGeometry | AdaptiveAttributes;
  constants?: Record<string, number | boolean>;
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  /** Whose places the threads go over. */
  over: 'pixels' | 'windows';
  uniforms?: Record<string, Uniform>;
  /** WGSL before the entry point. */
  declarations?: (values: Values) => string;
  /** WGSL that knows its `index` in the output, and where that is: `at`. */
  body: (values: Values) => string;
}

/** Runs work on windows. */
export function pool(gpu: Gpu, { image, pooled, attributes, over, declarations, body, ...work }: PoolWork): void {
  const channels = image[3]!;
  const values = valuesOf(channels);
  const bound = (tensors: Record<string, TensorInfo>): Record<string, Binding> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, values.bind(tensor)]));
  // Windows of adaptive pooling are other code.
  const suffix = 'outputSize' in attributes ? '.adaptive' : '';
  forEachPlace(gpu, {
    name: work.name + suffix,
    count: sizeOf(over === 'pixels' ? image : pooled) / (values.vectors ? 4 : 1),
    constants: { ...windowConstants(image, pooled, values, attributes), ...work.constants },
    inputs: bound(work.inputs),
    outputs: bound(work.outputs),
    ...(work.uniforms && { uniforms: work.uniforms }),
    declarations: () => `${valueCode(values)}${windowCode(attributes)}${declarations?.(values) ?? ''}`,
    body: () => `
  let at = placeOf(index, ${over === 'pixels' ? 'H, W' : 'OH, OW'});
  ${body(values)}`,
  });
}
