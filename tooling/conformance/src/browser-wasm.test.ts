import { browserNames } from '@striate/browsers';
import { expect } from 'vitest';
import { testInBrowser } from './browser-check.ts';

for (const browser of browserNames) {
  testInBrowser({
    backend: 'wasm-browser',
    browser,
    rounds: 3,
    every: 1,
    also({ device, crossOriginIsolated }) {
      expect(device).toContain(crossOriginIsolated ? '2 threads, shared memory' : '1 thread, unshared memory');
    },
  });
}
