import type { Answer } from '../messages.ts';
import { whiteInk } from './board.ts';
import { element } from './dom.ts';
import { percent } from './numbers.ts';

/** A screen reader hears of a drawing when the hand has rested so long. */
const restMilliseconds = 900;

/** What the network says of the drawing: the likeliest class in large, all probabilities as bars. */
export interface Verdict {
  /** The likeliest class, and the picture that the network got. */
  readonly headline: HTMLElement;
  /** All probabilities. */
  readonly bars: HTMLElement;
  show(answer: Answer): void;
  clear(): void;
}

/** Makes an empty verdict. */
export function createVerdict(classNames: readonly string[]): Verdict {
  const winner = element('span', { className: 'winner' });
  const certainty = element('span', { className: 'certainty' });
  const seen = element('canvas', { className: 'seen' });
  seen.setAttribute('role', 'img');
  seen.ariaLabel = 'The drawing as the network gets it, centred and made small';
  const spoken = element('p', { className: 'visually-hidden', role: 'status' });
  const list = element('ol', { className: 'bars', ariaLabel: 'Probabilities' });
  let names: readonly string[] = [];
  let bars: { row: HTMLElement; bar: HTMLElement; share: HTMLElement }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const setNames = (next: readonly string[]): void => {
    if (next.join() === names.join()) return;
    names = next;
    bars = names.map(() => ({
      row: element('li'),
      bar: element('span', { className: 'bar' }),
      share: element('span', { className: 'share' }),
    }));
    for (const [place, { row, bar, share }] of bars.entries()) {
      row.append(
        element('span', { className: 'name' }, names[place]!),
        element('span', { className: 'track' }, bar),
        share,
      );
    }
    list.replaceChildren(...bars.map(({ row }) => row));
    winner.classList.toggle(
      'long',
      names.some(({ length }) => length > 2),
    );
  };
  const clear = (): void => {
    clearTimeout(timer);
    winner.textContent = '?';
    winner.classList.add('none');
    certainty.textContent = '';
    spoken.textContent = '';
    seen.getContext('2d')!.clearRect(0, 0, seen.width, seen.height);
    for (const { row, bar, share } of bars) {
      row.classList.remove('first');
      row.title = '';
      bar.style.width = '0';
      share.textContent = '';
    }
  };
  setNames(classNames);
  clear();

  return {
    headline: element(
      'div',
      { className: 'headline' },
      element('div', { className: 'answer', ariaHidden: 'true' }, winner, certainty),
      element('figure', {}, seen, element('figcaption', {}, 'what it sees')),
      spoken,
    ),
    bars: list,
    show({ classNames, probabilities, logits, seen: picture }) {
      setNames(classNames);
      const best = probabilities.indexOf(Math.max(...probabilities));
      winner.textContent = names[best]!;
      winner.classList.remove('none');
      certainty.textContent = percent(probabilities[best]!);
      for (const [place, { row, bar, share }] of bars.entries()) {
        row.classList.toggle('first', place === best);
        row.title = `logit ${logits[place]!.toPrecision(8)}`;
        bar.style.width = `${100 * probabilities[place]!}%`;
        share.textContent = percent(probabilities[place]!);
      }
      paint(seen, picture);
      clearTimeout(timer);
      timer = setTimeout(() => {
        spoken.textContent = `The network takes it for ${names[best]}, ${percent(probabilities[best]!)}.`;
      }, restMilliseconds);
    },
    clear,
  };
}

function paint(canvas: HTMLCanvasElement, { width, height, pixels }: Answer['seen']): void {
  const channels = pixels.length / (width * height);
  const grey = Uint8Array.from({ length: width * height }, (_, pixel) => pixels[pixel * channels]!);
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')!.putImageData(whiteInk(grey, width), 0, 0);
}
