import { existsSync } from 'node:fs';
import * as core from '@striate/core';
import * as data from '@striate/data';
import * as images from '@striate/images';
import * as inference from '@striate/inference';
import * as layers from '@striate/layers';
import * as regularizers from '@striate/regularizers';
import * as train from '@striate/train';
import * as weights from '@striate/weights';
import * as zoo from '@striate/zoo';
import { wasm } from '@striate/backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawWrongCalls } from './draw-wrong-calls.ts';
import { coreWithoutCalls } from './right-calls/core.ts';
import { files, folder } from './right-calls/fixtures.ts';
import { rightCalls } from './right-calls/index.ts';
import { layersWithoutCalls } from './right-calls/layers.ts';
import { opsWithoutCalls } from './right-calls/ops.ts';
import { trainWithoutCalls } from './right-calls/train.ts';
import { tryWrongCall } from './try-wrong-call.ts';

const seed = Number(process.env.STRIATE_SEED ?? Math.floor(Date.now() / 1000));
const times = Number(process.env.STRIATE_WRONG_CALLS ?? 8);

beforeAll(async () => {
  await core.use(wasm({ threads: 1 }));
  await files();
});

describe.each(Object.keys(rightCalls))(`%s, seed ${seed} (STRIATE_SEED=${seed} repeats it)`, (name) => {
  it.each(rightCalls[name]!)('$name refuses what is wrong', async (right) => {
    right.args(); // what calls share is made before tensors are counted
    const faults: string[] = [];
    for (const wrong of drawWrongCalls(right, seed, times)) {
      const fault = await tryWrongCall(right, wrong);
      if (fault !== undefined) faults.push(`${wrong.title}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });
});

it('writes nothing where a call was wrong', () => {
  expect(existsSync(folder())).toBe(false);
});

describe('every public function has a right call', () => {
  const without: Readonly<Record<string, readonly string[]>> = {
    core: coreWithoutCalls,
    ops: opsWithoutCalls,
    layers: Object.keys(layersWithoutCalls),
    regularizers: ['checkConstraint', 'checkRegularizer'],
    train: trainWithoutCalls,
  };
  it.each(Object.entries({ core, ops: core.ops, data, images, inference, layers, regularizers, train, weights, zoo }))(
    '%s',
    (name, exported) => {
      const functions = Object.entries(exported).filter(([, value]) => typeof value === 'function');
      const called = new Set(rightCalls[name]!.map((call) => call.name.replace(/,.*/, '')));
      const missing = functions.map(([own]) => own).filter((own) => !called.has(own) && !without[name]?.includes(own));
      expect(missing).toEqual([]);
    },
  );
});
