import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tfjs from '@tensorflow/tfjs-core';
import type { DataType, KernelBackend, KernelConfig } from '@tensorflow/tfjs-core';
import type { Binding } from './binding.ts';

/** What tfjs-node keeps of a tensor: values that TensorFlow has not seen yet, or its handle. */
export interface NodeTensor {
  shape: number[];
  dtype: number;
  id: number;
  values: tfjs.backend_util.BackendValues | null;
  refCount: number;
}

/** tfjs-node's backend class, as far as it is used here. */
export interface NodeBackend extends KernelBackend {
  readonly binding: Binding;
  readonly tensorMap: tfjs.DataStorage<NodeTensor>;
  getInputTensorIds(tensors: readonly tfjs.TensorInfo[]): number[];
  write(values: tfjs.backend_util.BackendValues, shape: number[], dtype: DataType): object;
  move(
    dataId: object,
    values: tfjs.backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void;
  readSync(dataId: object): tfjs.backend_util.BackendValues;
  disposeData(dataId: object, force?: boolean): boolean;
}

export type NodeBackendClass = new (binding: Binding, packageName: string) => NodeBackend;

/** tfjs-node's JavaScript. */
export interface StockKernels {
  readonly NodeBackend: NodeBackendClass;
  readonly kernels: readonly KernelConfig[];
  /** The backend whose binding its helpers use. */
  setBackend(backend: NodeBackend): void;
}

// Node's loader of CommonJS modules; not in its types, but what every tool that replaces modules builds on.
const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };

const loadedFolders = new Map<string, StockKernels>();

/**
 * Loads tfjs-node's backend class and kernels, and nothing else of it. What they ask for is given to them: our own copy
 * of the engine in place of the whole of TensorFlow.js (so that there are no two), `registerKernel` that collects
 * instead of registering, and the functions that Node 23 removed from `util`.
 */
export function loadStockKernels(folder: string): StockKernels {
  const known = loadedFolders.get(folder);
  if (known) return known;
  const kernels: KernelConfig[] = [];
  let backend: NodeBackend | undefined;
  const engine = {
    ...tfjs,
    registerKernel: (config: KernelConfig) => void kernels.push(config),
    findBackend: () => backend,
    getBackend: () => 'tensorflow',
  };
  const replacements: Record<string, unknown> = {
    '@tensorflow/tfjs': engine,
    '@tensorflow/tfjs-core': engine,
    util: {
      ...util,
      isNullOrUndefined: (value: unknown) => value === null || value === undefined,
      isArray: Array.isArray,
    },
    // For TensorBoard alone, and in need of a package that is not installed.
    './proto/api_pb': {},
  };
  const load = loader._load;
  loader._load = (request, ...rest) => replacements[request] ?? load(request, ...rest);
  try {
    const require = createRequire(import.meta.url);
    const { NodeJSKernelBackend: NodeBackend } = require(join(folder, 'dist/nodejs_kernel_backend.js')) as {
      NodeJSKernelBackend: NodeBackendClass;
    };
    require(join(folder, 'dist/register_all_kernels.js'));
    const stock: StockKernels = { NodeBackend, kernels, setBackend: (given) => (backend = given) };
    loadedFolders.set(folder, stock);
    return stock;
  } finally {
    loader._load = load;
  }
}
