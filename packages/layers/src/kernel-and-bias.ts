import {
  checkFlag,
  ops,
  tidy,
  type Constraint,
  type Initializer,
  type LayerContext,
  type LayerResult,
  type ParameterSpec,
  type Regularizer,
  type Tensor,
} from '@striate/core';
import { checkConstraint, checkRegularizer, penalty } from '@striate/regularizers';
import { fans } from './fans.ts';
import { checkInitializer } from './initial-values.ts';

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

/** The names of {@link RegularizationOptions}, which have no defaults. */
export const regularizationOptions: readonly (keyof RegularizationOptions)[] = [
  'kernelRegularizer',
  'biasRegularizer',
  'activityRegularizer',
  'kernelConstraint',
  'biasConstraint',
];

/** What layers with a kernel and a bias have in common. */
export interface KernelAndBiasOptions extends RegularizationOptions {
  useBias: boolean;
  kernelInitializer: Initializer;
  biasInitializer: Initializer;
}

/** @throws {OptionError} for an impossible initialiser, penalty or constraint. */
export function checkKernelAndBias(where: string, options: KernelAndBiasOptions): void {
  checkFlag(where, 'useBias', options.useBias);
  checkInitializer(where, 'kernelInitializer', options.kernelInitializer);
  checkInitializer(where, 'biasInitializer', options.biasInitializer);
  for (const option of ['kernelRegularizer', 'biasRegularizer', 'activityRegularizer'] as const) {
    if (options[option] !== undefined) checkRegularizer(where, option, options[option]);
  }
  for (const option of ['kernelConstraint', 'biasConstraint'] as const) {
    if (options[option] !== undefined) checkConstraint(where, option, options[option]);
  }
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
