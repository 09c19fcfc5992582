import type { TestImages } from '../messages.ts';
import { whiteInk } from './board.ts';
import { card, element } from './dom.ts';

/** A picture that was picked. */
export type Picture = Pick<TestImages, 'width' | 'height' | 'pixels'>;

/** Images that the network never trains on, each with what it is taken for. */
export interface TestGallery {
  readonly element: HTMLElement;
  show(images: TestImages): void;
  guess(guesses: readonly string[]): void;
}

/** Makes an empty gallery; a click on an image picks it. */
export function createTestGallery(pick: (picture: Picture) => void): TestGallery {
  const list = element('ul', { className: 'gallery' });
  const score = element(
    'p',
    { className: 'note' },
    'The network never trains on these. A click puts one on the blackboard.',
  );
  let entries: { button: HTMLButtonElement; guess: HTMLElement; label: string }[] = [];
  return {
    element: card('Test images', 'test-images', score, list),
    show({ width, height, pixels, labels }) {
      entries = labels.map((label, index) => {
        const picture = { width, height, pixels: pixels.slice(index * width * height, (index + 1) * width * height) };
        const canvas = element('canvas', { width, height });
        canvas.getContext('2d')!.putImageData(whiteInk(picture.pixels, width), 0, 0);
        const guess = element('span', { className: 'guess' }, ' ');
        const button = element('button', { type: 'button', onclick: () => pick(picture) }, canvas, guess);
        button.ariaLabel = `Test image of a ${label}`;
        return { button, guess, label };
      });
      list.replaceChildren(...entries.map(({ button }) => element('li', {}, button)));
    },
    guess(guesses) {
      for (const [place, { button, guess, label }] of entries.entries()) {
        const taken = guesses[place]!;
        const isRight = taken === label;
        button.classList.toggle('wrong', !isRight);
        guess.textContent = isRight ? `${taken} ✓` : `${taken} ✗`;
        button.ariaLabel = `Test image of a ${label}, taken for ${isRight ? 'a' : 'a wrong'} ${taken}`;
      }
      const right = entries.filter(({ label }, place) => guesses[place] === label).length;
      score.textContent = `${right} of these ${entries.length} are read rightly. The network never trains on them. A click puts one on the blackboard.`;
    },
  };
}
