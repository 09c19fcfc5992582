import type { Kind, KindRecord } from '../../kinds/kind.ts';
import * as option from '../../kinds/options.ts';
import { activationKind } from '../activation-kind.ts';

/** x where x > 0, else alpha (exp(x) - 1). */
export const elu: Kind<{ alpha?: number }, KindRecord> = activationKind({
  type: 'elu',
  doc: 'x where x > 0, else alpha (exp(x) - 1).',
  options: { alpha: option.number({ doc: 'The value far below 0, with its sign turned.', default: 1, minimum: 0 }) },
  make: ({ alpha }) => ({ kind: 'elu', parameters: [alpha, 1] }),
});

/** 1.0507 elu(x) with alpha 1.67326. Source: Klambauer et al. 2017, "Self-normalizing neural networks". */
export const selu: Kind<Record<never, never>, KindRecord> = activationKind({
  type: 'selu',
  doc: '1.0507 elu(x) with alpha 1.67326.',
  options: {},
  make: () => ({ kind: 'elu', parameters: [1.6732632423543772, 1.0507009873554805] }),
});
