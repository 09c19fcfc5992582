import { existsSync, readFileSync } from 'node:fs';
import { findPackages } from './find-packages.ts';
import type { Library } from './load-library.ts';

/** Why TensorFlow cannot use a GPU, and what would mend it. */
export interface GpuProblem {
  reason: string;
  remedy: string;
}

const driverFile = '/proc/driver/nvidia/version';

/**
 * What can be seen of why there is no GPU: before TensorFlow is loaded, what makes loading it pointless; with a loaded
 * one, which has found none, the cause that is left.
 */
export function gpuProblem(library?: Library): GpuProblem | undefined {
  if (process.platform === 'linux' && !existsSync(driverFile)) {
    return {
      reason: `There is no NVIDIA driver (${driverFile} is missing), so there is no GPU to compute on.`,
      remedy: "Install NVIDIA's driver on a machine with such a GPU, or use device 'cpu'.",
    };
  }
  const found = library ? [library.package] : findPackages('gpu');
  if (!found.some(({ hasCuda }) => hasCuda)) {
    return {
      reason:
        found.length > 0 ? `The TensorFlow in ${found[0]!.name} is built without CUDA.` : 'There is no TensorFlow.',
      remedy: 'Run: npx striate setup tensorflow --cuda',
    };
  }
  if (!library) return undefined;
  const driver = existsSync(driverFile) ? readFileSync(driverFile, 'utf8').split('\n')[0]!.trim() : 'unknown';
  return {
    reason: `TensorFlow ${library.binding.TF_Version} lists no GPU, though there is a driver (${driver}): CUDA's libraries or cuDNN do not load, the driver is too old for them, or CUDA_VISIBLE_DEVICES hides the GPU.`,
    remedy:
      'TF_CPP_MIN_LOG_LEVEL=0 in the environment shows which; npx striate setup tensorflow --cuda installs libraries that fit.',
  };
}
