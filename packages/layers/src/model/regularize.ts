import { OptionError, checkFunction, checkOptions, type Json, type Layer, type Regularizer } from '@striate/core';
import { checkRegularizer } from '@striate/regularizers';
import type { LayerFactory } from '../layer-function.ts';
import { innerRecord, makeLayer } from '../make-layer.ts';
import { checkModel } from './check-model.ts';
import type { Model } from './model.ts';
import { replaceLayers } from './replace-layers.ts';

/** Options of {@link regularize}. */
export interface RegularizeOptions {
  /** Penalty on kernels. Default: as they are. */
  kernel?: Regularizer;
  /** Penalty on biases. Default: as they are. */
  bias?: Regularizer;
  /** Which layers, by name. Default: all that have a kernel. */
  where?: (layerName: string) => boolean;
  /** Factories of layer types that do not come with this package, by type. */
  layers?: Record<string, LayerFactory>;
}

type Options = Layer['options'];

/**
 * A model with penalties on its kernels, its biases, or both, in all layers or some: as if the layers had been made
 * with `kernelRegularizer` and `biasRegularizer`. Names of parameters stay, so that weights still fit.
 *
 * @returns a new model; the one given is left alone
 * @throws {OptionError} if there is no penalty, or if `where` chooses no layer, or one whose factory is not known or does not take penalties
 * @example
 * const penalised = regularize(lenet5(), { kernel: l2(1e-4), where: (name) => name.startsWith('dense') });
 */
export function regularize(model: Model, options: RegularizeOptions): Model {
  checkModel('regularize', model);
  const known = { kernel: true, bias: true, where: true, layers: true } as const;
  checkOptions('regularize', options, known, 'regularize(model, { kernel: l2(1e-4) })');
  const { kernel, bias, where = () => true, layers = {} } = options;
  if (kernel === undefined && bias === undefined)
    throw new OptionError('regularize: there is no penalty. Write regularize(model, { kernel: l2(1e-4) }).');
  checkFunction('regularize', 'where', where);
  if (kernel !== undefined) checkRegularizer('regularize', 'kernel', kernel);
  if (bias !== undefined) checkRegularizer('regularize', 'bias', bias);
  const withKernel = new Set(
    model.nodes.filter(({ parameters }) => Object.values(parameters).some(({ kind }) => kind === 'kernel')),
  );
  const candidates = new Set([...withKernel].map(({ layer }) => layer));
  const chosen = new Set<Layer>();
  const regularized = replaceLayers(model, (layer, name) => {
    if (!candidates.has(layer) || !where(name)) return layer;
    chosen.add(layer);
    const made = penalised(layer.options, { kernel, bias });
    return makeLayer(`regularize: layer '${name}'`, { type: layer.type, options: made }, layers);
  });
  if (chosen.size > 0) return regularized;
  throw new OptionError(
    `regularize: no layer was chosen. Layers with a kernel: ${[...new Set([...withKernel].map(({ layerName }) => layerName))].join(', ')}.`,
  );
}

/** What has an option for its initialiser has one for its penalty: `pointwiseInitializer`, `pointwiseRegularizer`. */
function penalised(options: Options, penalties: Record<'kernel' | 'bias', Regularizer | undefined>): Options {
  const added = Object.keys(options).flatMap((option) => {
    const parameter = /^(.+)Initializer$/.exec(option)?.[1];
    if (parameter === undefined) return [];
    const penalty = parameter === 'bias' ? penalties.bias : penalties.kernel;
    // A function is not JSON: saving such a model is refused.
    return penalty === undefined ? [] : [[`${parameter}Regularizer`, penalty as Json]];
  });
  const inner = innerRecord(options);
  const layer = inner && { type: inner.type, options: penalised(inner.options, penalties) as Json };
  return { ...options, ...Object.fromEntries(added), ...(layer && { layer }) };
}
