import { OptionError, checkFunction, checkOptions, type Layer, type Regularizer } from '@striate/core';
import { checkRegularizer } from '@striate/regularizers';
import { checkModel } from './check-model.ts';
import type { Model } from './model-graph.ts';
import { replaceLayers } from './replace-layers.ts';

/** Options of {@link regularize}. */
export interface RegularizeOptions {
  /** Penalty on kernels. Default: as they are. */
  kernel?: Regularizer;
  /** Penalty on biases. Default: as they are. */
  bias?: Regularizer;
  /** Which layers, by name. Default: all that have a kernel. */
  where?: (layerName: string) => boolean;
}

/**
 * A model with penalties on its kernels, its biases, or both, in all layers or some: as if the layers had been made
 * with `kernelRegularizer` and `biasRegularizer`. Names of parameters stay, so that weights still fit.
 *
 * @returns a new model; the one given is left alone
 * @throws {OptionError} if there is no penalty, or if `where` chooses no layer, or one that takes no penalties (`withPenalties`)
 * @example
 * const penalised = regularize(lenet5(), { kernel: l2(1e-4), where: (name) => name.startsWith('dense') });
 */
export function regularize(model: Model, options: RegularizeOptions): Model {
  checkModel('regularize', model);
  const known = { kernel: true, bias: true, where: true } as const;
  checkOptions('regularize', options, known, 'regularize(model, { kernel: l2(1e-4) })');
  const { kernel, bias, where = () => true } = options;
  if (kernel === undefined && bias === undefined)
    throw new OptionError('regularize: there is no penalty. Write regularize(model, { kernel: l2(1e-4) }).');
  checkFunction('regularize', 'where', where);
  if (kernel !== undefined) checkRegularizer('regularize', 'kernel', kernel);
  if (bias !== undefined) checkRegularizer('regularize', 'bias', bias);
  const penalties = { ...(kernel !== undefined && { kernel }), ...(bias !== undefined && { bias }) };
  const withKernel = new Set(
    model.nodes.filter(({ parameters }) => Object.values(parameters).some(({ kind }) => kind === 'kernel')),
  );
  const candidates = new Set([...withKernel].map(({ layer }) => layer));
  const chosen = new Set<Layer>();
  const regularized = replaceLayers(model, (layer, name) => {
    if (!candidates.has(layer) || !where(name)) return layer;
    chosen.add(layer);
    if (layer.withPenalties) return layer.withPenalties(penalties);
    throw new OptionError(
      `regularize: layer '${name}' of type '${layer.type}' takes no penalties: it has no withPenalties. Leave it out: where: (name) => name !== '${name}'.`,
    );
  });
  if (chosen.size > 0) return regularized;
  throw new OptionError(
    `regularize: no layer was chosen. Layers with a kernel: ${[...new Set([...withKernel].map(({ layerName }) => layerName))].join(', ')}.`,
  );
}
