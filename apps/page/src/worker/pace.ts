import type { Run, StepMoment } from '@striate/train';
import type { Progress } from '../messages.ts';

const reportEvery = 200;

/** Measures how fast training goes; pauses do not count. */
export interface Pace {
  /** What to tell the page now; undefined if it was told a moment ago. */
  afterStep(moment: StepMoment): Progress | undefined;
  /** How far training had come when it ended; undefined if that was before its first step. */
  atEnd(): Progress | undefined;
  /** The device has done all steps so far: only now is it known how fast it was. */
  settled(): void;
  /** Training goes on after a rest between two steps. */
  goOn(): void;
  seconds(): number;
  pause(): void;
  resume(): void;
}

/** Begins to measure; `steps` ends training early. */
export function createPace(steps: number = Infinity, now: () => number = () => performance.now()): Pace {
  let began = now();
  let paused: number | undefined;
  let toldAt = began;
  let samples = 0;
  /** Since when the present pace is measured; the first step, with all that is made in it, is left out. */
  let measured: { time: number; samples: number } | undefined;
  let imagesPerSecond: number | undefined;
  let latest: StepMoment | undefined;
  const seconds = (): number => ((paused ?? now()) - began) / 1000;
  const lastStep = ({ epochs, batchesPerEpoch }: Run): number => Math.min(steps, epochs * batchesPerEpoch);
  const progressAt = ({ step, epoch, run }: StepMoment): Progress => ({
    epoch,
    epochs: run.epochs,
    step,
    steps: lastStep(run),
    ...(imagesPerSecond !== undefined && { imagesPerSecond }),
    seconds: seconds(),
    secondsLeft: (seconds() / step) * (lastStep(run) - step),
  });
  return {
    afterStep(moment) {
      latest = moment;
      samples += moment.samples;
      const time = now();
      if (time - toldAt < reportEvery && moment.step < lastStep(moment.run)) return undefined;
      toldAt = time;
      return progressAt(moment);
    },
    atEnd: () => latest && { ...progressAt(latest), secondsLeft: 0 },
    settled() {
      if (!measured || samples === measured.samples) return;
      const recent = (samples - measured.samples) / Math.max(1e-3, (now() - measured.time) / 1000);
      imagesPerSecond = imagesPerSecond === undefined ? recent : 0.7 * imagesPerSecond + 0.3 * recent;
    },
    goOn() {
      measured = { time: now(), samples };
    },
    seconds,
    pause() {
      paused = now();
    },
    resume() {
      began += now() - (paused ?? now());
      paused = undefined;
    },
  };
}
