import {
  OptionError,
  ShapeError,
  checkFlag,
  checkOptionNames,
  checkOptions,
  checkTensor,
  checkUint32,
  describe,
  isRecord,
  suggestion,
  tidy,
  type Tensor,
  type Values,
} from '@striate/core';
import { penalty } from '@striate/regularizers';
import { identity } from '../identity.ts';
import { formatShape } from '../input-shapes.ts';
import { checkModel } from './check-model.ts';
import { plainSteps, planSteps } from './fuse.ts';
import type { Network } from './initialize.ts';
import type { Connection, ModelGraph, Step } from './model-graph.ts';

/** What a forward pass needs. */
export interface ForwardOptions {
  parameters: Values;
  state: Values;
  /** One tensor [N, ...] for each of the model's inputs; int32 (pixels of `fromPixels`) and bool become float32. */
  inputs: readonly Tensor[];
  /** Take statistics from the batch, give new ones and penalties. Default false: inference. */
  training?: boolean;
  /**
   * What random numbers depend on besides the layer and the sample. Given outside training, they are drawn there too:
   * Monte-Carlo prediction. Default: all 0 in training; otherwise none are drawn.
   */
  random?: { seed: number; step: number; sampleOffset: number };
  /** Names of nodes whose (first) outputs are wanted too: feature maps. */
  features?: readonly string[];
  /** Run neighbouring layers as one where that gives the same values. Default true. */
  fuse?: boolean;
}

/** What a forward pass gives. */
export interface ForwardResult {
  /** One tensor for each of the model's outputs. They belong to the caller. */
  outputs: Tensor[];
  /** Every entry of the model's state: new tensors, which belong to the caller, where a layer made some; else as given. */
  state: Values;
  /** Scalars to be added to the loss: in training, penalties on activations and parameters. They belong to the caller. */
  losses: Tensor[];
  /** The outputs asked for by `features`. They belong to the caller. */
  features: Values;
}

/**
 * Computes a model's outputs. Each intermediate tensor is given back as soon as nothing needs it any more.
 *
 * @throws {ShapeError} if the inputs do not fit the model
 * @throws {OptionError} if an input is no tensor of numbers or disposed, a parameter is missing or a feature's name unknown
 * @example
 * const network = initialize(lenet5(), { seed: 1 });
 * const { outputs } = forward(network.model, { ...network, inputs: [images] });
 */
export function forward(model: ModelGraph, options: ForwardOptions): ForwardResult {
  checkModel('forward', model);
  checkForwardOptions(options);
  const { inputs, training = false, features = [], fuse = true } = options;
  const { random = training ? { seed: 0, step: 0, sampleOffset: 0 } : undefined } = options;
  checkInputs(model, inputs);
  const featureNodes = features.map((name) => featureNode(model, name));
  const results = [...model.outputs, ...featureNodes];
  const steps = fuse ? stepsFor(model, featureNodes) : plainSteps(model.nodes);
  const values: Values = { ...options.parameters, ...options.state };
  const given = new Map(model.inputs.map(({ node }, index) => [node, [inputs[index]!]]));

  return tidy(() => {
    const uses = countUses(steps, results);
    const tensors = new Map<number, Tensor[]>();
    const state = { ...options.state };
    const losses: Tensor[] = [];
    for (const step of steps) {
      const sources = given.get(step.node) ?? step.inputs.map(({ node, output }) => tensors.get(node)![output]!);
      const result = step.layer.apply(sources, valuesOf(step, values), {
        training: training && !step.inference,
        random: random && { ...random, call: step.call },
        kernels: step.kernels,
      });
      tensors.set(step.node, result.outputs);
      losses.push(...(result.losses ?? []));
      for (const [name, tensor] of Object.entries(result.state ?? {})) {
        const path = `${step.layerName}/${name}`;
        // A later call of a shared layer goes on from here.
        state[path] = values[path] = tensor;
      }
      for (const { node } of step.inputs) {
        const left = uses.get(node)! - 1;
        uses.set(node, left);
        if (left === 0) for (const tensor of tensors.get(node)!) tensor.dispose();
      }
    }
    for (const [path, regularizer] of Object.entries(training ? model.penalties : {}))
      losses.push(penalty(regularizer, options.parameters[path]!));
    const outputOf = eachOnce(({ node, output }: Connection) => tensors.get(node)![output]!);
    return {
      outputs: model.outputs.map(outputOf),
      state,
      losses,
      features: Object.fromEntries(features.map((name, index) => [name, outputOf(featureNodes[index]!)])),
    };
  });
}

/** A network's own members come along with `...network`. */
const known: Record<keyof ForwardOptions | keyof Network, true> = {
  parameters: true,
  state: true,
  inputs: true,
  training: true,
  random: true,
  features: true,
  fuse: true,
  model: true,
  outputMeaning: true,
  classNames: true,
  preprocessing: true,
};

function checkForwardOptions(options: ForwardOptions): void {
  const example = 'forward(network.model, { ...network, inputs: [images] })';
  checkOptionNames('forward', options, Object.keys(known), example);
  const { parameters, state, training, random, features = [], fuse } = options;
  for (const [name, values] of Object.entries({ parameters, state })) {
    if (isRecord(values)) continue;
    throw new OptionError(
      `forward: ${name} is ${describe(values)}, but must be a record of tensors by path. Write ${example}.`,
    );
  }
  if (training !== undefined) checkFlag('forward', 'training', training);
  if (fuse !== undefined) checkFlag('forward', 'fuse', fuse);
  if (!Array.isArray(features))
    throw new OptionError(`forward: features is ${describe(features)}, but must be a list of names of nodes.`);
  if (random === undefined) return;
  checkOptions('forward: random', random, { seed: true, step: true, sampleOffset: true });
  for (const name of ['seed', 'step', 'sampleOffset'] as const) checkUint32(random[name], name, 'forward: random');
}

function stepsFor(model: ModelGraph, features: readonly Connection[]): readonly Step[] {
  return features.length === 0 ? model.steps : planSteps(model.nodes, [...model.outputs, ...features]);
}

// An output that is asked for twice must be two tensors, as each is the caller's to dispose.
function eachOnce(find: (connection: Connection) => Tensor): (connection: Connection) => Tensor {
  const seen = new Set<Tensor>();
  return (connection) => {
    const tensor = find(connection);
    if (seen.has(tensor)) return identity(tensor);
    seen.add(tensor);
    return tensor;
  };
}

function countUses(steps: readonly Step[], results: readonly Connection[]): Map<number, number> {
  const uses = new Map<number, number>();
  for (const { node } of [...steps.flatMap(({ inputs }) => inputs), ...results])
    uses.set(node, (uses.get(node) ?? 0) + 1);
  return uses;
}

function valuesOf({ layerName, values: names }: Step, values: Values): Values {
  return Object.fromEntries(
    names.map((name) => {
      const path = `${layerName}/${name}`;
      const tensor = values[path];
      if (!tensor) throw new OptionError(`forward: there is no tensor '${path}' among the parameters and the state.`);
      return [name, tensor];
    }),
  );
}

function featureNode(model: ModelGraph, name: string): Connection {
  const node = model.nodes.findIndex((candidate) => candidate.name === name);
  if (node >= 0) return { node, output: 0 };
  throw new OptionError(
    `forward: the model has no node ${describe(name)}. ${suggestion(
      String(name),
      model.nodes.map((candidate) => candidate.name),
    )}`,
  );
}

function checkInputs({ inputs, inputShapes, nodes }: ModelGraph, tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors)) {
    throw new OptionError(
      `forward: inputs is ${describe(tensors)}, but must be a list of tensors, one for each of the model's inputs.`,
    );
  }
  if (tensors.length !== inputs.length) {
    throw new ShapeError(`forward: got ${tensors.length} inputs, but the model has ${inputs.length}.`);
  }
  for (const [index, given] of tensors.entries()) {
    checkTensor('forward', `input '${nodes[inputs[index]!.node]!.name}'`, given);
    const { shape } = given;
    const wanted = inputShapes[index]!;
    const fits =
      shape.length === wanted.length + 1 && wanted.every((size, axis) => size === null || size === shape[axis + 1]);
    if (fits) continue;
    const hint = shape.length === wanted.length ? ' The first axis is the batch: one sample needs it too.' : '';
    throw new ShapeError(
      `forward: input '${nodes[inputs[index]!.node]!.name}' is [${shape.join(', ')}], but the model wants [N, ${formatShape(wanted).slice(1)}.${hint}`,
    );
  }
}
