import { element } from './dom.ts';

/** What is known when the backend has failed for good. */
export interface Breakdown {
  /** 'webgpu', 'wasm' */
  backend: string;
  /** In the program's words. */
  message: string;
  /** Whether a network is there, as it was at the end of an epoch. */
  canSave: boolean;
}

/** Says that nothing more can be computed on this page, what that means, and what to do. */
export function breakdown({ backend, message, canSave }: Breakdown): HTMLElement[] {
  const what =
    backend === 'webgpu'
      ? 'The graphics processor was taken away from this page, as happens when its driver starts anew, when it has too much to do, or when the computer slept.'
      : 'The part of this page that computes has failed.';
  const rest = canSave
    ? 'The network in training is lost, but as it was at the end of its last epoch it can still be saved: “Save the trained model”, below.'
    : 'The network in training is lost.';
  const again = element('button', { type: 'button', onclick: () => location.reload() }, 'Load this page again');
  return [
    element('p', {}, `${what} ${rest}`),
    element('p', {}, again),
    element('details', {}, element('summary', {}, 'What the program says'), element('p', {}, message)),
  ];
}
