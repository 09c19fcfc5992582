import { ShapeError, ops, option, tidy, type Kind, type Shape } from '@striate/core';
import { alongAxis, axisOption, type AxisOption } from '../along-axis.ts';
import { formatShape, knownSize, onlyInput } from '../input-shapes.ts';
import type { LayerFunction } from '../layer-function.ts';
import { layerKind, type LayerMade } from '../layer-kind.ts';
import {
  scaleAndCenter,
  scaleAndCenterOptions,
  scaleAndCenterValues,
  type ScaleAndCenterOptions,
} from '../scale-and-center.ts';
import { activation } from './activation.ts';

/** Options of {@link groupNorm}. */
export interface GroupNormOptions extends ScaleAndCenterOptions, AxisOption {
  /** Into how many groups of neighbours the channels are cut. Default 32. */
  groups?: number;
}

/**
 * Normalises each sample by itself, each group of channels over all places together:
 *
 *   y = (x - mean) / sqrt(variance + epsilon) * gamma + beta
 *
 * with the biased variance, in training and inference alike: it works for any batch size. Shapes: x and y [N, ..., C];
 * gamma and beta [C].
 *
 * Source: Wu, He 2018, "Group normalization", https://arxiv.org/abs/1803.08494
 *
 * @throws {OptionError} for impossible options
 * @throws {ShapeError} when a model is made, if the groups do not divide the channels
 * @example
 * const y = groupNorm({ groups: 8 })(conv2d({ filters: 64, kernelSize: 3 })(x));
 */
export const groupNorm: Kind<GroupNormOptions, LayerFunction> = layerKind({
  type: 'groupNorm',
  doc: 'Normalises each sample by itself, each group of channels over all places.',
  options: {
    groups: option.count({ doc: 'Into how many groups of neighbours the channels are cut.', default: 32 }),
    ...scaleAndCenterOptions,
    ...axisOption,
  },
  make: (settings) => normalizedGroups('groupNorm', settings, () => settings.groups),
});

/** Group normalisation with a number of groups that may depend on that of the channels. */
export function normalizedGroups(
  type: string,
  settings: Required<Omit<ScaleAndCenterOptions, 'name' | 'trainable'>> & AxisOption,
  groupsOf: (channels: number) => number,
): LayerMade {
  const channelsOf = (inputs: readonly Shape[]): number => knownSize(type, onlyInput(type, inputs));
  return alongAxis(type, settings.axis, {
    withoutZeroSlopes: () => activation({ activation: 'linear' }),
    outputShapes(inputs) {
      const channels = channelsOf(inputs);
      const groups = groupsOf(channels);
      if (channels % groups !== 0) {
        throw new ShapeError(
          `${type}: x is ${formatShape(inputs[0]!)}, but its ${channels} channels cannot be cut into ${groups} groups. Choose groups that divide them.`,
        );
      }
      return [inputs[0]!];
    },
    parameters: (inputs) => scaleAndCenter([channelsOf(inputs)], settings),
    apply: ([x], values) =>
      tidy(() => {
        const channels = x!.shape.at(-1)!;
        const affine = scaleAndCenterValues([channels], values);
        const { epsilon } = settings;
        return { outputs: [ops.groupNorm({ x: x!, ...affine }, { groups: groupsOf(channels), epsilon })] };
      }),
  });
}
