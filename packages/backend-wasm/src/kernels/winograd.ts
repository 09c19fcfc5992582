// 3x3 convolution by F(4x4, 3x3): 36 products for 16 outputs instead of 144 (Lavin and Gray, 2016).
import type { KernelBackend } from '../kernel.ts';
import type { InputGradientTensors } from './input-gradient-tensors.ts';
import { outputSize, tileCount, transposed, type WinogradGeometry } from './winograd-geometry.ts';

export { winogradPays, type WinogradGeometry, type WinogradPass } from './winograd-geometry.ts';

// Sizes that the assembly lays out at the start of its scratch memory.
const halfBytes = 2304;
const productsBytes = 36 * 192;

/** y = act(conv(x, kernel) + bias); all are byte addresses. */
export function winogradForward(
  backend: KernelBackend,
  geometry: WinogradGeometry,
  tensors: { x: number; kernel: number; bias?: number | undefined; y: number; relu: boolean },
): void {
  const { x, kernel, bias, y, relu } = tensors;
  convolve(backend, geometry, { image: x, kernel, rotated: false, bias, output: y, relu });
}

/** dx, or act(dx + bias); with the op's own output `y`, dy counts only where y > 0. `geometry` is the forward pass's. */
export function winogradInputGradient(
  backend: KernelBackend,
  geometry: WinogradGeometry,
  { dy, kernel, y, dx, bias, relu = false }: InputGradientTensors,
): void {
  convolve(backend, transposed(geometry), { image: dy, mask: y, kernel, rotated: true, bias, output: dx, relu });
}

interface Convolution {
  image: number;
  /** Pixels of the image count where it is positive. */
  mask?: number | undefined;
  kernel: number;
  /** By 180 degrees, its channels being the filters. */
  rotated: boolean;
  bias?: number | undefined;
  output: number;
  relu: boolean;
}

function convolve(backend: KernelBackend, geometry: WinogradGeometry, convolution: Convolution): void {
  const { height, width, channels, filters, padding } = geometry;
  const { image, mask = 0, kernel, rotated, bias = 0, output, relu } = convolution;
  const size = outputSize(geometry);

  const panels = backend.temporary(Math.ceil(filters / 8) * 36 * (channels * 32 + 64));
  const weightChannels = Math.max(1, Math.floor(4096 / filters));
  backend.run('winogradWeights', [kernel, panels, channels, filters, Number(rotated), weightChannels], {
    items: Math.ceil(channels / weightChannels),
    scratchBytes: 288,
  });

  const tiles = tileCount(geometry);
  // The transformed tiles of an item take some 300 KB: they stay in the cache while the filters pass.
  const mostTiles = 6 * Math.min(8, Math.max(2, Math.floor(512 / channels)));
  const tileRanges = Math.ceil(tiles / mostTiles);
  const itemTiles = 6 * Math.ceil(tiles / tileRanges / 6);
  // Few tiles are too few items: filters are cut, too, though each item then transforms the tiles again.
  const filterRanges = Math.min(Math.ceil(8 / tileRanges), Math.ceil(filters / 32));
  const itemFilters = 8 * Math.ceil(filters / filterRanges / 8);
  const sizes = [height, width, channels, size.height, size.width, filters, padding[0], padding[2]];
  const args = [image, mask, panels, bias, output, tiles, itemTiles, itemFilters, ...sizes, Number(relu)];
  backend.run('winogradConvolution', args, {
    items: Math.ceil(tiles / itemTiles) * Math.ceil(filters / itemFilters),
    // Behind the products: the tiles' places, six pixels of zeros, transformed tiles.
    scratchBytes:
      halfBytes + productsBytes + itemTiles * 16 + channels * 24 + (itemTiles / 6) * 36 * (channels * 24 + 64),
  });
}

/** dKernel and dBias; with the op's own output `y`, dy counts only where y > 0. `geometry` is the forward pass's. */
export function winogradKernelGradient(
  backend: KernelBackend,
  geometry: WinogradGeometry,
  tensors: { x: number; dy: number; y?: number | undefined; dKernel: number; dBias: number },
): void {
  const { height, width, channels, filters, padding } = geometry;
  const { x, dy, y = 0, dKernel, dBias } = tensors;
  const size = outputSize(geometry);
  const length = 9 * channels * filters;
  const partBytes = (length + filters) * 4;

  // Ranges of tiles give parts that are added afterwards: at most 16, and not much more than 64 MiB.
  const tiles = tileCount(geometry);
  const blockTiles = 48;
  const mostRanges = Math.max(1, Math.min(16, Math.floor(2 ** 26 / partBytes)));
  const itemTiles = blockTiles * Math.ceil(tiles / blockTiles / mostRanges);
  const ranges = Math.ceil(tiles / itemTiles);
  const itemFilters = Math.min(filters, 64);
  const parts = backend.temporary(ranges * partBytes);
  const rowBytes = Math.ceil(itemFilters / 8) * 32;
  const sizes = [height, width, channels, size.height, size.width, filters, padding[0], padding[2]];
  backend.run('winogradKernelGradient', [x, dy, y, parts, tiles, itemTiles, blockTiles, itemFilters, ...sizes], {
    items: ranges * Math.ceil(filters / itemFilters),
    // Behind the half transform: zeros, transformed pixels, transformed gradients, sums.
    scratchBytes:
      halfBytes +
      24 * Math.max(channels, filters) +
      36 * (blockTiles * (channels * 4 + rowBytes) + channels * rowBytes + 3 * 64),
  });

  const add = (from: number, to: number, count: number): void => {
    const itemLength = 16_384;
    backend.run('winogradSum', [from, partBytes, ranges, to, count, itemLength], {
      items: Math.ceil(count / itemLength),
    });
  };
  add(parts, dKernel, length);
  add(parts + length * 4, dBias, filters);
}
