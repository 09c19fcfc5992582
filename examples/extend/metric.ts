// A metric of your own: a sum over a batch's samples with what it is divided by, so that batches add up.
import { ops, option, type Kind, type Tensor } from '@striate/core';
import { defineMetric, type Metric } from '@striate/train';

/** Options of {@link recall}. */
export interface RecallOptions {
  /** The class that is looked at. */
  label: number;
}

/** Share of the samples of one class that are classified rightly, as `recall3` in the history; for class numbers. */
export const recall: Kind<RecallOptions, Metric, [label: number]> = defineMetric({
  type: 'me/recall',
  doc: 'Share of the samples of one class that are classified rightly.',
  options: { label: option.count({ doc: 'The class.', minimum: 0, example: 3 }) },
  shorthand: (label: number) => ({ label }),
  make({ label }) {
    const isOf = (numbers: Tensor): Tensor => ops.toFloat(ops.equal(numbers, label));
    return {
      name: `recall${label}`,
      compute: ({ outputs, targets }) => ops.sum(ops.multiply(isOf(ops.argMax(outputs, { axis: 1 })), isOf(targets))),
      count: ({ targets }) => ops.sum(isOf(targets)),
    };
  },
});
