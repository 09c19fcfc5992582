import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { BackendError } from '@striate/core';
import type { Binding } from './binding.ts';
import { findPackages, type TensorFlowPackage } from './find-packages.ts';
import { filesProblem } from './setup/installed-files.ts';

/** What is fixed for the whole process once TensorFlow has been loaded. */
export interface LibraryOptions {
  device: 'auto' | 'cpu' | 'gpu';
  threads?: number;
  tf32: boolean;
}

/** A loaded TensorFlow. */
export interface Library {
  readonly binding: Binding;
  readonly package: TensorFlowPackage;
  readonly options: LibraryOptions;
  readonly isGpu: boolean;
}

let loaded: Library | undefined;

/**
 * Loads TensorFlow, once a process: its settings are environment variables that it reads at that moment.
 *
 * @throws {BackendError} if there is none, if none loads, or if one is loaded already with other settings.
 */
export function loadLibrary(options: LibraryOptions): Library {
  if (loaded) return checkSame(loaded, options);
  const packages = findPackages(options.device);
  if (packages.length === 0) throw new BackendError('There is no TensorFlow.');
  setEnvironment(options);
  const refusals: string[] = [];
  for (const found of packages) {
    const problem = found.isOwn ? filesProblem(dirname(found.folder)) : undefined;
    // Damaged libraries end the process; others in their place would give other numbers without a word.
    if (problem)
      throw new BackendError(`${found.name} is damaged: ${problem}.${found.hasCuda ? ' (With --cuda.)' : ''}`);
    // Where no signal can come meanwhile, the calling thread computes too instead of waiting for others to wake up.
    if (found.isOwn) process.env['TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD'] ??= '1';
    try {
      const binding = createRequire(import.meta.url)(found.binding) as Binding;
      loaded = { binding, package: found, options, isGpu: binding.isUsingGpuDevice() };
      return loaded;
    } catch (error) {
      refusals.push(`${found.name} does not load: ${(error as Error).message}.`);
    }
  }
  throw new BackendError(refusals.join(' '));
}

/** What the variables below cannot change any more. */
function checkSame(library: Library, wanted: LibraryOptions): Library {
  const { options, isGpu } = library;
  const device = (gpu: boolean): string => (gpu ? 'gpu' : 'cpu');
  const differences = [
    wanted.device === 'cpu' && isGpu ? `device '${device(isGpu)}'` : '',
    wanted.device === 'gpu' && options.device === 'cpu' ? "device 'cpu'" : '',
    wanted.threads !== undefined && wanted.threads !== options.threads ? `${options.threads ?? 'all'} threads` : '',
    isGpu && wanted.tf32 !== options.tf32 ? `tf32 ${options.tf32}` : '',
  ].filter((difference) => difference !== '');
  if (differences.length === 0) return library;
  throw new BackendError(`This process has loaded TensorFlow with ${differences.join(' and ')}, which stays.`);
}

function setEnvironment({ device, threads, tf32 }: LibraryOptions): void {
  const { env } = process;
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // Else convolutions' gradients are prepared anew at every call whose batch is greater than 32.
  env['TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE'] ??= 'false';
  if (threads !== undefined) {
    env['TF_NUM_INTRAOP_THREADS'] = String(threads);
    env['OMP_NUM_THREADS'] = String(threads);
  }
  if (!tf32) env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  if (device === 'cpu') env['CUDA_VISIBLE_DEVICES'] = '-1';
}
