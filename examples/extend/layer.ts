// A layer of your own that fuses and folds as those of @striate/layers do, is saved, loaded, penalised and frozen.
import { ops, option, type Activation, type Kind, type Regularizer } from '@striate/core';
import { defineLayerKind, heNormal, type LayerFunction, type LayerOptions } from '@striate/layers';
import { l2, penalties } from '@striate/regularizers';

/** Options of {@link pointwise}. */
export interface PointwiseOptions extends LayerOptions {
  /** Number of output channels. */
  filters: number;
  /** Default 'linear'. */
  activation?: 'linear' | 'relu';
  /** Default true. */
  useBias?: boolean;
  /** Penalty on the kernel. Default: none. */
  kernelRegularizer?: Regularizer;
}

const window = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;

/**
 * A convolution of single pixels: y = activation(x kernel + bias + residual). Shapes: x [N, H, W, C], kernel
 * [1, 1, C, filters], bias [filters], residual and y [N, H, W, filters].
 */
export const pointwise: Kind<PointwiseOptions, LayerFunction> = defineLayerKind({
  type: 'me/pointwise',
  doc: 'A convolution of single pixels.',
  options: {
    filters: option.count({ doc: 'Number of output channels.', example: 16 }),
    activation: option.choice({ doc: 'Applied to the result.', names: ['linear', 'relu'], default: 'linear' }),
    useBias: option.flag({ doc: 'Whether a bias is added.', default: true }),
    kernelRegularizer: option.optional(
      option.nested<Regularizer>(penalties, { doc: 'Penalty on the kernel.', example: l2() }),
    ),
  },
  make(settings) {
    const { filters, activation, useBias, kernelRegularizer } = settings;
    return {
      outputShapes: ([image]) => [[...image!.slice(0, 2), filters]],
      parameters: ([image]) => ({
        kernel: {
          shape: [1, 1, image![2]!, filters],
          initializer: heNormal(),
          kind: 'kernel',
          ...(kernelRegularizer && { regularizer: kernelRegularizer }),
        },
        ...(useBias && { bias: { shape: [filters], initializer: { type: 'zeros' }, kind: 'bias' } }),
      }),
      multiplyAdds: ([image]) => image![0]! * image![1]! * image![2]! * filters,
      apply([x, residual], { kernel, bias }) {
        const inputs = { x: x!, kernel: kernel!, bias };
        const attributes = { ...window, activation };
        return {
          outputs: [
            residual ? ops.residualConv2d({ ...inputs, residual }, attributes) : ops.conv2d(inputs, attributes),
          ],
        };
      },
      // From here on, what the layer says of itself: each line is optional.
      activation,
      // A relu behind it becomes its own.
      withActivation: (other: Activation) =>
        other === 'linear' || other === 'relu' ? pointwise({ ...settings, activation: other }) : undefined,
      // A sum behind it becomes a second input.
      takesResidual: true,
      // A batch norm behind it becomes part of kernel and bias (foldBatchNorm).
      linear: { kernel: 'kernel', bias: 'bias', axis: -1, withBias: () => pointwise({ ...settings, useBias: true }) },
      // regularize(model, { kernel: l2(1e-4) })
      withPenalties: ({ kernel }) => pointwise({ ...settings, ...(kernel && { kernelRegularizer: kernel }) }),
    };
  },
});
