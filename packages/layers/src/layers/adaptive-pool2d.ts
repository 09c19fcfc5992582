import { option, toPair, type LayerTraits, type OptionsOf, type Pair, type Tensor } from '@striate/core';
import { dataFormatOption, inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerOptions } from '../layer-function.ts';
import type { LayerMade } from '../layer-kind.ts';

/** Options of {@link adaptiveAveragePool2d} and {@link adaptiveMaxPool2d}. */
export interface AdaptivePool2dOptions extends LayerOptions, DataFormatOption {
  /** Height and width of the result, or one number for both. */
  outputSize: number | Pair;
}

/** {@link AdaptivePool2dOptions}. */
export const adaptivePool2dOptions: OptionsOf<Pick<AdaptivePool2dOptions, 'outputSize'>, 'required'> &
  OptionsOf<DataFormatOption, 'open'> = {
  outputSize: option.pair({ doc: 'Height and width of the result, or one number for both.', example: 7 }),
  ...dataFormatOption,
};

/** A layer that places its windows so that the result has the size asked for. */
export function adaptivePool2d(
  type: string,
  { outputSize: size, dataFormat }: AdaptivePool2dOptions,
  pool: (x: Tensor, attributes: { outputSize: Pair }) => Tensor,
  traits: LayerTraits,
): LayerMade {
  const outputSize = toPair(size);
  return inDataFormat(type, dataFormat, {
    ...traits,
    outputShapes: (inputs) => [[...outputSize, imageInput(type, inputs)[2]]],
    apply: ([x]) => ({ outputs: [pool(x!, { outputSize })] }),
  });
}
