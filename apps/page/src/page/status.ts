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
  /** Something takes its time that cannot be foretold: a moving bar, and how long it has lasted, until `show` or `settle`. */
  wait(): void;
  settle(): void;
  /** A training begins: nothing is known of it. */
  begin(): void;
  /** Training is over: no time is left. */
  end(): void;
  show(progress: Progress): void;
  /** Share of some test images that are read rightly: 'of all 10,000 test images'. */
  showAccuracy(accuracy: number, ofWhich: string): void;
}

/** What is read rightly: a sample while training runs, all when it is over. */
export const sampleText = 'of 1,000 test images';
export const allText = 'of all 10,000 test images';

/** Makes an empty status. */
export function createStatus(): Status {
  const sentence = element('p', { className: 'sentence', role: 'status', ariaLive: 'polite' });
  const complaint = element('div', { className: 'complaint', role: 'alert', hidden: true });
  const bar = element('progress', { max: 1, value: 0, ariaLabel: 'Training done' });
  const elapsed = element('span', { className: 'elapsed', ariaHidden: 'true', hidden: true });
  const figures = [sampleText, 'epoch', 'step', 'images/s', 'left'].map((name) => ({
    name: element('dt', {}, name),
    value: element('dd', {}, '–'),
  }));
  const list = element(
    'dl',
    { className: 'figures' },
    ...figures.map(({ name, value }) => element('div', {}, name, value)),
  );
  let ticking: ReturnType<typeof setInterval> | undefined;
  const settle = (): void => {
    clearInterval(ticking);
    elapsed.hidden = true;
    if (!bar.hasAttribute('value')) bar.value = 0;
  };
  return {
    element: element('div', { className: 'status' }, element('div', {}, sentence, elapsed), complaint, bar, list),
    say(text) {
      sentence.textContent = text;
    },
    complain(...what) {
      complaint.hidden = what.length === 0;
      complaint.replaceChildren(...what);
    },
    wait() {
      settle();
      const began = performance.now();
      const tick = (): void => {
        elapsed.textContent = clock((performance.now() - began) / 1000);
      };
      tick();
      elapsed.hidden = false;
      ticking = setInterval(tick, 1000);
      // Without a value, the bar only shows that something is going on.
      bar.removeAttribute('value');
    },
    settle,
    begin() {
      figures[0]!.name.textContent = sampleText;
      for (const { value } of figures) value.textContent = '–';
    },
    end() {
      figures.at(-1)!.value.textContent = '–';
    },
    show({ epoch, epochs, step, steps, imagesPerSecond, secondsLeft }) {
      settle();
      bar.value = step / steps;
      const texts = [
        `${epoch} / ${epochs}`,
        `${count(step)} / ${count(steps)}`,
        imagesPerSecond === undefined ? '–' : count(imagesPerSecond),
        clock(secondsLeft),
      ];
      for (const [place, text] of texts.entries()) figures[place + 1]!.value.textContent = text;
    },
    showAccuracy(accuracy, ofWhich) {
      figures[0]!.name.textContent = ofWhich;
      figures[0]!.value.textContent = percent(accuracy);
    },
  };
}
