import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, serveFolder, whyNoBrowser, type LaunchOptions } from '@striate/browsers';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { test, type TestAPI } from 'vitest';
import { isRequired } from '../../../../tooling/conformance/src/is-required.ts';

/**
 * The `test` of an app's tests: without Chromium they are skipped, with the reason, unless STRIATE_REQUIRE lists what
 * they need ('wasm-browser', 'webgpu-browser').
 */
export function testIn(requirement: string): ReturnType<TestAPI['skipIf']> {
  const missing = whyNoBrowser('chromium');
  const isSkipped = missing !== undefined && !isRequired(requirement);
  if (isSkipped) console.log(`left out: pages in a browser: ${missing}`);
  return test.skipIf(isSkipped);
}

/** An app as anybody would build it, in a folder of its own. */
export interface BuiltApp {
  folder: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Builds the app whose test this is: `buildApp(import.meta.url)` in its `src`. */
export async function buildApp(testFile: string): Promise<BuiltApp> {
  const folder = await mkdtemp(join(tmpdir(), 'striate-app-'));
  const root = fileURLToPath(new URL('..', testFile));
  await build({ root, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** How to open an app. */
export interface OpenOptions extends LaunchOptions {
  isolated?: boolean;
  /** What the address asks for, '?steps=30'. */
  search?: string;
  width?: number;
  colorScheme?: 'light' | 'dark';
  /** Called before the page loads. */
  prepare?(page: Page): Promise<unknown>;
}

/** An app in a browser. */
export interface OpenApp {
  page: Page;
  /** What went wrong without the page telling it. */
  errors: string[];
  /** Waits for a phase of the page: 'ready', 'training', 'paused', 'failed'. */
  phase(wanted: string): Promise<void>;
  /** Clicks the button with exactly this text. */
  press(name: string): Promise<void>;
  /** The sentence about what is going on. */
  sentence(): Promise<string>;
  /** Draws a line through points from 0 to 1 on the blackboard. */
  draw(...points: readonly (readonly [number, number])[]): Promise<void>;
  /** Drops a file or a folder of this machine on the page. */
  drop(path: string): Promise<void>;
  /** Waits for the network's answer and gives it. */
  answer(): Promise<{ winner: string; logits: number[]; seen: Uint8Array }>;
  /** Saves a picture of the whole page under `screenshots/` of the app. */
  screenshot(name: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves a built app and opens it in Chromium. */
export async function openApp(folder: string, testFile: string, options: OpenOptions = {}): Promise<OpenApp> {
  const { isolated = false, search = '', width = 1440, colorScheme = 'light', prepare, ...launch } = options;
  const server = await serveFolder(folder, { isolated });
  const browser = await launchChromium(launch);
  const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme, reducedMotion: 'reduce' });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await prepare?.(page);
  await page.goto(server.url + search);
  const board = page.locator('canvas.board');
  return {
    page,
    errors,
    async phase(wanted) {
      await page.waitForFunction((phase) => document.documentElement.dataset['phase'] === phase, wanted, {
        timeout: 0,
      });
    },
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    sentence: () => page.locator('.sentence').innerText(),
    async draw(...points) {
      await board.scrollIntoViewIfNeeded();
      const { x: left, y: top, width: size } = (await board.boundingBox())!;
      const places = points.map(([x, y]) => [left + x * size, top + y * size] as const);
      await page.mouse.move(...places[0]!);
      await page.mouse.down();
      for (const place of places) await page.mouse.move(...place, { steps: 5 });
      await page.mouse.up();
    },
    async drop(path) {
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: [path], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
      }
      await session.detach();
    },
    async answer() {
      await page.waitForFunction(() => document.querySelector('.bars .first'));
      return page
        .evaluate(() => {
          const seen = document.querySelector<HTMLCanvasElement>('canvas.seen')!;
          const { data } = seen.getContext('2d')!.getImageData(0, 0, seen.width, seen.height);
          return {
            winner: document.querySelector('.winner')!.textContent,
            logits: Array.from(document.querySelectorAll<HTMLElement>('.bars li'), ({ title }) =>
              Number(title.split(' logit ')[1]),
            ),
            seen: Array.from({ length: data.length / 4 }, (_, pixel) => data[4 * pixel + 3]!),
          };
        })
        .then((found) => ({ ...found, seen: Uint8Array.from(found.seen) }));
    },
    async screenshot(name) {
      await page.screenshot({ path: fileURLToPath(new URL(`../screenshots/${name}.png`, testFile)), fullPage: true });
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server.close();
    },
  };
}

/** A seven, as people write it. */
export const seven: readonly (readonly [number, number])[] = [
  [0.3, 0.25],
  [0.5, 0.22],
  [0.7, 0.25],
  [0.6, 0.45],
  [0.5, 0.65],
  [0.42, 0.85],
];
