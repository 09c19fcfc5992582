import {
  dispose,
  hashName,
  ops,
  option,
  randomNormal,
  streams,
  type Initializer,
  type InitializerRandom,
  type Kind,
  type Layer,
  type ParameterSpec,
  type Values,
} from '@striate/core';
import { initialValues } from '../initial-values.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { innerLayer, kernelsOf, withInnerName, wrapped, type InnerLayer } from '../wrapper.ts';

/** Options of {@link spectralNorm}. */
export interface SpectralNormOptions extends LayerOptions {
  /** Steps of the power iteration in each training step. Default 1. */
  iterations?: number;
  /** Added to lengths that are divided by. Default 1e-12. */
  epsilon?: number;
}

/** Steps of the power iteration before the first training step, as many as PyTorch makes. */
const firstIterations = 15;

/**
 * Spectral normalisation: the inner layer computes with kernel / sigma, where sigma is the kernel's largest singular value
 * as a matrix with one column for each filter or unit (its last axis). A power iteration approaches it, in training alone:
 *
 *   v = W u / |W u|,   u = W^T v / |W^T v|,   sigma = v^T W u
 *
 * u and v are the layer's state, `kernelU` and `kernelV`; they begin close to the first kernel's, and count as constants in
 * the gradient.
 *
 * Source: Miyato et al. 2018, "Spectral normalization for generative adversarial networks",
 * https://arxiv.org/abs/1802.05957
 *
 * @param layer a layer with a kernel: `dense`, `conv2d`
 * @throws {OptionError} for impossible options, or, when a model is made, if the layer has no kernel
 * @example
 * const y = spectralNorm(conv2d({ filters: 16, kernelSize: 3 }))(x);
 */
export const spectralNorm: Kind<
  SpectralNormOptions & InnerLayer,
  LayerFunction,
  [layer: Layer, options?: SpectralNormOptions]
> = layerKind({
  type: 'spectralNorm',
  doc: 'Divides kernels of the layer inside by their largest singular value.',
  options: {
    layer: innerLayer,
    iterations: option.count({ doc: 'Steps of the power iteration in each training step.', default: 1 }),
    epsilon: option.number({ doc: 'Added to lengths that are divided by.', default: 1e-12, minimum: 0 }),
  },
  call: 'spectralNorm(dense({ units: 10 }))',
  shorthand: (layer: Layer, options: SpectralNormOptions = {}) => ({
    ...withInnerName('spectralNorm', layer, options),
    layer,
  }),
  make({ layer, ...settings }) {
    const { iterations, epsilon } = settings;
    return {
      ...wrapped(layer, (other) => spectralNorm(other, settings)),
      state(inputs) {
        const kernels = Object.entries(kernelsOf('spectralNorm', layer, inputs));
        return Object.fromEntries([
          ...Object.entries(layer.state?.(inputs) ?? {}),
          ...kernels.flatMap(([name, spec]) => vectors(name, spec)),
        ]);
      },
      apply(inputs, values, context) {
        const [weights, state]: [Values, Values] = [{}, {}];
        for (const name of context.kernels) {
          const given = { kernel: values[name]!, u: values[`${name}U`]!, v: values[`${name}V`]! };
          const { w, u, v, sigma } = ops.spectralNorm(given, {
            iterations: context.training ? iterations : 0,
            epsilon,
          });
          weights[name] = w;
          Object.assign(state, { [`${name}U`]: u, [`${name}V`]: v });
          sigma.dispose();
        }
        const result = layer.apply(inputs, { ...values, ...weights }, context);
        dispose(weights);
        if (context.training) return { ...result, state: { ...result.state, ...state } };
        dispose(state);
        return result;
      },
    };
  },
});

function vectors(name: string, { shape, initializer }: ParameterSpec): [string, ParameterSpec][] {
  const columns = shape.at(-1)!;
  const rows = shape.reduce((product, size) => product * size, 1) / columns;
  const first =
    (which: 'u' | 'v'): Initializer =>
    (_shape, { seed, name: path }) => {
      const kernel = { seed, name: path.replace(/[UV]$/, '') };
      return powerIteration(initialValues(initializer, shape, kernel), rows, columns, kernel)[which];
    };
  const kind = 'statistic';
  return [
    [`${name}U`, { shape: [columns], initializer: first('u'), kind }],
    [`${name}V`, { shape: [rows], initializer: first('v'), kind }],
  ];
}

/** Singular vectors of a matrix, from random ones. */
function powerIteration(
  matrix: Float32Array,
  rows: number,
  columns: number,
  { seed, name }: InitializerRandom,
): Record<'u' | 'v', Float32Array> {
  const key = { seed, stream: streams.initializer, call: hashName(`${name}U`), step: 0 };
  let u = unit(randomNormal(key, columns));
  let v = new Float32Array(rows);
  for (let step = 0; step < firstIterations; step++) {
    const [down, across] = [new Float32Array(rows), new Float32Array(columns)];
    for (let place = 0; place < matrix.length; place++)
      down[Math.floor(place / columns)]! += matrix[place]! * u[place % columns]!;
    v = unit(down);
    for (let place = 0; place < matrix.length; place++)
      across[place % columns]! += matrix[place]! * v[Math.floor(place / columns)]!;
    u = unit(across);
  }
  return { u, v };
}

function unit(vector: Float32Array): Float32Array<ArrayBuffer> {
  // A kernel of zeros has no direction.
  const length = Math.max(1e-12, Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)));
  return Float32Array.from(vector, (value) => value / length);
}
