import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { fill } from '@tensorflow/tfjs-core';
import { use } from '@striate/core';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Dispatch, Kernel } from './kernel.ts';
import { linearIndexCode, linearWorkgroups } from './linear.ts';
import type { TensorBackend } from './tensor-backend.ts';
import { data, startWebGpu } from './testing.ts';
import { webgpu, type WebGpuBackend } from './webgpu.ts';

/** x times a number, as simply as can be. */
const scale: Kernel = {
  name: 'Scale',
  run({ inputs: { x }, attributes: { factor, perGroup = 64 }, gpu }) {
    const y = gpu.output(x!.shape);
    const length = tf.util.sizeFromShape(x!.shape);
    gpu.dispatch({
      name: 'scale',
      constants: { SIZE: perGroup as number },
      inputs: { x: x! },
      outputs: { y },
      uniforms: { factor: { type: 'f32', value: factor as number }, length: { type: 'u32', value: length } },
      workgroups: linearWorkgroups(length, perGroup as number),
      code: () => `${linearIndexCode}
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = linearIndex(id, groups, SIZE);
  if (index < uniforms.length) { y[index] = uniforms.factor * x[index]; }
}`,
    });
    return y;
  },
};

/** Runs a dispatch that the test makes. */
const free: Kernel = {
  name: 'Free',
  run({ inputs, attributes, gpu }) {
    const y = gpu.output([1]);
    gpu.dispatch((attributes['make'] as (x: tf.TensorInfo, y: tf.TensorInfo) => Dispatch)(inputs['x']!, y));
    return y;
  },
};

const scaled = (x: tf.Tensor, factor: number, perGroup = 64): tf.Tensor =>
  tf.engine().runKernel<tf.Tensor>('Scale', { x }, { factor, perGroup });

let backend: WebGpuBackend;
beforeEach(async () => {
  backend = await startWebGpu({ kernels: [scale, free] });
});
afterEach(() => backend.stop());

describe('commands', () => {
  test('go to the device by one submit, uniforms and the read included', async () => {
    const x = tf.tensor([1, 2, 3, 4, 5]);
    let y = x;
    for (let factor = 1; factor <= 20; factor++) y = scaled(y, factor % 2 ? 2 : 0.5);
    expect(await y.data()).toEqual(Float32Array.of(1, 2, 3, 4, 5));
    const { dispatches, submits, uploads, programs, kernelCalls, fallbacks } = backend.stats();
    expect({ dispatches, submits, uploads, programs, kernelCalls, fallbacks }).toEqual({
      dispatches: 20,
      submits: 1,
      uploads: { count: 1, bytes: 20 },
      programs: 1,
      kernelCalls: { Scale: 20 },
      fallbacks: {},
    });
  });

  test('stay in order with stock kernels, host writes and reuse of buffers', async () => {
    const sums: Promise<unknown>[] = [];
    for (let round = 1; round <= 5; round++) {
      const y = tf.tidy(() => {
        const x = scaled(tf.tensor(new Float32Array(1000).fill(round)), 2);
        const z = tf.add(x, tf.tensor(new Float32Array(1000).fill(10)));
        return tf.sum(scaled(z, 3));
      });
      sums.push(y.data());
      y.dispose();
    }
    const wanted = [1, 2, 3, 4, 5].map((round) => Float32Array.of(3000 * (2 * round + 10)));
    expect(await Promise.all(sums)).toEqual(wanted);
  });

  test('of equal steps need no new bind groups', async () => {
    const { device } = tf.engine().backend as unknown as TensorBackend;
    let made = 0;
    const { createBindGroup } = device;
    device.createBindGroup = (descriptor) => {
      made++;
      return createBindGroup.call(device, descriptor);
    };
    let parameters = [fill([20], 1), fill([30], 1), fill([20], 2)];
    const counts: number[] = [];
    for (let step = 0; step < 10; step++) {
      const before = made;
      const [x, next] = [
        tf.tensor(new Float32Array(20).fill(step)),
        parameters.map((w) => tf.tidy(() => scaled(scaled(w, 2), 0.5))),
      ];
      const y = tf.tidy(() => scaled(scaled(x, 2), 3));
      tf.dispose([x, parameters]);
      parameters = next;
      expect((await y.data())[0]).toBe(6 * step);
      y.dispose();
      counts.push(made - before);
    }
    expect(counts.slice(5)).toEqual([0, 0, 0, 0, 0]);
  });

  test('are submitted early when very many wait', async () => {
    let y = tf.tensor([1]);
    for (let index = 0; index < 1500; index++) y = scaled(y, index % 2 ? 2 : 0.5);
    expect(await y.data()).toEqual(Float32Array.of(1));
    expect(backend.stats().submits).toBe(2);
  });

  test('spread over more than one dimension of workgroups', async () => {
    const y = scaled(fill([70_001], 2), 3, 1);
    expect(await tf.min(y).data()).toEqual(Float32Array.of(6));
    expect(await tf.max(y).data()).toEqual(Float32Array.of(6));
  });

  test('on no elements do nothing', async () => {
    expect(await scaled(tf.zeros([0, 3]), 2).data()).toEqual(new Float32Array(0));
    expect(await tf.concat([tf.zeros([0, 2]), scaled(tf.ones([1, 2]), 2)]).data()).toEqual(Float32Array.of(2, 2));
  });

  test.each<[string, (x: tf.TensorInfo, y: tf.TensorInfo) => Dispatch]>([
    [
      'an output that is an input',
      (x) => ({ name: 'f', inputs: { x }, outputs: { y: x }, workgroups: [1, 1, 1], code }),
    ],
    ['too many workgroups', (_, y) => ({ name: 'f', outputs: { y }, workgroups: [70_000, 1, 1], code })],
    [
      'a constant that is no number',
      (_, y) => ({ name: 'f', constants: { N: NaN }, outputs: { y }, workgroups: [1, 1, 1], code }),
    ],
  ])('refuse %s', (_, make) => {
    const x = fill([1], 1);
    expect(() => tf.engine().runKernel('Free', { x }, { make: make as never })).toThrowErrorMatchingSnapshot();
  });
});

const code = (): string => '@compute @workgroup_size(1) fn main() { y[0] = 1; }';

describe('tensors', () => {
  test('are copied from the host, and to it', async () => {
    const values = Float32Array.of(1, 2);
    const x = tf.tensor(values);
    values[0] = 9;
    const y = scaled(x, 1);
    const read = await y.data();
    read[0] = 9;
    expect(await y.data()).toEqual(Float32Array.of(1, 2));
    expect(await x.data()).toEqual(Float32Array.of(1, 2));
  });

  test('of bool and int32 become what float32 says', async () => {
    const bool = tf.cast(tf.tensor([true, false], [2], 'bool'), 'float32');
    expect(await tf.add(bool, 0.5).data()).toEqual(Float32Array.of(1.5, 0.5));
    const int = tf.cast(tf.add(fill([2], 5, 'int32'), tf.tensor([1, -9], [2], 'int32')), 'float32');
    expect(await scaled(int, 0.5).data()).toEqual(Float32Array.of(3, -2));
    expect(await tf.greater(scaled(int, 0.5), 0).data()).toEqual(Uint8Array.of(1, 0));
  });

  test('do not let memory grow from step to step', async () => {
    const step = async (): Promise<void> => {
      const loss = tf.tidy(() => tf.sum(scaled(tf.tensor(data([64, 100], new Float32Array(6400)).values), 2)));
      await loss.data();
      loss.dispose();
    };
    for (let index = 0; index < 5; index++) await step();
    const { bytesReserved, bytesInUse, tensors } = backend.stats();
    for (let index = 0; index < 200; index++) await step();
    expect(backend.stats()).toMatchObject({ bytesReserved, bytesInUse, tensors });
  });

  test('of sizes that are not used any more give their memory back', async () => {
    for (let size = 1000; size < 100_000; size += 1000) await tf.tidy(() => tf.sum(scaled(fill([size], 1), 2))).data();
    const { bytesReserved } = backend.stats();
    for (let index = 0; index < 130; index++) await tf.tidy(() => tf.sum(scaled(fill([10], 1), 2))).data();
    expect(backend.stats().bytesReserved).toBeLessThan(bytesReserved / 10);
  });
});

describe('the backend', () => {
  test('can be started again and again, and stop leaves no kernel', async () => {
    const kept = fill([1], 1);
    const second = await startWebGpu({ kernels: [scale] });
    kept.dispose();
    expect(await scaled(fill([1], 2), 2).data()).toEqual(Float32Array.of(4));
    await second.stop();
    expect(tf.getKernelsForBackend(second.engineName)).toEqual([]);
    await use(backend);
    expect(await scaled(fill([1], 2), 2).data()).toEqual(Float32Array.of(4));
    expect(await webgpu().probe()).toMatchObject({ available: true });
  });

  test('times dispatches when asked to', async () => {
    const timed = await startWebGpu({ kernels: [scale], profile: true });
    await scaled(tf.add(fill([100_000], 1), 1), 2).data();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { kernelMilliseconds } = timed.stats();
    expect(Object.keys(kernelMilliseconds!)).toEqual(['FillProgram', expect.stringMatching(/Binary/), 'scale']);
    expect(kernelMilliseconds!['scale']).toBeGreaterThan(0);
  });

  test('lets the process exit by itself', async () => {
    const program = `
      import { use, fill } from '@striate/core';
      import { webgpu } from '@striate/backend-webgpu';
      const backend = await use(webgpu());
      console.log((await fill([2], 3).data())[1]);
      if (process.argv[1] === 'stop') await backend.stop();`;
    const run = promisify(execFile);
    for (const argument of ['stop', 'leave']) {
      const flags = ['--conditions=@striate/source', '--input-type=module', '--eval', program, argument];
      const { stdout } = await run(process.execPath, flags, {
        cwd: fileURLToPath(new URL('../../../examples', import.meta.url)),
        timeout: 20_000,
      });
      expect(stdout).toBe('3\n');
    }
  });

  test('refuses options that make no sense', () => {
    expect(() => webgpu({ powerpreference: 'low-power' } as object)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: webgpu: there is no option 'powerpreference'. Did you mean 'powerPreference'? Known: powerPreference, profile.]`,
    );
    expect(() => webgpu({ powerPreference: 'fast' as 'low-power' })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: webgpu: powerPreference is "fast". Known: high-performance, low-power.]`,
    );
    expect(() => webgpu().stats()).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: webgpu: the backend is not started; call use(webgpu()) first.]`,
    );
  });
});
