import { ShapeError, ops, option, tidy, type OptionsOf, type Shape } from '@striate/core';
import { dataFormatOfImages, type DataFormat } from './data-format.ts';
import { formatShape } from './input-shapes.ts';
import type { LayerMade } from './layer-kind.ts';

/** The option of a layer that works on channels. */
export interface AxisOption {
  /** Axis of the channels: 1, 2, ... (0 is the batch), or counted from the end. Default -1. For images [C, H, W] it is 1. */
  axis?: number;
}

/** The option of a layer of images that has no weights. */
export interface DataFormatOption {
  /** Order of the axes that come in and go out: 'channelsLast' [H, W, C], the default, or 'channelsFirst' [C, H, W]. */
  dataFormat?: DataFormat;
}

/** {@link AxisOption}. */
export const axisOption: OptionsOf<AxisOption, 'open'> = {
  axis: option.optional(
    option.value<number>({
      doc: 'Axis of the channels: 1, 2, ... (0 is the batch), or counted from the end.',
      wanted: 'a whole number other than 0, the batch. Axes of a sample begin with 1',
      fits: (axis) => Number.isInteger(axis) && axis !== 0,
      example: -1,
    }),
  ),
};

/** {@link DataFormatOption}. */
export const dataFormatOption: OptionsOf<DataFormatOption, 'open'> = {
  dataFormat: option.optional(dataFormatOfImages),
};

/**
 * A layer whose channels are the last axis, as one whose channels are another: that is moved to the end, and back.
 * Parameters and state stay what they are.
 */
export function alongAxis(type: string, axis: number | undefined, layer: LayerMade): LayerMade {
  if (axis === undefined) return { ...layer, assumesChannelsLast: 'axis' };
  return axis === -1 ? layer : moved(type, layer, axis);
}

/** The same for images, by their data format. */
export function inDataFormat(type: string, format: DataFormat | undefined, layer: LayerMade): LayerMade {
  if (format === undefined) return { ...layer, assumesChannelsLast: 'dataFormat' };
  return format === 'channelsLast' ? layer : { ...moved(type, layer, 1), channelsFirst: true };
}

/** Place of an axis, which is counted with the batch or from the end, among the axes of a sample. */
export function placeOfAxis(axis: number, rank: number): number {
  return axis > 0 ? axis - 1 : rank + axis;
}

function moved(type: string, layer: LayerMade, axis: number): LayerMade {
  const { parameters, state, multiplyAdds } = layer;
  const placeIn = (rank: number): number => placeOfAxis(axis, rank);
  const toEnd = (shape: Shape): Shape => {
    const place = placeIn(shape.length);
    const size = shape[place];
    if (size !== undefined) return [...shape.toSpliced(place, 1), size];
    throw new ShapeError(`${type}: axis is ${axis}, but x is ${formatShape(shape)} behind a batch axis, 0.`);
  };
  const fromEnd = (shape: Shape): Shape => shape.slice(0, -1).toSpliced(placeIn(shape.length), 0, shape.at(-1)!);
  return {
    ...layer,
    // What has another number of axes (global pooling) has no place for the axis to go back to.
    outputShapes: (inputs) =>
      layer
        .outputShapes(inputs.map(toEnd))
        .map((shape) => (shape.length === inputs[0]!.length ? fromEnd(shape) : shape)),
    ...(parameters && { parameters: (inputs: readonly Shape[]) => parameters(inputs.map(toEnd)) }),
    ...(state && { state: (inputs: readonly Shape[]) => state(inputs.map(toEnd)) }),
    ...(multiplyAdds && { multiplyAdds: (inputs: readonly Shape[]) => multiplyAdds(inputs.map(toEnd)) }),
    apply: (inputs, values, context) =>
      tidy(() => {
        const { rank } = inputs[0]!;
        const place = 1 + placeIn(rank - 1);
        const order = [...Array.from({ length: rank }, (_, index) => index).filter((index) => index !== place), place];
        const back = order.map((_, index) => order.indexOf(index));
        const result = layer.apply(
          inputs.map((x) => ops.transpose(x, order)),
          values,
          context,
        );
        return { ...result, outputs: result.outputs.map((y) => (y.rank === rank ? ops.transpose(y, back) : y)) };
      }),
  };
}
