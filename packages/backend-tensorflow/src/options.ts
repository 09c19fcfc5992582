import { option } from '@striate/core';
import type { OptionsOf } from '@striate/core/backend';

/** What `tensorflow()` can be told; every part has a default. */
export interface TensorFlowOptions {
  /**
   * 'gpu' fails where TensorFlow finds no GPU, with the reason; 'auto' takes the GPU if there is one. Default 'auto'.
   */
  device?: 'auto' | 'cpu' | 'gpu';
  /** Threads that one operation may use on the CPU. Default: as many as there are cores. Fixed once a process. */
  threads?: number;
  /** Whether a GPU may compute products of float32 in TF32, with 10 bits of mantissa. Default false. */
  tf32?: boolean;
}

/** The same as data. */
export const tensorflowOptions: OptionsOf<TensorFlowOptions, 'threads'> = {
  device: option.choice({ doc: 'Where to compute.', names: ['auto', 'cpu', 'gpu'], default: 'auto' }),
  threads: option.optional(
    option.count({ doc: 'Threads that one operation may use on the CPU; all cores by default.', example: 2 }),
  ),
  tf32: option.flag({ doc: 'Whether a GPU may compute products of float32 in TF32.', default: false }),
};
