import type { Device } from '../messages.ts';
import { element } from './dom.ts';

/** Where the page computes, and what would make it faster, if anything would. */
export function deviceText({ backend, device, isolated, cores }: Device): HTMLElement {
  const text = element('p', { className: 'device' }, element('strong', {}, 'Computes on '), device, '. ');
  if (backend === 'webgpu') {
    const isSoftware = /swiftshader|llvmpipe|basic render/i.test(device);
    if (isSoftware) text.append('That is a graphics processor made of software: it computes rightly, but slowly.');
    return text;
  }
  if (/workers cannot be made/.test(device)) {
    text.append(`This page may not start workers, so that one core of ${cores} does all the work.`);
  } else if (isolated) {
    text.append(`This page is cross-origin isolated, so that all ${cores} cores may work on the same memory.`);
  } else {
    text.append(
      `This page is not cross-origin isolated. Browsers then forbid shared memory, and one core of ${cores} does all the work. ` +
        'To use all of them, have the server send these two headers with each file: ',
      element('code', {}, 'Cross-Origin-Opener-Policy: same-origin'),
      ' and ',
      element('code', {}, 'Cross-Origin-Embedder-Policy: require-corp'),
      '.',
    );
    if (!isSecureContext) text.append(' Browsers heed them on https and on localhost only.');
  }
  return text;
}
