import { fill } from '@striate/core';
import * as regularizers from '@striate/regularizers';
import type { RightCall } from '../right-call.ts';
import { definitionCall } from './definition-call.ts';

const x = (): unknown => (held ??= fill([2, 3], 1));
let held: ReturnType<typeof fill> | undefined;

export const regularizerCalls: readonly RightCall[] = [
  definitionCall('definePenalty', regularizers.definePenalty),
  definitionCall('defineConstraint', regularizers.defineConstraint),
  { name: 'l1', call: regularizers.l1, args: () => [0.1], needs: 0 },
  { name: 'l2', call: regularizers.l2, args: () => [0.1], needs: 0 },
  { name: 'l1l2', call: regularizers.l1l2, args: () => [{ l1: 0.1, l2: 0.1 }], options: 0 },
  { name: 'orthogonal', call: regularizers.orthogonal, args: () => [{ factor: 0.1, mode: 'rows' }], options: 0 },
  {
    name: 'maxNorm',
    call: regularizers.maxNorm,
    args: () => [{ maximum: 2, axis: 0 }],
    options: 0,
    also: { axis: ['list'] },
  },
  {
    name: 'minMaxNorm',
    call: regularizers.minMaxNorm,
    args: () => [{ minimum: 0.5, maximum: 2, rate: 1, axis: 0 }],
    options: 0,
    also: { axis: ['list'] },
  },
  { name: 'unitNorm', call: regularizers.unitNorm, args: () => [{ axis: 0 }], options: 0, also: { axis: ['list'] } },
  {
    name: 'penalty',
    call: regularizers.penalty,
    args: () => [{ type: 'l2', factor: 0.1 }, x()],
    also: { '#0': ['function'] },
  },
  {
    name: 'penalty, its record',
    call: (record) => regularizers.penalty(record, x() as never),
    args: () => [{ type: 'l2', factor: 0.1 }],
    options: 0,
    required: ['type'],
  },
  {
    name: 'constrain',
    call: regularizers.constrain,
    args: () => [{ type: 'maxNorm', maximum: 1, axis: 0 }, x()],
    also: { '#0': ['function'] },
  },
];
