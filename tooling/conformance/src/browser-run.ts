import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage, openBrowser, serveFolder, type BrowserName } from '@striate/browsers';
import type { Report, Task } from '../page/report.ts';
import { toleranceOf } from './backends.ts';

/** How the page is served and what it runs. */
interface Setting extends Pick<Task, 'backend' | 'place'> {
  title: string;
  isolated: boolean;
  threads?: number;
}

/** Backends in browsers, each with the settings that the suite runs in. */
export const browserBackends: Readonly<Record<string, readonly Setting[]>> = {
  'wasm-browser': [
    { title: 'isolated page, worker, 2 threads', backend: 'wasm', place: 'worker', isolated: true, threads: 2 },
    { title: 'isolated page, main thread, 2 threads', backend: 'wasm', place: 'main', isolated: true, threads: 2 },
    { title: 'page that is not isolated, worker', backend: 'wasm', place: 'worker', isolated: false },
  ],
  'webgpu-browser': [
    { title: 'page that is not isolated, worker', backend: 'webgpu', place: 'worker', isolated: false },
    { title: 'isolated page, main thread', backend: 'webgpu', place: 'main', isolated: true },
  ],
};

/** What one setting gave. */
export interface BrowserResult extends Report {
  title: string;
  /** 'Chromium 156.0' */
  browser: string;
}

/** Which cases run where. */
export interface BrowserRun extends Pick<Task, 'seed' | 'rounds' | 'every'> {
  browser: BrowserName;
  /** Folder of the golden files. */
  golden: string;
}

const page = fileURLToPath(new URL('../page', import.meta.url));
const longest = 20 * 60_000;

/**
 * Runs the suite in a real browser, in each setting of one of `browserBackends`.
 *
 * @throws {Error} if the browser is missing, or gives no report: with what it wrote
 */
export async function runInBrowser(name: string, { browser, golden, ...cases }: BrowserRun): Promise<BrowserResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'striate-conformance-page-'));
  try {
    await buildPage({ root: page, out: folder });
    const results: BrowserResult[] = [];
    for (const { title, isolated, ...rest } of browserBackends[name]!) {
      const task: Task = { ...rest, ...cases, tolerance: toleranceOf(rest.backend) };
      results.push({ title, ...(await runSetting({ browser, folder, golden, isolated, task })) });
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface SettingRun {
  browser: BrowserName;
  folder: string;
  golden: string;
  isolated: boolean;
  task: Task;
}

async function runSetting({
  browser,
  folder,
  golden,
  isolated,
  task,
}: SettingRun): Promise<Omit<BrowserResult, 'title'>> {
  let resolve!: (body: string) => void;
  const report = new Promise<string>((settle) => (resolve = settle));
  const server = await serveFolder(folder, { isolated, mounts: { golden }, received: (_, body) => resolve(body) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const query = new URLSearchParams(Object.entries(task).map(([key, value]) => [key, String(value)]));
    const opened = await openBrowser(browser, `${server.url}?${query}`, { isolated });
    const late = new Promise<string>((settle) => {
      timer = setTimeout(settle, longest, `within ${longest / 60_000} minutes`);
    });
    const silence = Promise.race([late, opened.ended.then(() => 'before it ended')]).then((when) => {
      throw new Error(`${opened.version} gave no report ${when}:\n${opened.messages()}`);
    });
    try {
      return { browser: opened.version, ...(JSON.parse(await Promise.race([report, silence])) as Report) };
    } finally {
      await opened.close();
    }
  } finally {
    clearTimeout(timer);
    await server.close();
  }
}
