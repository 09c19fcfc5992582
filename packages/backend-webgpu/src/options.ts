import { option } from '@striate/core';
import type { OptionsOf } from '@striate/core/backend';

/** What `webgpu()` can be told; every part has a default. */
export interface WebGpuOptions {
  /** Which GPU of several; 'high-performance' by default. */
  powerPreference?: 'high-performance' | 'low-power';
  /** Times every dispatch on the GPU, where the device can: `stats().kernelMilliseconds`. Slower. */
  profile?: boolean;
}

/** The same as data. */
export const webgpuOptions: OptionsOf<WebGpuOptions> = {
  powerPreference: option.choice({
    doc: 'Which GPU of several.',
    names: ['high-performance', 'low-power'],
    default: 'high-performance',
  }),
  profile: option.flag({ doc: 'Times every dispatch on the GPU, where the device can.', default: false }),
};
