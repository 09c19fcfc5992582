import { ShapeError, windowGeometry, type Pair, type Shape, type WindowOptions } from '@striate/core';

/** `[32, 32, 3]`, with ? where any size is allowed. */
export function formatShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? '?').join(', ')}]`;
}

/** @throws {ShapeError} unless there is exactly one input. */
export function onlyInput(where: string, inputs: readonly Shape[]): Shape {
  if (inputs.length === 1) return inputs[0]!;
  throw new ShapeError(`${where}: has ${inputs.length} inputs, but takes 1.`);
}

/** An image's `[H, W, C]`, where height and width may be any. */
export type ImageShape = readonly [number | null, number | null, number];

/** @throws {ShapeError} unless there is exactly one input, and it is an image `[H, W, C]` with a known number of channels. */
export function imageInput(where: string, inputs: readonly Shape[]): ImageShape {
  const shape = onlyInput(where, inputs);
  if (shape.length !== 3) {
    throw new ShapeError(
      `${where}: x is ${formatShape(shape)} with ${shape.length} axes, but an image has 3: [H, W, C]. Leave the batch axis out; a grey image is [H, W, 1].`,
    );
  }
  const [height, width] = shape;
  return [height!, width!, knownSize(where, shape)];
}

/** Size of the last axis. @throws {ShapeError} if it is not known. */
export function knownSize(where: string, shape: Shape): number {
  const size = shape.at(-1);
  if (typeof size === 'number') return size;
  throw new ShapeError(`${where}: x is ${formatShape(shape)}, but the size of its last axis must be known.`);
}

/** Height and width of what a sliding window gives; an unknown size stays unknown. */
export function windowShape(
  where: string,
  [height, width]: ImageShape,
  window: Omit<WindowOptions, 'size'>,
): [number | null, number | null] {
  // An unknown side is taken to be just as large as the window.
  const reach = (axis: 0 | 1): number => (window.dilations?.[axis] ?? 1) * (window.kernelSize[axis] - 1) + 1;
  const size: Pair = [height ?? reach(0), width ?? reach(1)];
  const { output } = windowGeometry(where, { ...window, size });
  return [height === null ? null : output[0], width === null ? null : output[1]];
}
