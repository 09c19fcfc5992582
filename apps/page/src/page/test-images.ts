import type { TestImages } from '../messages.ts';
import { whiteInk } from './board.ts';
import { card, element } from './dom.ts';

/** A picture that was picked. */
export type Picture = Pick<TestImages, 'width' | 'height' | 'pixels'>;

/** Images that the network never trains on, each with what it is taken for. */
export interface TestGallery {
  readonly element: HTMLElement;
  show(images: TestImages): void;
  /** A new network begins, of which nothing is known. */
  begin(): void;
  guess(guesses: readonly string[]): void;
}

const unread = 'The network never trains on these. A click puts one on the blackboard.';

/** Makes an empty gallery; a click on an image picks it. */
export function createTestGallery(pick: (picture: Picture) => void): TestGallery {
  const list = element('ul', { className: 'gallery' });
  const score = element('p', { className: 'note' }, unread);
  let entries: { button: HTMLButtonElement; guess: HTMLElement; label: string }[] = [];
  // One stop for the tab key, not forty; arrow keys go on from there.
  list.addEventListener('keydown', (event) => {
    const from = entries.findIndex(({ button }) => button === document.activeElement);
    const to = nextPlace(event.key, from, entries.length);
    if (to === undefined) return;
    event.preventDefault();
    for (const [place, { button }] of entries.entries()) button.tabIndex = place === to ? 0 : -1;
    entries[to]!.button.focus();
  });
  return {
    element: card('Test images', 'test-images', score, list),
    show({ width, height, pixels, labels }) {
      entries = labels.map((label, index) => {
        const picture = { width, height, pixels: pixels.slice(index * width * height, (index + 1) * width * height) };
        const canvas = element('canvas', { width, height });
        canvas.getContext('2d')!.putImageData(whiteInk(picture.pixels, width), 0, 0);
        const guess = element('span', { className: 'guess' }, ' ');
        const button = element('button', { type: 'button', onclick: () => pick(picture) }, canvas, guess);
        button.ariaLabel = nameOf(label);
        button.tabIndex = index === 0 ? 0 : -1;
        return { button, guess, label };
      });
      list.replaceChildren(...entries.map(({ button }) => element('li', {}, button)));
    },
    begin() {
      score.textContent = unread;
      for (const { button, guess, label } of entries) {
        button.classList.remove('wrong');
        guess.textContent = ' ';
        button.ariaLabel = nameOf(label);
      }
    },
    guess(guesses) {
      for (const [place, { button, guess, label }] of entries.entries()) {
        const taken = guesses[place]!;
        const isRight = taken === label;
        button.classList.toggle('wrong', !isRight);
        guess.textContent = isRight ? `${taken} ✓` : `${taken} ✗`;
        button.ariaLabel = `${nameOf(label)}, taken for ${isRight ? 'a' : 'a wrong'} ${taken}`;
      }
      const right = entries.filter(({ label }, place) => guesses[place] === label).length;
      score.textContent = `${right} of these ${entries.length} are read rightly. The network never trains on them. A click puts one on the blackboard.`;
    },
  };
}

function nameOf(label: string): string {
  return `Test image of a ${label}`;
}

function nextPlace(key: string, from: number, count: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key === 'ArrowRight' || key === 'ArrowDown') return Math.min(count - 1, from + 1);
  if (key === 'ArrowLeft' || key === 'ArrowUp') return Math.max(0, from - 1);
  return undefined;
}
