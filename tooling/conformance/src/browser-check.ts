// For tests: the suite in a real Chromium, as people's pages run it.
import { fileURLToPath } from 'node:url';
import { provideChromium } from '@striate/browsers';
import { expect, test } from 'vitest';
import { runInBrowser, type BrowserResult, type BrowserRun } from './browser-run.ts';
import { isRequired } from './usable-backends.ts';

const seed = Number(process.env['STRIATE_SEED'] ?? Math.floor(Date.now() / 1000));
const golden = fileURLToPath(new URL('../golden', import.meta.url));

/** A test that wants every case to pass in every setting; without a Chromium it is skipped, unless STRIATE_REQUIRE lists the name. */
export function testInChromium(
  name: string,
  cases: Pick<BrowserRun, 'rounds' | 'every'>,
  also: (result: BrowserResult) => void,
): void {
  test(`${name} in Chromium, seed ${seed} (STRIATE_SEED=${seed} repeats it)`, async ({ skip, annotate }) => {
    const missing = whyNoChromium();
    if (missing && !isRequired(name)) skip(missing);
    const results = await runInBrowser(name, { browser: 'chromium', golden, seed, ...cases });
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

function whyNoChromium(): string | undefined {
  try {
    provideChromium();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
