import { OptionError, describe, isRecord, type Layer } from '@striate/core';
import { innerRecord } from '../make-layer.ts';
import { checkModel } from './check-model.ts';
import type { Connection, ModelGraph, ModelNode } from './model.ts';

/** Layers that hand the numbers on which they are given, or means of them: what was a probability stays one. */
const keepingTypes: ReadonlySet<string> = new Set([
  'activation',
  'adaptiveAveragePool2d',
  'alphaDropout',
  'average',
  'averagePool2d',
  'concatenate',
  'cropping2d',
  'dropBlock',
  'dropout',
  'flatten',
  'gaussianDropout',
  'gaussianNoise',
  'globalAveragePool2d',
  'permute',
  'reshape',
  'spatialDropout2d',
  'stochasticDepth',
]);

/** Activations that give probabilities: of classes that exclude each other, or of one label each. */
export type ProbabilityActivation = 'softmax' | 'sigmoid';

/**
 * The activation that makes an output of a model probabilities, wherever it is: in the last layer, in one inside a wrapper
 * such as `weightNorm`, or before layers that keep values, such as `flatten`. A bare function is not looked into.
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
  const { type, activation } = innermost(layer);
  if (activation === 'softmax' || activation === 'sigmoid') return activation;
  const isKept = keepingTypes.has(type) && (activation === undefined || activation === 'linear');
  if (!isKept) return undefined;
  const [first, ...others] = inputs.map((source) => find(source.node));
  return others.every((other) => other === first) ? first : undefined;
}

/** The type and the activation of a layer, or of the one that wrappers hold. */
function innermost({ type, options }: Pick<Layer, 'type' | 'options'>): { type: string; activation: unknown } {
  const inner = innerRecord(options);
  if (inner) return innermost(inner);
  const { activation } = options as { activation?: string | { type?: string } };
  return { type, activation: typeof activation === 'object' && activation !== null ? activation.type : activation };
}
