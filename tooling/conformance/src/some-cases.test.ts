import { expect, test } from 'vitest';
import { createDraw } from './draw.ts';
import { casesOfEveryOp } from './random-cases.ts';
import { casesFor, someCases, traitsOf } from './some-cases.ts';

const draw = createDraw(1);
const names = Array.from({ length: 6 }, () => casesOfEveryOp(draw).map(({ name }) => name)).flat();
const itself = (name: string): string => name;

test('of a case, options are what tells it from others: shapes are not', () => {
  expect(traitsOf('conv2d x [2, 9] {"strides":[1,2],"pad":"same","groups":3} with bias')).toEqual([
    'conv2d',
    'conv2d "strides":1n',
    'conv2d "pad":"same"',
    'conv2d "groups":n',
    'conv2d x',
    'conv2d with',
    'conv2d bias',
  ]);
  expect(traitsOf('sgd momentum 0.9 decays true,false')).toEqual([
    'sgd',
    'sgd momentum',
    'sgd n',
    'sgd decays',
    'sgd true',
    'sgd false',
  ]);
});

test('some cases hold each value of each option, and a quarter of the rest', () => {
  const some = someCases(names, itself, 'one');
  expect(some.length).toBeLessThan(names.length * 0.7);
  expect(some.length).toBeGreaterThan(names.length * 0.3);
  expect(new Set(some.flatMap(traitsOf))).toEqual(new Set(names.flatMap(traitsOf)));
});

test('the same word takes the same ones, another one others; in time all are taken', () => {
  expect(someCases(names, itself, 'one')).toEqual(someCases(names, itself, 'one'));
  expect(someCases(names, itself, 'two')).not.toEqual(someCases(names, itself, 'one'));
  const taken = Array.from({ length: 60 }, (_, commit) => someCases(names, itself, `commit ${commit}`));
  expect(new Set(taken.flat())).toEqual(new Set(names));
  expect(someCases(names, itself, 'all')).toEqual(names);
});

test('a backend that is fast takes all', () => {
  expect(casesFor('wasm', names, itself)).toEqual(names);
});
