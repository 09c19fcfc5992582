import { DataError, OptionError, type Json } from '@striate/core';
import { expect, test } from 'vitest';
import { checkRateIsOfUse, identityOf, readIdentity, recallSettings, type RunSettings } from './run-settings.ts';

const settings: RunSettings = {
  model: 'mlp',
  data: 'mnist',
  epochs: 9,
  batch: 32,
  seed: 3,
  optimizer: 'sgd',
  schedule: 'cosine',
  learningRate: 0.1,
  validation: 0.1,
};
const defaults: RunSettings = {
  model: 'lenet5',
  data: 'mnist',
  epochs: 6,
  batch: 64,
  seed: 1,
  optimizer: 'adam',
  schedule: 'constant',
  validation: 0.05,
};

const run = 'c0ffee00-0000-4000-8000-000000000001';
const started = (hasCheckpoints: boolean) => ({ path: 'a', hasCheckpoints, earlier: identityOf(run, settings) });

test('what is not given comes from the run', () => {
  expect(recallSettings(started(true), defaults, () => false)).toEqual(settings);
});

test('epochs and learning rate may change', () => {
  const given = { ...defaults, epochs: 12, learningRate: 0.01 };
  const recalled = recallSettings(started(true), given, (name) => name === 'epochs' || name === 'learningRate');
  expect(recalled).toEqual({ ...settings, epochs: 12, learningRate: 0.01 });
});

test.each(['model', 'batch', 'seed', 'optimizer', 'schedule', 'validation'] as const)(
  'another %s is refused',
  (name) => {
    expect(() => recallSettings(started(true), defaults, (option) => option === name)).toThrow(
      `--${name} is ${defaults[name]}, but the training in a was started with ${settings[name]}. Leave --${name} out, or choose another --out.`,
    );
    expect(recallSettings(started(true), settings, (option) => option === name)).toEqual(settings);
  },
);

test('a run without a checkpoint may begin again with anything', () => {
  expect(recallSettings(started(false), defaults, (name) => name === 'seed')).toEqual({ ...settings, seed: 1 });
});

const read = (value: unknown) => readIdentity('options.json', new TextEncoder().encode(JSON.stringify(value)));

test('what is written is read, and what earlier versions wrote', () => {
  const identity = identityOf(run, settings);
  expect(identity).toMatchObject({ formatVersion: 1, run });
  expect(read(identity)).toEqual(identity);
  expect(read(settings)).toEqual(settings);
});

test.each([
  [null, 'it is null, but must be an object'],
  [[], 'model is missing'],
  [{}, 'model is missing'],
  [5, 'it is 5, but must be an object'],
  [{ ...settings, optimizer: 'lamb' }, 'optimizer is "lamb", but must be one of adam, adamw, sgd'],
  [{ ...settings, optimizer: 'constructor' }, 'optimizer is "constructor", but must be one of adam, adamw, sgd'],
  [{ ...settings, schedule: ['cosine'] }, 'schedule is ["cosine"], but must be a text'],
  [{ ...settings, batch: '32' }, 'batch is "32", but must be a number'],
  [{ ...settings, batch: 0.5 }, 'batch is 0.5, but must be a whole number from 1 on'],
  [{ ...settings, seed: 2 ** 32 }, 'seed is 4294967296, but must be a whole number from 0 to 4294967295'],
  [{ ...settings, epochs: null }, 'epochs is null, but must be a number'],
  [{ ...settings, learningRate: -1 }, 'learningRate is -1, but must be a number above 0'],
  [{ ...settings, validation: 1 }, 'validation is 1, but must be a share from 0 to below 1'],
  [{ ...settings, directory: 5 }, 'directory is 5, but must be a text'],
  [{ ...settings, formatVersion: -1 }, 'formatVersion is -1, but must be 1'],
  [{ ...settings, run: '../..' }, 'run is "../..", but must be'],
  [{ ...settings, colour: 'red' }, 'colour is'],
])('odd settings %j are our error', (value, reason) => {
  expect(() => read(value)).toThrow(DataError);
  expect(() => read(value)).toThrow(`options.json: ${reason}`);
});

test('a learning rate that no step would use is refused', () => {
  const check = (epoch: number, learningRate: number, used: Json = 0.001) =>
    checkRateIsOfUse(
      'a',
      { epochs: 3, learningRate },
      { state: { epoch }, optimizer: { options: { learningRate: used } } },
    );
  expect(() => check(3, 0.01)).toThrow(OptionError);
  expect(() => check(3, 0.01)).toThrow(
    '--learning-rate is 0.01, but the training in a has done all its 3 epochs with 0.001. Leave --learning-rate out, or give more --epochs.',
  );
  const cosine = { type: 'cosineDecay', initialLearningRate: 0.01, decaySteps: 9, alpha: 0 };
  expect(() => check(3, 0.001, cosine)).toThrow('epochs with 0.01.');
  for (const right of [() => check(2, 0.01), () => check(3, 0.001), () => check(3, 0.01, cosine)])
    expect(right).not.toThrow();
});
