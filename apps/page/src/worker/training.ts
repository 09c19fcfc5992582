import { testAccuracy, train, type Data } from '@striate/app-experiment';
import { dispose } from '@striate/core';
import type { Network } from '@striate/layers';
import type { EndMoment, EpochMoment, Run, StepMoment, TrainingState } from '@striate/train';
import type { Report, Request, Score } from '../messages.ts';
import { createCurve } from './curve.ts';
import { createGate } from './gate.ts';
import type { LiveNetwork } from './live-network.ts';
import { createPace } from './pace.ts';
import type { Sample } from './sample.ts';

/** What a training needs. */
export interface TrainingParts {
  data: Data;
  sample: Sample;
  live: LiveNetwork;
  /** Told of the network at the end of each epoch, whose tensors are gone afterwards. */
  epochEnded(network: Network): Promise<void>;
  report(report: Report): void;
}

/** A training that runs. */
export interface Training {
  pause(): void;
  resume(): void;
  stop(): void;
  /** Ends when the trained network rests in `live`; fails if training did. */
  done: Promise<void>;
}

/** Trains new weights and tells of it; between two steps it pauses, and lets `live` answer what is asked. */
export function startTraining(
  { data, sample, live, epochEnded, report }: TrainingParts,
  { epochs, seed, steps }: Extract<Request, { type: 'train' }>,
): Training {
  const stopping = new AbortController();
  const changed = createGate();
  let isPaused = false;
  const pace = createPace(steps);
  const curve = createCurve(sample, steps);

  async function rest(moment: StepMoment): Promise<void> {
    await moment.snapshot();
    pace.settled();
    if (curve.isDue(moment)) report({ type: 'point', point: await curve.measure(moment) });
    if (isPaused) report({ type: 'paused' });
    pace.pause();
    do {
      await live.answer(networkOf(moment.run, await moment.snapshot()));
      if (isPaused) await Promise.race([changed.wait(), live.nextQuestion()]);
    } while (isPaused);
    pace.resume();
    pace.goOn();
  }

  function onStep(moment: StepMoment): Promise<void> | undefined {
    const progress = pace.afterStep(moment);
    if (progress) report({ type: 'progress', progress });
    return curve.isDue(moment) || isPaused || live.isAsked() ? rest(moment) : undefined;
  }

  async function onEpochEnd({ record, run, snapshot }: EpochMoment): Promise<void> {
    const score = (part: string): Score => ({ loss: record[`${part}loss`]!, accuracy: record[`${part}accuracy`]! });
    const { epoch, seconds } = record;
    report({ type: 'epoch', row: { epoch, train: score(''), validation: score('validation.'), seconds } });
    await epochEnded(networkOf(run, await snapshot()));
  }

  /** Stopped between two points, the page would go on showing what the network was at the earlier one. */
  async function onEnd(moment: EndMoment): Promise<void> {
    const progress = pace.atEnd();
    if (progress) report({ type: 'progress', progress });
    if (curve.isBehind(moment)) report({ type: 'point', point: await curve.measure(moment) });
  }

  async function run(): Promise<void> {
    await live.leave();
    const { network, state, history } = await train({
      data,
      epochs,
      seed,
      signal: stopping.signal,
      callbacks: [{ onStep, onEpochEnd, onEnd }],
      ...(steps !== undefined && { steps }),
    });
    const seconds = pace.seconds();
    dispose(...Object.values(state.optimizer));
    const { stopped, stepLosses = [] } = history;
    const found = steps === undefined ? { accuracy: await testAccuracy(network, data) } : { stepLosses };
    live.rest(network);
    report({ type: 'trained', stopped, seconds, step: state.step, ...found });
  }

  const resume = (): void => {
    isPaused = false;
    changed.open();
  };
  return {
    pause() {
      isPaused = true;
    },
    resume,
    stop() {
      stopping.abort();
      resume();
    },
    done: run(),
  };
}

/** The network at a moment of its training. */
function networkOf({ model, facts }: Run, { parameters, state }: TrainingState): Network {
  return { ...facts, model, parameters, state };
}
