// Models and checkpoints that earlier versions wrote, with what they said of them: see testing/write-saved-before.ts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { wasm as lean } from '@striate/backend-wasm/lean';
import { dispose, use, type NetworkFacts } from '@striate/core';
import { predictOutputs, load, modelFiles, weightsSha256 } from '@striate/inference';
import type { Network } from '@striate/layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { fit } from '../fit.ts';
import { earlierInputs, earlierModels } from '../testing/earlier-models.ts';
import { earlierTrainings } from '../testing/earlier-trainings.ts';
import { disposeTraining } from '../training-state.ts';
import { readCheckpoint } from './checkpoint.ts';

const saved = join(import.meta.dirname, '..', 'testing', 'saved-before');
const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(saved, file), 'utf8'));

// The build whose bits no machine moves; stock kernels take no part in them.
describe.each([
  ['whole', wasm],
  ['lean', lean],
])('on wasm, %s,', (_, backend) => {
  beforeAll(() => use(backend({ threads: 1, simd: 'plain' })));

  describe.each(Object.entries(earlierModels))('the model %s', (name, make) => {
    test('loads with what was saved with it, and says the same to the bit', async () => {
      const expected = (await readJson(`models/${name}.json`)) as { weights: string; outputs: unknown };
      const { network, ...beside } = await load(join(saved, 'models', name));
      const made = make();
      expect(factsOf(network)).toEqual(factsOf(made));
      expect({ ...beside, outputMeaning: made.outputMeaning }).toEqual(factsOf(made));
      expect(await weightsSha256(network)).toBe(expected.weights);
      const outputs = await predictOutputs(network, earlierInputs(network));
      expect(JSON.parse(JSON.stringify(outputs, asList))).toEqual(expected.outputs);
      for (const { parameters, state } of [network, made]) {
        dispose(parameters);
        dispose(state);
      }
    });

    test('would be written with the same words and the same first weights', async () => {
      const made = make();
      const files = await modelFiles(made);
      const expected = (await readJson(`models/${name}.json`)) as { weights: string };
      expect(await weightsSha256(made)).toBe(expected.weights);
      const words = JSON.parse(new TextDecoder().decode(files['model.json'])) as object;
      expect(words).toMatchObject((await readJson(`models/${name}/model.json`)) as object);
      dispose(made.parameters);
      dispose(made.state);
    });
  });

  test.each(Object.entries(earlierTrainings))(
    'the training %s goes on from its checkpoint to the same bits and numbers',
    async (name, { model, options }) => {
      const expected = (await readJson(`trainings/${name}.json`)) as { weights: string; epochs: object[] };
      const { state: resume } = await readCheckpoint(join(saved, 'trainings', name, 'checkpoint-000006'), model());
      expect([resume.step, resume.epoch, resume.batch]).toEqual([6, 1, 2]);
      const { network, history, state } = await fit(model(), { ...options(), resume });
      expect(await weightsSha256(network)).toBe(expected.weights);
      expect(history.epochs).toMatchObject(expected.epochs);
      disposeTraining(resume);
      disposeTraining(state);
    },
  );
});

function asList(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? Array.from(value) : value;
}

/** Members that are not there are undefined, which toEqual takes for the same. */
function factsOf({ outputMeaning, classNames, preprocessing }: Network): Partial<Record<keyof NetworkFacts, unknown>> {
  return { outputMeaning, classNames, preprocessing };
}
