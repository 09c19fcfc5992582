import type { Kind, KindRecord } from '../../kinds/kind.ts';
import * as option from '../../kinds/options.ts';
import { activationKind } from '../activation-kind.ts';

/** x where x > 0, else negativeSlope x. */
export const leakyRelu: Kind<{ negativeSlope?: number }, KindRecord> = activationKind({
  type: 'leakyRelu',
  doc: 'x where x > 0, else negativeSlope x.',
  options: { negativeSlope: option.number({ doc: 'Slope below 0.', default: 0.3, minimum: 0 }) },
  make: ({ negativeSlope }) => ({ kind: 'rectifier', parameters: [negativeSlope, 0, Infinity] }),
});
