import { afterEach, beforeEach, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { fill } from '@tensorflow/tfjs-core';
import type { Kernel } from './kernel.ts';
import { startWebGpu } from './testing.ts';
import type { TensorBackend } from './tensor-backend.ts';
import type { WebGpuBackend } from './webgpu.ts';

const broken: Kernel = {
  name: 'Broken',
  run({ inputs: { x }, gpu }) {
    const y = gpu.output(x!.shape);
    gpu.dispatch({
      name: 'broken',
      inputs: { x: x! },
      outputs: { y },
      workgroups: [1, 1, 1],
      code: () => '@compute @workgroup_size(1) fn main() { y[0] = none[0]; }',
    });
    return y;
  },
};

let backend: WebGpuBackend;
beforeEach(async () => {
  backend = await startWebGpu({ kernels: [broken] });
});
afterEach(() => backend.stop());

const device = (): GPUDevice => (tf.engine().backend as unknown as TensorBackend).device;

test('a shader that does not compile is named at the next read, once', async () => {
  const x = fill([1], 1);
  await x.data();
  const y = tf.engine().runKernel<tf.Tensor>('Broken', { x });
  const z = tf.add(x, 1);
  const reads = [y.data(), z.data()];
  await expect(reads[0]).rejects.toThrowErrorMatchingInlineSnapshot(`
    [BackendError: webgpu: program 'broken' does not compile on this GPU, whose driver may be to blame:
      unresolved value 'none' at 3:48: @compute @workgroup_size(1) fn main() { y[0] = none[0]; }
    Another backend goes on in its place; please report this message.]
  `);
  await expect(reads[1]).rejects.toThrow("'broken'");
  expect(() => tf.engine().runKernel('Broken', { x })).toThrow("'broken' does not compile");
  expect(await tf.add(x, 2).data()).toEqual(Float32Array.of(3));
});

test('memory that the GPU does not have is an error at the next read', async () => {
  const x = fill([1], 1);
  const error = new GPUOutOfMemoryError('Failed to allocate.');
  device().dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
  await expect(tf.add(x, 1).data()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webgpu: the GPU is out of memory: Failed to allocate. Use smaller batches or images, or dispose tensors that are no longer needed.]`,
  );
});

test('a command that the GPU refuses is an error at the next read', async () => {
  const x = fill([1], 1);
  const error = new GPUValidationError('Buffer is destroyed.');
  device().dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
  await expect(tf.add(x, 1).data()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webgpu: the GPU refused a command, and what was computed since the last read is worthless: Buffer is destroyed. Start the backend again with use(webgpu()) and go on from the last checkpoint.]`,
  );
});

test('a tensor that no buffer holds is refused at once', () => {
  expect(() => fill([2 ** 30], 1)).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webgpu: a tensor of 4096.0 MiB does not fit into a buffer, which is 1024.0 MiB at most on this GPU. Use smaller batches or images.]`,
  );
});

test('when the device is lost, pending reads and later calls say so', async () => {
  const x = fill([2], 1);
  const y = tf.add(x, 1);
  const pending = y.data();
  device().destroy();
  await expect(pending).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webgpu: the GPU device is lost: it was destroyed. All tensors on it are gone. Start the backend again with use(webgpu()) and go on from the last checkpoint.]`,
  );
  await expect(y.data()).rejects.toThrow('the GPU device is lost');
  expect(() => tf.add(x, 1)).toThrow('the GPU device is lost');
  expect(() => tf.engine().runKernel('Broken', { x })).toThrow('the GPU device is lost');
  await backend.stop();
  backend = await startWebGpu({ kernels: [] });
  expect(await tf.add(fill([1], 1), 1).data()).toEqual(Float32Array.of(2));
});

test.each([0, 100])('a device lost while nothing waits is named at the next use, %i ms later', async (wait) => {
  const x = tf.add(fill([2], 1), 1);
  await x.data();
  device().destroy();
  await new Promise((resolve) => setTimeout(resolve, wait));
  await expect(x.data()).rejects.toThrow('the GPU device is lost: it was destroyed.');
  expect(() => tf.add(x, 1)).toThrow('the GPU device is lost: it was destroyed.');
  expect(() => fill([2], 1)).toThrow('the GPU device is lost: it was destroyed.');
});

test('a device lost right before its next use is named by the read', async () => {
  const x = tf.add(fill([2], 1), 1);
  await x.data();
  device().destroy();
  await expect(tf.add(x, 1).data()).rejects.toThrow('the GPU device is lost: it was destroyed.');
});

test('a tensor on the GPU cannot be read at once', async () => {
  expect(() => fill([1], 1).dataSync()).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webgpu: a tensor on the GPU cannot be read at once. Use \`await tensor.data()\` in place of \`dataSync()\`.]`,
  );
});
