import { chromium, type Browser } from 'playwright-core';
import { provideChromium } from './find-chromium.ts';

// Nothing but the pages under test goes over the network.
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
];
const software = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-webgpu-adapter=swiftshader',
  // Shaders compile several times as fast, see createGpu in packages/backend-webgpu/src/device.ts.
  '--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension',
];

/** What a test wants of Chromium. */
export interface LaunchOptions {
  /** WebGPU on the CPU (SwiftShader), the same everywhere; default false: no WebGPU. */
  webgpu?: boolean;
  /** More switches of the command line. */
  args?: readonly string[];
}

/**
 * Starts a headless Chromium with an empty profile; Playwright's `Browser`.
 *
 * @throws {Error} if there is no Chromium, with what would mend it
 * @example
 * await using browser = await launchChromium({ webgpu: true });
 * const page = await browser.newPage();
 */
export function launchChromium({ webgpu = false, args = [] }: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: provideChromium(),
    // Containers and root have no sandbox; only pages of this repository are opened.
    args: ['--no-sandbox', ...quiet, ...(webgpu ? software : ['--disable-gpu']), ...args],
  });
}
