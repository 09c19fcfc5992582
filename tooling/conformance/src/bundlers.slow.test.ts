// A page with the built packages, bundled by Vite and by webpack without configuration, trains in a real Chromium.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, serveFolder, whyNoBrowser } from '@striate/browsers';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import { isRequired } from './is-required.ts';

const page = fileURLToPath(new URL('../bundled', import.meta.url));
const missing = whyNoBrowser('chromium');

/** What the page's training tells. */
interface Trained {
  device: string;
  bytesAllowed: number;
  losses: number[];
  error?: string;
}

const bundlers: Record<string, (out: string) => Promise<unknown>> = {
  async Vite(out) {
    await build({ root: page, configFile: false, logLevel: 'error', build: { outDir: out, emptyOutDir: true } });
  },
  async webpack(out) {
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      webpack({ context: page, mode: 'production', output: { path: out } }, (error, done) =>
        error ? reject(error) : resolve(done),
      );
    });
    expect(stats!.compilation.errors.map(String)).toEqual([]);
    expect(
      stats!.compilation.warnings.map(({ message }) => message).filter((text) => !/size limit|performance/i.test(text)),
    ).toEqual([]);
    await writeFile(
      join(out, 'index.html'),
      '<!doctype html><link rel="icon" href="data:," /><script src="main.js"></script>',
    );
  },
};

beforeAll(() => {
  // The packages that the page imports and those that they import, without what their tests want.
  const packages = ['backend-wasm', 'core', 'data', 'layers', 'regularizers', 'train', 'weights'];
  const filters = packages.map((name) => `--filter=@striate/${name}`);
  const args = ['exec', 'turbo', 'run', 'generate', 'build', '--only', '--output-logs=errors-only', ...filters];
  const { status, stdout, stderr } = spawnSync('pnpm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the packages do not build:\n${stdout}${stderr}`);
}, 600_000);

// Before the page's own code: a browser that sets no more than 1 GiB aside, as on phones.
const refuseMuchMemory = `
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor) {
      if (descriptor.maximum > 16384) throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      super(descriptor);
    }
  };`;

// Before the page's own code: the backend's worker takes a part of the first kernel and is gone with it.
const loseWorker = `
  const { Blob: UsualBlob } = globalThis;
  const lost = \`
    const state = new Int32Array(memory.buffer, job, 1);
    for (let seen = 0; !(seen & (1 << 30)) || Atomics.compareExchange(state, 0, seen, seen + 1) !== seen; ) seen = Atomics.load(state, 0);
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\`;
  globalThis.Blob = class extends UsualBlob {
    constructor([source], options) {
      super([source.replace('exports.serve(job, thread);', lost)], options);
    }
  };`;

describe.skipIf(missing && !isRequired('wasm-browser')).each(Object.keys(bundlers))(
  'a page bundled by %s',
  (bundler) => {
    let out: string;
    beforeAll(async () => {
      out = await mkdtemp(join(tmpdir(), `striate-${bundler}-`));
      await bundlers[bundler]!(out);
    });
    afterAll(() => rm(out, { recursive: true, force: true }));

    it.each([
      { isolated: true, place: 'main' },
      { isolated: true, place: 'worker' },
      { isolated: false, place: 'main' },
      { isolated: false, place: 'worker' },
    ])('trains, isolated: $isolated, in $place', async ({ isolated, place }) => {
      const { device, losses, error } = await train(out, { isolated, place });
      expect(error).toBeUndefined();
      expect(device).toContain(isolated ? '2 threads, shared memory' : '1 thread, unshared memory');
      expect(losses).toHaveLength(16);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    });

    it.each([true, false])('trains where 4 GiB of memory are refused, isolated: %s', async (isolated) => {
      const { bytesAllowed, losses, error } = await train(out, { isolated, before: refuseMuchMemory });
      expect(error).toBeUndefined();
      expect(bytesAllowed).toBe(2 ** 30);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    });

    it('gives an error instead of a wait without end where a worker is lost', async () => {
      const { error } = await train(out, { isolated: true, before: loseWorker });
      // With what fit says around it, if the worker was lost while it ran.
      expect(error).toMatch(
        /BackendError: .*wasm: 1 of 1 worker did not finish kernel '\w+' within \d+ s, as if killed\. Start the backend again with use\(wasm\(\)\)\./,
      );
    });
  },
);

interface Visit {
  isolated: boolean;
  /** Thread that the backend lives on. */
  place?: string;
  /** Script that runs before the page's own. */
  before?: string;
}

async function train(folder: string, { isolated, place = 'main', before = '' }: Visit): Promise<Trained> {
  const served = await serveFolder(folder, { isolated });
  await using browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.addInitScript(before);
    const trouble: string[] = [];
    tab.on('pageerror', (error) => trouble.push(String(error)));
    await tab.goto(`${served.url}?threads=2&place=${place}`);
    await tab.waitForFunction(() => 'report' in globalThis);
    const report = await tab.evaluate(() => (globalThis as unknown as { report: Promise<Trained> }).report);
    expect(trouble).toEqual([]);
    return report;
  } finally {
    await served.close();
  }
}
