import { affineRows, channelMoments, spread } from './batch-norm-rows';
import { floatArgument, intArgument, pointerArgument } from './simd';

// x [N, rows, C]; each sample is cut into chunks of rows, and an item is one chunk, or one sample.
// Arguments that all kernels share, from the third on: N, rows, C, group (rows taken as one), rowsPerChunk, chunks, groups of channels.
export const SAMPLES = 3;
export const ROWS = 4;
export const CHANNELS = 5;
export const GROUP = 6;
export const ROWS_PER_CHUNK = 7;
export const CHUNKS = 8;
export const GROUPS = 9;
/** The first argument that is a kernel's own. */
export const OWN = 10;

/** Rows of a chunk. */
// @ts-ignore: decorator
@inline export function rowsOfChunk(args: usize, chunk: i32): usize {
  const perChunk = intArgument(args, ROWS_PER_CHUNK);
  return <usize>min(perChunk, intArgument(args, ROWS) - chunk * perChunk);
}

/** The byte at which an item's chunk begins. */
// @ts-ignore: decorator
@inline export function chunkOffset(args: usize, sample: i32, chunk: i32): usize {
  const row = <usize>sample * <usize>intArgument(args, ROWS) + <usize>(chunk * intArgument(args, ROWS_PER_CHUNK));
  return (row * <usize>intArgument(args, CHANNELS)) << 2;
}

/** Repeats one number for each channel group until each channel has its own, and channels until there are W. */
export function spreadGroups(source: usize, groups: i32, C: usize, own: usize, target: usize, W: usize): void {
  const size = C / <usize>groups;
  for (let c: usize = 0; c < C; c++) store<f32>(own + (c << 2), load<f32>(source + ((c / size) << 2)));
  spread(own, C, target, W);
}

/** Each channel's moments in a chunk. args: x, -, partials (f64 [N, chunks, 2, C]), shared..; scratch 3 W floats */
export function groupNormMoments(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const chunks = intArgument(args, CHUNKS);
  const sample = item / chunks;
  const chunk = item - sample * chunks;
  const x = pointerArgument(args, 0) + chunkOffset(args, sample, chunk);
  const partial = pointerArgument(args, 2) + <usize>item * C * 16;
  channelMoments(x, rowsOfChunk(args, chunk), C, C * <usize>intArgument(args, GROUP), partial, scratch);
}

/**
 * Mean and biased variance of each group of channels, from those of its channels and chunks. An item is one sample.
 * args: mean [N, groups], variance [N, groups], partials, shared..
 */
export function groupNormCombine(args: usize, sample: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const chunks = intArgument(args, CHUNKS);
  const groups = <usize>intArgument(args, GROUPS);
  const size = C / groups;
  const partials = pointerArgument(args, 2) + <usize>(sample * chunks) * C * 16;
  const count = <f64>(<usize>intArgument(args, ROWS) * size);
  for (let g: usize = 0; g < groups; g++) {
    let sum: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const rows = <f64>rowsOfChunk(args, chunk);
      const means = partials + (<usize>chunk * C * 2 + g * size) * 8;
      for (let c: usize = 0; c < size; c++) sum += load<f64>(means + (c << 3)) * rows;
    }
    const mean = sum / count;
    let squares: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const rows = <f64>rowsOfChunk(args, chunk);
      const means = partials + (<usize>chunk * C * 2 + g * size) * 8;
      for (let c: usize = 0; c < size; c++) {
        const difference = load<f64>(means + (c << 3)) - mean;
        squares += load<f64>(means + ((C + c) << 3)) + difference * difference * rows;
      }
    }
    const place = (<usize>sample * groups + g) << 2;
    store<f32>(pointerArgument(args, 0) + place, <f32>mean);
    store<f32>(pointerArgument(args, 1) + place, <f32>(squares / count));
  }
}

/** y = (x - mean) * gamma / sqrt(variance + epsilon) + beta. args: x, y, -, shared.., gamma, beta, mean, variance, epsilon; scratch 4 W floats */
export function groupNormApply(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const W = C * <usize>intArgument(args, GROUP);
  const chunks = intArgument(args, CHUNKS);
  const groups = intArgument(args, GROUPS);
  const sample = item / chunks;
  const chunk = item - sample * chunks;
  const offset = chunkOffset(args, sample, chunk);
  const mean = scratch;
  const scale = mean + (W << 2);
  const beta = scale + (W << 2);
  const own = beta + (W << 2);
  const place = <usize>(sample * groups) << 2;
  spreadGroups(pointerArgument(args, OWN + 2) + place, groups, C, own, mean, W);
  const variances = pointerArgument(args, OWN + 3) + place;
  const size = C / <usize>groups;
  for (let c: usize = 0; c < C; c += size) {
    const inverse = inverseDeviation(variances + ((c / size) << 2), floatArgument(args, OWN + 4));
    for (let i = c; i < c + size; i++) {
      store<f32>(own + (i << 2), inverse * load<f32>(pointerArgument(args, OWN) + (i << 2)));
    }
  }
  spread(own, C, scale, W);
  spread(pointerArgument(args, OWN + 1), C, beta, W);
  const x = pointerArgument(args, 0) + offset;
  affineRows(false, false, x, pointerArgument(args, 1) + offset, 0, rowsOfChunk(args, chunk) * C, W, mean, scale, beta);
}

/** 1 / sqrt(variance + epsilon) */
// @ts-ignore: decorator
@inline export function inverseDeviation(variance: usize, epsilon: f32): f32 {
  return <f32>(1 / Math.sqrt(<f64>load<f32>(variance) + <f64>epsilon));
}
