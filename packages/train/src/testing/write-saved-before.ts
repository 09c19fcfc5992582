// Writes what saved-before lacks of the earlier models and trainings, with what this version says of them beside:
//   node --conditions=@striate/source packages/train/src/testing/write-saved-before.ts
// Files that are there are never written anew: they stand for the version that wrote them.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { dispose, use } from '@striate/core';
import { save, weightsSha256, predictOutputs } from '@striate/inference';
import type { Network } from '@striate/layers';
import { checkpoints } from '../callbacks/checkpoints.ts';
import { fit } from '../fit.ts';
import { disposeTraining } from '../training-state.ts';
import { earlierInputs, earlierModels } from './earlier-models.ts';
import { earlierTrainings, type EarlierTraining } from './earlier-trainings.ts';

const saved = join(import.meta.dirname, 'saved-before');
const stoppedAt = 6;
/** What differs from run to run. */
const timed = new Set(['seconds', 'imagesPerSecond']);

await use(wasm({ threads: 1, simd: 'plain' }));

for (const [name, make] of Object.entries(earlierModels)) {
  const folder = join(saved, 'models', name);
  if (!existsSync(folder)) await writeModel(folder, make());
}
for (const [name, earlier] of Object.entries(earlierTrainings)) {
  const folder = join(saved, 'trainings', name);
  if (!existsSync(folder)) await writeRun(folder, earlier);
}

/** The folder, and beside it what the network says of the samples. */
async function writeModel(folder: string, network: Network): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true });
  await save(network, folder);
  const outputs = await predictOutputs(network, earlierInputs(network));
  const expected = { weights: await weightsSha256(network), outputs };
  await writeFile(
    `${folder}.json`,
    JSON.stringify(expected, (_, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value)),
  );
  dispose(network.parameters);
  dispose(network.state);
}

/** The folder with one checkpoint, and beside it how the training ended that went on. */
async function writeRun(folder: string, { model, options }: EarlierTraining): Promise<void> {
  const written = `${folder}.partial`;
  await rm(written, { recursive: true, force: true });
  const stop = {
    onStep: ({ step, stop: end }: { step: number; stop(reason: string): void }) => {
      if (step === stoppedAt) end('to be resumed');
    },
  };
  const part = await fit(model(), {
    ...options(),
    callbacks: [checkpoints(written, { everySteps: stoppedAt, keep: 1 }), stop],
  });
  disposeTraining(part.state);
  const whole = await fit(model(), options());
  const epochs = whole.history.epochs.map((epoch) =>
    Object.fromEntries(Object.entries(epoch).filter(([name]) => !timed.has(name))),
  );
  await writeFile(`${folder}.json`, JSON.stringify({ weights: await weightsSha256(whole.network), epochs }));
  disposeTraining(whole.state);
  await rename(written, folder);
}
