import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { skipReason } from './testing.ts';

const program = `
  import { tensor } from '@tensorflow/tfjs-core';
  import { ops, use } from '@striate/core';
  import { tensorflow } from '@striate/backend-tensorflow';
  const backend = await use(tensorflow({ threads: 2 }));
  const [a, b] = [tensor(new Float32Array(64 * 1600), [64, 1600]), tensor(new Float32Array(1600 * 128), [1600, 128])];
  const end = performance.now() + 1500;
  while (performance.now() < end) ops.matMul({ a, b }).dispose();
  await backend.stop();
  console.log('whole');
`;

// The profiler interrupts the program every 0.1 ms; without native/signals.cc that ends it at once.
test.skipIf(skipReason !== undefined)(
  'signals that come during a product do no harm',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'striate-signals-'));
    try {
      const profiler = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=100'];
      const options = ['--conditions=@striate/source', '--input-type=module', ...profiler, '--eval', program];
      const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: import.meta.dirname });
      expect(stdout.trim()).toBe('whole');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
