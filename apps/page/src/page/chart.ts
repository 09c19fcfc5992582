import './known-language.ts';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { element } from './dom.ts';

/** One point: what lies on the x axis, and both curves' values there. */
export interface ChartPoint {
  x: number;
  train: number;
  test: number;
}

/** What a chart shows. */
export interface ChartOptions {
  heading: string;
  /** Text of a value, beside the heading and on the axis. */
  valueText(value: number): string;
  axisText(value: number): string;
  /** Lowest and highest value on the axis, given the points that should be seen. */
  range(points: readonly ChartPoint[]): [number, number];
}

/** Two curves, of training and of test, over the epochs. */
export interface Chart {
  readonly element: HTMLElement;
  /** A new training: no points, at most so many epochs on the x axis. */
  begin(epochs: number): void;
  add(point: ChartPoint): void;
}

/** Makes an empty chart, which takes the colours and the size that the style sheet gives it. */
export function createChart({ heading, valueText, axisText, range }: ChartOptions): Chart {
  const plotArea = element('div', { className: 'plot', role: 'img', ariaLabel: `${heading}: no values yet` });
  const train = element('strong', {}, '–');
  const test = element('strong', {}, '–');
  const legend = element(
    'p',
    { className: 'legend' },
    element('span', { className: 'train' }, 'training ', train),
    element('span', { className: 'test' }, 'test sample ', test),
  );
  let values: ChartPoint[] = [];
  let epochs = 1;

  const data = (): uPlot.AlignedData => [
    values.map(({ x }) => x),
    values.map((value) => value.train),
    values.map((value) => value.test),
  ];
  const colour = (name: string) => (): string => getComputedStyle(plotArea).getPropertyValue(name);
  const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  // One value alone makes no line.
  const points = { show: () => values.length === 1, size: 10 };
  const make = (): uPlot =>
    new uPlot(
      {
        width: Math.max(200, plotArea.clientWidth),
        height: Math.max(150, plotArea.clientHeight),
        padding: [0.6 * rem(), 1.2 * rem(), 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => [0, shownEpochs(values.at(-1)?.x ?? 0, epochs)] },
          // Over all points, so that the whole way can be seen.
          y: { range: () => range(values) },
        },
        axes: [
          {
            ...axis,
            size: 1.9 * rem(),
            font: `${rem()}px system-ui`,
            space: 4 * rem(),
            values: (_, ticks) => ticks.map(String),
          },
          {
            ...axis,
            size: 3.6 * rem(),
            font: `${rem()}px system-ui`,
            space: 2.4 * rem(),
            values: (_, ticks) => ticks.map(axisText),
          },
        ],
        series: [
          {},
          { stroke: colour('--train'), width: 3, points },
          { stroke: colour('--test'), width: 3, dash: [10, 5], points },
        ],
      },
      data(),
      plotArea,
    );

  let plot: uPlot | undefined;
  const remake = (): void => {
    plot?.destroy();
    plot = make();
  };
  new ResizeObserver(remake).observe(plotArea);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', remake);

  const show = (): void => {
    plot?.setData(data());
    const newest = values.at(-1);
    train.textContent = newest ? valueText(newest.train) : '–';
    test.textContent = newest ? valueText(newest.test) : '–';
    const first = values[0];
    const [low, high] = range(values);
    plotArea.ariaLabel =
      newest && first
        ? `${heading} over the epochs, on a scale from ${axisText(low)} to ${axisText(high)}: ` +
          `training ${valueText(first.train)} at first, ${train.textContent} now; ` +
          `test sample ${valueText(first.test)} at first, ${test.textContent} now`
        : `${heading}: no values yet`;
  };
  const title = element('h3', {}, heading);
  return {
    element: element(
      'div',
      { className: 'chart' },
      element('div', { className: 'chart-head' }, title, legend),
      plotArea,
    ),
    begin(newEpochs) {
      values = [];
      epochs = newEpochs;
      show();
    },
    add(point) {
      values.push(point);
      show();
    },
  };
}

/** How far the x axis goes: as far as the training, but not so far that a long one's beginning could not be seen. */
function shownEpochs(reached: number, epochs: number): number {
  const lengths = [0.2, 0.5, 1, 2, 5, 10, 20, 50];
  return Math.min(epochs, lengths.find((length) => reached < 0.8 * length) ?? epochs);
}
