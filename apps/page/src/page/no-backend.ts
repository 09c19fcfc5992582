import type { Report } from '../messages.ts';
import { card, element } from './dom.ts';

type Unavailable = Extract<Report, { type: 'unavailable' }>;

/** What to do where the backend does not work. */
export function noBackend({ backend, reason, remedy }: Unavailable): HTMLElement {
  const isGpu = backend === 'webgpu';
  const heading = isGpu ? 'WebGPU does not work in this browser yet' : 'This browser cannot compute here';
  const why = element('p', {}, reason.charAt(0).toUpperCase() + reason.slice(1));
  return card(heading, 'no-backend', why, ...(isGpu ? webGpuHelp() : [element('p', {}, remedy)]));
}

function webGpuHelp(): HTMLElement[] {
  const insecure =
    'This address is neither https nor localhost: browsers offer WebGPU on those only. Open the page there first.';
  const steps: readonly (readonly [string, string])[] = [
    [
      'Chrome, Edge and other Chromium browsers',
      'Version 113 or later on Windows, macOS and ChromeOS, 121 or later on Android. In the settings, under System, "Use graphics acceleration when available" must be on.',
    ],
    [
      'The same on Linux',
      'Open `chrome://flags`, switch on "Unsafe WebGPU Support" and "Vulkan", and start the browser anew. `chrome://gpu` then tells whether WebGPU is on. Without a graphics processor, start the browser with `--enable-unsafe-webgpu --enable-features=Vulkan --use-webgpu-adapter=swiftshader`: slow, but it works.',
    ],
    ['Safari', 'Version 26 or later, on macOS, iPhone and iPad.'],
    [
      'Firefox',
      'Version 141 or later on Windows, 145 or later on Macs with Apple processors. Elsewhere, open `about:config` and set `dom.webgpu.enabled` to true, best in Firefox Nightly.',
    ],
  ];
  return [
    ...(isSecureContext ? [] : [element('p', {}, element('strong', {}, insecure))]),
    element('p', {}, 'What helps:'),
    element(
      'dl',
      {},
      ...steps.flatMap(([browser, what]) => [element('dt', {}, browser), element('dd', {}, ...withCode(what))]),
    ),
    element(
      'p',
      {},
      'Or take the page of the same experiment for the CPU (browser-cpu): it works in every browser of today, without a graphics processor.',
    ),
  ];
}

/** What stands between backticks is code. */
function withCode(text: string): (Node | string)[] {
  return text.split('`').map((part, place) => (place % 2 === 1 ? element('code', {}, part) : part));
}
