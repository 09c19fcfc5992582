import { OptionError, ops, streams, type Kind, type Layer, type Values } from '@striate/core';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { rateOption } from '../random-layer.ts';
import { innerLayer, withInnerName, wrapped, type InnerLayer } from '../wrapper.ts';

/** Options of {@link dropConnect}. */
export interface DropConnectOptions extends LayerOptions {
  /** Share of the weights that are dropped, at least 0 and less than 1. */
  rate: number;
}

/**
 * Drops weights instead of activations: in training, each weight of the inner layer's kernels is set to 0 with
 * probability `rate` in a step, for all samples alike, and the others are divided by 1 - rate. Parameters, shapes and
 * inference are those of the inner layer.
 *
 * Source: Wan et al. 2013, "Regularization of neural networks using DropConnect",
 * https://proceedings.mlr.press/v28/wan13.html (there each sample has a mask of its own)
 *
 * @param layer a layer with a kernel: `dense`, `conv2d`
 * @throws {OptionError} if the rate is out of range, or, when a model is made, if the layer has no kernel
 * @example
 * const y = dropConnect(dense({ units: 100, activation: 'relu' }), { rate: 0.5 })(x);
 */
export const dropConnect: Kind<
  DropConnectOptions & InnerLayer,
  LayerFunction,
  [layer: Layer, options: DropConnectOptions]
> = layerKind({
  type: 'dropConnect',
  doc: 'Drops weights of the layer inside in training.',
  options: {
    layer: innerLayer,
    rate: rateOption('Share of the weights that are dropped.'),
  },
  call: 'dropConnect(dense({ units: 10 }), { rate: 0.5 })',
  shorthand: (layer: Layer, options: DropConnectOptions) => ({
    ...withInnerName('dropConnect', layer, options),
    layer,
  }),
  make({ layer, ...settings }) {
    const { type } = layer;
    const { rate } = settings;
    const { linear } = layer;
    return {
      ...wrapped(layer, (other) => dropConnect(other, settings)),
      ...(linear && { linear: { ...linear, withBias: () => dropConnect(linear.withBias(), settings) } }),
      random: true,
      parameters(inputs) {
        const specs = layer.parameters?.(inputs) ?? {};
        if (Object.values(specs).some(({ kind }) => kind === 'kernel')) return specs;
        throw new OptionError(`dropConnect: a layer of type '${type}' has no kernel whose weights could be dropped.`);
      },
      apply(inputs, values, context) {
        const { random, kernels } = context;
        if (!random || rate === 0) return layer.apply(inputs, values, context);
        // One mask for the batch, wherever a worker's samples begin; each kernel's numbers are its own.
        const masked: Values = Object.fromEntries(
          kernels.map((kernel, place) => {
            const source = { ...random, stream: streams.dropout, sampleOffset: place << 24 };
            return [kernel, ops.dropout(values[kernel]!, { ...source, rate })];
          }),
        );
        const result = layer.apply(inputs, { ...values, ...masked }, context);
        for (const mask of Object.values(masked)) mask.dispose();
        return result;
      },
    };
  },
});
