import type { Layer, ParameterSpec, Regularizer, Shape } from '@striate/core';
import type { SymbolicTensor } from '../layer-function.ts';

/** An output of a node: `node` is its place in the model's list. */
export interface Connection {
  readonly node: number;
  readonly output: number;
}

/** One call of a layer in a model. */
export interface ModelNode {
  /** Unique in the model: the layer's name; the second call of a shared layer 'dense' is 'dense:2'. */
  readonly name: string;
  /** Beginning of the paths of the layer's parameters and state: 'conv2d_1' in 'conv2d_1/kernel', 'block/conv2d' in a nested model. */
  readonly layerName: string;
  readonly layer: Layer;
  readonly inputs: readonly Connection[];
  /** Shapes leave the batch axis out. */
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  /** The layer's trained parameters, by their names in the layer. */
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** The layer's values that training updates by other means than gradients. */
  readonly state: Readonly<Record<string, ParameterSpec>>;
  /** Whether training changes them; where not, the layer is frozen. */
  readonly trainable: boolean;
}

/** What `forward` runs for a node, or for several that were fused. */
export interface Step {
  /** The node whose outputs this gives. */
  readonly node: number;
  /** The node whose layer it runs, by which that draws random numbers. */
  readonly call: number;
  readonly layer: Layer;
  readonly layerName: string;
  readonly inputs: readonly Connection[];
  /** Names of the layer's parameters and state, within the layer. */
  readonly values: readonly string[];
  /** Those of its kernels. */
  readonly kernels: readonly string[];
  /** Computed as in inference in training as well: a frozen layer with moving statistics. */
  readonly inference: boolean;
}

/** A graph of layers: data and pure functions, without any tensors. */
export interface ModelGraph {
  /** In an order in which they can be computed. */
  readonly nodes: readonly ModelNode[];
  readonly inputs: readonly Connection[];
  readonly outputs: readonly Connection[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  /** What `forward` runs: the nodes, with neighbours fused where that gives the same values. */
  readonly steps: readonly Step[];
  /** Penalties on the trained parameters, by path. */
  readonly penalties: Readonly<Record<string, Regularizer>>;
}

/**
 * A graph of layers that can be called like a layer, which makes it part of another model: its layers join that model's
 * nodes under the name of this one, 'block/conv2d'. Called twice, it is shared.
 */
export interface Model extends ModelGraph {
  /** What its layers' names begin with where it is nested; '' if it was given none: 'model' there, numbered. */
  readonly name: string;
  /** Gives the first output; `outputOf` gives the others. */
  (inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;
}
