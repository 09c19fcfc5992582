import type { KernelBackend } from '../kernel.ts';

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

/** Whether a pass can run as Winograd convolution and is faster than the direct path. */
export function winogradPays(pass: WinogradPass, geometry: WinogradGeometry): boolean {
  const { channels, filters, padding } = geometry;
  if (channels % 4 !== 0 || filters % 4 !== 0) return false;
  if (pass === 'inputGradient' && padding.some((size) => size > 2)) return false;
  return channels >= 8 && filters >= 8;
}

/** y = act(conv(x, kernel) + bias); all are byte addresses. */
export function winogradForward(
  backend: KernelBackend,
  geometry: WinogradGeometry,
  tensors: { x: number; kernel: number; bias?: number | undefined; y: number; relu: boolean },
): void {
  const { x, kernel, bias, y, relu } = tensors;
  convolve(backend, geometry, { image: x, kernel, bias, output: y, relu, rotated: false });
}

/** dx; with the op's own output `y`, dy counts only where y > 0. `geometry` is the forward pass's. */
export function winogradInputGradient(
  backend: KernelBackend,
  geometry: WinogradGeometry,
  tensors: { dy: number; kernel: number; y?: number | undefined; dx: number },
): void {
  const [top, bottom, left, right] = geometry.padding;
  const { height, width } = outputSize(geometry);
  const transposed: WinogradGeometry = {
    batch: geometry.batch,
    height,
    width,
    channels: geometry.filters,
    filters: geometry.channels,
    padding: [2 - top, 2 - bottom, 2 - left, 2 - right],
  };
  const { dy, kernel, y, dx } = tensors;
  convolve(backend, transposed, { image: dy, mask: y, kernel, output: dx, relu: false, rotated: true });
}

/** dKernel and dBias; with the op's own output `y`, dy counts only where y > 0. `geometry` is the forward pass's. */
export function winogradKernelGradient(
  backend: KernelBackend,
  geometry: WinogradGeometry,
  tensors: { x: number; dy: number; y?: number | undefined; dKernel: number; dBias: number },
): void {
  const { batch, height, width, channels, filters, padding } = geometry;
  const { x, dy, y = 0, dKernel, dBias } = tensors;
  const size = outputSize(geometry);
  const tiles = tileCount(batch, size);
  const blockTiles = 48;
  const itemFilters = Math.min(filters, 64);
  const length = 9 * channels * filters;
  const partBytes = (length + filters) * 4;
  const mostRanges = Math.max(1, Math.min(16, Math.floor(2 ** 26 / partBytes)));
  const itemTiles = blockTiles * Math.ceil(tiles / blockTiles / mostRanges);
  const ranges = Math.ceil(tiles / itemTiles);
  const parts = backend.temporary(ranges * partBytes);
  const rowBytes = Math.ceil(itemFilters / 8) * 32;
  backend.run(
    'winogradKernelGradient',
    [
      x,
      dy,
      y,
      parts,
      tiles,
      itemTiles,
      blockTiles,
      itemFilters,
      height,
      width,
      channels,
      size.height,
      size.width,
      filters,
      padding[0],
      padding[2],
    ],
    {
      items: ranges * Math.ceil(filters / itemFilters),
      // As laid out in the assembly: half a transform, zeros, transformed pixels, transformed gradients, sums.
      scratchBytes:
        2304 +
        24 * Math.max(channels, filters) +
        36 * (blockTiles * (channels * 4 + rowBytes) + channels * rowBytes + 3 * 64),
    },
  );
  sum(backend, { parts, partBytes, ranges, output: dKernel, length });
  sum(backend, { parts: parts + length * 4, partBytes, ranges, output: dBias, length: filters });
}

interface Sum {
  parts: number;
  partBytes: number;
  ranges: number;
  output: number;
  length: number;
}

function sum(backend: KernelBackend, { parts, partBytes, ranges, output, length }: Sum): void {
  const itemLength = 16_384;
  backend.run('winogradSum', [parts, partBytes, ranges, output, length, itemLength], {
    items: Math.ceil(length / itemLength),
  });
}

interface Convolution {
  image: number;
  mask?: number | undefined;
  kernel: number;
  bias?: number | undefined;
  output: number;
  relu: boolean;
  rotated: boolean;
}

function convolve(backend: KernelBackend, geometry: WinogradGeometry, convolution: Convolution): void {
  const { batch, channels, filters, padding } = geometry;
  const { image, mask = 0, kernel, bias = 0, output, relu, rotated } = convolution;
  const size = outputSize(geometry);
  const panels = backend.temporary(Math.ceil(filters / 8) * 36 * (channels * 32 + 64));
  const weightChannels = Math.max(1, Math.floor(4096 / filters));
  backend.run('winogradWeights', [kernel, panels, channels, filters, Number(rotated), weightChannels], {
    items: Math.ceil(channels / weightChannels),
    scratchBytes: 288,
  });
  const tiles = tileCount(batch, size);
  // Transformed tiles of an item stay in half a megabyte of cache.
  const most = 6 * Math.min(8, Math.max(2, Math.floor(512 / channels)));
  const tileRanges = Math.ceil(tiles / most);
  const itemTiles = 6 * Math.ceil(tiles / tileRanges / 6);
  // With few tiles filters are cut, too, so that there is work for some threads.
  const filterRanges = Math.min(Math.ceil(8 / tileRanges), Math.ceil(filters / 32));
  const itemFilters = 8 * Math.ceil(filters / filterRanges / 8);
  backend.run(
    'winogradConvolution',
    [
      image,
      mask,
      panels,
      bias,
      output,
      tiles,
      itemTiles,
      itemFilters,
      geometry.height,
      geometry.width,
      channels,
      size.height,
      size.width,
      filters,
      padding[0],
      padding[2],
      Number(relu),
    ],
    {
      items: Math.ceil(tiles / itemTiles) * Math.ceil(filters / itemFilters),
      // As laid out in the assembly: half a transform, products of six tiles, places, a row of zeros, transformed tiles.
      scratchBytes: 2304 + 6912 + itemTiles * 16 + channels * 24 + (itemTiles / 6) * 36 * (channels * 24 + 64),
    },
  );
}

function outputSize({ height, width, padding }: WinogradGeometry): { height: number; width: number } {
  return { height: height + padding[0] + padding[1] - 2, width: width + padding[2] + padding[3] - 2 };
}

function tileCount(batch: number, output: { height: number; width: number }): number {
  return batch * Math.ceil(output.height / 4) * Math.ceil(output.width / 4);
}
