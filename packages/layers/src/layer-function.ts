import { OptionError, describe, type Layer } from '@striate/core';
import { checkDefinition } from './check-definition.ts';

/** What every layer's options may hold. */
export interface LayerOptions {
  /** The layer's name in the model and the beginning of its parameters' paths. Default: the type, numbered in each model. */
  name?: string;
  /** Whether training changes its parameters and statistics. Default true; see also `freeze`. */
  trainable?: boolean;
}

/** One call of a layer in a graph. A layer that is called twice is shared: its parameters exist once. */
export interface LayerCall {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  /** Where it comes from, if it is part of a nested model: that, and the layer's name in it and whether it is trained. */
  readonly nested?: {
    readonly model: { readonly name: string };
    readonly layerName: string;
    readonly trainable: boolean;
  };
}

/** A tensor that a model will compute: an output of one layer call. */
export interface SymbolicTensor {
  readonly call: LayerCall;
  /** Which of the call's outputs, from 0. */
  readonly output: number;
  /** All outputs of the nested model that gave it. */
  readonly siblings?: readonly SymbolicTensor[];
}

/** A layer that can be called with symbolic tensors, which makes a node of a functional model. */
export interface LayerFunction extends Layer {
  (inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;
}

/**
 * Makes a layer callable: `layer(x)` gives the first output of a new node in a graph. Nothing is computed, and shapes
 * are not looked at, until a model is made of the graph.
 *
 * @param layer a layer as core's contract describes it; `options` must hold all that is needed to make it again, and
 * can be saved if it is JSON
 * @throws {OptionError} for what is no layer, and when the layer is called with anything but symbolic tensors
 * @example
 * const double = (): LayerFunction =>
 *   defineLayer({
 *     type: 'double',
 *     options: {},
 *     outputShapes: (inputs) => [inputs[0]!],
 *     apply: ([x]) => ({ outputs: [ops.add(x!, x!)] }),
 *   });
 * const y = double()(input([8]));
 */
export function defineLayer(layer: Omit<Layer, 'options'> & { readonly options: object }): LayerFunction {
  checkDefinition(layer);
  const call = (given: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor => {
    const inputs: readonly unknown[] = Array.isArray(given) ? given : [given];
    const wrong = inputs.findIndex((input) => !isSymbolicTensor(input));
    if (wrong >= 0 || inputs.length === 0) {
      throw new OptionError(
        `${layer.type}: was called with ${described(inputs[wrong])}, but a layer takes symbolic tensors: input([28, 28, 1]), or what another layer gave.`,
      );
    }
    return { call: { layer: callable, inputs: inputs as readonly SymbolicTensor[] }, output: 0 };
  };
  // Options may hold bare functions (an initialiser), which are not JSON: saving such a model is refused.
  const callable = Object.assign(call, layer as Layer);
  return callable;
}

/**
 * Another output of the layer or nested model that gave a symbolic tensor.
 *
 * @throws {OptionError} for anything but a symbolic tensor and a whole number of at least 0
 * @example
 * const left = split()(x);
 * const right = outputOf(left, 1);
 */
export function outputOf(tensor: SymbolicTensor, output: number): SymbolicTensor {
  if (!isSymbolicTensor(tensor) || !Number.isInteger(output) || output < 0) {
    throw new OptionError(
      `outputOf: got ${described(tensor)} and ${describe(output)}, but takes what a layer or model gave, and the number of its output, from 0.`,
    );
  }
  return tensor.siblings?.[output] ?? { call: tensor.call, output };
}

/** Whether a value is an output of a layer call. */
export function isSymbolicTensor(value: unknown): value is SymbolicTensor {
  return typeof value === 'object' && value !== null && 'call' in value && 'output' in value;
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'function' && 'type' in value
    ? `the layer ${String(value.type)} itself`
    : `a value of type ${typeof value}`;
}
