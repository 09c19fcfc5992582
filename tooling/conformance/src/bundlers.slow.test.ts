// A page with the built packages, bundled as people do it without configuration, works in a real Chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { launchChromium, serveFolder, whyNoBrowser } from '@striate/browsers';
import { use } from '@striate/core';
import { predict, save } from '@striate/inference';
import { dense, initialize, input, sequential } from '@striate/layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackages, bundlers, makeProject } from './bundlers.ts';
import { isRequired } from './is-required.ts';

const missing = whyNoBrowser('chromium');

/** What the page tells. */
interface Visited {
  device: string;
  bytesAllowed: number;
  losses: number[];
  /** Of the model that the page loads, for the inputs 1, 2, 3, 4. */
  outputs: number[][];
  /** Names of the files that the page would save. */
  files: string[];
  /** Of a model of the zoo. */
  layers: number;
  /** What calls say that need folders or packages. */
  refusals: Record<string, string>;
  error?: string;
}

let folder: string;
let browser: Awaited<ReturnType<typeof launchChromium>>;
/** What the page's model gives under Node. */
let outputs: number[][];
/** Folders with the bundled pages, by bundler. */
let pages: Record<string, Promise<string>>;

beforeAll(async () => {
  buildPackages();
  folder = await mkdtemp(join(tmpdir(), 'striate-bundled-'));
  // All at once: Rollup and Parcel work in processes of their own.
  pages = Object.fromEntries(Object.keys(bundlers).map((name) => [name, bundle(name)]));
  await Promise.allSettled(Object.values(pages));

  const backend = await use(wasm({ threads: 1 }));
  const network = initialize(sequential([input([4]), dense({ units: 3 })]), { seed: 1 });
  await save(network, join(folder, 'model'));
  outputs = (await predict(network, new Float32Array([1, 2, 3, 4]))).map((row) => Array.from(row));
  await backend.stop();
  browser = await launchChromium();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function bundle(name: string): Promise<string> {
  const project = join(folder, name);
  const out = join(folder, `${name}-built`);
  await makeProject(project);
  await bundlers[name]!(project, out);
  return out;
}

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

// A page in which a bundler or framework has put a `process`, as most did once.
const giveProcess = 'globalThis.process = { env: {}, browser: true, versions: {} };';

const ways = [
  { what: 'isolated', isolated: true, place: 'main' },
  { what: 'in a worker, isolated', isolated: true, place: 'worker' },
  { what: 'in a worker', isolated: false, place: 'worker' },
  { what: 'where there is a process', isolated: false, place: 'main', before: giveProcess },
];

describe.skipIf(missing && !isRequired('wasm-browser')).each(Object.keys(bundlers))(
  'a page bundled by %s',
  (bundler) => {
    it.each(ways.filter(({ place }) => bundler !== 'Parcel' || place === 'main'))(
      'trains, loads and predicts $what, and says what a page cannot do',
      async (how) => {
        const { device, losses, error, ...visited } = await visit(bundler, how);
        expect(error).toBeUndefined();
        expect(device).toContain(how.isolated ? '2 threads, shared memory' : '1 thread, unshared memory');
        expect(losses).toHaveLength(16);
        expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
        expect(visited.outputs).toEqual(outputs);
        expect(visited.files).toEqual(['model.json', 'weights.safetensors', 'SHA256SUMS']);
        expect(visited.layers).toBeGreaterThan(5);
        const noFolders = expect.stringMatching(/^OptionError: a page has no folders.* modelFiles\(network\) /);
        const noPackages = expect.stringMatching(/^OptionError: mnist: a page has no folders .* \{ files \}\.$/);
        expect(visited.refusals).toEqual({
          save: noFolders,
          checkpoints: noFolders,
          mnist: noPackages,
          mnistFolder: noPackages,
          fashionMnist: expect.stringMatching(/^OptionError: fashionMnist: a page has no folders .* idxDataset\.$/),
        });
      },
    );
  },
);

// What does not depend on how the page was bundled: shown with one bundler, for the lost worker alone is waited for 10 s.
describe.skipIf(missing && !isRequired('wasm-browser'))('a page bundled by Vite', () => {
  it.each([true, false])('trains where 4 GiB of memory are refused, isolated: %s', async (isolated) => {
    const { bytesAllowed, losses, error } = await visit('Vite', { isolated, before: refuseMuchMemory });
    expect(error).toBeUndefined();
    expect(bytesAllowed).toBe(2 ** 30);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });

  it('gives an error instead of a wait without end where a worker is lost', async () => {
    const { error } = await visit('Vite', { isolated: true, before: loseWorker });
    // With what fit says around it, if the worker was lost while it ran.
    expect(error).toMatch(
      /BackendError: .*wasm: 1 of 1 worker did not finish kernel '\w+' within \d+ s, as if killed\. Start the backend again with use\(wasm\(\)\)\./,
    );
  });
});

interface Visit {
  isolated: boolean;
  /** Thread that the backend lives on. */
  place?: string;
  /** Script that runs before the page's own. */
  before?: string;
}

async function visit(bundler: string, { isolated, place = 'main', before = '' }: Visit): Promise<Visited> {
  const served = await serveFolder(await pages[bundler]!, { isolated, mounts: { model: join(folder, 'model') } });
  try {
    const tab = await browser.newPage();
    await tab.addInitScript(before);
    const trouble: string[] = [];
    tab.on('pageerror', (error) => trouble.push(String(error)));
    await tab.goto(`${served.url}?threads=2&place=${place}`);
    await tab.waitForFunction(() => 'report' in globalThis);
    const report = await tab.evaluate(() => (globalThis as unknown as { report: Promise<Visited> }).report);
    expect(trouble).toEqual([]);
    await tab.close();
    return report;
  } finally {
    await served.close();
  }
}
