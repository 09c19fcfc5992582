import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { launchChromium } from './launch-chromium.ts';

/** Browsers that can be opened at an address. */
export const browserNames = ['chromium', 'firefox', 'webkit'] as const;
export type BrowserName = (typeof browserNames)[number];

/** A browser that shows a page. */
export interface OpenedBrowser {
  /** 'Firefox 128.3.0esr' */
  readonly version: string;
  /** What it wrote about trouble so far. */
  messages(): string;
  close(): Promise<void>;
}

// What a fresh profile would otherwise fetch or ask.
const firefoxPreferences: Record<string, boolean | string | number> = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

/**
 * Opens a page in a browser that needs no driver: the page must report by itself (`serveFolder`'s `received`).
 *
 * @throws {Error} if the browser is missing, with what would mend it
 * @example
 * const browser = await openBrowser('firefox', url);
 * await browser.close();
 */
export function openBrowser(name: BrowserName, url: string): Promise<OpenedBrowser> {
  return { chromium: openChromium, firefox: openFirefox, webkit: openWebKit }[name](url);
}

async function openChromium(url: string): Promise<OpenedBrowser> {
  const browser = await launchChromium({ webgpu: true });
  const page = await browser.newPage();
  const messages: string[] = [];
  page.on('pageerror', (error) => messages.push(String(error)));
  page.on('crash', () => messages.push('the page crashed'));
  page.on('console', (message) => {
    if (message.type() === 'error') messages.push(message.text());
  });
  await page.goto(url);
  return {
    version: `Chromium ${browser.version()}`,
    messages: () => messages.join('\n'),
    close: () => browser.close(),
  };
}

async function openFirefox(url: string): Promise<OpenedBrowser> {
  const firefox = findProgram([process.env['FIREFOX_PATH'], 'firefox-esr', 'firefox']);
  if (!firefox) throw new Error('no Firefox: apt-get install firefox-esr, or set FIREFOX_PATH.');
  const profile = mkdtempSync(join(tmpdir(), 'striate-firefox-'));
  const lines = Object.entries(firefoxPreferences).map(([key, value]) => {
    return `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`;
  });
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const opened = start(firefox, ['--headless', '--no-remote', '--profile', profile, url]);
  return {
    version: versionOf(firefox).replace('Mozilla ', ''),
    messages: opened.messages,
    async close() {
      await opened.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openWebKit(url: string): Promise<OpenedBrowser> {
  const miniBrowser = findMiniBrowser();
  if (!miniBrowser)
    throw new Error("no WebKit: apt-get install webkit2gtk-driver, which brings WebKitGTK's MiniBrowser.");
  const xvfb = findProgram(['xvfb-run']);
  if (!xvfb && !process.env['DISPLAY']) throw new Error('WebKit needs a screen: apt-get install xvfb.');
  const page = ['--private', url];
  const opened = process.env['DISPLAY']
    ? start(miniBrowser, page)
    : start(xvfb!, ['--auto-servernum', miniBrowser, ...page]);
  return { version: versionOf(miniBrowser), messages: opened.messages, close: opened.close };
}

function findMiniBrowser(): string | undefined {
  const folders = ['/usr/lib', '/usr/libexec', '/usr/lib64'].flatMap((folder) => [
    folder,
    ...subfolders(folder).filter((path) => path.endsWith('-linux-gnu')),
  ]);
  const places = folders.flatMap(subfolders).filter((path) => path.includes('webkit'));
  return findProgram(places.map((path) => join(path, 'MiniBrowser')));
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function versionOf(program: string): string {
  return spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim().split('\n')[0] ?? '';
}

/** Starts a program in a group of its own, so that its children end with it. */
function start(program: string, args: readonly string[]): Pick<OpenedBrowser, 'messages' | 'close'> {
  let output = '';
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  child.on('error', (error) => (output += error.message));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    messages: () => output,
    async close() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}
