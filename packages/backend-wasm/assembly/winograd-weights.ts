import { intArgument, pointerArgument } from './simd';
import { held, transformWeights } from './winograd-transforms';

// @ts-ignore: decorator
@inline function gather(p: usize, stride: usize): v128 {
  let v = v128.load32_splat(p);
  v = v128.load_lane<f32>(p + stride, v, 1);
  v = v128.load_lane<f32>(p + 2 * stride, v, 2);
  return v128.load_lane<f32>(p + 3 * stride, v, 3);
}

/**
 * G g G^T: a 3x3 kernel [3, 3, C, F] to panels [ceil(F / 8)][36][C][8], the 36 being C * 32 + 64 bytes apart.
 * `rotated`: the panels of the input gradient, whose kernel is turned by 180 degrees and whose channels are F.
 * args: kernel, panels, channels and filters of the panels, rotated, channels of an item
 */
export function winogradWeights(args: usize, item: i32, scratch: usize): void {
  const kernel = pointerArgument(args, 0);
  const panels = pointerArgument(args, 1);
  const channels = intArgument(args, 2);
  const filters = intArgument(args, 3);
  const rotated = intArgument(args, 4) != 0;
  const itemChannels = intArgument(args, 5);
  const stride = (<usize>channels << 5) + 64;
  const position = (<usize>(channels * filters)) << 2;
  const firstPosition = rotated ? kernel + 8 * position : kernel;
  const filterStride: usize = rotated ? <usize>channels << 2 : 4;
  const channelStride: usize = rotated ? 4 : <usize>filters << 2;
  const quarter = held(1.0 / 4.0, scratch);
  const sixth = held(1.0 / 6.0, scratch);
  const twelfth = held(1.0 / 12.0, scratch);
  const twentyFourth = held(1.0 / 24.0, scratch);
  const end = min(channels, (item + 1) * itemChannels);
  for (let f = 0; f < filters; f += 4) {
    const panel = panels + <usize>(f >> 3) * 36 * stride + (<usize>(f & 4) << 2);
    for (let c = item * itemChannels; c < end; c++) {
      let p = firstPosition + <usize>c * channelStride + <usize>f * filterStride;
      for (let j: usize = 0; j < 48; j += 16) {
        if (rotated) {
          transformWeights(
            gather(p, filterStride),
            gather(p - 3 * position, filterStride),
            gather(p - 6 * position, filterStride),
            quarter,
            sixth,
            twelfth,
            twentyFourth,
            scratch + j,
            48,
          );
          p -= position;
        } else {
          transformWeights(
            v128.load(p),
            v128.load(p + 3 * position),
            v128.load(p + 6 * position),
            quarter,
            sixth,
            twelfth,
            twentyFourth,
            scratch + j,
            48,
          );
          p += position;
        }
      }
      let to = panel + (<usize>c << 5);
      for (let i: usize = 0; i < 288; i += 48) {
        const row = scratch + i;
        transformWeights(
          v128.load(row),
          v128.load(row, 16),
          v128.load(row, 32),
          quarter,
          sixth,
          twelfth,
          twentyFourth,
          to,
          stride,
        );
        to += 6 * stride;
      }
    }
  }
}
