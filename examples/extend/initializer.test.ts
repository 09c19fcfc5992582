import { wasm } from '@striate/backend-wasm';
import { dispose, use } from '@striate/core';
import { dense, initialize, input, modelFromJson, modelToJson, sequential } from '@striate/layers';
import { expect, test } from 'vitest';
import { checkered } from './initializer.ts';

test('a model begins with it, after a file too', async () => {
  await use(wasm({ threads: 1 }));
  const model = sequential([input([3]), dense({ units: 2, kernelInitializer: checkered({ size: 0.5 }) })]);
  const written: unknown = JSON.parse(JSON.stringify(modelToJson(model)));
  for (const each of [model, modelFromJson(written as never, { kinds: [checkered] })]) {
    const { parameters, state } = initialize(each, { seed: 1 });
    expect([...(await parameters['dense/kernel']!.data())]).toEqual([0.5, -0.5, 0.5, -0.5, 0.5, -0.5]);
    dispose(parameters, state);
  }
  expect(() => modelFromJson(written as never)).toThrow('kinds: [checkered]');
});
