import { ops, option, tidy, type Option, type Shape, type Tensor } from '@striate/core';
import { imageInput, onlyInput, type ImageShape } from './input-shapes.ts';

/** Order of an image's axes: `[H, W, C]`, in which everything is computed, or `[C, H, W]`, which is converted. */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** The order as an option. */
export const dataFormatOfImages: Option<DataFormat, 'filled'> = option.choice({
  doc: 'Order of the axes that come in and go out: [H, W, C] or [C, H, W].',
  names: ['channelsLast', 'channelsFirst'],
  default: 'channelsLast',
});

/** The `[H, W, C]` of the only input, whatever the order of its axes. @throws {ShapeError} as {@link imageInput} does. */
export function imageOf(where: string, inputs: readonly Shape[], format: DataFormat): ImageShape {
  if (format === 'channelsLast') return imageInput(where, inputs);
  const [channels, ...size] = onlyInput(where, inputs);
  return imageInput(where, [size.length === 2 ? [...size, channels!] : inputs[0]!]);
}

/** An image shape `[H, W, C]` with its axes in the order of the format. */
export function inFormat([height, width, channels]: ImageShape, format: DataFormat): Shape {
  return format === 'channelsLast' ? [height, width, channels] : [channels, height, width];
}

/** Hands `compute` the image with its channels last, and gives its result in the order of the format. */
export function withChannelsLast(x: Tensor, format: DataFormat, compute: (image: Tensor) => Tensor): Tensor {
  if (format === 'channelsLast') return compute(x);
  return tidy(() => ops.transpose(compute(toChannelsLast(x, format)), [0, 3, 1, 2]));
}

/** The image with its channels last: itself, if they are. */
export function toChannelsLast(x: Tensor, format: DataFormat): Tensor {
  return format === 'channelsLast' ? x : ops.transpose(x, [0, 2, 3, 1]);
}
