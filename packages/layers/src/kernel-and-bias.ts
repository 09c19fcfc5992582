import {
  ops,
  option,
  tidy,
  type Constraint,
  type Initializer,
  type LayerContext,
  type LayerResult,
  type Option,
  type OptionsOf,
  type ParameterSpec,
  type Regularizer,
  type Tensor,
} from '@striate/core';
import { checkConstraint, constraints, l2, nonNegative, penalties, penalty } from '@striate/regularizers';
import { fans } from './fans.ts';
import { initializerOption } from './initial-values.ts';
import { glorotUniform, zeros } from './initializers/index.ts';

/** Penalties on a layer with a kernel and a bias, and constraints of its parameters. */
export interface RegularizationOptions {
  /** Penalty on the kernel, added to the loss in training. Default: none. */
  kernelRegularizer?: Regularizer;
  /** Penalty on the bias. Default: none. */
  biasRegularizer?: Regularizer;
  /** Penalty on what the layer gives, divided by the number of samples, as Keras does. Default: none. */
  activityRegularizer?: Regularizer;
  /** What the kernel is made to fulfil after each update. Default: none. */
  kernelConstraint?: Constraint;
  /** What the bias is made to fulfil after each update. Default: none. */
  biasConstraint?: Constraint;
}

/** {@link RegularizationOptions}. */
export const regularizationOptions: OptionsOf<RegularizationOptions, 'open'> = {
  kernelRegularizer: penaltyOption('Penalty on the kernel, added to the loss in training.'),
  biasRegularizer: penaltyOption('Penalty on the bias.'),
  activityRegularizer: penaltyOption('Penalty on what the layer gives, divided by the number of samples.'),
  kernelConstraint: constraintOption('What the kernel is made to fulfil after each update.'),
  biasConstraint: constraintOption('What the bias is made to fulfil after each update.'),
};

/** A penalty that may be left out. */
export function penaltyOption(doc: string): Option<Regularizer, 'open'> {
  return option.optional(option.nested<Regularizer>(penalties, { doc, example: l2() }));
}

/** A constraint that may be left out. */
export function constraintOption(doc: string): Option<Constraint, 'open'> {
  return option.optional(option.nested<Constraint>(constraints, { doc, example: nonNegative() }));
}

/** A bias and the first values of it and of the kernel. */
export const kernelAndBiasOptions: OptionsOf<
  Pick<KernelAndBiasOptions, 'useBias' | 'kernelInitializer' | 'biasInitializer'>,
  'filled'
> = {
  useBias: option.flag({ doc: 'Whether a bias is added.', default: true }),
  kernelInitializer: initializerOption('First values of the kernel.', glorotUniform()),
  biasInitializer: initializerOption('First values of the bias.', zeros()),
};

/** What layers with a kernel and a bias have in common. */
export interface KernelAndBiasOptions extends RegularizationOptions {
  useBias: boolean;
  kernelInitializer: Initializer;
  biasInitializer: Initializer;
}

/**
 * Specifications of a kernel and, if wanted, a bias.
 *
 * @param options `biasShape`: default one bias for each of the kernel's outputs (its last axis);
 * `fanIn`: how many inputs a neuron has, default as Keras counts them
 * @throws {ShapeError} if a constraint does not fit the shape.
 */
export function kernelAndBias(
  shape: readonly number[],
  { useBias, kernelInitializer, biasInitializer, ...rest }: KernelAndBiasOptions,
  { biasShape = [shape.at(-1)!], fanIn = fans(shape).fanIn }: { biasShape?: readonly number[]; fanIn?: number } = {},
): Record<string, ParameterSpec> {
  const kernel: ParameterSpec = {
    shape,
    initializer: knowingFanIn(kernelInitializer, fanIn),
    kind: 'kernel',
    ...(rest.kernelRegularizer !== undefined && { regularizer: rest.kernelRegularizer }),
    ...constrained('kernelConstraint', rest.kernelConstraint, shape),
  };
  if (!useBias) return { kernel };
  const bias: ParameterSpec = {
    shape: biasShape,
    initializer: knowingFanIn(biasInitializer, fanIn),
    kind: 'bias',
    ...(rest.biasRegularizer !== undefined && { regularizer: rest.biasRegularizer }),
    ...constrained('biasConstraint', rest.biasConstraint, biasShape),
  };
  return { kernel, bias };
}

/** A layer's output y, with the penalty on it in training. */
export function withActivityPenalty(
  y: Tensor,
  { activityRegularizer }: RegularizationOptions,
  { training }: LayerContext,
): LayerResult {
  if (!training || activityRegularizer === undefined) return { outputs: [y] };
  const loss = tidy(() => ops.rescale(penalty(activityRegularizer, y), { scale: [1 / y.shape[0]] }));
  return { outputs: [y], losses: [loss] };
}

function constrained(
  option: string,
  constraint: Constraint | undefined,
  shape: readonly number[],
): { constraint?: Constraint } {
  if (constraint === undefined) return {};
  checkConstraint('parameters', option, constraint, shape);
  return { constraint };
}

// PyTorch's values depend on the kernel's fan in, which a bias' own shape does not tell.
function knowingFanIn(initializer: Initializer, fanIn: number): Initializer {
  return typeof initializer !== 'function' && initializer.type === 'pytorchDefault'
    ? { ...initializer, fanIn }
    : initializer;
}
