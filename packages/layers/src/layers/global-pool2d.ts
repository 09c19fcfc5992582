import { ops, option, tidy, type LayerTraits, type OptionsOf, type Tensor } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerOptions } from '../layer-function.ts';
import type { LayerMade } from '../layer-kind.ts';

/** Options of {@link globalAveragePool2d} and {@link globalMaxPool2d}. */
export interface GlobalPool2dOptions extends LayerOptions, DataFormatOption {
  /** Keep height and width as axes of size 1: [N, 1, 1, C] instead of [N, C]. Default false. */
  keepDims?: boolean;
}

/** {@link GlobalPool2dOptions}. */
export const globalPool2dOptions: OptionsOf<Pick<GlobalPool2dOptions, 'keepDims'>, 'filled'> &
  OptionsOf<DataFormatOption, 'open'> = {
  keepDims: option.flag({ doc: 'Keep height and width as axes of size 1.', default: false }),
  ...dataFormatOption,
};

/** A layer that makes one number of each channel; `pool` gives [N, C] or [N, 1, 1, C]. */
export function globalPool2d(
  type: string,
  { keepDims = false, dataFormat }: GlobalPool2dOptions,
  pool: (x: Tensor) => Tensor,
  traits: LayerTraits,
): LayerMade {
  return inDataFormat(type, dataFormat, {
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
