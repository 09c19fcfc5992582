// Which initialiser each parameter takes: by default, and through the option that is meant for it and no other.
import { describe, expect, it } from 'vitest';
import { constant } from '../initializers/index.ts';
import type { LayerFunction } from '../layer-function.ts';
import { conv1d } from './conv1d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { locallyConnected2d } from './locally-connected2d.ts';
import { maxout } from './maxout.ts';
import { prelu } from './prelu.ts';
import { separableConv2d } from './separable-conv2d.ts';

const image = { filters: 2, kernelSize: 3 };
type Make = (options: object) => LayerFunction;
/** For each layer: its input, and for each parameter the option and the default. */
const layers: Record<
  string,
  { make: Make; shape: number[]; defaults: Record<string, [option: string, type: string]> }
> = {
  conv1d: kernelAndBias((options) => conv1d({ ...image, ...options }), [8, 3]),
  conv2d: kernelAndBias((options) => conv2d({ ...image, ...options }), [8, 8, 3]),
  conv2dTranspose: kernelAndBias((options) => conv2dTranspose({ ...image, ...options }), [8, 8, 3]),
  locallyConnected2d: kernelAndBias((options) => locallyConnected2d({ ...image, ...options }), [8, 8, 3]),
  dense: kernelAndBias((options) => dense({ units: 2, ...options }), [3]),
  maxout: kernelAndBias((options) => maxout({ units: 2, pieces: 2, ...options }), [3]),
  depthwiseConv2d: {
    make: (options) => depthwiseConv2d({ kernelSize: 3, ...options }),
    shape: [8, 8, 3],
    defaults: { kernel: ['depthwiseInitializer', 'glorotUniform'], bias: ['biasInitializer', 'zeros'] },
  },
  separableConv2d: {
    make: (options) => separableConv2d({ ...image, ...options }),
    shape: [8, 8, 3],
    defaults: {
      depthwiseKernel: ['depthwiseInitializer', 'glorotUniform'],
      pointwiseKernel: ['pointwiseInitializer', 'glorotUniform'],
      bias: ['biasInitializer', 'zeros'],
    },
  },
  prelu: { make: (options) => prelu(options), shape: [3], defaults: { alpha: ['alphaInitializer', 'zeros'] } },
};

describe.each(Object.entries(layers))('%s', (_, { make, shape, defaults }) => {
  const initializersOf = (options: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(make(options).parameters!([shape])).map(([name, { initializer }]) => [name, initializer]),
    );
  const byDefault = Object.fromEntries(Object.entries(defaults).map(([name, [, type]]) => [name, { type }]));

  it('has its defaults', () => {
    expect(initializersOf({})).toEqual(byDefault);
  });

  it.each(Object.entries(defaults))('%s has an option of its own', (name, [option]) => {
    expect(initializersOf({ [option]: constant({ value: 2 }) })).toEqual({
      ...byDefault,
      [name]: constant({ value: 2 }),
    });
  });
});

function kernelAndBias(make: Make, shape: number[]): (typeof layers)[string] {
  return {
    make,
    shape,
    defaults: { kernel: ['kernelInitializer', 'glorotUniform'], bias: ['biasInitializer', 'zeros'] },
  };
}
