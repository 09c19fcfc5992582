import { ops } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type Uniform } from '../../kernel.ts';
import { runRows } from '../element-wise/rows.ts';
import { sumOfPowers } from '../element-wise/softmax.ts';

const smoothingOf = ({ labelSmoothing }: { labelSmoothing: number }): Record<string, Uniform> => ({
  smoothing: { type: 'f32', value: labelSmoothing },
});

/** WGSL: the label's `share` of class k, of class numbers [N] or of shares [N, K]; NaN for a class that does not exist. */
const shareCode = (labels: TensorInfo): string =>
  labels.dtype === 'int32'
    ? `
    let label = u32(labels[row]);
    let share = select(select(0.0, 1.0, label == k), bitcast<f32>(label | 0x7fc00000u), label >= uniforms.classes);`
    : `
    let share = labels[start + k];`;

const targetCode = `
    let t = share * (1.0 - uniforms.smoothing) + uniforms.smoothing / f32(uniforms.classes);`;

const loop = (body: string): string => `
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) {${body}
  }`;

export const crossEntropyKernels: readonly Kernel[] = [
  defineKernel(ops.softmaxCrossEntropy, {
    run({ inputs, attributes, gpu }) {
      const [logits, labels] = [inputs.logits, inputs.labels];
      const [rows, classes] = logits.shape as [number, number];
      const losses = gpu.output([rows]);
      runRows(gpu, {
        name: 'softmaxCrossEntropy',
        rows,
        classes,
        inputs: { logits, labels },
        outputs: { losses },
        uniforms: smoothingOf(attributes),
        body: `${sumOfPowers('logits')}
  let logOfSum = log(sum);
  var loss = 0.0;${loop(`${shareCode(labels)}${targetCode}
    // 0 * -infinity counts nothing.
    loss += select(t * (logOfSum - (logits[start + k] - largest)), 0.0, t == 0.0);`)}
  loss = sumOfRow(loss, lane);
  if (lane == 0u) { losses[row] = select(loss, sum, isNan(sum)); }`,
      });
      return losses;
    },
  }),
  defineKernel(ops.softmaxCrossEntropyGradient, {
    run({ inputs, attributes, gpu }) {
      const [dy, logits, labels] = [inputs.dy, inputs.logits, inputs.labels];
      const [rows, classes] = logits.shape as [number, number];
      const dLogits = gpu.output(logits.shape);
      const total = labels.dtype === 'int32' ? '' : loop(`${shareCode(labels)}\n    total += share;`);
      runRows(gpu, {
        name: 'softmaxCrossEntropyGradient',
        rows,
        classes,
        inputs: { dy, logits, labels },
        outputs: { dLogits },
        uniforms: smoothingOf(attributes),
        body: `${sumOfPowers('logits')}
  var total = 0.0;${total}
  total = ${labels.dtype === 'int32' ? '1.0' : 'sumOfRow(total, lane)'};
  let factor = (total * (1.0 - uniforms.smoothing) + uniforms.smoothing) / sum;${loop(`${shareCode(labels)}${targetCode}
    dLogits[start + k] = dy[row] * (powerInRow(logits[start + k], largest) * factor - t);`)}`,
      });
      return dLogits;
    },
  }),
];
