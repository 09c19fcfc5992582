import { type FileTensor, writeSafetensors } from './safetensors.ts';

/** Batches of data in a start file; step n trains on batch n modulo this. */
export const startBatches = 16;

/** Images in a batch, where nobody asks for another number. */
export const batchSizes: Record<'cnn' | 'resnet20', number> = { cnn: 64, resnet20: 128 };

/**
 * Writes the file that every side of a comparison starts from: initial weights (HWIO kernels,
 * [inputs, units] for dense layers; He-uniform, and Glorot-uniform for dense layers), and `startBatches` batches of images `x` (NHWC)
 * and `labels`. Smaller batches are for devices that are too slow for whole ones.
 */
export function writeStartFile(
  path: string,
  model: 'cnn' | 'resnet20',
  seed: number,
  batch: number = batchSizes[model],
): void {
  const random = generator(seed);
  const tensors = new Map<string, FileTensor>();
  const kernel = (name: string, shape: number[]): void => {
    const inputs = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const fan = shape.length === 2 ? inputs + shape[1]! : inputs;
    tensors.set(name, { shape, values: uniform(random, shape, Math.sqrt(6 / fan)) });
  };
  const constant = (name: string, size: number, value: number): void => {
    tensors.set(name, { shape: [size], values: new Float32Array(size).fill(value) });
  };
  if (model === 'cnn') {
    for (const [name, shape] of cnnKernels) {
      kernel(`${name}.kernel`, shape);
      constant(`${name}.bias`, shape.at(-1)!, 0);
    }
    addData(tensors, random, [batch, 28, 28, 1]);
  } else {
    for (const [name, shape] of resnet20Convolutions()) {
      kernel(`${name}.kernel`, shape);
      constant(`${name}.gamma`, shape.at(-1)!, 1);
      constant(`${name}.beta`, shape.at(-1)!, 0);
    }
    kernel('head.kernel', [64, 10]);
    constant('head.bias', 10, 0);
    addData(tensors, random, [batch, 32, 32, 3]);
  }
  writeSafetensors(path, tensors);
}

const cnnKernels: [string, number[]][] = [
  ['conv1', [3, 3, 1, 32]],
  ['conv2', [3, 3, 32, 64]],
  ['dense1', [1600, 128]],
  ['dense2', [128, 10]],
];

function resnet20Convolutions(): [string, number[]][] {
  const convolutions: [string, number[]][] = [['stem', [3, 3, 3, 16]]];
  let channels = 16;
  for (let block = 0; block < 9; block++) {
    const filters = 16 << Math.floor(block / 3);
    convolutions.push([`block${block}.first`, [3, 3, channels, filters]]);
    convolutions.push([`block${block}.second`, [3, 3, filters, filters]]);
    if (filters !== channels) convolutions.push([`block${block}.shortcut`, [1, 1, channels, filters]]);
    channels = filters;
  }
  return convolutions;
}

/** Noise around one pattern a class; a quarter of the labels is random, so that the loss stays well above 0. */
function addData(tensors: Map<string, FileTensor>, random: () => number, shape: number[]): void {
  const [batch, ...imageShape] = shape as [number, ...number[]];
  const size = imageShape.reduce((product, extent) => product * extent, 1);
  const patterns = uniform(random, [10, size], 0.5);
  const x = uniform(random, [startBatches, ...shape], 1);
  const labels = new Int32Array(startBatches * batch);
  for (let sample = 0; sample < labels.length; sample++) {
    const pattern = Math.floor(random() * 10);
    labels[sample] = random() < 0.25 ? Math.floor(random() * 10) : pattern;
    for (let pixel = 0; pixel < size; pixel++) {
      x[sample * size + pixel]! += patterns[pattern * size + pixel]!;
    }
  }
  tensors.set('x', { shape: [startBatches, ...shape], values: x });
  tensors.set('labels', { shape: [startBatches, batch], values: labels });
}

function uniform(random: () => number, shape: number[], limit: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  return values.map(() => (random() * 2 - 1) * limit);
}

/** Mulberry32: a small seeded generator, good enough for a benchmark's data. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
