import { option, randomUniform, sizeOf, type Kind, type KindRecord } from '@striate/core';
import { fans } from '../fans.ts';
import { initializerKind, keyOf } from '../initializer-kind.ts';

/** Options of {@link pytorchDefault}. */
export interface PytorchDefaultOptions {
  /** Default 0: the fan in of the parameter's own shape, or of the kernel whose bias it is. */
  fanIn?: number;
}

/**
 * What PyTorch's Conv2d and Linear start from: uniform between -1 / sqrt(fan in) and 1 / sqrt(fan in), which is
 * Kaiming uniform with a = sqrt(5). As a bias initialiser it takes the fan in of the layer's kernel.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * dense({ units: 10, kernelInitializer: pytorchDefault(), biasInitializer: pytorchDefault() });
 */
export const pytorchDefault: Kind<PytorchDefaultOptions, KindRecord> = initializerKind({
  type: 'pytorchDefault',
  doc: 'What PyTorch starts from: uniform between -1 / sqrt(fan in) and 1 / sqrt(fan in).',
  options: {
    fanIn: option.number({
      doc: "Inputs of a neuron. 0: as the shape says, or the bias' kernel.",
      default: 0,
      minimum: 0,
    }),
  },
  make:
    ({ fanIn }) =>
    (shape, random) => {
      const limit = 1 / Math.sqrt(fanIn || fans(shape).fanIn);
      return randomUniform(keyOf(random), sizeOf(shape), { minimum: -limit, maximum: limit });
    },
});
