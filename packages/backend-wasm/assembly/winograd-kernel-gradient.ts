import { intArgument, pointerArgument } from './simd';
import { transformGradientTile } from './winograd-output-gradients';
import { accumulate4, accumulate6 } from './winograd-outer-products';
import { HALF_BYTES, transformTile } from './winograd-pixels';
import { held, transformSums } from './winograd-transforms';

/** G^T s G: 36 sums [channels][width] to a part [3, 3, C, F] of the kernel's gradient. */
// @ts-ignore: decorator
@inline function storeGradient(
  sums: usize, stride: usize, rowBytes: usize, channels: i32, count: i32, filters: i32, half: usize, output: usize,
): void {
  const position = <usize>(channels * filters) << 2;
  const quarter = held(1.0 / 4.0, half);
  const sixth = held(1.0 / 6.0, half);
  const twelfth = held(1.0 / 12.0, half);
  const twentyFourth = held(1.0 / 24.0, half);
  for (let c = 0; c < channels; c++) {
    for (let f = 0; f < count; f += 4) {
      let p = sums + <usize>c * rowBytes + (<usize>f << 2);
      for (let j: usize = 0; j < 96; j += 16) {
        transformSums(
          v128.load(p),
          v128.load(p + 6 * stride),
          v128.load(p + 12 * stride),
          v128.load(p + 18 * stride),
          v128.load(p + 24 * stride),
          v128.load(p + 30 * stride),
          quarter,
          sixth,
          twelfth,
          twentyFourth,
          half + j,
          96,
        );
        p += stride;
      }
      let to = output + (<usize>(c * filters + f) << 2);
      for (let i: usize = 0; i < 288; i += 96) {
        const row = half + i;
        transformSums(
          v128.load(row),
          v128.load(row, 16),
          v128.load(row, 32),
          v128.load(row, 48),
          v128.load(row, 64),
          v128.load(row, 80),
          quarter,
          sixth,
          twelfth,
          twentyFourth,
          to,
          position,
        );
        to += 3 * position;
      }
    }
  }
}

/**
 * The part that a range of 4x4 output tiles and a range of filters have in the gradients of kernel and bias.
 * An item's part lies at parts + range * (9 * C + 1) * F floats: [3, 3, C, F], then [F].
 * args: x, dy, mask, parts, tiles, tiles of an item, tiles of a block, filters of an item, height, width, channels,
 * output height, output width, filters, top, left
 */
export function winogradKernelGradient(args: usize, item: i32, scratch: usize): void {
  const x = pointerArgument(args, 0);
  const dy = pointerArgument(args, 1);
  const mask = pointerArgument(args, 2);
  const parts = pointerArgument(args, 3);
  const tiles = intArgument(args, 4);
  const itemTiles = intArgument(args, 5);
  const blockTiles = intArgument(args, 6);
  const itemFilters = intArgument(args, 7);
  const height = intArgument(args, 8);
  const width = intArgument(args, 9);
  const channels = intArgument(args, 10);
  const outputHeight = intArgument(args, 11);
  const outputWidth = intArgument(args, 12);
  const filters = intArgument(args, 13);
  const top = intArgument(args, 14);
  const left = intArgument(args, 15);

  const filterRanges = (filters + itemFilters - 1) / itemFilters;
  const range = item / filterRanges;
  const firstFilter = (item % filterRanges) * itemFilters;
  const count = min(itemFilters, filters - firstFilter);
  const tileColumns = (outputWidth + 3) >> 2;
  const imageTiles = ((outputHeight + 3) >> 2) * tileColumns;
  const end = min(tiles, (range + 1) * itemTiles);

  const pixel = <usize>channels << 2;
  const outputPixel = <usize>filters << 2;
  const rowBytes = <usize>((count + 7) & ~7) << 2;
  // 64 bytes more than the rows take, so that the 36 do not fall on the same cache sets.
  const pixelStride = <usize>blockTiles * pixel + 64;
  const gradientStride = <usize>blockTiles * rowBytes + 64;
  const sumStride = <usize>channels * rowBytes + 64;
  const half = scratch;
  const zeros = half + HALF_BYTES;
  const zeroBytes: usize = 6 * max(pixel, outputPixel);
  const pixels = zeros + zeroBytes;
  const gradients = pixels + 36 * pixelStride;
  const sums = gradients + 36 * gradientStride;
  const part = parts + <usize>range * <usize>(9 * channels + 1) * outputPixel + (<usize>firstFilter << 2);
  const biasPart = part + <usize>(9 * channels) * outputPixel;
  memory.fill(zeros, 0, zeroBytes);
  if (count & 4) memory.fill(gradients, 0, 36 * gradientStride);
  for (let f: usize = 0; f < <usize>count << 2; f += 16) v128.store(biasPart + f, f32x4.splat(0));

  for (let first = range * itemTiles; first < end; first += blockTiles) {
    const block = min(blockTiles, end - first);
    const fresh = first == range * itemTiles;
    for (let t = 0; t < block; t++) {
      const tile = first + t;
      const n = tile / imageTiles;
      const rest = tile % imageTiles;
      const row = (rest / tileColumns) << 2;
      const column = (rest % tileColumns) << 2;
      const image = <usize>(n * height * width) * pixel;
      transformTile(
        x + image, 0, height, width, channels, row - top, column - left, zeros, half, pixels + <usize>t * pixel, pixelStride,
      );
      const outputImage = <usize>(n * outputHeight * outputWidth) * outputPixel + (<usize>firstFilter << 2);
      transformGradientTile(
        dy + outputImage, mask == 0 ? 0 : mask + outputImage, outputHeight, outputWidth, filters, count, row, column, zeros, half,
        gradients + <usize>t * rowBytes, gradientStride,
      );
    }

    // Gradient 7 belongs to the points (1, 1): it is the sum of a tile's 16.
    for (let f: usize = 0; f < <usize>count << 2; f += 16) {
      let sum = v128.load(biasPart + f);
      let p = gradients + 7 * gradientStride + f;
      for (let t = 0; t < block; t++) {
        sum = f32x4.add(sum, v128.load(p));
        p += rowBytes;
      }
      v128.store(biasPart + f, sum);
    }

    for (let k: usize = 0; k < 36; k++) {
      const a = pixels + k * pixelStride;
      for (let f: usize = 0; f < rowBytes; f += 32) {
        const b = gradients + k * gradientStride + f;
        let to = sums + k * sumStride + f;
        let c = 0;
        // Six channels at a time and the rest, a multiple of four, by fours.
        for (; (channels - c) % 6 != 0 ? channels - c >= 10 : c < channels; c += 6) {
          accumulate6(a + (<usize>c << 2), pixel, b, rowBytes, block, fresh, to, rowBytes);
          to += 6 * rowBytes;
        }
        for (; c < channels; c += 4) {
          accumulate4(a + (<usize>c << 2), pixel, b, rowBytes, block, fresh, to, rowBytes);
          to += 4 * rowBytes;
        }
      }
    }
  }
  storeGradient(sums, sumStride, rowBytes, channels, count, filters, half, part);
}

/** Adds parts in order. args: parts, bytes from part to part, number of parts, output, length, length of an item */
export function winogradSum(args: usize, item: i32, scratch: usize): void {
  const parts = pointerArgument(args, 0);
  const stride = pointerArgument(args, 1);
  const count = intArgument(args, 2);
  const output = pointerArgument(args, 3);
  const length = intArgument(args, 4);
  const itemLength = intArgument(args, 5);
  const end = <usize>min(length, (item + 1) * itemLength) << 2;
  for (let i = <usize>(item * itemLength) << 2; i < end; i += 16) {
    let p = parts + i;
    let sum = v128.load(p);
    for (let n = 1; n < count; n++) {
      p += stride;
      sum = f32x4.add(sum, v128.load(p));
    }
    v128.store(output + i, sum);
  }
}
