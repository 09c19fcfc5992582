import { dispose, ops, type Initializer, type Kind, type Layer, type ParameterSpec, type Values } from '@striate/core';
import { initialValues } from '../initial-values.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { innerLayer, kernelsOf, withInnerName, wrapped, type InnerLayer } from '../wrapper.ts';

/**
 * Weight normalisation: each kernel of the inner layer becomes w = g v / |v|, where g, one number for each filter or unit,
 * and v, of the kernel's shape, are trained instead. A filter is a place of the kernel's last axis, and |v| its length
 * over the others. The parameters are called `kernelG` and `kernelV`; w begins as the inner layer's initialiser says.
 * Penalties and constraints of the kernel are those of v.
 *
 * Source: Salimans, Kingma 2016, "Weight normalization", https://arxiv.org/abs/1602.07868
 *
 * @param layer a layer with a kernel: `dense`, `conv2d`
 * @throws {OptionError} when a model is made, if the layer has no kernel
 * @example
 * const y = weightNorm(conv2d({ filters: 16, kernelSize: 3 }))(x);
 */
export const weightNorm: Kind<LayerOptions & InnerLayer, LayerFunction, [layer: Layer, options?: LayerOptions]> =
  layerKind({
    type: 'weightNorm',
    doc: 'Trains the length and the direction of each filter of the layer inside.',
    options: {
      layer: innerLayer,
    },
    call: 'weightNorm(dense({ units: 10 }))',
    shorthand: (layer: Layer, options: LayerOptions = {}) => ({
      ...withInnerName('weightNorm', layer, options),
      layer,
    }),
    make({ layer, ...settings }) {
      const { linear } = layer;
      return {
        ...wrapped(layer, (other) => weightNorm(other, settings)),
        // A factor of a filter is one of its length.
        ...(linear && {
          linear: {
            ...linear,
            kernel: `${linear.kernel}G`,
            withBias: () => weightNorm(linear.withBias(), settings),
          },
        }),
        parameters(inputs) {
          const kernels = kernelsOf('weightNorm', layer, inputs);
          const specs = Object.entries(layer.parameters!(inputs));
          return Object.fromEntries(
            specs.flatMap(([name, spec]): [string, ParameterSpec][] =>
              kernels[name] ? split(name, spec) : [[name, spec]],
            ),
          );
        },
        apply(inputs, values, context) {
          // Each kernel here is the v of one.
          const kernels = context.kernels.map((name) => name.slice(0, -1));
          const weights: Values = Object.fromEntries(
            kernels.map((name) => [name, ops.weightNorm({ v: values[`${name}V`]!, g: values[`${name}G`]! })]),
          );
          const result = layer.apply(inputs, { ...values, ...weights }, { ...context, kernels });
          dispose(weights);
          return result;
        },
      };
    },
  });

/** v takes the kernel's place; g begins as its lengths, so that w begins as v does. */
function split(name: string, spec: ParameterSpec): [string, ParameterSpec][] {
  const { shape, initializer } = spec;
  const filters = shape.at(-1)!;
  const lengths: Initializer = (_shape, { seed, name: path }) => {
    const values = initialValues(initializer, shape, { seed, name: path.replace(/G$/, 'V') });
    const squares = new Float64Array(filters);
    for (let place = 0; place < values.length; place++) squares[place % filters]! += values[place]! * values[place]!;
    return Float32Array.from(squares, Math.sqrt);
  };
  return [
    [`${name}V`, spec],
    [`${name}G`, { shape: [filters], initializer: lengths, kind: 'scale' }],
  ];
}
