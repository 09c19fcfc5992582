import * as weights from '@striate/weights';
import type { RightCall } from '../right-call.ts';

const tensors = (): object => ({ a: { shape: [2], dtype: 'F32', data: Float32Array.of(1, 2) } });

export const weightCalls: readonly RightCall[] = [
  {
    name: 'readSafetensors',
    call: weights.readSafetensors,
    args: () => [weights.writeSafetensors(tensors() as never), 'a file'],
    needs: 1,
    also: { '#1': ['text'] },
  },
  { name: 'writeSafetensors', call: weights.writeSafetensors, args: () => [tensors(), { note: 'mine' }], needs: 1 },
  {
    name: 'writeSafetensors, a tensor',
    call: (a) => weights.writeSafetensors({ a }),
    args: () => [{ shape: [2], dtype: 'F32', data: Float32Array.of(1, 2) }],
    options: 0,
    required: ['shape', 'dtype', 'data'],
  },
];
