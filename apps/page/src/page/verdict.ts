import type { Answer } from '../messages.ts';
import { whiteInk } from './board.ts';
import { element } from './dom.ts';
import { percent } from './numbers.ts';

/** A screen reader hears of a drawing when the hand has rested so long. */
const restMilliseconds = 900;
/** Of more classes than these, only the likeliest are shown. */
const shownCount = 10;

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
  let bars: Bar[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const setCount = (count: number): void => {
    if (count === bars.length) return;
    bars = Array.from({ length: count }, createBar);
    list.replaceChildren(...bars.map(({ row }) => row));
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
  setCount(classNames.length);
  for (const [place, { name }] of bars.entries()) name.textContent = classNames[place]!;
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
      const places = shownPlaces(probabilities);
      const best = likeliest(probabilities);
      const bestName = classNames[best]!;
      setCount(places.length);
      winner.textContent = bestName;
      winner.title = bestName;
      winner.classList.remove('none');
      winner.classList.toggle('long', bestName.length > 2);
      certainty.textContent = percent(probabilities[best]!);
      for (const [row, place] of places.entries()) {
        const { row: line, name, bar, share } = bars[row]!;
        line.classList.toggle('first', place === best);
        line.title = `${classNames[place]}: logit ${logits[place]!.toPrecision(8)}`;
        name.textContent = classNames[place]!;
        bar.style.width = `${100 * probabilities[place]!}%`;
        share.textContent = percent(probabilities[place]!);
      }
      paint(seen, picture);
      clearTimeout(timer);
      timer = setTimeout(() => {
        spoken.textContent = `The network takes it for ${bestName}, ${percent(probabilities[best]!)}.`;
      }, restMilliseconds);
    },
    clear,
  };
}

interface Bar {
  row: HTMLElement;
  name: HTMLElement;
  bar: HTMLElement;
  share: HTMLElement;
}

function createBar(): Bar {
  const name = element('span', { className: 'name' });
  const bar = element('span', { className: 'bar' });
  const share = element('span', { className: 'share' });
  return { row: element('li', {}, name, element('span', { className: 'track' }, bar), share), name, bar, share };
}

/** Places of the classes that are shown: all of a few, in their order; of many the likeliest ones, those first. */
function shownPlaces(probabilities: Float32Array): number[] {
  const places = Array.from(probabilities.keys());
  if (places.length <= shownCount) return places;
  return places.toSorted((one, other) => probabilities[other]! - probabilities[one]!).slice(0, shownCount);
}

function likeliest(probabilities: Float32Array): number {
  return probabilities.reduce((best, value, place) => (value > probabilities[best]! ? place : best), 0);
}

function paint(canvas: HTMLCanvasElement, { width, height, pixels }: Answer['seen']): void {
  const channels = pixels.length / (width * height);
  const grey = Uint8Array.from({ length: width * height }, (_, pixel) => pixels[pixel * channels]!);
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')!.putImageData(whiteInk(grey, width), 0, 0);
}
