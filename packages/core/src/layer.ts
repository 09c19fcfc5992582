import type { Json } from './json.ts';
import type { Shape } from './shape.ts';
import type { Tensor, Values } from './tensor.ts';

/** What a parameter is for: penalties, weight decay and learning rates choose by it. */
export type ParameterKind = 'kernel' | 'bias' | 'scale' | 'statistic';

/** A record that can be saved, `{ type: 'heNormal' }`, or a bare function, which cannot. */
export type Initializer =
  | { readonly type: string; readonly [option: string]: Json | undefined }
  | ((shape: readonly number[], random: InitializerRandom) => Float32Array);

/** Where an initialiser gets its random numbers: equal seed and parameter name, equal numbers. */
export interface InitializerRandom {
  seed: number;
  /** The parameter's path in the model, 'conv2d_1/kernel'. */
  name: string;
}

/** A penalty on a tensor, as a record that can be saved, `{ type: 'l2', factor: 1e-4 }`, or a function to a scalar, which cannot. */
export type Regularizer =
  | { readonly type: string; readonly [option: string]: Json | undefined }
  | ((x: Tensor) => Tensor);

/** What a parameter is made to fulfil after each update: a record that can be saved, or a function, which cannot. */
export type Constraint =
  | { readonly type: string; readonly [option: string]: Json | undefined }
  | ((x: Tensor) => Tensor);

/** A parameter as a layer describes it before it exists. */
export interface ParameterSpec {
  shape: readonly number[];
  initializer: Initializer;
  kind: ParameterKind;
  /** Added to the loss in training, once for each parameter, however often its layer is called. */
  regularizer?: Regularizer;
  /** Applied by training after each update. */
  constraint?: Constraint;
}

/** Everything that the random numbers of one layer call depend on, besides the place of an element in its sample. */
export interface LayerRandom {
  seed: number;
  /** Training step. */
  step: number;
  /** Number of the call in the model's graph. */
  call: number;
  /** Place of the batch's first sample in the whole batch, when several workers share one. */
  sampleOffset: number;
}

/** Mode and randomness are arguments. */
export interface LayerContext {
  training: boolean;
  random: LayerRandom;
}

/** What a layer call gives back. */
export interface LayerResult {
  outputs: Tensor[];
  /** New values of the layer's state, in training. */
  state?: Values;
  /** Scalars to be added to the loss: activity penalties. */
  losses?: Tensor[];
}

/**
 * A layer: data and pure functions. It owns no tensors; parameters and state are handed to `apply`.
 * Shapes leave the batch axis out.
 */
export interface Layer {
  /** 'conv2d' */
  readonly type: string;
  /** All that is needed to make the layer again. */
  readonly options: { readonly [option: string]: Json | undefined };
  /** Whether it draws random numbers in training that Monte-Carlo prediction is to draw as well: dropout. Default false. */
  readonly random?: boolean;
  /**
   * Set where the last axis is taken for the channels because an option that could say otherwise was left out: that
   * option. Such a layer is refused behind one that puts the channels first.
   */
  readonly assumesChannelsLast?: 'axis' | 'dataFormat';
  /** Shapes of the outputs; throws if the inputs do not fit. */
  outputShapes(inputs: readonly Shape[]): Shape[];
  /** Trained parameters. */
  parameters?(inputs: readonly Shape[]): Record<string, ParameterSpec>;
  /** Values that training updates by other means than gradients: moving statistics. */
  state?(inputs: readonly Shape[]): Record<string, ParameterSpec>;
  /** Multiplications with addition for one sample, as `summary` counts them. */
  multiplyAdds?(inputs: readonly Shape[]): number;
  /** Inputs are not disposed; outputs belong to the caller. */
  apply(inputs: readonly Tensor[], values: Values, context: LayerContext): LayerResult;
}
