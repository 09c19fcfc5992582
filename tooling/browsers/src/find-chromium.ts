import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installFromDebian } from './debian.ts';
import { findProgram } from './find-program.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The person's own Chromium, Chrome or Edge: `CHROME_PATH`, else the usual names and places. */
export function findChromium(): string | undefined {
  return findProgram([process.env['CHROME_PATH'], ...names, ...places]);
}

/**
 * The person's own Chromium; else Debian's, which is installed where that needs no question.
 *
 * @throws {Error} that says why there is none and how to get one
 */
export function provideChromium(): string {
  const present = findChromium();
  if (present) return present;
  const refusal = installFromDebian(['chromium']);
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(`no Chromium or Chrome: ${refusal}. Install one, or set CHROME_PATH to it.`);
}

/** The file that makes Vulkan run on the CPU (SwiftShader), which every Chromium brings along. */
export function findSwiftShader(): string | undefined {
  const chromium = findChromium();
  const folders = [
    ...(chromium ? [dirname(realpathSync(chromium))] : []),
    '/usr/lib/chromium',
    '/opt/google/chrome',
    '/usr/lib/chromium-browser',
  ];
  return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((file) => existsSync(file));
}
