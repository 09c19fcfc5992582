import { randomNormal, sizeOf, streams } from '@striate/core';
import {
  activation,
  add,
  batchNorm,
  conv2d,
  dense,
  globalAveragePool2d,
  input,
  maxPool2d,
  model,
  parameterSpecs,
  stateSpecs,
  type Model,
  type SymbolicTensor,
} from '@striate/layers';
import { type FileTensor, writeSafetensors } from './safetensors.ts';

/** Blocks of a stage, and filters of their inner convolutions. */
const stages = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
] as const;

/**
 * ResNet-50 for 224x224 pictures, with the stride of a block in its 3x3 convolution.
 *
 * Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition"; the stride as in torchvision.
 */
export function resnet50(): Model {
  const inputs = input([224, 224, 3]);
  let x = maxPool2d({ poolSize: 3, strides: 2, padding: 1 })(relu(normalized(inputs, 'stem', 64, 7, 2)));
  for (const [stage, [blocks, filters]] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage}.block${block}`;
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const first = relu(normalized(x, `${name}.first`, filters, 1, 1));
      const second = relu(normalized(first, `${name}.second`, filters, 3, strides));
      const third = normalized(second, `${name}.third`, 4 * filters, 1, 1);
      const shortcut = block === 0 ? normalized(x, `${name}.shortcut`, 4 * filters, 1, strides) : x;
      x = relu(add()([third, shortcut]));
    }
  }
  return model({ inputs, outputs: dense({ units: 1000, name: 'head' })(globalAveragePool2d()(x)) });
}

function normalized(
  x: SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number,
  strides: number,
): SymbolicTensor {
  const padding = (kernelSize - 1) / 2;
  const convolved = conv2d({ filters, kernelSize, strides, padding, useBias: false, name })(x);
  return batchNorm({ epsilon: 1e-5, name: `${name}.norm` })(convolved);
}

function relu(x: SymbolicTensor): SymbolicTensor {
  return activation({ activation: 'relu' })(x);
}

/** Writes weights that keep activations near 1, and a batch of pictures `x`, for both sides of a comparison. */
export function writeWeights(path: string, network: Model, batch: number): void {
  let call = 0;
  const normal = (shape: readonly number[]): Float32Array =>
    randomNormal({ seed: 1, stream: streams.noise, call: call++, step: 0 }, sizeOf(shape));
  const tensors = new Map<string, FileTensor>();
  for (const [name, { shape }] of Object.entries({ ...parameterSpecs(network), ...stateSpecs(network) })) {
    const fanIn = sizeOf(shape) / shape.at(-1)!;
    const values = normal(shape).map((value) => {
      if (name.endsWith('kernel')) return value * Math.sqrt(2 / fanIn);
      if (name.endsWith('gamma')) return 0.7 + 0.1 * value;
      return name.endsWith('Variance') ? 1 + 0.1 * Math.abs(value) : 0.1 * value;
    });
    tensors.set(name, { shape: [...shape], values });
  }
  const shape = [batch, 224, 224, 3];
  tensors.set('x', { shape, values: normal(shape) });
  writeSafetensors(path, tensors);
}
