import { option } from '@striate/core';
import type { BackendManifest } from '@striate/core/backend';
import { tensorflowOptions } from './options.ts';
import { setupTensorFlow } from './setup/index.ts';
import { tensorflow } from './tensorflow.ts';

/** What the command line, the checks of all backends and benchmarks know of `tensorflow()`. */
export const manifest: BackendManifest = {
  name: 'tensorflow',
  doc: 'an NVIDIA GPU, or the CPU, through TensorFlow',
  options: tensorflowOptions,
  tolerance: 1e-4,
  libraries: { files: /libtensorflow(_cc)?\.|tfjs_binding/, variable: 'STRIATE_TENSORFLOW' },
  setup: {
    doc: 'TensorFlow from PyPI, and a binding for Node that is compiled here',
    options: {
      cuda: option.flag({
        doc: "with NVIDIA's libraries: 3 GB to download instead of 0.3",
        default: false,
      }),
    },
    run: (settings, log) => setupTensorFlow({ ...settings, log }),
  },
  make: tensorflow,
  /** Why it finds no NVIDIA GPU. */
  async inspect() {
    const gpu = await tensorflow({ device: 'gpu' }).probe();
    return gpu.available ? [] : [`on the GPU: no. ${gpu.reason} ${gpu.remedy}`];
  },
};
