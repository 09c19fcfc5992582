import { NumericError, dispose, type Values } from '@striate/core';
import type { Batch, Batches } from '@striate/data';
import { forward } from '@striate/layers';
import { inputsOf } from './check-inputs.ts';
import { disposeBatch, toDevice, type DeviceBatch } from './device-batch.ts';
import type { Snapshot } from './keeper.ts';
import { disposeGradients } from './step/compute-gradients.ts';
import { computeUpdate } from './step/compute-update.ts';
import type { PreparedStep } from './step/prepare-step.ts';
import { addBatch, type StepGroup } from './step/step-group.ts';
import { disposeTraining } from './training-state.ts';

/** What is known of a step whose loss was not finite. */
export interface NonFiniteStep {
  step: PreparedStep;
  data: Batches;
  /** Batches that make one step. */
  accumulate: number;
  /** What was found. */
  error: NumericError;
  /** Number of the step, counted from 1. */
  failed: number;
  /** Values from before that step, finite; undefined if none were kept. They are left alone. */
  from: Snapshot | undefined;
}

/**
 * Finds where numbers stopped being finite: goes again, exactly, through the steps since the last values that were known
 * to be good, looking at everything.
 *
 * @returns an error that names the step, the first layer, and what to do
 */
export async function explainNonFinite(failure: NonFiniteStep): Promise<NumericError> {
  const { from, error } = failure;
  const spoilt = from?.step === 0 ? await firstNonFinite({ ...from.parameters, ...from.state }) : undefined;
  if (spoilt !== undefined) {
    return new NumericError(
      `${error.message} It began with that: '${spoilt}' was not finite before the first step. ` +
        'Take the network from before, or look at what gives its first values, the initializer.',
      { cause: error },
    );
  }
  const place = from
    ? await findPlace(failure, from)
    : 'The values before it were too large to be kept, so the layer cannot be told.';
  return new NumericError([error.message, place, advice].filter(Boolean).join(' '), { cause: error });
}

/** What helps against numbers that grow without bound. */
export const nonFiniteAdvice =
  'Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1.';

const advice = `${nonFiniteAdvice} Checkpoints hold only finite values: resume from the last one.`;

async function findPlace(
  { step, data, accumulate, failed }: NonFiniteStep,
  from: Snapshot,
): Promise<string | undefined> {
  let values = from;
  let group: StepGroup | undefined;
  const replace = (next: Snapshot): void => {
    if (values !== from) disposeTraining(values);
    values = next;
  };
  try {
    for await (const batch of batchesFrom(data, from)) {
      const wrongInput = nonFiniteInput(batch);
      if (wrongInput) return wrongInput;
      const number = values.step + 1;
      const batches = (group?.batches ?? 0) + 1;
      const place = ((values.batch + batches - 1) % data.batchesPerEpoch) + 1;
      const isLast = batches === accumulate || place === data.batchesPerEpoch;
      const device = toDevice(batch);
      try {
        const inForward = await firstInForward(step, values, group, device);
        if (inForward) return `In step ${number} the first ${inForward}.`;
        if (number >= failed && isLast) return 'All outputs are finite: the loss itself is where it begins.';
        group = addBatch(step, values, group, device);
      } finally {
        disposeBatch(device);
      }
      const inBackward = await firstInBackward(group.gradients);
      if (inBackward) return `It begins in step ${number}: the first ${inBackward}.`;
      if (!isLast) continue;
      const { gradients, state, loss, numbers } = group;
      const updated = computeUpdate(step, values, gradients);
      dispose(gradients, loss, numbers);
      group = undefined;
      replace({ ...updated, state, step: number, epoch: values.epoch, batch: place });
      const spoilt = await firstNonFinite(values.parameters);
      if (spoilt) return `It begins in step ${values.step}: the update made '${spoilt}' too large.`;
    }
    return undefined;
  } finally {
    if (group) disposeGradients(group);
    replace(from);
  }
}

async function* batchesFrom(data: Batches, { epoch, batch }: Snapshot): AsyncGenerator<Batch> {
  yield* data.epoch(epoch, { from: batch });
  for (let next = epoch + 1; ; next++) yield* data.epoch(next);
}

function nonFiniteInput({ inputs, ids }: Batch): string | undefined {
  const place = inputs.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return undefined;
  return `Sample ${ids[Math.floor((place * ids.length) / inputs.length)]} already has the input ${inputs[place]}: look at the data.`;
}

/** Runs the layers one by one, without fusing, and looks at each output. */
async function firstInForward(
  { model, seed }: PreparedStep,
  values: Snapshot,
  group: StepGroup | undefined,
  batch: DeviceBatch,
): Promise<string | undefined> {
  const nodes = model.nodes.filter(({ inputs: sources }) => sources.length > 0);
  const features = nodes.map(({ name }) => name);
  const state = group?.state ?? values.state;
  const pass = forward(model, {
    parameters: values.parameters,
    state,
    inputs: inputsOf(model, batch),
    training: true,
    random: { seed, step: values.step, sampleOffset: group?.count ?? 0 },
    features,
    fuse: false,
  });
  const ownState = Object.values(pass.state).filter((tensor) => !Object.values(state).includes(tensor));
  try {
    const name = await firstNonFinite(
      Object.fromEntries(features.map((feature) => [feature, pass.features[feature]!])),
    );
    const node = nodes.find((candidate) => candidate.name === name);
    return node && `layer whose output is not finite is '${node.name}' (${node.layer.type})`;
  } finally {
    dispose(pass.outputs, pass.losses, ownState, pass.features);
  }
}

/** The gradient that is met first on the way back: that of the last layer. */
async function firstInBackward(gradients: Values): Promise<string | undefined> {
  const name = await firstNonFinite(Object.fromEntries(Object.entries(gradients).toReversed()));
  return name && `gradient that is not finite is that of '${name}'`;
}

export async function firstNonFinite(values: Values): Promise<string | undefined> {
  for (const [name, tensor] of Object.entries(values)) {
    const numbers = await tensor.data<'float32'>();
    if (!numbers.every(Number.isFinite)) return name;
  }
  return undefined;
}
