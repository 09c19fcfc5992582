import type { CurvePoint } from '../messages.ts';
import { createChart } from './chart.ts';
import { card, element } from './dom.ts';
import { lossText, percent } from './numbers.ts';

/** Curves of loss and accuracy. */
export interface Curves {
  readonly element: HTMLElement;
  begin(epochs: number): void;
  add(point: CurvePoint): void;
}

/** Makes empty curves. Their scales become finer as the network becomes better, so that its last steps can be seen. */
export function createCurves(): Curves {
  const loss = createChart({
    heading: 'Loss',
    valueText: lossText,
    axisText: (value) => String(Number(value.toFixed(3))),
    range: (newest) => [0, !newest || newest.test > 0.6 ? 2.5 : newest.test > 0.2 ? 1 : 0.4],
  });
  const accuracy = createChart({
    heading: 'Accuracy',
    valueText: percent,
    axisText: (value) => `${Number((100 * value).toFixed(1))} %`,
    range: (newest) => [!newest || newest.test < 0.8 ? 0 : newest.test < 0.95 ? 0.6 : 0.9, 1],
  });
  return {
    element: card(
      'Curves',
      'curves',
      element('div', { className: 'charts' }, loss.element, accuracy.element),
      element(
        'p',
        { className: 'note' },
        'Across: epochs, that is, how often the network has seen all training images. While it trains, a part of its neurons is dropped at random (dropout), so that its training curve can be the worse one.',
      ),
    ),
    begin(epochs) {
      loss.begin(epochs);
      accuracy.begin(epochs);
    },
    add({ epochs: x, train, test }) {
      loss.add({ x, train: train.loss, test: test.loss });
      accuracy.add({ x, train: train.accuracy, test: test.accuracy });
    },
  };
}
