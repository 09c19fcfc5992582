import type { Kind, KindRecord } from '../../kinds/kind.ts';
import * as option from '../../kinds/options.ts';
import { describe } from '../../describe.ts';
import { activationKind } from '../activation-kind.ts';

/** Options of relu. */
export interface ReluOptions {
  maxValue?: number | null;
  negativeSlope?: number;
  threshold?: number;
}

/** min(x, maxValue) where x > threshold, else negativeSlope (x - threshold). */
export const relu: Kind<ReluOptions, KindRecord> = activationKind({
  type: 'relu',
  doc: 'x where it is above the threshold, at most maxValue, else negativeSlope (x - threshold).',
  options: {
    maxValue: option.value<number | null, null>({
      doc: 'The largest value; null: none.',
      wanted: 'null or a number',
      fits: (value) => value === null || (typeof value === 'number' && !Number.isNaN(value)),
      default: null,
    }),
    negativeSlope: option.number({ doc: 'Slope up to the threshold.', default: 0, minimum: 0 }),
    threshold: option.number({ doc: 'Where x begins to pass.', default: 0, minimum: 0 }),
  },
  refuse: ({ maxValue, threshold }) =>
    maxValue === null || maxValue >= threshold
      ? undefined
      : `maxValue is ${describe(maxValue)}, but must be null or at least threshold, ${threshold}`,
  make({ maxValue, negativeSlope, threshold }) {
    if (maxValue === null && negativeSlope === 0 && threshold === 0) return { kind: 'relu', parameters: [] };
    return { kind: 'rectifier', parameters: [negativeSlope, threshold, maxValue ?? Infinity] };
  },
});
