import { OptionError, checkChoice, checkOptions, describe } from '@striate/core';
import {
  activation,
  add,
  batchNorm,
  conv2d,
  dense,
  globalAveragePool2d,
  heNormal,
  input,
  model,
  type Model,
  type SymbolicTensor,
} from '@striate/layers';
import { checkCommon } from './check-common.ts';
import { numbered } from './numbered.ts';

/** Options of {@link resnetCifar}. */
export interface ResnetCifarOptions {
  /** Layers with weights on the main path: 6n + 2, such as 20, 32, 44, 56 or 110. Default 20. */
  depth?: number;
  /**
   * What carries a block's input past it where the shape changes: a 1x1 convolution with batch norm ('projection', the
   * paper's option B, the default), or nothing: 'none' leaves all shortcuts out, which gives the plain net.
   */
  shortcut?: 'projection' | 'none';
  /** Default [32, 32, 3]. */
  inputShape?: readonly [number, number, number];
  /** Default 10. */
  classes?: number;
}

const known = { shortcut: true, inputShape: true, classes: true } as const;

/**
 * The residual networks for CIFAR: a 3x3 convolution with 16 filters, three stages of n blocks with 16, 32 and 64
 * filters (the later two begin with stride 2), global average pooling, one dense layer. Each convolution has batch
 * norm and no bias. It ends in logits. Depth 20 has 272,474 parameters, 2,752 of them in its two projections.
 *
 * Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition", section 4.2.
 *
 * @throws {OptionError} for a depth that is not 6n + 2, or an unknown shortcut
 * @example
 * const network = initialize(resnetCifar({ depth: 56, classes: 100 }), { seed: 1 });
 */
export function resnetCifar(options: ResnetCifarOptions = {}): Model {
  checkOptions('resnetCifar', options, { ...known, depth: true });
  const { depth = 20, shortcut = 'projection', inputShape = [32, 32, 3], classes = 10 } = options;
  checkCommon('resnetCifar', { inputShape, classes });
  checkChoice('resnetCifar', 'shortcut', shortcut, ['projection', 'none']);
  const blocks = typeof depth === 'number' ? (depth - 2) / 6 : 0;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new OptionError(
      `resnetCifar: depth is ${describe(depth)}, but must be 6n + 2: 8, 14, 20, 32, 44, 56, 110, ...`,
    );
  }

  const inputs = input(inputShape, { name: 'input' });
  let x = relu(convolution(inputs, 0, { filters: 16, kernelSize: 3, strides: 1 }), 0);
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < blocks; block++) {
      const place = stage * blocks + block;
      const isSmaller = stage > 0 && block === 0;
      const strides = isSmaller ? 2 : 1;
      // Those of the stages before have a convolution more, if there are projections.
      const projections = shortcut === 'none' ? 0 : isSmaller ? stage - 1 : stage;
      const first = 1 + 2 * place + projections;
      const inner = relu(convolution(x, first, { filters, kernelSize: 3, strides }), 1 + 2 * place);
      const residual = convolution(inner, first + 1, { filters, kernelSize: 3, strides: 1 });
      let y = residual;
      if (shortcut === 'projection') {
        const past = isSmaller ? convolution(x, first + 2, { filters, kernelSize: 1, strides }) : x;
        y = add({ name: numbered('add', place) })([residual, past]);
      }
      x = relu(y, 2 + 2 * place);
    }
  }
  const pooled = globalAveragePool2d({ name: 'globalAveragePool2d' })(x);
  const logits = dense({ name: 'dense', units: classes, kernelInitializer: heNormal() })(pooled);
  return model({ inputs, outputs: logits });
}

/** The residual network of 20 layers for CIFAR-10: {@link resnetCifar} of depth 20. */
export function resnet20(options: Omit<ResnetCifarOptions, 'depth'> = {}): Model {
  checkOptions('resnet20', options, known, 'resnet20({ classes: 10 }), or resnetCifar({ depth: 56 })');
  return resnetCifar({ ...options, depth: 20 });
}

/** Convolution without bias, and batch norm as PyTorch does it: the ones of this number in the model. */
function convolution(
  x: SymbolicTensor,
  place: number,
  sizes: { filters: number; kernelSize: number; strides: number },
): SymbolicTensor {
  const convolved = conv2d({
    name: numbered('conv2d', place),
    ...sizes,
    padding: (sizes.kernelSize - 1) / 2,
    useBias: false,
    kernelInitializer: heNormal(),
  })(x);
  const options = { momentum: 0.9, epsilon: 1e-5, convention: 'pytorch' } as const;
  return batchNorm({ name: numbered('batchNorm', place), ...options })(convolved);
}

function relu(x: SymbolicTensor, place: number): SymbolicTensor {
  return activation({ name: numbered('activation', place), activation: 'relu' })(x);
}
