// For tests: runs one kernel with 1, 2 and 4 threads, wants the same bits of each and no write beside a tensor, and
// runs the stock CPU kernel of the same name for comparison.
import { env, getKernel, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { sizeOf } from '@striate/core';
import { expect } from 'vitest';
import type { Kernel, KernelBackend } from '../kernel.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '../runtime.ts';
import { elementType } from '../kernels/element-types.ts';
import { isNumeric, toArrayOf, type NumericArray } from '../stored-tensor.ts';

export interface Data {
  shape: readonly number[];
  dtype: DataType;
  values: NumericArray;
}

export interface KernelTrials {
  /** The kernel's outputs. */
  run(kernel: Kernel, inputs: Record<string, Data | undefined> | Data[], attributes?: object): Data[];
  stop(): Promise<void>;
}

const guard = 64;
const mark = 0xa5;

export async function startTrials(options: Partial<RuntimeOptions> = {}): Promise<KernelTrials> {
  env().set('IS_TEST', true); // else the stock backend advertises another one
  const runtimes: Runtime[] = [];
  for (const threads of [1, 2, 4]) {
    runtimes.push(await createRuntime({ simd: 'auto', memory: 'shared', ...options, threads }));
  }
  return {
    run(kernel, inputs, attributes = {}) {
      const [first, ...others] = runtimes.map((runtime) => runOn(runtime, kernel, inputs, attributes));
      for (const other of others) expectBits(other, first!);
      return first!;
    },
    async stop() {
      await Promise.all(runtimes.map((runtime) => runtime.stop()));
    },
  };
}

function expectBits(got: readonly Data[], wanted: readonly Data[]): void {
  expect(got.length).toBe(wanted.length);
  // As bytes, since comparing arrays of numbers one by one takes long.
  const bytes = ({ values }: Data): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  for (const [index, data] of wanted.entries()) expect(bytes(got[index]!).equals(bytes(data))).toBe(true);
}

function runOn(
  runtime: Runtime,
  kernel: Kernel,
  inputs: Parameters<KernelTrials['run']>[1],
  attributes: object,
): Data[] {
  const blocks = new Map<object, { address: number; bytes: number }>();
  const temporaries: number[] = [];
  const bytesAt = (address: number, bytes: number): Uint8Array => new Uint8Array(runtime.memory.buffer, address, bytes);

  function make(shape: readonly number[], dtype: DataType): TensorInfo {
    const bytes = sizeOf(shape) * elementType(dtype).bytes;
    const address = runtime.allocator.allocate(bytes + 2 * guard) + guard;
    // NaN all over: what is read beyond an input's end must not count.
    bytesAt(address - guard, bytes + 2 * guard).fill(0xff);
    bytesAt(address - guard, guard).fill(mark);
    bytesAt(address + bytes + 32, guard - 32).fill(mark);
    const dataId = {};
    blocks.set(dataId, { address, bytes });
    return { dataId, shape: [...shape], dtype };
  }
  const backend: KernelBackend = {
    address: ({ dataId }) => blocks.get(dataId)!.address,
    output: (shape, dtype = 'float32') => make(shape, dtype),
    alias: (tensor, shape) => ({ ...tensor, shape: [...shape] }),
    temporary(bytes) {
      temporaries.push(runtime.allocator.allocate(bytes));
      bytesAt(temporaries.at(-1)!, bytes).fill(0xff);
      return temporaries.at(-1)!;
    },
    floats: (address, length) => new Float32Array(runtime.memory.buffer, address, length),
    run: (name, args, work) => runtime.run(name, args, work),
    winograd: false,
  };
  const tensors = Object.entries(inputs).flatMap(([name, data]) => {
    if (!data) return [];
    const tensor = make(data.shape, data.dtype);
    const { buffer, byteOffset, byteLength } = data.values as Float32Array;
    bytesAt(backend.address(tensor), byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    return [[name, tensor] as const];
  });
  const call = {
    inputs: (Array.isArray(inputs) ? tensors.map(([, tensor]) => tensor) : Object.fromEntries(tensors)) as Record<
      string,
      TensorInfo
    >,
    attributes: attributes as Record<string, unknown>,
    backend,
  };
  try {
    if (kernel.accepts && !kernel.accepts(call)) throw new Error(`${kernel.name} does not accept this call`);
    const outputs = [kernel.run(call)].flat().map(({ dataId, shape, dtype }): Data => {
      if (!isNumeric(dtype)) throw new Error(`unexpected ${dtype}`);
      const { address, bytes } = blocks.get(dataId)!;
      const copied = bytesAt(address, bytes).slice();
      const values = dtype === 'bool' ? copied : new (dtype === 'int32' ? Int32Array : Float32Array)(copied.buffer);
      return { shape, dtype, values };
    });
    for (const { address, bytes } of blocks.values()) {
      const before = bytesAt(address - guard, guard).every((byte) => byte === mark);
      const after = bytesAt(address + bytes, 32).every((byte) => byte === 0xff);
      if (!before || !after) throw new Error(`${kernel.name} wrote beside a tensor of ${bytes} bytes`);
    }
    return outputs;
  } finally {
    for (const { address } of blocks.values()) runtime.allocator.free(address - guard);
    for (const address of temporaries) runtime.allocator.free(address);
  }
}

/** The stock CPU kernel's outputs. */
export function runStock(name: string, inputs: Record<string, Data> | Data[], attributes: object = {}): Data[] {
  const cpu = new MathBackendCPU();
  const infos = Object.entries(inputs).map(
    ([key, { shape, dtype, values }]) => [key, cpu.makeTensorInfo([...shape], dtype, values.slice())] as const,
  );
  const outputs = getKernel(name, 'cpu').kernelFunc({
    inputs: Array.isArray(inputs)
      ? (infos.map(([, info]) => info) as unknown as Record<string, TensorInfo>) // as tfjs passes lists
      : Object.fromEntries(infos),
    attrs: attributes as Record<string, never>,
    backend: cpu,
  });
  return [outputs].flat().map(({ dataId, shape, dtype }) => {
    if (!isNumeric(dtype)) throw new Error(`unexpected ${dtype}`);
    return { shape, dtype, values: toArrayOf(dtype, cpu.readSync(dataId) as NumericArray) };
  });
}

/** Wants shapes and types to be equal, and values within `relative` of max|b| (0: equal values). */
export function expectSame(got: readonly Data[], wanted: readonly Data[], relative = 0): void {
  expect(got.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    wanted.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  for (const [index, { values }] of wanted.entries()) expectValues(got[index]!.values, values, relative);
}

export function expectValues(got: ArrayLike<number>, wanted: ArrayLike<number>, relative: number): void {
  expect(got.length).toBe(wanted.length);
  let largest = 0;
  for (const value of Array.from(wanted)) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const limit = relative * largest;
  for (let index = 0; index < wanted.length; index++) {
    const [ours, theirs] = [got[index]!, wanted[index]!];
    const equal = ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs)) || Math.abs(ours - theirs) <= limit;
    if (!equal) throw new Error(`value ${index} of ${wanted.length} is ${ours}, wanted ${theirs} within ${limit}`);
  }
}

let words = new Uint32Array(0);
let used = 0;

/** A fresh number in [0, 1). */
export function uniform(): number {
  if (used === words.length) {
    words = crypto.getRandomValues(new Uint32Array(8192));
    used = 0;
  }
  return words[used++]! / 2 ** 32;
}

/** A whole number from `low` to `high`. */
export const whole = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));

/** Fresh values: float32 from -1 to 1 (times `scale`), int32 from -scale to scale, bool 0 or 1. */
export function random(
  shape: readonly number[],
  dtype: 'float32' | 'int32' | 'bool' = 'float32',
  scale: number = dtype === 'int32' ? 9 : 1,
): Data {
  const draw = {
    float32: () => (2 * uniform() - 1) * scale,
    int32: () => whole(-scale, scale),
    bool: () => whole(0, 1),
  }[dtype];
  return { shape, dtype, values: toArrayOf(dtype, Array.from({ length: sizeOf(shape) }, draw)) };
}

/** A float32 tensor of these values. */
export const data = (
  shape: readonly number[],
  values: ArrayLike<number>,
  dtype: 'float32' | 'int32' | 'bool' = 'float32',
): Data => ({
  shape,
  dtype,
  values: toArrayOf(dtype, values),
});
