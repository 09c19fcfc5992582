import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { OpenedBrowser } from './opened-browser.ts';
import { startProgram, versionOf } from './start-program.ts';

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

/** @throws {Error} that says how to get one, if there is none */
export function provideFirefox(): string {
  const firefox = findProgram([process.env['FIREFOX_PATH'], 'firefox-esr', 'firefox']);
  if (!firefox) throw new Error('no Firefox: apt-get install firefox-esr, or set FIREFOX_PATH.');
  return firefox;
}

/** Opens a page in a headless Firefox with an empty profile. */
export async function openFirefox(url: string): Promise<OpenedBrowser> {
  const firefox = provideFirefox();
  const profile = mkdtempSync(join(tmpdir(), 'striate-firefox-'));
  const lines = Object.entries(firefoxPreferences).map(([key, value]) => {
    return `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`;
  });
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const opened = startProgram(firefox, ['--headless', '--no-remote', '--profile', profile, url]);
  return {
    version: versionOf(firefox).replace('Mozilla ', ''),
    messages: opened.messages,
    ended: opened.ended,
    async close() {
      await opened.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
