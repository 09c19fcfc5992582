/** A 3x3 convolution with stride 1, dilation 1 and one group; `height` and `width` are those of its input. */
export interface WinogradGeometry {
  batch: number;
  height: number;
  width: number;
  channels: number;
  filters: number;
  /** [top, bottom, left, right] */
  padding: readonly [number, number, number, number];
}

export type WinogradPass = 'forward' | 'inputGradient' | 'kernelGradient';

export function outputSize({ height, width, padding }: WinogradGeometry): { height: number; width: number } {
  return { height: height + padding[0] + padding[1] - 2, width: width + padding[2] + padding[3] - 2 };
}

/** Number of tiles of 4x4 outputs; those at the right and the bottom may hang over. */
export function tileCount(geometry: WinogradGeometry): number {
  const { height, width } = outputSize(geometry);
  return geometry.batch * Math.ceil(height / 4) * Math.ceil(width / 4);
}

/** The input gradient as a convolution: dy with as many pixels around it as give back the input's size. */
export function transposed(geometry: WinogradGeometry): WinogradGeometry {
  const { batch, channels, filters, padding } = geometry;
  const [top, bottom, left, right] = padding;
  const size = outputSize(geometry);
  return { batch, ...size, channels: filters, filters: channels, padding: [2 - top, 2 - bottom, 2 - left, 2 - right] };
}

/** Whether a pass can run as Winograd convolution and is faster than the direct path. */
export function winogradPays(pass: WinogradPass, geometry: WinogradGeometry): boolean {
  const { channels, filters, padding } = geometry;
  if (channels % 4 !== 0 || filters % 4 !== 0) return false;
  if (pass !== 'inputGradient') return isFaster(pass, geometry);
  return padding.every((size) => size <= 2) && isFaster(pass, transposed(geometry));
}

// Cycles of one core for every channel, filter and tile, measured on an Intel Sapphire Rapids.
const direct = 20;
const products = 5;
const pixelTransform = 30;
const outputTransform = { forward: 13, inputGradient: 13, kernelGradient: 20 };

function isFaster(pass: WinogradPass, geometry: WinogradGeometry): boolean {
  const { batch, channels, filters } = geometry;
  const { height, width } = outputSize(geometry);
  const tiles = tileCount(geometry);
  const used = (batch * height * width) / (16 * tiles);
  const transforms = pixelTransform / filters + outputTransform[pass] / channels;
  return products + transforms + weightTransform(pass, geometry) / tiles < direct * used;
}

/** Cycles for every channel and filter. Beyond a cache's size the transformed weights come and go through memory. */
function weightTransform(pass: WinogradPass, geometry: WinogradGeometry): number {
  if (pass === 'kernelGradient') return 40 * Math.max(1, tileCount(geometry) / 48);
  return geometry.channels * geometry.filters < 2 ** 15 ? 50 : 160;
}
