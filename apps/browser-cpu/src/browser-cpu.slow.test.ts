import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp, openApp, seven, testIn, type BuiltApp, type OpenApp } from '@striate/app-page/testing';
import { afterAll, beforeAll, expect, type TestContext } from 'vitest';

const file = import.meta.url;
const test = testIn('wasm-browser');
let app: BuiltApp;

beforeAll(async () => {
  app = await buildApp(file);
});
afterAll(() => app[Symbol.asyncDispose]());

async function boxOf(page: OpenApp['page'], selector: string): Promise<{ y: number; height: number }> {
  return (await page.locator(selector).boundingBox())!;
}

/** Trains on the page and gives the test accuracy that it shows at the end. */
async function trainOn({ page, phase, press, sentence }: OpenApp): Promise<{ accuracy: number; seconds: number }> {
  await phase('ready');
  await press('Train');
  await page.waitForSelector('html[data-phase=training]');
  await phase('ready');
  const [, minutes, seconds, accuracy] = /and (\d+):(\d+)\. Of all 10,000 test images it reads ([\d.]+)/.exec(
    await sentence(),
  )!;
  return { accuracy: Number(accuracy), seconds: 60 * Number(minutes) + Number(seconds) };
}

test('isolated: trains with all cores to 97 %, shows curves, reads a drawing', async ({ annotate }: TestContext) => {
  await using open = await openApp(app.folder, file, { isolated: true, search: '?epochs=1' });
  const { accuracy, seconds } = await trainOn(open);
  await annotate(`isolated: ${accuracy} % after ${seconds} s`);
  expect(accuracy).toBeGreaterThanOrEqual(97);
  expect(seconds).toBeLessThan(90);
  const { page } = open;
  expect(await page.locator('.device').innerText()).toMatch(/shared memory.*is cross-origin isolated/s);
  expect(await page.locator('.numbers tbody tr').count()).toBe(1);
  expect(await page.locator('.gallery li').count()).toBe(40);
  expect(await page.locator('.gallery .wrong').count()).toBeLessThan(6);
  expect(await page.locator('.plot').nth(0).getAttribute('aria-label')).toMatch(
    /on a scale from 0 to (2\.5|3\.5|5): training [23]\.\d+ at first, 0\.\d+ now; test sample [12]\.\d+ at first, 0\.\d+ now/,
  );
  expect(await page.locator('.plot').nth(1).getAttribute('aria-label')).toMatch(
    /test sample [\d.]+.% at first, 9[\d.]+.% now/,
  );
  expect(await page.locator('.figures dt').first().innerText()).toBe('of all 10,000 test images');
  expect(await page.locator('.figures dd').first().innerText()).toBe(`${accuracy.toFixed(1)}\u{a0}%`);
  const introduction = await page.locator('header p').first().innerText();
  expect(introduction).toMatch(/learns to read handwritten digits.*Press Train/);
  expect(introduction).not.toMatch(/SIMD|memory|thread/);
  await open.draw(...seven);
  expect((await open.answer()).winner).toBe('7');
  await open.screenshot('trained-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300);
  await open.screenshot('trained-dark');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(300);
  await open.screenshot('trained-phone-dark');
  const [answer, board] = [await boxOf(page, '.headline'), await boxOf(page, '.board')];
  expect(answer.y + answer.height).toBeLessThanOrEqual(board.y);
  expect(board.y - answer.y).toBeLessThan(200);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(open.errors).toEqual([]);
});

test('not isolated: trains on one thread, and says what would help', async () => {
  await using open = await openApp(app.folder, file, { search: '?steps=100', width: 390 });
  await open.phase('ready');
  await open.press('Train');
  await open.page.waitForSelector('html[data-phase=training]');
  await open.phase('ready');
  const losses = (await open.page.locator('.step-losses li').allInnerTexts()).map(Number);
  expect(losses).toHaveLength(100);
  expect(Math.max(...losses.slice(-10))).toBeLessThan(losses[0]! / 2);
  expect(await open.page.locator('.device').innerText()).toMatch(
    /1 thread, unshared memory.*is not cross-origin isolated.*Cross-Origin-Opener-Policy: same-origin/s,
  );
  await open.screenshot('not-isolated-phone');
  expect(open.errors).toEqual([]);
});

test('pauses, lets the half-trained network read, goes on, and stops', async () => {
  await using open = await openApp(app.folder, file, { isolated: true, search: '?epochs=20' });
  const { page, phase, press } = open;
  await phase('ready');
  await open.draw(...seven);
  await open.answer(); // of the untrained network
  await press('Train');
  await page.waitForFunction(() => / 9[\d.]+.% now$/.test(document.querySelectorAll('.plot')[1]!.ariaLabel!));
  expect(await page.locator('.figures dt').first().innerText()).toBe('of 1,000 test images');
  await press('Pause');
  await phase('paused');
  const step = await page.locator('.figures dd').nth(2).innerText();
  await press('Wipe');
  expect(await page.locator('.bars .first').count()).toBe(0);
  await open.draw(...seven);
  expect((await open.answer()).winner).toBe('7');
  await page.waitForTimeout(500);
  expect(await page.locator('.figures dd').nth(2).innerText()).toBe(step);
  await open.screenshot('paused');
  await press('Go on');
  await page.waitForFunction((step) => document.querySelectorAll('.figures dd')[2]!.textContent !== step, step);
  await press('Stop');
  await phase('ready');
  expect(await open.sentence()).toMatch(/^Stopped after .* reads 9\d/);
});

test('says what is wrong: digits that are missing, files that are no model', async () => {
  await using broken = await openApp(app.folder, file, {
    prepare: async (page) => {
      await page.route('**/digits/**', (route) => route.fulfill({ status: 404 }));
    },
  });
  await broken.phase('failed');
  expect(await broken.page.getByRole('alert').innerText()).toMatch(/train-images-idx3-ubyte/);
  await broken.screenshot('digits-missing');

  await using open = await openApp(app.folder, file);
  await open.phase('ready');
  const picker = open.page.locator('input[type=file]:not([webkitdirectory])');
  await picker.setInputFiles([{ name: 'cat.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('cat') }]);
  await open.page.getByText('There is no model.json in it (1 file)').waitFor();
  await picker.setInputFiles([{ name: 'model.json', mimeType: 'application/json', buffer: Buffer.from('{}') }]);
  const card = open.page.locator('.models');
  await card
    .getByText('cannot be used here. One of its files is missing, damaged or not what this page knows.')
    .waitFor();
  await card.getByText('What the program says').click();
  await card.getByText(/model .*SHA256SUMS/).waitFor();
  await open.screenshot('refused-model');
  expect(open.errors).toEqual([]);
});

test('can be drawn on with the keyboard, in a browser whose language is none', async () => {
  await using open = await openApp(app.folder, file, {
    // As browsers have it where the system has no language.
    prepare: (page) =>
      page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'language', { get: () => 'C' })),
  });
  await open.phase('ready');
  await open.page.locator('canvas.board').focus();
  await open.page.keyboard.press('Space');
  for (let press = 0; press < 16; press++) await open.page.keyboard.press('ArrowDown');
  const { seen } = await open.answer();
  expect(seen.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(255 * 20);
  await open.screenshot('keyboard');
  expect(open.errors).toEqual([]);
  await open.page.keyboard.press('Delete');
  expect(await open.page.locator('.bars .first').count()).toBe(0);
});

test('the tab key comes to every control once, and arrow keys walk among the test images', async () => {
  await using open = await openApp(app.folder, file);
  const { page } = open;
  await open.phase('ready');
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      const isInput = element instanceof HTMLInputElement;
      return (isInput ? element.labels?.[0]?.textContent : (element?.ariaLabel ?? element?.textContent))?.trim() ?? '';
    });
  const stops: string[] = [];
  for (let press = 0; press < 9; press++) {
    await page.keyboard.press('Tab');
    stops.push(await focused());
  }
  expect(stops.map((stop) => stop.split('.')[0])).toEqual([
    'Train',
    'Epochs',
    'Seed',
    'Blackboard',
    'Wipe',
    'Test image of a 7',
    'Open a folder',
    'Open its files',
    'Layers of the network in training',
  ]);
  await page.locator('.gallery button').first().focus();
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('Test image of a 0');
  await page.keyboard.press('Enter');
  await open.answer();
});

test('brings no other backend along', async () => {
  for (const name of await readdir(join(app.folder, 'assets'))) {
    expect(await readFile(join(app.folder, 'assets', name), 'utf8')).not.toMatch(/@compute|@workgroup_size/);
  }
});
