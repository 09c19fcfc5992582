import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingDriver, type Places } from './missing-driver.ts';

let folder: string;
let places: Places;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'striate-driver-'));
  for (const name of ['lib', 'icd.d', 'dev']) mkdirSync(join(folder, name));
  places = {
    loaders: [join(folder, 'lib')],
    drivers: [join(folder, 'icd.d'), join(folder, 'none')],
    devices: [join(folder, 'dev/renderD*')],
    swiftShaders: [join(folder, 'vk_swiftshader_icd.json')],
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text = ''): void => writeFileSync(join(folder, name), text);
const found = (environment: NodeJS.ProcessEnv = {}): string =>
  Object.values(missingDriver(places, environment)).join('\n').replaceAll(folder, 'FOLDER');

describe.runIf(process.platform === 'linux')('what Linux lacks for WebGPU is named:', () => {
  test('the loader', () => {
    expect(found()).toMatchInlineSnapshot(`
      "no GPU adapter was found: Vulkan's loader, libvulkan.so.1, is not installed (apt-get install libvulkan1). No GPU is seen (FOLDER/dev/renderD*).
      Without a GPU, the SwiftShader in Chromium computes on the processor: apt-get install chromium libvulkan1, and set VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json. wasm() is faster there."
    `);
  });

  test('a driver', () => {
    put('lib/libvulkan.so.1');
    expect(found()).toContain('Vulkan has no driver (looked in FOLDER/icd.d, FOLDER/none). No GPU is seen (FOLDER/dev');
  });

  test('a driver that is new enough, as on Debian 12 with mesa-vulkan-drivers', () => {
    put('lib/libvulkan.so.1');
    put('icd.d/intel_icd.x86_64.json', '{"ICD": {"api_version": "1.3.230"}}');
    put('icd.d/lvp_icd.x86_64.json', '{"ICD": {"api_version": "1.1.230"}}');
    put('icd.d/odd.json', 'odd');
    put('vk_swiftshader_icd.json');
    expect(found()).toMatchInlineSnapshot(`
      "no GPU adapter was found: Vulkan's drivers here (intel_icd.x86_64.json for Vulkan 1.3.230, lvp_icd.x86_64.json for Vulkan 1.1.230, odd.json, which cannot be read) have no device that Dawn can use. lvp, Mesa's driver for the processor, is too old for it in Mesa 22.3 (Debian 12). No GPU is seen (FOLDER/dev/renderD*).
      Without a GPU, the SwiftShader in Chromium computes on the processor: set VK_ICD_FILENAMES=FOLDER/vk_swiftshader_icd.json. wasm() is faster there."
    `);
  });

  test("the GPU's own driver, where there is a GPU", () => {
    put('lib/libvulkan.so.1');
    put('dev/renderD128');
    expect(found()).toContain('The GPU is there (FOLDER/dev/renderD128).');
    expect(found()).toContain("Install the GPU's driver for Vulkan.");
  });

  test('what a variable names', () => {
    put('lib/libvulkan.so.1');
    put('icd.d/lvp_icd.x86_64.json', '{"ICD": {"api_version": "1.1.230"}}');
    expect(found({ VK_ICD_FILENAMES: join(folder, 'gone.json') })).toContain(
      'VK_ICD_FILENAMES names FOLDER/gone.json, which is not there.',
    );
  });
});
