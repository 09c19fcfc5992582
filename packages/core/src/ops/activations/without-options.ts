import type { Kind, KindRecord } from '../../kinds/kind.ts';
import type { ActivationFunctionName } from '../activation-functions.ts';
import { activationKind } from '../activation-kind.ts';

type PlainKind = Kind<Record<never, never>, KindRecord>;

const plain = (
  type: string,
  doc: string,
  kind?: ActivationFunctionName,
  parameters: readonly number[] = [],
): PlainKind => activationKind({ type, doc, options: {}, make: () => kind && { kind, parameters } });

export const linear: PlainKind = plain('linear', 'x.');
export const relu6: PlainKind = plain('relu6', 'min(max(0, x), 6).', 'clip', [1, 0, 0, 6]);
export const silu: PlainKind = plain('silu', 'x sigmoid(x), also called swish.', 'silu');
export const mish: PlainKind = plain('mish', 'x tanh(softplus(x)).', 'mish');
export const softplus: PlainKind = plain('softplus', 'log(1 + exp(x)).', 'softplus');
export const softsign: PlainKind = plain('softsign', 'x / (1 + |x|).', 'softsign');
export const sigmoid: PlainKind = plain('sigmoid', '1 / (1 + exp(-x)).', 'sigmoid');
export const tanh: PlainKind = plain('tanh', 'tanh(x).', 'tanh');
export const hardSigmoid: PlainKind = plain('hardSigmoid', 'relu6(x + 3) / 6.', 'clip', [1 / 6, 0.5, 0, 1]);
export const hardSilu: PlainKind = plain('hardSilu', 'x relu6(x + 3) / 6, also called hardSwish.', 'hardSilu');
export const softmax: PlainKind = plain('softmax', 'exp(x) / sum of exp(x), over the last axis.', 'softmax');
export const logSoftmax: PlainKind = plain('logSoftmax', 'log(softmax(x)).', 'logSoftmax');
