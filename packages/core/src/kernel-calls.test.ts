import type { TensorInfo } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { KernelCounters, mapOutputs } from './kernel-calls.ts';

it('counts stock kernels apart, and times both only if asked', () => {
  const counters = new KernelCounters();
  const profiled = new KernelCounters(true);
  for (const one of [counters, profiled]) {
    expect(one.count('kernelCalls', 'Relu', () => 7)).toBe(7);
    one.count('kernelCalls', 'Relu', () => 7);
    one.count('fallbacks', 'Add', () => 7);
    expect(() => one.count('fallbacks', 'Sub', () => JSON.parse('{'))).toThrow(SyntaxError);
  }
  const calls = { kernelCalls: { Relu: 2 }, fallbacks: { Add: 1, Sub: 1 } };
  expect(counters.stats()).toEqual(calls);
  const { kernelMilliseconds, ...others } = profiled.stats();
  expect(others).toEqual(calls);
  expect(Object.keys(kernelMilliseconds!)).toEqual(['Relu', 'Add']);
  const before = counters.stats();
  counters.count('kernelCalls', 'Relu', () => 7);
  expect(before).toEqual(calls);
});

it('changes one output or several', () => {
  const output = (name: string): TensorInfo => ({ dataId: { name }, shape: [], dtype: 'float32' });
  const grown = (one: TensorInfo): TensorInfo => ({ ...one, shape: [1] });
  expect(mapOutputs(output('a'), grown)).toEqual({ ...output('a'), shape: [1] });
  expect(mapOutputs([output('a'), output('b')], grown)).toHaveLength(2);
});
