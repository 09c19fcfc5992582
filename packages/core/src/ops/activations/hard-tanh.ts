import type { Kind, KindRecord } from '../../kinds/kind.ts';
import * as option from '../../kinds/options.ts';
import { activationKind } from '../activation-kind.ts';

/** min(max(x, minimum), maximum). */
export const hardTanh: Kind<{ minimum?: number; maximum?: number }, KindRecord> = activationKind({
  type: 'hardTanh',
  doc: 'x, cut to [minimum, maximum].',
  options: {
    minimum: option.number({ doc: 'The least value.', default: -1 }),
    maximum: option.number({ doc: 'The largest value.', default: 1 }),
  },
  refuse: ({ minimum, maximum }) =>
    minimum < maximum ? undefined : `minimum is ${minimum} and maximum ${maximum}, but minimum must be smaller`,
  make: ({ minimum, maximum }) => ({ kind: 'clip', parameters: [1, 0, minimum, maximum] }),
});
