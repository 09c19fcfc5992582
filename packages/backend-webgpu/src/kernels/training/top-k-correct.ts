import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { placeOfLargest } from '../element-wise/reductions.ts';
import { reduce } from '../element-wise/reduce.ts';
import { runRows } from '../element-wise/rows.ts';

export const topKCorrectKernel: Kernel = defineKernel(ops.topKCorrect, {
  run({ inputs, attributes, gpu }) {
    const [logits, labels] = [inputs.logits, inputs.labels];
    const [rows, classes] = logits.shape as [number, number];
    const correct = gpu.scratch([rows]);
    runRows(gpu, {
      name: 'topKCorrect',
      rows,
      classes,
      inputs: { logits, labels },
      outputs: { correct },
      uniforms: { limit: { type: 'f32', value: attributes.k } },
      // NaN ranks before all, but is never right.
      body: `${labels.dtype === 'int32' ? '  let label = labels[row];' : placeOfLargest('labels', 'label')}
  let exists = label >= 0 && label < i32(uniforms.classes);
  let own = logits[start + u32(select(0, label, exists))];
  var ahead = 0.0;
  for (var k = lane; k < uniforms.classes; k += u32(WIDTH)) {
    let logit = logits[start + k];
    let isAhead = isNan(logit) || isNan(own) || logit > own || (logit == own && i32(k) < label);
    ahead += select(0.0, 1.0, isAhead);
  }
  ahead = sumOfRow(ahead, lane);
  if (lane == 0u) { correct[row] = select(0.0, 1.0, exists && !isNan(own) && ahead < uniforms.limit); }`,
    });
    return reduce(gpu, { name: 'topKCorrect.sum', kind: 'sum', inputs: { x: correct }, axes: [0] });
  },
});
