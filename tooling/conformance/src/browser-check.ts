// For tests: the suite in a real browser, as people's pages run it.
import { fileURLToPath } from 'node:url';
import { whyNoBrowser, type BrowserName } from '@striate/browsers';
import { expect, test } from 'vitest';
import { runInBrowser, type BrowserResult, type BrowserRun } from './browser-run.ts';
import { isRequired } from './is-required.ts';

const seed = Number(process.env['STRIATE_SEED'] ?? Math.floor(Date.now() / 1000));
const golden = fileURLToPath(new URL('../golden', import.meta.url));

/** Which cases of which backend run in which browser. */
export interface BrowserTest extends Pick<BrowserRun, 'browser' | 'rounds' | 'every'> {
  backend: string;
  /** Looks at each setting's result. */
  also(result: BrowserResult): void;
}

/**
 * A test that wants every case to pass in every setting. Where the browser is missing it is skipped, with the reason,
 * unless STRIATE_REQUIRE lists the backend (with '-firefox' or '-webkit' behind it for those).
 */
export function testInBrowser({ backend, browser, also, ...cases }: BrowserTest): void {
  test(`${backend} in ${browser}, seed ${seed} (STRIATE_SEED=${seed} repeats it)`, async ({ skip, annotate }) => {
    const missing = whyNoBrowser(browser);
    if (missing && !isRequired(requirement(backend, browser))) skip(missing);
    const results = await runInBrowser(backend, { browser, golden, seed, ...cases });
    for (const result of results) {
      const where = `${result.browser}, ${result.title}`;
      expect(result.error, where).toBeUndefined();
      expect(result.failures.slice(0, 5), where).toEqual([]);
      expect(result.passed, where).toBeGreaterThan(900 / cases.every);
      expect(result.crossOriginIsolated, where).toBe(result.title.startsWith('isolated'));
      also(result);
      await annotate(`${where}: ${result.passed} cases in ${result.seconds} s on ${result.device}`);
    }
  });
}

/** As STRIATE_REQUIRE names it: 'wasm-browser', 'wasm-browser-firefox'. */
function requirement(backend: string, browser: BrowserName): string {
  return browser === 'chromium' ? backend : `${backend}-${browser}`;
}
