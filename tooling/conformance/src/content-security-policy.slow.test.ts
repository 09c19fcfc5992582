// What a page's content security policy must allow, and what the backends do where it does not; in a real Chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { launchChromium, serveFolder, whyNoBrowser } from '@striate/browsers';
import { use } from '@striate/core';
import { save } from '@striate/inference';
import { dense, initialize, input, sequential } from '@striate/layers';
import { afterAll, beforeAll, expect, test as anyTest } from 'vitest';
import { buildPackages, bundlers, makeProject } from './bundlers.ts';
import { isRequired } from './is-required.ts';

const test = anyTest.skipIf(whyNoBrowser('chromium') && !isRequired('wasm-browser'));

// As strict as can be: this alone, and all else is named by the test.
const strict = "default-src 'none'; img-src data:; connect-src 'self'; object-src 'none'; base-uri 'none'";
const scripts = "script-src 'self' 'wasm-unsafe-eval'";
const workers = 'worker-src blob:';
const trustedTypes = "require-trusted-types-for 'script'";

let folder: string;
let browser: Awaited<ReturnType<typeof launchChromium>>;
beforeAll(async () => {
  buildPackages();
  folder = await mkdtemp(join(tmpdir(), 'striate-policy-'));
  await makeProject(join(folder, 'project'));
  await bundlers['esbuild']!(join(folder, 'project'), join(folder, 'page'));
  const backend = await use(wasm({ threads: 1 }));
  await save(initialize(sequential([input([4]), dense({ units: 3 })]), { seed: 1 }), join(folder, 'model'));
  await backend.stop();
  browser = await launchChromium();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const cases = [
  { isolated: true, policy: [scripts, workers], threads: 2 },
  { isolated: true, policy: [scripts, workers, trustedTypes, 'trusted-types striate'], threads: 2 },
  // A policy of any name may be made where none is named.
  { isolated: true, policy: [scripts, workers, trustedTypes], threads: 2 },
  { isolated: true, policy: [scripts, workers, "trusted-types 'none'"], threads: 2 },
  { isolated: true, policy: [scripts], threads: 1, noWorkers: /policy lacks worker-src blob:/ },
  {
    isolated: true,
    policy: [scripts, workers, trustedTypes, 'trusted-types other'],
    threads: 1,
    noWorkers: /TrustedScriptURL/,
  },
  { isolated: false, policy: [scripts], threads: 1 },
  { isolated: false, policy: [scripts, trustedTypes, "trusted-types 'none'"], threads: 1 },
].map(({ policy, ...others }) => ({ ...others, policy: policy.join('; ') }));

test.each(cases)(
  'wasm, isolated: $isolated, under $policy: $threads',
  async ({ isolated, policy, threads, noWorkers }) => {
    const { error, device, losses, ...visited } = await visit({ isolated, policy });
    expect(error).toBeUndefined();
    if (threads === 2) expect(device).toContain('2 threads, shared memory');
    else if (noWorkers) expect(device).toContain('1 thread as workers cannot be made, unshared memory');
    else expect(device).toContain('1 thread, unshared memory');
    if (noWorkers) expect(visited.noWorkers).toMatch(noWorkers);
    else expect(visited.noWorkers).toBeUndefined();
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  },
);

test("without 'wasm-unsafe-eval' wasm refuses and says so, and the next backend is taken", async () => {
  const policy = `script-src 'self'; ${trustedTypes}; trusted-types 'none'`;
  const refused = await visit({ isolated: false, policy, backends: 'wasm' });
  expect(refused.error).toMatchInlineSnapshot(`
    "BackendError: use: no backend works here.
      wasm: this page's content security policy does not let WebAssembly compile. Add 'wasm-unsafe-eval' to its script-src."
  `);
  const { error, device, backendRefusals } = await visit({
    isolated: false,
    policy,
    backends: 'wasm,webgpu',
    webgpu: true,
  });
  expect(error).toBeUndefined();
  expect(device).toMatch(/^WebGPU/);
  expect(backendRefusals).toMatchInlineSnapshot(`
    [
      "wasm: this page's content security policy does not let WebAssembly compile. Add 'wasm-unsafe-eval' to its script-src.",
    ]
  `);
});

interface Visit {
  isolated: boolean;
  policy: string;
  backends?: string;
  webgpu?: boolean;
}

interface Visited {
  error?: string;
  device: string;
  noWorkers?: string;
  losses: number[];
  backendRefusals: string[];
}

async function visit({ isolated, policy, backends = 'wasm', webgpu = false }: Visit): Promise<Visited> {
  const headers = { 'Content-Security-Policy': `${strict}; ${policy}` };
  const served = await serveFolder(join(folder, 'page'), {
    isolated,
    headers,
    mounts: { model: join(folder, 'model') },
  });
  await using withGpu = webgpu ? await launchChromium({ webgpu }) : undefined;
  await using tab = await (withGpu ?? browser).newPage();
  try {
    await tab.goto(`${served.url}?threads=2&backends=${backends}`);
    await tab.waitForFunction(() => 'report' in globalThis);
    return await tab.evaluate(() => (globalThis as unknown as { report: Promise<Visited> }).report);
  } finally {
    await served.close();
  }
}
