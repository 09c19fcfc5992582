import { type ops, outputPair } from '@striate/core/backend';
import type { Values } from '../normalization/values.ts';

/** Windows as large as it takes for so many of them. */
export type AdaptiveAttributes = ops.AdaptivePool2dAttributes;

/** Shape of what pooling makes of x [N, H, W, C]. */
export function pooledShape(shape: readonly number[], attributes: ops.PoolGeometry | AdaptiveAttributes): number[] {
  const size = 'outputSize' in attributes ? attributes.outputSize : outputPair(shape, attributes.poolSize, attributes);
  return [shape[0]!, ...size, shape[3]!];
}

/** The constants that {@link windowCode} reads. */
export function windowConstants(
  [, height, width]: readonly number[],
  [, outputHeight, outputWidth]: readonly number[],
  { columns }: Values,
  attributes: ops.PoolGeometry | AdaptiveAttributes,
): Record<string, number | boolean> {
  const sizes = { H: height!, W: width!, OH: outputHeight!, OW: outputWidth!, DEPTH: columns };
  if ('outputSize' in attributes) return sizes;
  const [[POOL_H, POOL_W], [STRIDE_H, STRIDE_W]] = [attributes.poolSize, attributes.strides];
  return { ...sizes, POOL_H, POOL_W, STRIDE_H, STRIDE_W, TOP: attributes.padding[0], LEFT: attributes.padding[2] };
}

/** WGSL: for a window its pixels, for a pixel the windows that have it, along one axis: the first, and the end. */
function axisCode(axis: string, before: string, isAdaptive: boolean): string {
  const pixels = `pixels${axis}(window: i32) -> vec2i`;
  const windows = `windows${axis}(pixel: i32) -> vec2i`;
  if (isAdaptive) {
    return `
fn ${pixels} {
  return vec2i(window * ${axis} / O${axis}, ((window + 1) * ${axis} + O${axis} - 1) / O${axis});
}
fn ${windows} {
  return vec2i(pixel * O${axis} / ${axis}, ((pixel + 1) * O${axis} + ${axis} - 1) / ${axis});
}
`;
  }
  return `
fn ${pixels} {
  let start = window * STRIDE_${axis} - ${before};
  return vec2i(max(start, 0), min(start + POOL_${axis}, ${axis}));
}
fn ${windows} {
  let place = pixel + ${before};
  let start = max(place - POOL_${axis} + STRIDE_${axis}, 0) / STRIDE_${axis};
  return vec2i(start, min((place + STRIDE_${axis}) / STRIDE_${axis}, O${axis}));
}
`;
}

/** WGSL: windows and pixels, and where they lie in the output and in the image; `DEPTH` values have all channels. */
export const windowCode = (attributes: ops.PoolGeometry | AdaptiveAttributes): string => `
struct Place { image: i32, row: i32, column: i32, depth: i32 }

fn placeOf(index: u32, height: u32, width: u32) -> Place {
  let pixel = index / DEPTH;
  let row = pixel / width;
  return Place(i32(row / height), i32(row % height), i32(pixel % width), i32(index % DEPTH));
}

fn pixelIndex(at: Place, row: i32, column: i32) -> i32 {
  return ((at.image * H + row) * W + column) * DEPTH + at.depth;
}

fn windowIndex(at: Place, row: i32, column: i32) -> i32 {
  return ((at.image * OH + row) * OW + column) * DEPTH + at.depth;
}
${axisCode('H', 'TOP', 'outputSize' in attributes)}${axisCode('W', 'LEFT', 'outputSize' in attributes)}`;

/** WGSL: runs `each` for the pixels (`pixel` in the image) of the window at `at`, row by row. */
export const pixelsLoop = (each: string): string => `
  let pixelRows = pixelsH(at.row);
  let pixelColumns = pixelsW(at.column);
  for (var row = pixelRows.x; row < pixelRows.y; row++) {
    for (var column = pixelColumns.x; column < pixelColumns.y; column++) {
      let pixel = pixelIndex(at, row, column);
      ${each}
    }
  }`;

/** WGSL: runs `each` for the windows (`window` in the output; `i`, `j`) that have the pixel at `at`. */
export const windowsLoop = (each: string): string => `
  let windowRows = windowsH(at.row);
  let windowColumns = windowsW(at.column);
  for (var i = windowRows.x; i < windowRows.y; i++) {
    for (var j = windowColumns.x; j < windowColumns.y; j++) {
      let window = windowIndex(at, i, j);
      ${each}
    }
  }`;
