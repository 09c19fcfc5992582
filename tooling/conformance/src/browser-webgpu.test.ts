import { expect } from 'vitest';
import { testInChromium } from './browser-check.ts';

// Without a GPU every case compiles its shaders for the processor, a third of a second and more: one case of sixteen.
testInChromium('webgpu-browser', { rounds: 1, every: 16 }, ({ device }) => {
  expect(device).toMatch(/^WebGPU/);
});
