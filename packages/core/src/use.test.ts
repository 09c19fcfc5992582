import { getBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import { cpu } from './testing.ts';
import { activeBackend, use } from './use.ts';

const missing = (name: string, reason: string, remedy: string): Backend => ({
  ...cpu(),
  name,
  probe: async () => ({ available: false, reason, remedy }),
});

it('starts the first backend that works', async () => {
  const chosen = await use([missing('webgpu', 'no adapter was found.', 'Install a Vulkan driver.'), cpu()]);
  expect(chosen.name).toBe('cpu');
  expect(activeBackend()).toBe(chosen);
  expect(getBackend()).toBe('cpu');
});

it('says of each backend why it does not work and what would help', async () => {
  const none = use([
    missing('webgpu', 'no adapter was found.', 'Install a Vulkan driver.'),
    missing('wasm', 'WebAssembly SIMD is missing.', 'Use Node 22 or later.'),
  ]);
  await expect(none).rejects.toThrowErrorMatchingInlineSnapshot(`
    [BackendError: use: no backend works here.
      webgpu: no adapter was found. Install a Vulkan driver.
      wasm: WebAssembly SIMD is missing. Use Node 22 or later.]
  `);
});

it('stops the backend in use before it starts another, and works twice in a row', async () => {
  const stopped: string[] = [];
  const watched = (name: string): Backend => {
    const backend = cpu();
    return { ...backend, name, stop: async () => (stopped.push(name), backend.stop()) };
  };
  await use(watched('first'));
  await use(watched('second'));
  await use(watched('second'));
  expect(stopped).toEqual(['first', 'second']);
});
