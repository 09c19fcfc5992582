import { engine, getBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import { cpu } from './testing.ts';
import { occupyBackend } from './occupy-backend.ts';
import * as ops from './ops/index.ts';
import { memory, tensor } from './tensor.ts';
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

const failing = (name: string): Backend => ({
  ...cpu(),
  name,
  start: async () => {
    throw new Error('its driver crashed.');
  },
});

it('tells of each backend that was passed over, one that fails to start included', async () => {
  const refusals: string[] = [];
  const chosen = await use(
    [missing('webgpu', 'no adapter was found.', 'Install a Vulkan driver.'), failing('wasm'), cpu()],
    { onRefusal: (reason) => refusals.push(reason) },
  );
  expect(chosen.name).toBe('cpu');
  expect(refusals).toEqual([
    'webgpu: no adapter was found. Install a Vulkan driver.',
    'wasm: it failed to start: its driver crashed.',
  ]);
  await expect(use(failing('wasm'))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [BackendError: use: no backend works here.
      wasm: it failed to start: its driver crashed.]
  `);
});

it('keeps the backend in use, and what is carried, if no other starts', async () => {
  const before = await use(cpu());
  const x = tensor([1, 2, 3]);
  const other = { ...failing('other'), engineName: 'other' };
  await expect(use(other)).rejects.toThrow('its driver crashed');
  expect(activeBackend()).toBe(before);
  expect(await ops.add(x, 1).data()).toEqual(Float32Array.of(2, 3, 4));
  await expect(use(failing('cpu'), { carry: [x] })).rejects.toThrow('its driver crashed');
  expect(activeBackend()).toBe(before);
  expect(await ops.add(x, 1).data()).toEqual(Float32Array.of(2, 3, 4));
});

it('carries tensors to the bit, whatever they are nested in, and gives the old storage back', async () => {
  await use(cpu());
  const bits = new Float32Array(Uint32Array.of(0x7fc0_1234, 0x8000_0000, 1, 0x7f80_0000, 0x3f80_0001).buffer);
  const x = tensor(bits);
  const view = ops.reshape(x, [5, 1]);
  const labels = tensor([1, -2147483648], [2], 'int32');
  const flags = tensor([true, false], [2], 'bool');
  const state = { parameters: { 'a/b': x }, list: [[view], { labels, x, nothing: undefined, text: 'text' }], flags };
  const loop: Record<string, unknown> = { state };
  loop['self'] = loop;
  const old = engine().backend;
  const counted = memory().numTensors;
  await use(cpu(), { carry: [loop] });
  expect(engine().backend).not.toBe(old);
  expect(old.numDataIds()).toBe(0);
  expect(memory().numTensors).toBe(counted);
  expect(new Uint32Array((await x.data()).buffer)).toEqual(new Uint32Array(bits.buffer));
  expect(await labels.data()).toEqual(Int32Array.of(1, -2147483648));
  expect(Array.from(await flags.data())).toEqual([1, 0]);
  x.dispose();
  expect((await view.data()).length).toBe(5);
  view.dispose();
  expect(engine().backend.numDataIds()).toBe(2);
});

it('carries no tensor that is disposed', async () => {
  await use(cpu());
  const x = tensor([1, 2]);
  x.dispose();
  await expect(use(cpu(), { carry: [{ x }] })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: use: carry holds a tensor [2] that is disposed.]`,
  );
});

it('is refused while something needs the backend in use', async () => {
  const before = await use(cpu());
  const release = occupyBackend('fit');
  await expect(use(cpu())).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: use: fit is running on cpu, which cannot be replaced under it. Wait until it has ended, or abort it by its signal; then carry its state over.]`,
  );
  expect(activeBackend()).toBe(before);
  release();
  await use(cpu());
});

it('takes turns when called twice at once', async () => {
  const [first, second] = [cpu(), cpu()];
  await Promise.all([use(first), use(second)]);
  expect(activeBackend()).toBe(second);
  expect(await ops.add(tensor([1]), 1).data()).toEqual(Float32Array.of(2));
});
