import type { Model, ModelGraph } from '@striate/layers';

/** A model that computes the same, and knows which layer it is in. */
export interface WatchedModel {
  model: ModelGraph;
  /** Name of the node whose layer was last begun. */
  last(): string | undefined;
}

/** Wraps a model so that an error in the middle of a step can name the layer. */
export function watchModel(model: Model): WatchedModel {
  let last: string | undefined;
  const steps = model.steps.map((step) => {
    const { layer } = step;
    const apply: typeof layer.apply = (...inputs) => {
      last = model.nodes[step.node]!.name;
      return layer.apply(...inputs);
    };
    return { ...step, layer: { ...layer, apply } };
  });
  return { model: { ...model, steps }, last: () => last };
}
