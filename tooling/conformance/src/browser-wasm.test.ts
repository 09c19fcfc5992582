import { expect } from 'vitest';
import { testInChromium } from './browser-check.ts';

testInChromium('wasm-browser', { rounds: 3, every: 1 }, ({ device, crossOriginIsolated }) => {
  expect(device).toContain(crossOriginIsolated ? '2 threads, shared memory' : '1 thread, unshared memory');
});
