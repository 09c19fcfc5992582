import { OptionError, ShapeError, describe, ops, tidy, type Shape } from '@striate/core';
import { checkDataFormat, type DataFormat } from './data-format.ts';
import { formatShape } from './input-shapes.ts';
import { defineLayer, type LayerFunction } from './layer-function.ts';

/** What `defineLayer` makes a layer of. */
type Definition = Parameters<typeof defineLayer>[0];

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

/**
 * Defines a layer, whose channels are the last axis, as one whose channels are the axis that its options say: that is
 * moved to the end, and back. Parameters and state stay what they are.
 *
 * @throws {OptionError} if the axis is no whole number, or the batch
 */
export function alongAxis(layer: Definition & { readonly options: AxisOption }): LayerFunction {
  const { axis } = layer.options;
  if (axis === undefined) return defineLayer({ ...layer, assumesChannelsLast: 'axis' });
  if (!Number.isInteger(axis) || axis === 0) {
    throw new OptionError(
      `${layer.type}: axis is ${describe(axis)}, but must be a whole number other than 0, the batch. Axes of a sample begin with 1.`,
    );
  }
  return defineLayer(axis === -1 ? layer : moved(layer, axis));
}

/** The same for images, by their data format. @throws {OptionError} for an unknown format, with the nearest name. */
export function inDataFormat(layer: Definition & { readonly options: DataFormatOption }): LayerFunction {
  const { dataFormat } = layer.options;
  if (dataFormat === undefined) return defineLayer({ ...layer, assumesChannelsLast: 'dataFormat' });
  checkDataFormat(layer.type, dataFormat);
  return defineLayer(dataFormat === 'channelsLast' ? layer : { ...moved(layer, 1), channelsFirst: true });
}

/** Place of an axis, which is counted with the batch or from the end, among the axes of a sample. */
export function placeOfAxis(axis: number, rank: number): number {
  return axis > 0 ? axis - 1 : rank + axis;
}

function moved(layer: Definition, axis: number): Definition {
  const { type, parameters, state, multiplyAdds } = layer;
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
