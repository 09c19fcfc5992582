import { provideChromium } from './find-chromium.ts';
import { launchChromium } from './launch-chromium.ts';
import { openFirefox, provideFirefox } from './open-firefox.ts';
import { openWebKit, provideWebKit } from './open-webkit.ts';
import type { OpenedBrowser, OpenOptions } from './opened-browser.ts';

/** Browsers that can be opened at an address. */
export const browserNames = ['chromium', 'firefox', 'webkit'] as const;
export type BrowserName = (typeof browserNames)[number];

/**
 * Opens a page in a browser that needs no driver: the page must report by itself (`serveFolder`'s `received`).
 *
 * @throws {Error} if the browser is missing, with what would mend it
 * @example
 * const browser = await openBrowser('firefox', url);
 * await browser.close();
 */
export function openBrowser(name: BrowserName, url: string, options: OpenOptions = {}): Promise<OpenedBrowser> {
  return { chromium: openChromium, firefox: openFirefox, webkit: openWebKit }[name](url, options);
}

/** Why a browser cannot be opened here, if so. */
export function whyNoBrowser(name: BrowserName): string | undefined {
  try {
    ({ chromium: provideChromium, firefox: provideFirefox, webkit: provideWebKit })[name]();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function openChromium(url: string): Promise<OpenedBrowser> {
  const browser = await launchChromium({ webgpu: true });
  const page = await browser.newPage();
  const messages: string[] = [];
  page.on('pageerror', (error) => messages.push(String(error)));
  const ended = new Promise<void>((resolve) => {
    browser.on('disconnected', () => resolve());
    page.on('crash', () => {
      messages.push('the page crashed');
      resolve();
    });
  });
  page.on('console', (message) => {
    if (message.type() === 'error') messages.push(message.text());
  });
  await page.goto(url);
  return {
    version: `Chromium ${browser.version()}`,
    messages: () => messages.join('\n'),
    ended,
    close: () => browser.close(),
  };
}
