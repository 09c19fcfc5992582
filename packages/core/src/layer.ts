import type { Json } from './json.ts';
import type { KindRecord } from './kinds/kind.ts';
import type { ActivationKind, ActivationRecord } from './ops/activation-record.ts';
import type { Shape } from './shape.ts';
import type { Tensor, Values } from './tensor.ts';

/** What a parameter is for: penalties, weight decay and learning rates choose by it. */
export type ParameterKind = 'kernel' | 'bias' | 'scale' | 'statistic';

/** A record that can be saved, `{ type: 'heNormal' }`, or a bare function, which cannot. */
export type Initializer = KindRecord | ((shape: readonly number[], random: InitializerRandom) => Float32Array);

/** Where an initialiser gets its random numbers: equal seed and parameter name, equal numbers. */
export interface InitializerRandom {
  seed: number;
  /** The parameter's path in the model, 'conv2d_1/kernel'. */
  name: string;
}

/** A penalty on a tensor, as a record that can be saved, `{ type: 'l2', factor: 1e-4 }`, or a function to a scalar, which cannot. */
export type Regularizer = KindRecord | ((x: Tensor) => Tensor);

/** What a parameter is made to fulfil after each update: a record that can be saved, or a function, which cannot. */
export type Constraint = KindRecord | ((x: Tensor) => Tensor);

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

/** Mode and randomness are arguments, and two things: each of the four combinations has its use. */
export interface LayerContext {
  /**
   * Whether statistics are taken from the batch and state gets new values, and penalties on activations count. False in
   * inference, and in training for a frozen layer that has state.
   */
  training: boolean;
  /** What random numbers depend on. Undefined where none are drawn: dropout then does what it does in inference. */
  random: LayerRandom | undefined;
  /** Names of the layer's parameters that are kernels, from their specifications: wrappers change those. */
  kernels: readonly string[];
}

/** What a layer call gives back. */
export interface LayerResult {
  outputs: Tensor[];
  /** New values of the layer's state, in training. */
  state?: Values;
  /** Scalars to be added to the loss: activity penalties. */
  losses?: Tensor[];
}

/** What a layer applies last: 'relu', `{ type: 'leakyRelu', negativeSlope: 0.1 }`, or a function, which cannot be saved. */
export type Activation = ActivationKind | ActivationRecord | ((x: Tensor) => Tensor);

/** What one output pixel of a layer sees of its input, along one axis. */
export interface AxisWindow {
  /** Pixels from the first to the last. */
  reach: number;
  /** Input pixels from one output pixel to the next; less than 1 where the image grows. */
  stride: number;
  /** Middle of what the first output pixel sees, in input pixels counted from 0. */
  middle: number;
}

/** One axis of the images that a layer takes and gives: sizes, null where they are not known. */
export interface ImageAxis {
  /** 0 for rows, 1 for columns. */
  index: number;
  /** Number of axes of the image: 2, or 1 for a signal. */
  count: number;
  input: number | null;
  output: number | null;
}

/** A kernel and a bias in which the outputs of a layer are linear before its activation, one filter for each channel. */
export interface LinearPart {
  /** The parameter whose last axis, or last axes taken together, are the filters. */
  kernel: string;
  /** The parameter with a number for each filter that is added, if the layer has it. */
  bias: string;
  /** Axis of the outputs that holds what each filter gave: 1, 2, ... (0 is the batch), or counted from the end. */
  axis: number;
  /** The same layer with a bias, whether it had one or not. */
  withBias(): Layer;
}

/** What a layer does to each channel in inference: (x - mean) / sqrt(variance + epsilon) * gamma + beta, before its activation. */
export interface ChannelMap {
  /** Axis of the channels: 1, 2, ... (0 is the batch), or counted from the end. */
  axis: number;
  epsilon: number;
  /** Vectors [channels] from the layer's parameters and state: those, or new ones. */
  values(values: Values): Readonly<Record<'mean' | 'variance' | 'gamma' | 'beta', Tensor>>;
}

/**
 * What a layer knows of itself that others make use of: fusing, folding, receptive fields, penalties, the meaning of
 * outputs. Each is optional: what a layer does not say is not made use of.
 */
export interface LayerTraits {
  /** Whether it draws random numbers, as `context.random` says: dropout. Monte-Carlo prediction wants one. Default false. */
  readonly random?: boolean;
  /** What it applies last. 'linear': nothing, though it could; left out: it has no activation of its own. */
  readonly activation?: Activation;
  /** The same layer with another activation, which it computes in its own pass; undefined if it cannot. */
  withActivation?(activation: Activation): Layer | undefined;
  /** Whether a second input is a residual: added before the activation. It is given where the layer is followed by a sum. */
  readonly takesResidual?: boolean;
  /** Whether `losses` holds a penalty on what it gives, which nothing may then change without that. */
  readonly penalizesOutputs?: boolean;
  /**
   * What it gives, before its activation, where it has no parameters: its only input as it is, the sum of its inputs, the
   * largest of some values of them, or values and means of them, so that what was a probability stays one.
   */
  readonly computes?: 'identity' | 'sum' | 'largest' | 'means';
  /** Where its outputs are linear in a kernel: such a layer takes a {@link ChannelMap} behind it into itself. */
  readonly linear?: LinearPart;
  /** Where it is the same map for each channel in inference. */
  readonly channelMap?: ChannelMap;
  /**
   * The same layer with penalties on its kernels, on its biases, or on both; those that are left out stay as they are.
   * A layer that has kernels and does not offer this refuses `regularize`.
   */
  withPenalties?(penalties: { readonly kernel?: Regularizer; readonly bias?: Regularizer }): Layer;
  /**
   * What an output pixel sees of the input along an axis; undefined where a size that matters is not known. Default: its
   * own pixel where the size stays, an equal share of the input where it changes.
   */
  window?(axis: ImageAxis): AxisWindow | undefined;
  /**
   * A layer of the same windows whose derivatives are not 0 by accident, as those of a maximum are, nor reach over the
   * whole image, as those of its statistics do. Default: the layer with a linear activation.
   */
  withoutZeroSlopes?(): Layer;
  /** Whether images come in and go out as [C, H, W]. Default false. */
  readonly channelsFirst?: boolean;
  /**
   * Set where the last axis is taken for the channels because an option that could say otherwise was left out: that
   * option. Such a layer is refused behind one that puts the channels first.
   */
  readonly assumesChannelsLast?: 'axis' | 'dataFormat';
}

/**
 * A layer: data and pure functions. It owns no tensors; parameters and state are handed to `apply`.
 * Shapes leave the batch axis out.
 */
export interface Layer extends LayerTraits {
  /** 'conv2d' */
  readonly type: string;
  /** All that is needed to make the layer again. */
  readonly options: { readonly [option: string]: Json | undefined };
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
