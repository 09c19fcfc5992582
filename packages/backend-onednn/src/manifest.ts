import type { BackendManifest } from '@striate/core/backend';
import { inspect } from './inspect.ts';
import { onednn } from './onednn.ts';
import { onednnOptions } from './options.ts';
import { setupOneDnn } from './setup/index.ts';

/** What the command line, the checks of all backends and benchmarks know of `onednn()`. */
export const manifest: BackendManifest = {
  name: 'onednn',
  doc: 'the CPU, in native code of the library oneDNN',
  options: onednnOptions,
  tolerance: 1e-4,
  libraries: { files: /libdnnl/, variable: 'STRIATE_ONEDNN' },
  setup: { doc: 'the library, 39 MB from PyPI: Linux on x64', options: {}, run: (_, log) => setupOneDnn({ log }) },
  make: onednn,
  inspect,
};
