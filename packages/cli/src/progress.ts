import { SingleBar } from 'cli-progress';
import type { Callback, EpochRecord } from '@striate/train';
import { count, percent, type Output } from './output.ts';

/** How often the loss on the bar is read, in milliseconds: reading waits for the device. */
const REFRESH = 500;

/** Shows training as it goes: a bar an epoch on a terminal, a line an epoch elsewhere. */
export function progress(output: Output): Callback {
  if (output.options.quiet) return {};
  const describe = (record: EpochRecord, epochs: number): void => output.line(describeEpoch(record, epochs));
  const lines: Callback = { onEpochEnd: ({ record, run }) => describe(record, run.epochs) };
  return process.stderr.isTTY ? { ...bars(), onEpochEnd: lines.onEpochEnd! } : lines;
}

function bars(): Pick<Callback, 'onStep' | 'onEnd'> {
  let bar: SingleBar | undefined;
  let refreshed = 0;
  return {
    async onStep({ run, epoch, batch, loss }) {
      bar ??= startBar(epoch, run.epochs, run.batchesPerEpoch, batch - 1);
      const last = batch === run.batchesPerEpoch;
      if (last || performance.now() - refreshed > REFRESH) {
        bar.update(batch, { loss: (await loss()).toFixed(4) });
        refreshed = performance.now();
      }
      if (!last) return;
      bar.stop();
      bar = undefined;
    },
    onEnd: () => bar?.stop(),
  };
}

function startBar(epoch: number, epochs: number, batches: number, done: number): SingleBar {
  const bar = new SingleBar({
    format: `epoch ${epoch}/${epochs} [{bar}] {value}/{total} | loss {loss} | {eta_formatted} left`,
    clearOnComplete: true,
    hideCursor: true,
    stopOnComplete: false,
    barsize: 28,
  });
  bar.start(batches, done, { loss: '-' });
  return bar;
}

/** `epoch 1/6: loss 0.2431, accuracy 92.67%, validation accuracy 97.90%, 13,204 images/s` */
function describeEpoch(record: EpochRecord, epochs: number): string {
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
