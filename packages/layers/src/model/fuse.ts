import type { Layer } from '@striate/core';
import { simplified } from '../activations.ts';
import type { Connection, ModelNode, Step } from './model-graph.ts';

/**
 * What takes the place of a step and of the one step that uses its output; the first may vanish, the second stays
 * where it is. Undefined: the rule does not apply.
 */
type Rule = (first: Step, second: Step) => readonly Step[] | undefined;

/** The steps of a model one by one, unfused. */
export function plainSteps(nodes: readonly ModelNode[]): Step[] {
  return nodes.map(({ layer, layerName, inputs, parameters, state, trainable }, node) => ({
    node,
    call: node,
    layer,
    layerName,
    inputs,
    values: Object.keys({ ...parameters, ...state }),
    kernels: Object.keys(parameters).filter((name) => parameters[name]!.kind === 'kernel'),
    // The rule of frozen batch norm, here alone: its own statistics, which stay. What is drawn at random still is.
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
      if (source.output > 0 || asked.has(first.node) || users.get(first.node) !== 1) continue;
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
  const isBare = second.layer.computes === 'identity' && activationOf(second) === 'linear';
  return isBare && first.inputs.length > 0 ? [{ ...first, node: second.node }] : undefined;
};

/** What takes a residual (batch norm, convolution), then a sum: the other addend becomes its residual. */
const residualIntoProducer: Rule = (first, second) => {
  const { takesResidual, penalizesOutputs } = first.layer;
  const isBare = first.inputs.length === 1 && activationOf(first) === 'linear';
  if (!takesResidual || penalizesOutputs || !isBare) return undefined;
  if (second.layer.computes !== 'sum' || (activationOf(second) ?? 'linear') !== 'linear') return undefined;
  const residual = second.inputs.find(({ node }) => node !== first.node);
  if (second.inputs.length !== 2 || !residual) return undefined;
  return [{ ...first, node: second.node, inputs: [...first.inputs, residual] }];
};

/** A relu of its own moves into the convolution, dense layer, batch norm or max pooling before it. */
const reluIntoProducer: Rule = (first, second) => {
  const isRelu = second.layer.computes === 'identity' && activationOf(second) === 'relu';
  if (!isRelu || activationOf(first) !== 'linear') return undefined;
  const layer = withActivation(first.layer, 'relu');
  return layer && [{ ...first, node: second.node, layer }];
};

/**
 * A relu moves from what is before it to the max pooling after it: relu(max(x)) = max(relu(x)), in gradients
 * too. There are fewer values there, and the backward pass of pooling applies the mask on its way.
 */
const reluBehindMaxPool: Rule = (first, second) => {
  const isPool = second.layer.computes === 'largest' && activationOf(second) === 'linear';
  if (!isPool || activationOf(first) !== 'relu') return undefined;
  const [layer, pool] = [withActivation(first.layer, 'linear'), withActivation(second.layer, 'relu')];
  return (
    layer &&
    pool && [
      { ...first, layer },
      { ...second, layer: pool },
    ]
  );
};

/** 'linear' or 'relu' in whatever form they were written; undefined for a layer that has none. */
function activationOf({ layer }: Step): unknown {
  return simplified(layer.activation);
}

/** The same layer with another activation, if it can compute one: a penalty is on what it gave as it was written. */
function withActivation(layer: Layer, activation: 'linear' | 'relu'): Layer | undefined {
  return layer.penalizesOutputs ? undefined : layer.withActivation?.(activation);
}
