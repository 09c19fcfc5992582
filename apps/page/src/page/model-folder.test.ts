import { expect, test } from 'vitest';
import { findModel, type FoundFile } from './model-folder.ts';

const found = (...paths: string[]): FoundFile[] =>
  paths.map((path) => ({ path, file: new File([], path.split('/').at(-1)!) }));
const parts = (folder: string): string[] =>
  ['model.json', 'weights.safetensors', 'SHA256SUMS'].map((name) => `${folder}${name}`);

test('finds the model in its folder, in that of a training run, and among loose files', () => {
  for (const [name, given] of [
    ['digits', parts('digits/')],
    ['run-a', ['run-a/run.json', 'run-a/checkpoints/step-8/weights.safetensors', ...parts('run-a/model/')]],
    ['b', parts('runs/b/model/')],
    ['model', parts('')],
    ['model', parts('model/')],
  ] as const) {
    const model = findModel(found(...given));
    expect(model.name).toBe(name);
    expect(model.files.map((file) => file.name).toSorted()).toEqual([
      'SHA256SUMS',
      'model.json',
      'weights.safetensors',
    ]);
  }
});

test('says what is wanted where there is none', () => {
  expect(() => findModel(found('photos/cat.jpg', 'photos/dog.jpg'))).toThrowErrorMatchingInlineSnapshot(
    `[Error: There is no model.json in it (2 files). Give the folder of a saved model: model.json, weights.safetensors, SHA256SUMS.]`,
  );
});
