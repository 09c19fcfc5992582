import { functionOf, type Family } from '../kinds/family.ts';
import type { KindRecord } from '../kinds/kind.ts';
import { activationContract, type ActivationMade, type ForeignActivation } from './activation-kind.ts';
import { elu, selu } from './activations/elu.ts';
import { gelu } from './activations/gelu.ts';
import { hardTanh } from './activations/hard-tanh.ts';
import { leakyRelu } from './activations/leaky-relu.ts';
import { relu } from './activations/relu.ts';
import * as plain from './activations/without-options.ts';

/**
 * An activation function and its options. A name alone means the defaults.
 *
 * | type | y | default options |
 * | --- | --- | --- |
 * | linear | x | |
 * | relu | min(x, maxValue) where x > threshold, else negativeSlope (x - threshold) | maxValue null (none), negativeSlope 0, threshold 0 |
 * | relu6 | min(max(0, x), 6) | |
 * | leakyRelu | x where x > 0, else negativeSlope x | negativeSlope 0.3 (Keras' layer; PyTorch has 0.01, `keras.activations.leaky_relu` 0.2) |
 * | elu | x where x > 0, else alpha (exp(x) - 1) | alpha 1 |
 * | selu | 1.0507 elu(x) with alpha 1.67326 | |
 * | gelu | x Phi(x), Phi being the normal distribution function; 'tanh': 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) | approximate 'none' |
 * | silu | x sigmoid(x), also called swish | |
 * | mish | x tanh(softplus(x)) | |
 * | softplus | log(1 + exp(x)) | |
 * | softsign | x / (1 + abs(x)) | |
 * | sigmoid | 1 / (1 + exp(-x)) | |
 * | tanh | tanh(x) | |
 * | hardSigmoid | relu6(x + 3) / 6 (PyTorch and Keras 3; Keras 2 had 0.2 x + 0.5) | |
 * | hardSilu | x relu6(x + 3) / 6, also called hardSwish | |
 * | hardTanh | min(max(x, minimum), maximum) | minimum -1, maximum 1 |
 * | softmax | exp(x) / sum of exp(x), over the last axis | |
 * | logSoftmax | log(softmax(x)) | |
 *
 * {@link defineActivation} adds your own.
 */
export type ActivationRecord =
  | { readonly type: 'relu'; maxValue?: number | null; negativeSlope?: number; threshold?: number }
  | { readonly type: 'leakyRelu'; negativeSlope?: number }
  | { readonly type: 'elu'; alpha?: number }
  | { readonly type: 'gelu'; approximate?: 'none' | 'tanh' }
  | { readonly type: 'hardTanh'; minimum?: number; maximum?: number }
  | { readonly type: Exclude<ActivationKind, 'relu' | 'leakyRelu' | 'elu' | 'gelu' | 'hardTanh'> }
  | ForeignActivation;

/** The names of activation functions. */
export type ActivationKind =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'mish'
  | 'softplus'
  | 'softsign'
  | 'sigmoid'
  | 'tanh'
  | 'hardSigmoid'
  | 'hardSilu'
  | 'hardTanh'
  | 'softmax'
  | 'logSoftmax';

/** All activations. */
export const activations: Family<ActivationMade, KindRecord> = {
  ...activationContract,
  kinds: [
    plain.linear,
    relu,
    plain.relu6,
    leakyRelu,
    elu,
    selu,
    gelu,
    plain.silu,
    plain.mish,
    plain.softplus,
    plain.softsign,
    plain.sigmoid,
    plain.tanh,
    plain.hardSigmoid,
    plain.hardSilu,
    hardTanh,
    plain.softmax,
    plain.logSoftmax,
  ],
};

/** The names of all activation functions. */
export const activationKinds: readonly ActivationKind[] = activations.kinds.map(({ type }) => type as ActivationKind);

const byName = new Map(activationKinds.map((type) => [type, functionOf(activations, type, 'activation', type)]));

/**
 * What a name or a record asks for: undefined for 'linear', which computes nothing, a function for somebody's own kind.
 *
 * @param where the beginning of errors
 * @throws {OptionError} for an unknown name (with the nearest one), an unknown option or an impossible value
 */
export function resolveActivation(where: string, activation: ActivationKind | ActivationRecord): ActivationMade {
  const known = byName.get(activation as ActivationKind);
  return known ?? functionOf(activations, where, 'activation', activation);
}
