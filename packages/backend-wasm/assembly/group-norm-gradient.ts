import { folded, spread } from './batch-norm-rows';
import { CHANNELS, chunkOffset, CHUNKS, GROUP, GROUPS, inverseDeviation, OWN, ROWS, rowsOfChunk, SAMPLES, spreadGroups } from './group-norm';
import { firstLanes, storeLanes } from './lanes';
import { floatArgument, intArgument, madd, pointerArgument } from './simd';

// With z = (x - mean) / deviation over m numbers of a group: dx = (gamma dy - mean(gamma dy) - z mean(gamma dy z)) / deviation.

/** Sums over a chunk of dy and dy (x - mean), per channel. args: dy, x, partials (f64 [N, chunks, 2, C]), shared.., mean; scratch 4 W floats */
export function groupNormGradientSums(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const W = C * <usize>intArgument(args, GROUP);
  const chunks = intArgument(args, CHUNKS);
  const groups = intArgument(args, GROUPS);
  const sample = item / chunks;
  const chunk = item - sample * chunks;
  const offset = chunkOffset(args, sample, chunk);
  const dy = pointerArgument(args, 0) + offset;
  const x = pointerArgument(args, 1) + offset;
  const end = rowsOfChunk(args, chunk) * C;
  const mean = scratch;
  const sums = mean + (W << 2);
  const products = sums + (W << 2);
  spreadGroups(pointerArgument(args, OWN) + (<usize>(sample * groups) << 2), groups, C, sums, mean, W);
  memory.fill(sums, 0, W << 3);
  for (let start: usize = 0; start < end; start += W) {
    const width = min(W, end - start);
    for (let i: usize = 0; i < width; i += 4) {
      const place = (start + i) << 2;
      let dz = v128.load(dy + place);
      let centered = f32x4.sub(v128.load(x + place), v128.load(mean + (i << 2)));
      if (i + 4 > width) {
        // Beyond the end there may be anything, NaN too.
        dz = firstLanes(dz, width - i, f32x4.splat(0));
        centered = firstLanes(centered, width - i, f32x4.splat(0));
      }
      v128.store(sums + (i << 2), f32x4.add(v128.load(sums + (i << 2)), dz));
      v128.store(products + (i << 2), madd(dz, centered, v128.load(products + (i << 2))));
    }
  }
  const partial = pointerArgument(args, 2) + <usize>item * C * 16;
  for (let c: usize = 0; c < C; c++) {
    store<f64>(partial + (c << 3), folded(sums, c, C, W));
    store<f64>(partial + ((C + c) << 3), folded(products, c, C, W));
  }
}

/**
 * What the input gradient needs of each group, dx = gamma inverse dy - shift - slope (x - mean). An item is one sample.
 * args: -, -, partials, shared.., gamma, variance, epsilon, coefficients (f32 [3, N, groups]: inverse, shift, slope)
 */
export function groupNormGradientCombine(args: usize, sample: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const chunks = <usize>intArgument(args, CHUNKS);
  const groups = <usize>intArgument(args, GROUPS);
  const size = C / groups;
  const partials = pointerArgument(args, 2) + <usize>sample * chunks * C * 16;
  const gamma = pointerArgument(args, OWN);
  const count = <f64>(<usize>intArgument(args, ROWS) * size);
  const plane = (<usize>intArgument(args, SAMPLES) * groups) << 2;
  for (let g: usize = 0; g < groups; g++) {
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let chunk: usize = 0; chunk < chunks; chunk++) {
      const partial = partials + chunk * C * 16;
      for (let c = g * size; c < (g + 1) * size; c++) {
        const factor = <f64>load<f32>(gamma + (c << 2));
        sum += factor * load<f64>(partial + (c << 3));
        product += factor * load<f64>(partial + ((C + c) << 3));
      }
    }
    const place = (<usize>sample * groups + g) << 2;
    const inverse = <f64>inverseDeviation(pointerArgument(args, OWN + 1) + place, floatArgument(args, OWN + 2));
    const coefficients = pointerArgument(args, OWN + 3) + place;
    store<f32>(coefficients, <f32>inverse);
    store<f32>(coefficients + plane, <f32>((inverse * sum) / count));
    store<f32>(coefficients + 2 * plane, <f32>((inverse * inverse * inverse * product) / count));
  }
}

/** dGamma and dBeta. An item is 32 channels. args: dGamma, dBeta, partials, shared.., variance, epsilon */
export function groupNormGradientParameters(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const samples = <usize>intArgument(args, SAMPLES);
  const chunks = <usize>intArgument(args, CHUNKS);
  const groups = <usize>intArgument(args, GROUPS);
  const size = C / groups;
  const partials = pointerArgument(args, 2);
  const first = <usize>item * 32;
  const last = min(first + 32, C);
  for (let c = first; c < last; c++) {
    let dGamma: f64 = 0;
    let dBeta: f64 = 0;
    for (let n: usize = 0; n < samples; n++) {
      const variance = pointerArgument(args, OWN) + ((n * groups + c / size) << 2);
      let product: f64 = 0;
      for (let chunk = n * chunks; chunk < (n + 1) * chunks; chunk++) {
        const partial = partials + (chunk * C * 2 + c) * 8;
        dBeta += load<f64>(partial);
        product += load<f64>(partial + C * 8);
      }
      dGamma += product * <f64>inverseDeviation(variance, floatArgument(args, OWN + 1));
    }
    store<f32>(pointerArgument(args, 0) + (c << 2), <f32>dGamma);
    store<f32>(pointerArgument(args, 1) + (c << 2), <f32>dBeta);
  }
}

/** dx = gamma inverse dy - shift - slope (x - mean). args: dy, x, dx, shared.., gamma, mean, coefficients; scratch 5 W floats */
export function groupNormGradientApply(args: usize, item: i32, scratch: usize): void {
  const C = <usize>intArgument(args, CHANNELS);
  const W = C * <usize>intArgument(args, GROUP);
  const chunks = intArgument(args, CHUNKS);
  const groups = intArgument(args, GROUPS);
  const sample = item / chunks;
  const chunk = item - sample * chunks;
  const offset = chunkOffset(args, sample, chunk);
  const dy = pointerArgument(args, 0) + offset;
  const x = pointerArgument(args, 1) + offset;
  const dx = pointerArgument(args, 2) + offset;
  const end = rowsOfChunk(args, chunk) * C;
  const place = <usize>(sample * groups) << 2;
  const plane = <usize>(intArgument(args, SAMPLES) * groups) << 2;
  const coefficients = pointerArgument(args, OWN + 2) + place;
  const mean = scratch;
  const scale = mean + (W << 2);
  const shift = scale + (W << 2);
  const slope = shift + (W << 2);
  const own = slope + (W << 2);
  spreadGroups(pointerArgument(args, OWN + 1) + place, groups, C, own, mean, W);
  spreadGroups(coefficients + plane, groups, C, own, shift, W);
  spreadGroups(coefficients + 2 * plane, groups, C, own, slope, W);
  const size = C / <usize>groups;
  for (let c: usize = 0; c < C; c++) {
    const inverse = load<f32>(coefficients + ((c / size) << 2));
    store<f32>(own + (c << 2), inverse * load<f32>(pointerArgument(args, OWN) + (c << 2)));
  }
  spread(own, C, scale, W);
  for (let start: usize = 0; start < end; start += W) {
    const width = min(W, end - start);
    for (let i: usize = 0; i < width; i += 4) {
      const at = (start + i) << 2;
      const centered = f32x4.sub(v128.load(x + at), v128.load(mean + (i << 2)));
      const scaled = madd(v128.load(dy + at), v128.load(scale + (i << 2)), f32x4.neg(v128.load(shift + (i << 2))));
      storeLanes(dx + at, madd(f32x4.neg(centered), v128.load(slope + (i << 2)), scaled), width - i);
    }
  }
}
