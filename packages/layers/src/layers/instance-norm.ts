import type { Kind } from '@striate/core';
import { axisOption, type AxisOption } from '../along-axis.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { scaleAndCenterOptions, type ScaleAndCenterOptions } from '../scale-and-center.ts';
import { normalizedGroups } from './group-norm.ts';

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions extends ScaleAndCenterOptions, AxisOption {}

/**
 * Normalises each channel of each sample by itself, over height and width:
 *
 *   y = (x - mean) / sqrt(variance + epsilon) * gamma + beta
 *
 * with the biased variance, in training and inference alike. (PyTorch's InstanceNorm2d has neither gamma nor beta by
 * default: `scale: false, center: false`.) Shapes: x and y [N, ..., C]; gamma and beta [C].
 *
 * Source: Ulyanov, Vedaldi, Lempitsky 2016, "Instance normalization: the missing ingredient for fast stylization",
 * https://arxiv.org/abs/1607.08022
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the number of channels is not known
 * @example
 * const y = instanceNorm({ epsilon: 1e-5 })(x);
 */
export const instanceNorm: Kind<InstanceNormOptions, LayerFunction> = layerKind({
  type: 'instanceNorm',
  doc: 'Normalises each channel of each sample by itself.',
  options: {
    ...scaleAndCenterOptions,
    ...axisOption,
  },
  make: (settings) => normalizedGroups('instanceNorm', settings, (channels) => channels),
});
