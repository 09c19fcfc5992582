import { NumericError, dispose, valueAndGradients, type Tensor, type Values } from '@striate/core';
import type { Batch, Batches } from '@striate/data';
import { forward } from '@striate/layers';
import { inputsOf } from './check-inputs.ts';
import { disposeBatch, toDevice } from './device-batch.ts';
import type { Snapshot } from './trainer.ts';
import { computeLoss, tasksOf } from './tasks.ts';
import { trainStep, type StepInputs, type StepRecipe } from './train-step.ts';
import { learningRateAt } from './optimizers/learning-rate.ts';
import { disposeTraining } from './training-state.ts';

/** What is known of a step whose loss was not finite. */
export interface NonFiniteStep {
  recipe: StepRecipe;
  data: Batches;
  /** What was found. */
  error: NumericError;
  /** Counted from 1. */
  step: number;
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

const advice =
  'Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one.';

async function findPlace({ recipe, data, step }: NonFiniteStep, from: Snapshot): Promise<string | undefined> {
  let values = from;
  const replace = (next: Snapshot): void => {
    if (values !== from) disposeTraining(values);
    values = next;
  };
  try {
    for await (const batch of batchesFrom(data, from)) {
      const wrongInput = nonFiniteInput(batch);
      if (wrongInput) return wrongInput;
      const device = toDevice(batch);
      try {
        const inputs = { ...values, batch: device, learningRate: learningRateAt(recipe.optimizer, values.step) };
        const inForward = await firstInForward(recipe, inputs);
        if (inForward) return `In step ${values.step + 1} the first ${inForward}.`;
        if (values.step + 1 >= step) return 'All outputs are finite: the loss itself is where it begins.';
        const inBackward = await firstInBackward(recipe, inputs);
        if (inBackward) return `It begins in step ${values.step + 1}: the first ${inBackward}.`;
        const { loss, metrics, ...next } = trainStep(recipe, inputs);
        dispose(loss, metrics);
        replace({ ...next, step: values.step + 1, epoch: values.epoch, batch: values.batch + 1 });
        const updated = await firstNonFinite(values.parameters);
        if (updated) return `It begins in step ${values.step}: the update made '${updated}' too large.`;
      } finally {
        disposeBatch(device);
      }
    }
    return undefined;
  } finally {
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
  { model, seed }: StepRecipe,
  { parameters, state, batch, step }: StepInputs,
): Promise<string | undefined> {
  const nodes = model.nodes.filter(({ layer }) => layer.type !== 'input');
  const random = { seed, step, sampleOffset: 0 };
  const features = nodes.map(({ name }) => name);
  const pass = forward(model, {
    parameters,
    state,
    inputs: inputsOf(model, batch),
    training: true,
    random,
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
async function firstInBackward(recipe: StepRecipe, inputs: StepInputs): Promise<string | undefined> {
  const { model, seed } = recipe;
  const tasks = tasksOf('fit', model, recipe);
  const { batch, state, step } = inputs;
  const compute = (parameters: Values): { loss: Tensor } => {
    const random = { seed, step, sampleOffset: 0 };
    const { outputs } = forward(model, { parameters, state, inputs: inputsOf(model, batch), training: true, random });
    return { loss: computeLoss(tasks, outputs, batch).loss };
  };
  const { loss, gradients } = valueAndGradients(compute, inputs.parameters);
  try {
    const backwards = Object.fromEntries(Object.entries(gradients).toReversed());
    const name = await firstNonFinite(backwards);
    return name && `gradient that is not finite is that of '${name}'`;
  } finally {
    dispose(loss, gradients);
  }
}

export async function firstNonFinite(values: Values): Promise<string | undefined> {
  for (const [name, tensor] of Object.entries(values)) {
    const numbers = await tensor.data<'float32'>();
    if (!numbers.every(Number.isFinite)) return name;
  }
  return undefined;
}
