import { clipped, describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import type { ActivationFunctionName } from './activation-functions.ts';

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
 */
export type ActivationRecord =
  | { readonly type: 'relu'; maxValue?: number | null; negativeSlope?: number; threshold?: number }
  | { readonly type: 'leakyRelu'; negativeSlope?: number }
  | { readonly type: 'elu'; alpha?: number }
  | { readonly type: 'gelu'; approximate?: 'none' | 'tanh' }
  | { readonly type: 'hardTanh'; minimum?: number; maximum?: number }
  | { readonly type: Exclude<ActivationKind, 'relu' | 'leakyRelu' | 'elu' | 'gelu' | 'hardTanh'> };

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

/** What kernels get to see: one of a few functions, and its numbers. */
export interface ActivationCall {
  readonly kind: ActivationFunctionName;
  readonly parameters: readonly number[];
}

type Options = Readonly<Record<string, unknown>>;
type Kind = {
  defaults: Options;
  /** What is wrong with the options. */
  refuse?(options: Options): string | undefined;
  call(options: Options): ActivationCall | undefined;
};

const plain = (kind: ActivationFunctionName, parameters: readonly number[] = []): Kind => ({
  defaults: {},
  call: () => ({ kind, parameters }),
});
const atLeastZero =
  (...names: string[]) =>
  (options: Options): string | undefined => {
    const wrong = names.find((name) => !(Number.isFinite(options[name]) && (options[name] as number) >= 0));
    return wrong && `${wrong} is ${String(options[wrong])}, but must be a number of at least 0`;
  };
// Klambauer et al. 2017, "Self-normalizing neural networks".
const selu = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

const kinds: Record<ActivationKind, Kind> = {
  linear: { defaults: {}, call: () => undefined },
  relu: {
    defaults: { maxValue: null, negativeSlope: 0, threshold: 0 },
    refuse: (options) =>
      atLeastZero('negativeSlope', 'threshold')(options) ??
      (options['maxValue'] === null || (options['maxValue'] as number) >= (options['threshold'] as number)
        ? undefined
        : `maxValue is ${describe(options['maxValue'])}, but must be null or at least threshold, ${String(options['threshold'])}`),
    call({ maxValue, negativeSlope, threshold }) {
      if (maxValue === null && negativeSlope === 0 && threshold === 0) return { kind: 'relu', parameters: [] };
      return { kind: 'rectifier', parameters: [negativeSlope, threshold, maxValue ?? Infinity] as number[] };
    },
  },
  relu6: plain('clip', [1, 0, 0, 6]),
  leakyRelu: {
    defaults: { negativeSlope: 0.3 },
    refuse: atLeastZero('negativeSlope'),
    call: ({ negativeSlope }) => ({ kind: 'rectifier', parameters: [negativeSlope as number, 0, Infinity] }),
  },
  elu: {
    defaults: { alpha: 1 },
    refuse: atLeastZero('alpha'),
    call: ({ alpha }) => ({ kind: 'elu', parameters: [alpha as number, 1] }),
  },
  selu: plain('elu', [selu.alpha, selu.scale]),
  gelu: {
    defaults: { approximate: 'none' },
    refuse: ({ approximate }) =>
      approximate === 'none' || approximate === 'tanh'
        ? undefined
        : `approximate is ${describe(approximate)}, but must be 'none' or 'tanh'`,
    call: ({ approximate }) => ({ kind: approximate === 'tanh' ? 'geluTanh' : 'gelu', parameters: [] }),
  },
  silu: plain('silu'),
  mish: plain('mish'),
  softplus: plain('softplus'),
  softsign: plain('softsign'),
  sigmoid: plain('sigmoid'),
  tanh: plain('tanh'),
  hardSigmoid: plain('clip', [1 / 6, 0.5, 0, 1]),
  hardSilu: plain('hardSilu'),
  hardTanh: {
    defaults: { minimum: -1, maximum: 1 },
    refuse: ({ minimum, maximum }) =>
      (minimum as number) < (maximum as number)
        ? undefined
        : `minimum is ${describe(minimum)} and maximum ${describe(maximum)}, but minimum must be smaller`,
    call: ({ minimum, maximum }) => ({ kind: 'clip', parameters: [1, 0, minimum as number, maximum as number] }),
  },
  softmax: plain('softmax'),
  logSoftmax: plain('logSoftmax'),
};

/** The names of all activation functions. */
export const activationKinds: readonly ActivationKind[] = Object.keys(kinds) as ActivationKind[];

/**
 * What a name or a record asks for; undefined for 'linear', which computes nothing.
 *
 * @param where the beginning of errors
 * @throws {OptionError} for an unknown name (with the nearest one), an unknown option or an impossible value
 */
export function resolveActivation(
  where: string,
  activation: ActivationKind | ActivationRecord,
): ActivationCall | undefined {
  const { type, ...given }: { type: ActivationKind } =
    typeof activation === 'object' && activation !== null ? activation : { type: activation };
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kind) {
    throw new OptionError(
      `${where}: activation is ${describe(activation)}. ${suggestion(String(type), activationKinds)}`,
    );
  }
  const unknown = Object.keys(given).find((option) => !Object.hasOwn(kind.defaults, option));
  if (unknown !== undefined) {
    const known = Object.keys(kind.defaults);
    throw new OptionError(
      `${where}: activation '${type}' has no option '${clipped(unknown)}'. ${suggestion(unknown, known)}`,
    );
  }
  const options: Options = { ...kind.defaults, ...given };
  const refused = kind.refuse?.(options);
  if (refused !== undefined) throw new OptionError(`${where}: activation '${type}': ${refused}.`);
  return kind.call(options);
}
