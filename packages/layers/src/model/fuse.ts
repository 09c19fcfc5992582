import type { Layer } from '@striate/core';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv1d } from '../layers/conv1d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import { locallyConnected2d } from '../layers/locally-connected2d.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { separableConv2d } from '../layers/separable-conv2d.ts';
import type { LayerFactory } from '../layer-function.ts';
import { simplified, type FusedActivation } from '../activations.ts';
import type { Connection, ModelNode } from './model.ts';

/** What `forward` runs for a node, or for several that were fused. */
export interface Step {
  /** The node whose outputs this gives. */
  readonly node: number;
  readonly layer: Layer;
  readonly layerName: string;
  readonly inputs: readonly Connection[];
  /** Names of the layer's parameters and state, within the layer. */
  readonly values: readonly string[];
  /** Computed as in inference in training as well: a frozen layer with moving statistics. */
  readonly inference: boolean;
}

/**
 * What takes the place of a step and of the one step that uses its output; the first may vanish, the second stays
 * where it is. Undefined: the rule does not apply.
 */
type Rule = (first: Step, second: Step) => readonly Step[] | undefined;

/** The steps of a model one by one, unfused. */
export function plainSteps(nodes: readonly ModelNode[]): Step[] {
  return nodes.map(({ layer, layerName, inputs, parameters, state, trainable }, node) => ({
    node,
    layer,
    layerName,
    inputs,
    values: Object.keys({ ...parameters, ...state }),
    inference: !trainable && Object.keys(state).length > 0,
  }));
}

/**
 * The steps of a model with neighbours fused where that computes the same values and gradients with less work. A
 * node's output that is asked for (`results`), or that several nodes use, is always computed by itself.
 */
export function planSteps(nodes: readonly ModelNode[], results: readonly Connection[]): Step[] {
  return [linearVanishes, residualIntoProducer, reluIntoProducer, reluBehindMaxPool].reduce(
    (steps, rule) => applyRule(steps, rule, results),
    plainSteps(nodes),
  );
}

function applyRule(steps: readonly Step[], rule: Rule, results: readonly Connection[]): Step[] {
  const asked = new Set(results.map(({ node }) => node));
  const users = new Map<number, number>();
  for (const { inputs } of steps) for (const { node } of inputs) users.set(node, (users.get(node) ?? 0) + 1);
  const changed = new Map(steps.map((step) => [step.node, step]));
  for (const { node } of steps) {
    for (const source of changed.get(node)!.inputs) {
      const first = changed.get(source.node)!;
      if (asked.has(first.node) || users.get(first.node) !== 1) continue;
      const replacement = rule(first, changed.get(node)!);
      if (!replacement) continue;
      changed.delete(first.node);
      for (const step of replacement) changed.set(step.node, step);
      break;
    }
  }
  return steps.flatMap(({ node }) => changed.get(node) ?? []);
}

/** An activation that does nothing: what is before it takes its place. */
const linearVanishes: Rule = (first, second) => {
  const isBare = second.layer.type === 'activation' && activationOf(second) === 'linear';
  return isBare && first.layer.type !== 'input' ? [{ ...first, node: second.node }] : undefined;
};

/** Batch norm or convolution, then add: the other addend becomes its residual. */
const residualIntoProducer: Rule = (first, second) => {
  const { type, options } = first.layer;
  const adds = type === 'batchNorm' || (type === 'conv2d' && options['activityRegularizer'] === undefined);
  const isBare = adds && first.inputs.length === 1 && activationOf(first) === 'linear';
  if (!isBare || second.layer.type !== 'add' || second.inputs.length !== 2) return undefined;
  const residual = second.inputs.find(({ node }) => node !== first.node)!;
  return [{ ...first, node: second.node, inputs: [...first.inputs, residual] }];
};

/** A relu of its own moves into the convolution, dense layer, batch norm or max pooling before it. */
const reluIntoProducer: Rule = (first, second) => {
  const isRelu = second.layer.type === 'activation' && activationOf(second) === 'relu';
  if (!isRelu || activationOf(first) !== 'linear') return undefined;
  const layer = withActivation(first.layer, 'relu');
  return layer && [{ ...first, node: second.node, layer }];
};

/**
 * A relu moves from what is before it to the max pooling after it: relu(max(x)) = max(relu(x)), in gradients
 * too. There are fewer values there, and the backward pass of pooling applies the mask on its way.
 */
const reluBehindMaxPool: Rule = (first, second) => {
  if (second.layer.type !== 'maxPool2d' || activationOf(second) !== 'linear' || activationOf(first) !== 'relu')
    return undefined;
  const layer = withActivation(first.layer, 'linear');
  return (
    layer && [
      { ...first, layer },
      { ...second, layer: withActivation(second.layer, 'relu')! },
    ]
  );
};

function activationOf({ layer }: Step): unknown {
  return simplified(layer.options['activation']);
}

/** The same layer with another activation, if it is of a type that can compute one in its own pass. */
function withActivation({ type, options }: Layer, activation: FusedActivation): Layer | undefined {
  // A penalty on activities is on those of the layer as it was written.
  if (options['activityRegularizer'] !== undefined) return undefined;
  // The options come out of a layer of this very type.
  return rectifying[type]?.({ ...options, activation } as never);
}

/** The layers that can compute a relu in their own pass. */
const rectifying: Partial<Record<string, LayerFactory>> = {
  batchNorm,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  locallyConnected2d,
  maxPool2d,
  separableConv2d,
};
