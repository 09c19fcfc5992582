import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadData, train } from '@striate/app-experiment';
import { buildApp, openApp, seven, testIn, type BuiltApp } from '@striate/app-page/testing';
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { afterAll, beforeAll, expect } from 'vitest';

const file = import.meta.url;
const test = testIn('webgpu-browser');
const steps = 10;
let app: BuiltApp;

beforeAll(async () => {
  app = await buildApp(file);
});
afterAll(() => app[Symbol.asyncDispose]());

test('trains on WebGPU with the losses of the CPU, and reads a drawing', async () => {
  await using open = await openApp(app.folder, file, { webgpu: true, search: `?steps=${steps}` });
  const { page, phase } = open;
  await phase('ready');
  expect(await page.locator('.device').innerText()).toMatch(/WebGPU/);
  // In the turn of the click: that something is being prepared, and for how long.
  const atOnce = await page.evaluate(() => {
    document.querySelector<HTMLElement>('button.primary')!.click();
    const bar = document.querySelector('.status progress')!;
    return { text: document.querySelector<HTMLElement>('.status')!.innerText, isMoving: !bar.hasAttribute('value') };
  });
  expect(atOnce).toEqual({ text: expect.stringMatching(/^Preparing the training.*\s+0:00/), isMoving: true });
  await page.waitForSelector('html[data-phase=training]');
  await phase('ready');
  expect(await open.sentence()).toMatch(`Stopped after ${steps} steps`);
  const losses = (await page.locator('.step-losses li').allInnerTexts()).map(Number);
  await open.draw(...seven);
  await open.answer();
  await open.screenshot('ten-steps');
  expect(open.errors).toEqual([]);

  await use(wasm());
  const { history } = await train({ data: await loadData(), steps });
  expect(losses).toHaveLength(steps);
  for (const [step, loss] of losses.entries()) {
    expect(Math.abs(loss - history.stepLosses![step]!), `step ${step + 1}`).toBeLessThan(1e-3);
  }
});

test('says so when the GPU is lost', async () => {
  // In front of the worker's own code: the page can have the device destroyed.
  const saboteur = `const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...options) {
      const device = await request.apply(this, options);
      new BroadcastChannel('lose').onmessage = () => device.destroy();
      return device;
    };`;
  await using open = await openApp(app.folder, file, {
    webgpu: true,
    prepare: (page) =>
      page.route('**/assets/worker*.js', async (route) => {
        const code = await (await route.fetch()).text();
        await route.fulfill({ contentType: 'text/javascript', body: `${saboteur}\n${code}` });
      }),
  });
  const { page } = open;
  await open.phase('ready');
  await open.press('Train');
  await page.waitForSelector('html[data-phase=training]');
  await page.evaluate(() => new BroadcastChannel('lose').postMessage('now'));
  await open.phase('failed');
  expect(await page.getByRole('alert').innerText()).toMatch(/graphics processor was taken away.*Load this page again/s);
  expect(await page.getByRole('alert').innerText()).not.toMatch(/use\(|checkpoint|tensors/);
  await page.getByText('What the program says').click();
  expect(await page.getByRole('alert').innerText()).toMatch(/device is lost/);
  await open.screenshot('gpu-lost');
  expect(open.errors).toEqual([]);
});

test('computes on the processor where there is no WebGPU, and says what would help', async () => {
  await using open = await openApp(app.folder, file, { search: '?steps=20' });
  const { page } = open;
  await open.phase('ready');
  expect(await page.locator('header').innerText()).toContain(
    'WebGPU does not work in this browser yet, so the processor computes in its place',
  );
  expect(await page.locator('.device').innerText()).toContain('WebAssembly');
  await page.locator('header summary').click();
  const text = await page.locator('header').innerText();
  for (const wanted of ['Chrome', 'Safari', 'Firefox']) expect(text).toContain(wanted);
  await open.press('Train');
  await page.waitForSelector('html[data-phase=training]');
  await open.phase('ready');
  expect(await open.sentence()).toContain('Stopped after 20 steps');
  await open.draw(...seven);
  await open.answer();
  await open.screenshot('without-webgpu');
  expect(open.errors).toEqual([]);
});

test('says so where neither WebGPU nor WebAssembly works', async () => {
  await using open = await openApp(app.folder, file, {
    prepare: (page) =>
      page.route('**/assets/cpu-worker*.js', async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers(), 'content-security-policy': "script-src 'self'" };
        await route.fulfill({ response, headers });
      }),
  });
  await open.phase('failed');
  const text = await open.page.locator('#app').innerText();
  expect(text).toContain('WebGPU does not work in this browser yet');
  expect(text).not.toContain('in its place');
  expect(text).toContain('This browser cannot compute here');
  expect(text).toContain("Add 'wasm-unsafe-eval' to its script-src.");
  await open.screenshot('without-any');
  expect(open.errors).toEqual([]);
});

test('brings the other backend along in a file of its own, for where there is no WebGPU', async () => {
  const names = await readdir(app.folder, { recursive: true });
  expect(names.filter((name) => name.endsWith('.wasm'))).toEqual([]);
  // How a WebAssembly module begins, in base64.
  const isWasm = async (name: string): Promise<boolean> =>
    (await readFile(join(app.folder, name), 'utf8')).includes('AGFzbQEAAAA');
  for (const name of names.filter((name) => name.endsWith('.js'))) {
    expect(await isWasm(name), name).toBe(/cpu-worker/.test(name));
  }
});
