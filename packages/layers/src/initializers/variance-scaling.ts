import {
  option,
  randomNormal,
  randomUniform,
  sizeOf,
  truncatedNormal,
  type InitializerRandom,
  type Kind,
  type KindRecord,
} from '@striate/core';
import { fans } from '../fans.ts';
import { initializerKind, keyOf, type InitializerFunction } from '../initializer-kind.ts';

/** Options of {@link varianceScaling}. */
export interface VarianceScalingOptions {
  /** At least 0. Default 1. */
  scale?: number;
  /** Which number of connections the variance is divided by. Default 'fanIn'. */
  mode?: 'fanIn' | 'fanOut' | 'fanAvg';
  /** Default 'truncatedNormal'. */
  distribution?: 'truncatedNormal' | 'untruncatedNormal' | 'uniform';
}

/** Standard deviation of a unit Gaussian that was cut at two standard deviations. */
const truncatedDeviation = 0.879_625_661_034_239_78;

/**
 * Zero mean and variance `scale / fan`, the fan being the number of inputs ('fanIn') or outputs ('fanOut') of a
 * neuron, or their mean ('fanAvg'). The other initialisers with "fan" in their description are special cases.
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * conv2d({ filters: 16, kernelSize: 3, kernelInitializer: varianceScaling({ scale: 2, mode: 'fanOut' }) });
 */
export const varianceScaling: Kind<VarianceScalingOptions, KindRecord> = initializerKind({
  type: 'varianceScaling',
  doc: 'Zero mean and variance scale / fan.',
  options: {
    scale: option.number({ doc: 'The variance times the fan.', default: 1, minimum: 0 }),
    mode: option.choice({
      doc: 'Which number of connections the variance is divided by.',
      names: ['fanIn', 'fanOut', 'fanAvg'],
      default: 'fanIn',
    }),
    distribution: option.choice({
      doc: 'How values are distributed.',
      names: ['truncatedNormal', 'untruncatedNormal', 'uniform'],
      default: 'truncatedNormal',
    }),
  },
  make: (options) => scaled(options),
});

/** What {@link varianceScaling} and its special cases draw. */
export function scaled({
  scale = 1,
  mode = 'fanIn',
  distribution = 'truncatedNormal',
}: VarianceScalingOptions): InitializerFunction {
  return (shape: readonly number[], random: InitializerRandom) => {
    const key = keyOf(random);
    const { fanIn, fanOut } = fans(shape);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
    const standardDeviation = Math.sqrt(scale / Math.max(1, fan));
    if (distribution === 'uniform') {
      const limit = Math.sqrt(3) * standardDeviation;
      return randomUniform(key, sizeOf(shape), { minimum: -limit, maximum: limit });
    }
    if (distribution === 'untruncatedNormal') return randomNormal(key, sizeOf(shape), { standardDeviation });
    return truncatedNormal(key, sizeOf(shape), { standardDeviation: standardDeviation / truncatedDeviation });
  };
}
