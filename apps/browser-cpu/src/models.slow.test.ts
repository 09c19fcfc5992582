// Models on the page: what is trained there, saved there, and opened there.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadData, train } from '@striate/app-experiment';
import { buildApp, openApp, seven, testIn, type BuiltApp, type OpenApp } from '@striate/app-page/testing';
import { wasm } from '@striate/backend-wasm';
import { use, type NetworkFacts, type OutputMeaning } from '@striate/core';
import { subset } from '@striate/data';
import { preprocess } from '@striate/images';
import { load, modelFiles, predict, save } from '@striate/inference';
import { dense, flatten, initialize, input, sequential } from '@striate/layers';
import { afterAll, beforeAll, expect } from 'vitest';

const file = import.meta.url;
const test = testIn('wasm-browser');
let app: BuiltApp;

beforeAll(async () => {
  app = await buildApp(file);
});
afterAll(() => app[Symbol.asyncDispose]());

/** Without it, files are downloads: nobody can answer a dialog here. */
async function saveAsDownloads(page: OpenApp['page']): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showDirectoryPicker'));
}

/** The next so many files that the page saves, by name. */
async function downloads(page: OpenApp['page'], count: number): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  return new Promise((resolve) => {
    page.on('download', async (download) => {
      files[download.suggestedFilename()] = await readFile(await download.path());
      if (Object.keys(files).length === count) resolve(files);
    });
  });
}

test('saves only what was trained; stopped between two points, all of the page tells of the network as it is', async () => {
  await using open = await openApp(app.folder, file, {
    isolated: true,
    search: '?epochs=20',
    prepare: saveAsDownloads,
  });
  const { page, phase, press } = open;
  await phase('ready');
  const save = page.getByRole('button', { name: 'Save the trained model', exact: true });
  expect(await save.isDisabled()).toBe(true);
  await open.draw(...seven);
  await press('Train');
  // Some steps after the first point, when the network changes with every step.
  await page.waitForFunction(() => Number.parseInt(document.querySelectorAll('.figures dd')[2]!.textContent, 10) > 1);
  await press('Stop');
  await phase('ready');
  const figures = await page.locator('.figures dd').allInnerTexts();
  const [, step] = /^Stopped after ([\d,]+) steps/.exec(await open.sentence())!;
  expect(figures[2]).toMatch(new RegExp(`^${step} / `));
  expect(figures[4]).toBe('–');

  await use(wasm({ threads: 2 }));
  const files = downloads(page, 3);
  await save.click();
  const { network, preprocessing } = await load(await files);
  const { dataset } = (await loadData()).test;
  const guess = async (images: Uint8Array): Promise<number[]> => {
    const rows = await predict(network, preprocess(images, preprocessing!), { output: 'logits' });
    return rows.map((row) => row.indexOf(Math.max(...row)));
  };
  const shown = Array.from({ length: 40 }, (_, place) => place * 10); // a thousand of 10,000, of which the first 40
  const { pixels, labels } = subset(dataset, shown);
  const wanted = (await guess(pixels!)).map((taken, place) => `${taken} ${taken === labels[place] ? '✓' : '✗'}`);
  expect(await page.locator('.gallery .guess').allInnerTexts()).toEqual(wanted);
  const right = wanted.filter((text) => text.endsWith('✓')).length;
  expect(await page.locator('.test-images .note').innerText()).toContain(`${right} of these 40 are read rightly`);
  const { winner, seen } = await open.answer();
  expect(winner).toBe(String((await guess(seen))[0]));
  const all = await page.locator('.plot').nth(1).getAttribute('aria-label');
  const [, sample] = /test sample .* at first, ([\d.]+)/.exec(all!)!;
  expect(Math.abs(Number(sample) - Number.parseFloat(figures[0]!))).toBeLessThan(8);

  // The next network is another one: until its first step, nothing is known of it.
  const next = await page.evaluate(() => {
    document.querySelector<HTMLElement>('button.primary')!.click();
    const texts = (selector: string): string[] =>
      Array.from(document.querySelectorAll<HTMLElement>(selector), ({ textContent }) => textContent.trim());
    return { figures: texts('.figures dd'), guesses: texts('.gallery .guess') };
  });
  expect(next).toEqual({ figures: Array(5).fill('–'), guesses: Array(40).fill('') });
  expect(open.errors).toEqual([]);
});

test('a model that was saved in Node and is dropped here reads here, to the same logits; the one trained here reads there', async () => {
  const folder = join(app.folder, '..', `striate-model-${process.pid}`);
  await use(wasm({ threads: 2 }));
  const data = await loadData();
  const { preprocessing } = data.train;
  const { network } = await train({ data, steps: 60, seed: 3 });
  await save(network, folder);

  await using open = await openApp(app.folder, file, { isolated: true, search: '?steps=20', prepare: saveAsDownloads });
  const { page } = open;
  await open.phase('ready');
  await open.draw(...seven);
  const untrained = await open.answer();
  await open.drop(folder);
  await page.getByText('reads your drawings now').waitFor();
  await page.waitForFunction(
    (text) => !document.querySelector<HTMLElement>('.bars li')!.title.endsWith(text),
    `logit ${untrained.logits[0]!.toPrecision(8)}`,
  );
  const { logits, seen } = await open.answer();
  const [wanted] = await predict(network, preprocess(seen, preprocessing), { output: 'logits' });
  const most = Math.max(...wanted!.map(Math.abs));
  for (const [place, logit] of logits.entries()) expect(Math.abs(logit - wanted![place]!)).toBeLessThan(1e-5 * most);
  await open.screenshot('opened-model');

  await page.getByText('the network in training', { exact: true }).click();
  await page.waitForFunction(
    (text) => document.querySelector<HTMLElement>('.bars li')!.title.endsWith(text),
    `logit ${untrained.logits[0]!.toPrecision(8)}`,
  );
  await open.press('Train');
  await page.waitForSelector('html[data-phase=training]');
  await open.phase('ready');
  await open.press('Wipe');
  await open.draw(...seven);
  const trained = await open.answer();
  const files = downloads(page, 3);
  await open.press('Save the trained model');
  const saved = await load(await files);
  const [again] = await predict(saved.network, preprocess(trained.seen, saved.preprocessing!), { output: 'logits' });
  const largest = Math.max(...again!.map(Math.abs));
  for (const [place, logit] of trained.logits.entries()) {
    expect(Math.abs(logit - again![place]!)).toBeLessThan(1e-5 * largest);
  }
});

test('a model of 1,000 classes with long names fits the page; one that cannot read drawings is refused in plain words', async () => {
  await use(wasm({ threads: 1 }));
  const preprocessing = {
    size: [28, 28] as [number, number],
    channels: 1,
    scale: 1 / 255,
    mean: [0],
    standardDeviation: [1],
  };
  const filesOf = async (
    units: number,
    facts: NetworkFacts,
    outputMeaning: OutputMeaning = 'classes',
  ): Promise<{ name: string; mimeType: string; buffer: Buffer }[]> => {
    const model = sequential([input([28, 28, 1]), flatten(), dense({ units })]);
    const files = await modelFiles({ ...initialize(model, { seed: 1 }), outputMeaning, ...facts });
    return Object.entries(files).map(([name, bytes]) => {
      return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
    });
  };
  const names = (count: number): string[] => {
    return Array.from(
      { length: count },
      (_, place) => `${'a very long name indeed, '.repeat(place % 9)}class ${place}`,
    );
  };
  await using open = await openApp(app.folder, file, { width: 390 });
  const { page } = open;
  await open.phase('ready');
  await open.draw(...seven);
  await open.answer();
  const picker = page.locator('input[type=file]:not([webkitdirectory])');
  await picker.setInputFiles(await filesOf(1000, { preprocessing, classNames: names(1000) }));
  await page.getByText('reads your drawings now').waitFor();
  await page.waitForFunction(() => /class \d/.test(document.querySelector('.bars .name')!.textContent));
  expect(await page.locator('.bars li').count()).toBe(10);
  const starts = await page
    .locator('.bars .track')
    .evaluateAll((tracks) => tracks.map((track) => track.getBoundingClientRect().left));
  expect(new Set(starts).size).toBe(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await open.screenshot('thousand-classes-phone');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
  await open.screenshot('thousand-classes');

  const card = page.locator('.models');
  for (const [files, why] of [
    [await filesOf(3, { preprocessing }), 'It was saved without saying what its answers are called'],
    [await filesOf(3, { classNames: names(3) }), 'It was saved without saying how a picture is prepared for it'],
    [await filesOf(3, { preprocessing }, 'numbers'), 'It gives numbers, not names for what it sees.'],
  ] as const) {
    await picker.setInputFiles(files);
    await card.getByText(`cannot be used here. ${why}`).waitFor();
  }
  // The one before still reads.
  await open.press('Wipe');
  await open.draw(...seven);
  await open.answer();
  expect(open.errors).toEqual([]);
});
