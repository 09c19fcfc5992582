import type { Report } from '../messages.ts';
import { card, element } from './dom.ts';

type Unavailable = Extract<Report, { type: 'unavailable' }>;

/** What to do where the backend does not work. */
export function noBackend({ backend, reason, remedy }: Unavailable): HTMLElement {
  const isGpu = backend === 'webgpu';
  const heading = isGpu ? 'WebGPU does not work in this browser yet' : 'This browser cannot compute here';
  return card(heading, 'no-backend', sentence(reason), ...(isGpu ? webGpuHelp() : [element('p', {}, remedy)]));
}

/** Says that the processor computes in place of a graphics processor, and what would change that. */
export function computesInstead({ reason }: Unavailable): HTMLElement {
  const what =
    'WebGPU does not work in this browser yet, so the processor computes in its place: the same, only slower.';
  return element(
    'div',
    { className: 'instead' },
    element('p', {}, element('strong', {}, what)),
    element('details', {}, element('summary', {}, 'What helps'), sentence(reason), ...webGpuHelp()),
  );
}

function sentence(text: string): HTMLElement {
  return element('p', {}, text.charAt(0).toUpperCase() + text.slice(1));
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
    element(
      'dl',
      {},
      ...steps.flatMap(([browser, what]) => [element('dt', {}, browser), element('dd', {}, ...withCode(what))]),
    ),
  ];
}

/** What stands between backticks is code. */
function withCode(text: string): (Node | string)[] {
  return text.split('`').map((part, place) => (place % 2 === 1 ? element('code', {}, part) : part));
}
