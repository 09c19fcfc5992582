import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { integer, float32, type } from '../attributes.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import type { Operations } from '../operations.ts';

type Inputs = KernelInputsOf<typeof ops.softmaxCrossEntropy>;
type Attributes = AttributesOf<typeof ops.softmaxCrossEntropy>;

function targets(run: Operations, { logits, labels }: Inputs, { labelSmoothing }: Attributes): number {
  const classes = logits.shape[1]!;
  const { constants } = run;
  const rest = labelSmoothing / classes;
  if (labels.shape.length === 1) {
    const values = [constants.scalar(1 - labelSmoothing + rest), constants.scalar(rest)];
    return run.one(
      'OneHot',
      [run.of(labels), constants.integers(classes), ...values],
      [float32, type('TI', 'int32'), integer('axis', -1)],
    );
  }
  if (labelSmoothing === 0) return run.of(labels);
  return run.one('AddV2', [run.scaled(run.of(labels), 1 - labelSmoothing), constants.scalar(rest)]);
}

/** Logits that TensorFlow can multiply by a target of 0: -Infinity is the lowest finite number there. */
function countable(run: Operations, logits: number, target: number, { labelSmoothing }: Attributes): number {
  if (labelSmoothing > 0) return logits;
  const { constants } = run;
  const lowest = constants.scalar(-3.4028234663852886e38);
  const isInfinite = run.one('Less', [logits, lowest]);
  const countsNothing = run.one('Equal', [target, constants.scalar(0)]);
  return run.one('SelectV2', [run.one('LogicalAnd', [isInfinite, countsNothing], []), lowest, logits]);
}

/** NaN where the class number is none. */
function orNaN(run: Operations, losses: number, { logits, labels }: Inputs): number {
  const int32 = type('T', 'int32');
  const isLow = run.one('Less', [run.of(labels), run.constants.integers(0)], [int32]);
  const isHigh = run.one('GreaterEqual', [run.of(labels), run.constants.integers(logits.shape[1]!)], [int32]);
  const isNone = run.one('LogicalOr', [isLow, isHigh], []);
  return run.one('SelectV2', [isNone, run.constants.scalar(NaN), losses]);
}

export const softmaxCrossEntropy: Kernel = defineKernel(ops.softmaxCrossEntropy, {
  run({ inputs, attributes, run }) {
    const target = targets(run, inputs, attributes);
    const logits = countable(run, run.of(inputs.logits), target, attributes);
    const losses = run.many('SoftmaxCrossEntropyWithLogits', [logits, target], [float32], 2)[0]!;
    return [inputs.labels.shape.length === 1 ? orNaN(run, losses, inputs) : losses];
  },
});

/** Written out, because TensorFlow's gradient takes it for granted that the targets' sum is 1. */
export const softmaxCrossEntropyGradient: Kernel = defineKernel(ops.softmaxCrossEntropyGradient, {
  run({ inputs, attributes, run }) {
    const target = targets(run, inputs, attributes);
    const softmax = run.one('Softmax', [run.of(inputs.logits)]);
    const sumIsOne = inputs.labels.shape.length === 1;
    const predicted = sumIsOne ? softmax : run.one('Mul', [softmax, run.sum(target, [1], true)]);
    const dy = run.reshape(run.of(inputs.dy), [inputs.dy.shape[0]!, 1]);
    return [run.one('Mul', [run.one('Sub', [predicted, target]), dy])];
  },
});
