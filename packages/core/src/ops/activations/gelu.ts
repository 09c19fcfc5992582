import type { Kind, KindRecord } from '../../kinds/kind.ts';
import * as option from '../../kinds/options.ts';
import { activationKind } from '../activation-kind.ts';

/** x Phi(x), Phi being the normal distribution function. */
export const gelu: Kind<{ approximate?: 'none' | 'tanh' }, KindRecord> = activationKind({
  type: 'gelu',
  doc: 'x times the normal distribution function of x.',
  options: {
    approximate: option.choice({ doc: "'tanh': by a formula with tanh.", names: ['none', 'tanh'], default: 'none' }),
  },
  make: ({ approximate }) => ({ kind: approximate === 'tanh' ? 'geluTanh' : 'gelu', parameters: [] }),
});
