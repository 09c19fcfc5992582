import { fill, ops, option, tidy, type Kind } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { randomLayer, rateOption } from '../random-layer.ts';

/** Options of {@link stochasticDepth}. */
export interface StochasticDepthOptions extends LayerOptions {
  /** Probability that a branch is dropped, at least 0 and less than 1. */
  rate: number;
  /** 'row', the default: each sample by itself; 'batch': all samples of a step together. */
  mode?: 'row' | 'batch';
}

/**
 * Drops residual branches: at the end of a branch, before it is added to its shortcut, all values of a sample are set to
 * 0 with probability `rate` in training, or else divided by 1 - rate. The network is then shallower for that sample.
 *
 * Source: Huang et al. 2016, "Deep networks with stochastic depth", https://arxiv.org/abs/1603.09382 (there the branch is
 * multiplied by 1 - rate in inference instead)
 *
 * @throws {OptionError} if the rate is out of range or the mode unknown
 * @example
 * const y = add()([stochasticDepth({ rate: 0.2 })(branch), shortcut]);
 */
export const stochasticDepth: Kind<StochasticDepthOptions, LayerFunction> = layerKind({
  type: 'stochasticDepth',
  doc: 'Drops residual branches in training.',
  options: {
    rate: rateOption('Probability that a branch is dropped.'),
    mode: option.choice({
      doc: "'row': each sample by itself; 'batch': all samples of a step together.",
      names: ['row', 'batch'],
      default: 'row',
    }),
  },
  make: ({ rate, mode }) =>
    randomLayer('stochasticDepth', rate, {
      drop: (x, source) =>
        tidy(() => {
          const rows = mode === 'row' ? x.shape[0] : 1;
          const ones = fill([rows, ...x.shape.slice(1).map(() => 1)], 1);
          // Wherever a worker's samples begin, a whole batch shares one draw.
          const sampleOffset = mode === 'row' ? source.sampleOffset : 0;
          return ops.scaleBy(x, ops.dropout(ones, { ...source, sampleOffset, rate }));
        }),
    }),
});
