import type { Progress } from '../messages.ts';
import { element } from './dom.ts';
import { clock, count, percent } from './numbers.ts';

/** What is going on, in words and in a bar. */
export interface Status {
  readonly element: HTMLElement;
  /** A sentence, which screen readers tell too. */
  say(text: string): void;
  /** Something went wrong; without anything to say, the message goes away. */
  complain(...what: readonly (Node | string)[]): void;
  show(progress: Progress): void;
  /** Share of the test images that are read rightly now. */
  showAccuracy(accuracy: number): void;
}

/** Makes an empty status. */
export function createStatus(): Status {
  const sentence = element('p', { className: 'sentence', role: 'status', ariaLive: 'polite' });
  const complaint = element('div', { className: 'complaint', role: 'alert', hidden: true });
  const bar = element('progress', { max: 1, value: 0, ariaLabel: 'Training done' });
  const figures = ['test accuracy', 'epoch', 'step', 'images/s', 'left'].map((name) => ({
    name,
    value: element('dd', {}, '–'),
  }));
  const list = element(
    'dl',
    { className: 'figures' },
    ...figures.map(({ name, value }) => element('div', {}, element('dt', {}, name), value)),
  );
  return {
    element: element('div', { className: 'status' }, sentence, complaint, bar, list),
    say(text) {
      sentence.textContent = text;
    },
    complain(...what) {
      complaint.hidden = what.length === 0;
      complaint.replaceChildren(...what);
    },
    show({ epoch, epochs, step, steps, imagesPerSecond, secondsLeft }) {
      bar.value = step / steps;
      const texts = [
        `${epoch} / ${epochs}`,
        `${count(step)} / ${count(steps)}`,
        imagesPerSecond === undefined ? '–' : count(imagesPerSecond),
        clock(secondsLeft),
      ];
      for (const [place, text] of texts.entries()) figures[place + 1]!.value.textContent = text;
    },
    showAccuracy(accuracy) {
      figures[0]!.value.textContent = percent(accuracy);
    },
  };
}
