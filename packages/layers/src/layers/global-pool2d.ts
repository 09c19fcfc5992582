import { ops, tidy, checkFlag, type LayerTraits, type Tensor } from '@striate/core';
import { inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

/** Options of {@link globalAveragePool2d} and {@link globalMaxPool2d}. */
export interface GlobalPool2dOptions extends LayerOptions, DataFormatOption {
  /** Keep height and width as axes of size 1: [N, 1, 1, C] instead of [N, C]. Default false. */
  keepDims?: boolean;
}

/** A layer that makes one number of each channel; `pool` gives [N, C] or [N, 1, 1, C]. */
export function globalPool2d(
  type: string,
  options: GlobalPool2dOptions,
  pool: (x: Tensor) => Tensor,
  traits: LayerTraits,
): LayerFunction {
  const settings = resolveOptions(type, options, [], { keepDims: false }, ['dataFormat']);
  const { keepDims } = settings;
  checkFlag(type, 'keepDims', keepDims);
  return inDataFormat({
    type,
    options: settings,
    ...traits,
    outputShapes(inputs) {
      const [, , channels] = imageInput(type, inputs);
      return [keepDims ? [1, 1, channels] : [channels]];
    },
    apply: ([x]) =>
      tidy(() => {
        const [batch, channels] = [x!.shape[0], x!.shape[3]!];
        return { outputs: [ops.reshape(pool(x!), keepDims ? [batch, 1, 1, channels] : [batch, channels])] };
      }),
  });
}
