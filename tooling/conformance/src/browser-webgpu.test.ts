import { expect } from 'vitest';
import { testInBrowser } from './browser-check.ts';

testInBrowser({
  backend: 'webgpu-browser',
  browser: 'chromium',
  rounds: 1,
  // Without a GPU every case compiles its shaders for the processor, a third of a second and more: one case of sixteen.
  every: 16,
  also: ({ device }) => expect(device).toMatch(/^WebGPU/),
});
