import { SingleBar } from 'cli-progress';
import type { Callback, EpochRecord } from '@striate/train';
import { count, percent, type Output } from './output.ts';

/** How often the loss on the bar is read, in milliseconds: reading waits for the device. */
const refreshInterval = 500;

/** Shows training as it goes. */
export interface Progress {
  /** What `fit` is to tell; nothing with --quiet. */
  callbacks: Callback[];
  /** Takes the bar off the screen and brings the cursor back. */
  clear(): void;
}

/** A bar an epoch on a terminal, and a line an epoch everywhere; nothing with --quiet. */
export function progress(output: Output): Progress {
  if (output.options.quiet) return { callbacks: [], clear: () => undefined };
  const bars = process.stderr.isTTY ? createBars() : undefined;
  return {
    callbacks: [
      {
        ...(bars && { onStep: bars.onStep }),
        onEpochEnd({ record, run }) {
          bars?.clear();
          output.line(describeEpoch(record, run.epochs));
        },
      },
    ],
    clear: () => bars?.clear(),
  };
}

function createBars(): Required<Pick<Callback, 'onStep'>> & Pick<Progress, 'clear'> {
  let bar: SingleBar | undefined;
  let refreshed = 0;
  const clear = (): void => {
    bar?.stop();
    bar = undefined;
  };
  // A process that ends by a second Ctrl-C must not leave the cursor hidden.
  process.once('exit', clear);
  return {
    clear,
    async onStep({ run, epoch, batch, loss }) {
      bar ??= startBar(epoch, run.epochs, run.batchesPerEpoch, batch - 1);
      if (batch < run.batchesPerEpoch && performance.now() - refreshed < refreshInterval) return;
      const value = await loss();
      bar?.update(batch, { loss: value.toFixed(4) });
      refreshed = performance.now();
    },
  };
}

function startBar(epoch: number, epochs: number, batches: number, done: number): SingleBar {
  const bar = new SingleBar({
    format: `epoch ${epoch}/${epochs} [{bar}] {value}/{total} | loss {loss} | {eta_formatted} left`,
    clearOnComplete: true,
    hideCursor: true,
    barsize: barWidth(process.stderr.columns),
  });
  bar.start(batches, done, { loss: '-' });
  return bar;
}

/** What the words beside the bar leave of the terminal's width. */
export function barWidth(columns: number): number {
  return Math.max(5, Math.min(28, columns - 52));
}

/** `epoch 1/6: loss 0.2431, accuracy 92.67%, validation accuracy 97.90%, 13,204 images/s` */
export function describeEpoch(record: EpochRecord, epochs: number): string {
  const { epoch, loss, imagesPerSecond } = record;
  const accuracies = [
    ['accuracy', record['accuracy']],
    ['validation accuracy', record['validation.accuracy']],
  ] as const;
  const parts = [
    `loss ${loss.toFixed(4)}`,
    ...accuracies.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${percent(value)}`])),
    `${count(Math.round(imagesPerSecond))} images/s`,
  ];
  return `epoch ${epoch}/${epochs}: ${parts.join(', ')}`;
}
