import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, once, only, type Op } from '../define-op.ts';
import { ShapeError } from '../errors.ts';
import { activation as activate, activationGradient } from './activation.ts';
import { add } from './add.ts';
import {
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  conv2dShape,
  type BiasUse,
  type Conv2dAttributes,
} from './conv2d.ts';

type ResidualConv2dInputs = { x: Tensor; kernel: Tensor; bias?: Tensor | undefined; residual: Tensor };

export const residualConv2dOp: Op<ResidualConv2dInputs, Conv2dAttributes & BiasUse> = defineOp({
  name: 'striate.ResidualConv2d',
  optional: ['bias'],
  shapes({ residual, ...inputs }, attributes) {
    const shape = conv2dShape(inputs, attributes);
    if (residual.shape.join() !== shape.join()) {
      throw new ShapeError(
        `residualConv2d: the residual is [${residual.shape.join(', ')}], but the convolution gives [${shape.join(', ')}].`,
      );
    }
    return [shape];
  },
  reference({ residual, ...inputs }, attributes) {
    const sum = add(conv2d(inputs, { ...attributes, activation: 'linear' }), residual);
    return attributes.activation === 'relu' ? activate(sum, 'relu') : sum;
  },
  gradient: {
    saves: ['x', 'kernel'],
    savesOutputs: true,
    of({ dys: [dy], inputs: { x, kernel }, outputs: [y], attributes: { activation, useBias, ...geometry } }) {
      const dz = once(() => (activation === 'relu' ? activationGradient({ dy: dy!, y: y! }, 'relu') : dy!));
      const kernelAndBias = once(() =>
        conv2dKernelGradient({ x, dy: dz() }, { kernelShape: kernel.shape, useBias, ...geometry }),
      );
      return {
        x: () => conv2dInputGradient({ dy: dz(), kernel }, { inputShape: x.shape, ...geometry }),
        kernel: () => kernelAndBias()[0],
        bias: () => kernelAndBias()[1]!,
        residual: () => dz().clone(),
      };
    },
  },
});

/**
 * Convolution as {@link conv2d} computes it, with a residual that is added before the activation:
 *
 *   y = act(conv2d(x, kernel) + bias + residual)
 *
 * Shapes: those of {@link conv2d}; residual as y, [N, OH, OW, F].
 *
 * @throws {ShapeError} if channels, groups or sizes do not fit, or the residual is not of the output's shape.
 * @example
 * const y = ops.residualConv2d({ x, kernel, residual: x }, { strides: [1, 1], padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1, activation: 'relu' });
 */
export function residualConv2d(inputs: ResidualConv2dInputs, attributes: Conv2dAttributes): Tensor {
  return only(residualConv2dOp(inputs, { ...attributes, useBias: inputs.bias !== undefined }));
}
