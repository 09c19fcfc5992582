import type { CurvePoint } from '../messages.ts';
import { createChart, type ChartPoint } from './chart.ts';
import { card, element } from './dom.ts';
import { lossText, percent } from './numbers.ts';

/** Curves of loss and accuracy. */
export interface Curves {
  readonly element: HTMLElement;
  begin(epochs: number): void;
  add(point: CurvePoint): void;
}

/** Makes empty curves. */
export function createCurves(): Curves {
  const loss = createChart({
    heading: 'Loss',
    valueText: lossText,
    axisText: (value) => String(Number(value.toFixed(3))),
    range: (points) => [0, spanOf(points, (loss) => loss, [0.1, 0.2, 0.5, 1, 2.5, 3.5, 5])],
  });
  const accuracy = createChart({
    heading: 'Accuracy',
    valueText: percent,
    axisText: (value) => `${Number((100 * value).toFixed(1))} %`,
    range: (points) => [1 - spanOf(points, (accuracy) => 1 - accuracy, [0.05, 0.1, 0.2, 0.5, 1]), 1],
  });
  return {
    element: card(
      'Curves',
      'curves',
      element('div', { className: 'charts' }, loss.element, accuracy.element),
      element(
        'p',
        { className: 'note' },
        'Across: epochs, that is, how often the network has seen all training images. While it trains, a part of its neurons is dropped at random (dropout), so that its training curve can be the worse one. The test sample is 1,000 of the 10,000 test images; all of them are read once, when the training is over.',
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

/** The smallest of some spans, given in rising order, that holds all points, however far each is from the good end. */
function spanOf(points: readonly ChartPoint[], distance: (value: number) => number, spans: readonly number[]): number {
  const farthest = points.reduce((most, { train, test }) => Math.max(most, distance(train), distance(test)), 0);
  const largest = spans.at(-1)!;
  return points.length === 0 ? largest : (spans.find((span) => farthest <= span) ?? largest);
}
