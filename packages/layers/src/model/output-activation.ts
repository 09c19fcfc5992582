import { OptionError, describe, isRecord } from '@striate/core';
import { checkModel } from './check-model.ts';
import type { Connection, ModelGraph, ModelNode } from './model-graph.ts';

/** Activations that give probabilities: of classes that exclude each other, or of one label each. */
export type ProbabilityActivation = 'softmax' | 'sigmoid';

/**
 * The activation that makes an output of a model probabilities, wherever it is: in the last layer, in one inside a wrapper
 * such as `weightNorm`, or before layers that keep values, such as `flatten` (`computes: 'means'`). A bare function is not looked into.
 *
 * @returns undefined where the output is something else, such as logits
 * @throws {OptionError} for anything but a model and an output of it
 * @example
 * outputActivation(vgg, vgg.outputs[0]!); // 'softmax'
 */
export function outputActivation(model: ModelGraph, output: Connection): ProbabilityActivation | undefined {
  checkModel('outputActivation', model);
  if (!isRecord(output) || !Object.hasOwn(model.nodes, output.node)) {
    throw new OptionError(
      `outputActivation: the output is ${describe(output)}, but must be one of the model. Write outputActivation(model, model.outputs[0]).`,
    );
  }
  const { nodes } = model;
  const known = new Map<number, ProbabilityActivation | undefined>();
  const find = (place: number): ProbabilityActivation | undefined => {
    if (!known.has(place)) known.set(place, ofNode(nodes[place]!, find));
    return known.get(place);
  };
  return find(output.node);
}

function ofNode(
  { layer, inputs }: ModelNode,
  find: (node: number) => ProbabilityActivation | undefined,
): ProbabilityActivation | undefined {
  const { activation = 'linear', computes } = layer;
  const type = typeof activation === 'object' ? activation.type : activation;
  if (type === 'softmax' || type === 'sigmoid') return type;
  if (type !== 'linear' || (computes !== 'identity' && computes !== 'means')) return undefined;
  const [first, ...others] = inputs.map((source) => find(source.node));
  return others.every((other) => other === first) ? first : undefined;
}
