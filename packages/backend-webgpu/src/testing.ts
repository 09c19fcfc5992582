// For tests of kernels: `startWebGpu()` starts the backend; `startTrials()` compares it with stock tfjs on the CPU.
import { env, setBackend, tensor, tidy, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { sizeOf, use } from '@striate/core';
import type { BackendManifest } from '@striate/core/backend';
import { cpu, nudge } from '@striate/core/testing';
import { existsSync } from 'node:fs';
import { isNumeric, toHostArray, type NumericArray, type NumericType } from './element-types.ts';
import type { Kernel } from './kernel.ts';
import { kernels as allKernels } from './kernels/index.ts';
import { manifest as published } from './manifest.ts';
import type { WebGpuOptions } from './options.ts';
import { createWebGpu, type WebGpuBackend } from './webgpu.ts';

/** Vulkan drivers that need no GPU: Chromium brings one. */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

export interface TestOptions extends WebGpuOptions {
  /** Instead of all. */
  kernels?: readonly Kernel[];
}

/** Starts the backend and makes it the engine's, on a software adapter where there is no GPU. */
export async function startWebGpu(options: TestOptions = {}): Promise<WebGpuBackend> {
  env().set('IS_TEST', true); // the engine then throws where a kernel leaves a tensor behind
  const backend = anyWebGpu(options);
  await use(backend);
  return backend;
}

/** The backend on a GPU, or where none is found on an adapter that computes on the CPU. */
export function anyWebGpu({ kernels = allKernels, ...options }: TestOptions = {}): WebGpuBackend {
  const backend = createWebGpu(options, { kernels });
  return {
    ...backend,
    async probe() {
      const found = await backend.probe();
      const driver = softwareDrivers.find((path) => existsSync(path));
      if (found.available || !driver) return found;
      process.env['VK_ICD_FILENAMES'] = driver;
      return backend.probe();
    },
  };
}

/** The manifest, for a backend that computes on the CPU where no GPU is found. */
export const manifest: BackendManifest = { ...published, make: anyWebGpu };

/** A tensor's contents on the host. */
export interface Data {
  shape: readonly number[];
  dtype: DataType;
  values: NumericArray;
}

export type Compute<Names extends string> = (inputs: Record<Names, Tensor>) => Tensor | Tensor[];

export interface Trials {
  readonly backend: WebGpuBackend;
  /** What `compute` gives on this backend. */
  run<Names extends string>(inputs: Record<Names, Data>, compute: Compute<Names>): Promise<Data[]>;
  /** What it gives on stock tfjs on the CPU, where every op runs as its reference. */
  reference<Names extends string>(inputs: Record<Names, Data>, compute: Compute<Names>): Promise<Data[]>;
  /**
   * Wants shapes and types of both to be equal, values within `tolerance` of max|reference| and what rounding may cost
   * (0: equal values), and no stock kernel of WebGPU to run.
   */
  compare<Names extends string>(
    inputs: Record<Names, Data>,
    compute: Compute<Names>,
    tolerance?: number,
  ): Promise<void>;
  stop(): Promise<void>;
}

export async function startTrials(options: TestOptions = {}): Promise<Trials> {
  const backend = await startWebGpu(options);
  await cpu().start();

  async function runOn<Names extends string>(
    engineName: string,
    inputs: Record<Names, Data>,
    compute: Compute<Names>,
  ): Promise<Data[]> {
    await setBackend(engineName);
    const made = tidy(() => {
      const tensors = Object.entries<Data>(inputs).map(([name, { values, shape, dtype }]) => [
        name,
        tensor(values, [...shape], dtype as NumericType),
      ]);
      return [compute(Object.fromEntries(tensors) as Record<Names, Tensor>)].flat();
    });
    const outputs = await Promise.all(made.map(contentsOf));
    for (const output of made) output.dispose();
    await setBackend(backend.engineName);
    return outputs;
  }
  const run: Trials['run'] = (inputs, compute) => runOn(backend.engineName, inputs, compute);
  const reference: Trials['reference'] = (inputs, compute) => runOn('cpu', inputs, compute);
  const movedReferences = async <Names extends string>(
    inputs: Record<Names, Data>,
    compute: Compute<Names>,
  ): Promise<Data[][]> => [await reference(nudged(inputs, 1), compute), await reference(nudged(inputs, -1), compute)];
  return {
    backend,
    run,
    reference,
    async compare(inputs, compute, tolerance = 1e-5) {
      const before = backend.stats().fallbacks;
      const ours = await run(inputs, compute);
      const after = backend.stats().fallbacks;
      const stock = Object.keys(after).filter((name) => after[name] !== before[name]);
      if (stock.length > 0) throw new Error(`stock kernels ran: ${stock.join(', ')}`);
      const wanted = await reference(inputs, compute);
      let found = difference(ours, wanted, tolerance);
      // References take long, so others are asked for only where the first one does not settle it.
      if (found && tolerance > 0) found = difference(ours, wanted, tolerance, await movedReferences(inputs, compute));
      if (found) throw new Error(found);
    },
    async stop() {
      await backend.stop();
      await cpu().stop();
    },
  };
}

async function contentsOf(output: Tensor): Promise<Data> {
  const { shape, dtype } = output;
  return { shape, dtype, values: await output.data<NumericType>() };
}

const nudged = <Names extends string>(inputs: Record<Names, Data>, sign: 1 | -1): Record<Names, Data> =>
  Object.fromEntries(
    Object.entries<Data>(inputs).map(([name, { values, ...rest }]) => [
      name,
      { ...rest, values: values instanceof Float32Array ? nudge(values, sign) : values },
    ]),
  ) as Record<Names, Data>;

/**
 * What differs, or nothing. Values may differ by `tolerance` of max|wanted|, and by as much as any of the output's moves
 * in `moved`, what is wanted of inputs next to these.
 */
function difference(
  got: readonly Data[],
  wanted: readonly Data[],
  tolerance: number,
  moved: readonly (readonly Data[])[] = [],
): string | undefined {
  const labels = (list: readonly Data[]): string =>
    list.map(({ shape, dtype }) => `${dtype} [${shape.join(', ')}]`).join('; ');
  if (labels(got) !== labels(wanted)) return `got ${labels(got)}, wanted ${labels(wanted)}`;
  for (const [output, { values }] of wanted.entries()) {
    const slack = moved.map((outputs) => largest(outputs[output]!.values.map((value, i) => value - values[i]!)));
    const limit = tolerance * largest(values) + Math.max(0, ...slack);
    for (const [index, theirs] of values.entries()) {
      const ours = got[output]!.values[index]!;
      if (Object.is(ours, theirs) || ours === theirs || Math.abs(ours - theirs) <= limit) continue;
      return `value ${index} of output ${output} is ${ours}, wanted ${theirs} within ${limit}`;
    }
  }
  return undefined;
}

/** The largest magnitude among the finite ones. */
function largest(values: NumericArray): number {
  let found = 0;
  for (const value of values) if (Number.isFinite(value)) found = Math.max(found, Math.abs(value));
  return found;
}

/** Fresh values: float32 from -1 to 1 (times `scale`), int32 from -scale to scale, bool 0 or 1. */
export function random(
  shape: readonly number[],
  dtype: NumericType = 'float32',
  scale: number = dtype === 'int32' ? 9 : 1,
): Data {
  const draw = {
    float32: () => (2 * uniform() - 1) * scale,
    int32: () => whole(-scale, scale),
    bool: () => whole(0, 1),
  }[dtype];
  return data(shape, Array.from({ length: sizeOf(shape) }, draw), dtype);
}

export function data(shape: readonly number[], values: ArrayLike<number>, dtype: DataType = 'float32'): Data {
  if (!isNumeric(dtype)) throw new Error(`no ${dtype} data`);
  return { shape, dtype, values: toHostArray(dtype, values) };
}

/** A fresh whole number from `low` to `high`. */
export const whole = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));

/** A fresh number in [0, 1). */
export const uniform = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
