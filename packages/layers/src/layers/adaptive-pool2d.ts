import { toPair, checkCounts, type LayerTraits, type Pair, type Tensor } from '@striate/core';
import { inDataFormat, type DataFormatOption } from '../along-axis.ts';
import { imageInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { resolveOptions } from '../options.ts';

/** Options of {@link adaptiveAveragePool2d} and {@link adaptiveMaxPool2d}. */
export interface AdaptivePool2dOptions extends LayerOptions, DataFormatOption {
  /** Height and width of the result, or one number for both. */
  outputSize: number | Pair;
}

/** A layer that places its windows so that the result has the size asked for. */
export function adaptivePool2d(
  type: string,
  options: AdaptivePool2dOptions,
  pool: (x: Tensor, attributes: { outputSize: Pair }) => Tensor,
  traits: LayerTraits,
): LayerFunction {
  const settings = resolveOptions(type, options, ['outputSize'], {}, ['dataFormat']);
  checkCounts(type, { outputSize: settings.outputSize });
  const outputSize = toPair(settings.outputSize);
  return inDataFormat({
    type,
    options: settings,
    ...traits,
    outputShapes: (inputs) => [[...outputSize, imageInput(type, inputs)[2]]],
    apply: ([x]) => ({ outputs: [pool(x!, { outputSize })] }),
  });
}
