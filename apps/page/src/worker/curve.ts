import type { EpochSums, Moment, StepMoment } from '@striate/train';
import type { CurvePoint, Score } from '../messages.ts';
import type { Sample } from './sample.ts';

/** Points take at most about this share of the time. */
const shareOfTime = 0.1;
const leastMilliseconds = 300;
const leastSteps = 5;

/** Decides when the curves get a new point, and measures it. */
export interface Curve {
  isDue(moment: StepMoment): boolean;
  /** Whether there were steps since the last point. */
  isBehind(moment: Moment): boolean;
  measure(moment: Moment): Promise<CurvePoint>;
}

/** Curves of one training, which `steps` may end early. Training scores are those of the steps since the last point, which cost nothing extra. */
export function createCurve(
  sample: Sample,
  steps: number = Infinity,
  now: () => number = () => performance.now(),
): Curve {
  let lastStep = 0;
  let nextTime = now();
  let before: { epoch: number; sums: EpochSums } | undefined;
  return {
    isDue({ step, batch, run }) {
      if (batch === run.batchesPerEpoch || step === 1 || step === steps) return true;
      return step >= lastStep + leastSteps && now() >= nextTime;
    },
    isBehind: ({ step }) => step > lastStep,
    async measure(moment) {
      const { epoch, step, batch, run } = moment;
      const began = now();
      const { parameters, state, sums } = await moment.snapshot();
      const train = scoreBetween(before?.epoch === epoch ? before.sums : undefined, sums);
      const { score, guesses } = await sample.score({ model: run.model, parameters, state });
      before = { epoch, sums };
      lastStep = step;
      nextTime = now() + Math.max(leastMilliseconds, (now() - began) / shareOfTime);
      return { epochs: epoch - 1 + batch / run.batchesPerEpoch, train, test: score, guesses };
    },
  };
}

/** Means over the images between two moments of an epoch. */
function scoreBetween(from: EpochSums | undefined, to: EpochSums): Score {
  const samples = to.samples - (from?.samples ?? 0);
  const mean = (name: string): number => ((to.values[name] ?? 0) - (from?.values[name] ?? 0)) / samples;
  return { loss: mean('loss'), accuracy: mean('accuracy') };
}
