import { expect, it } from 'vitest';
import { checkOptionNames, checkOptions } from './check-options.ts';
import { OptionError } from './errors.ts';

interface Options {
  learningRate?: number;
  momentum?: number;
}
const known = { learningRate: true, momentum: true } as const;
const check = (options: unknown): void =>
  checkOptions<Options>('sgd', options as Options, known, 'sgd({ learningRate: 0.1 })');

it('takes what is known', () => {
  expect(() => check({ momentum: 0.9 })).not.toThrow();
  expect(() => check({})).not.toThrow();
});

it.each([
  [{ lr: 0.1 }, "there is no option 'lr'. Did you mean 'learningRate'?"],
  [{ learning_rate: 0.1 }, "Did you mean 'learningRate'?"],
  [{ momentun: 0.1 }, "Did you mean 'momentum'?"],
  [{ learn: 0.1 }, "Did you mean 'learningRate'?"],
  [0.1, 'its options are 0.1, but must be a record. Write sgd({ learningRate: 0.1 }).'],
  [null, 'its options are null'],
  [[0.1], 'its options are [0.1]'],
  [new Float32Array(1e6), 'its options are a Float32Array of 1000000 values'],
  [() => 1, 'its options are a function'],
  [new Date(0), 'its options are "1970-01-01T00:00:00.000Z"'],
  [Promise.resolve({}), 'its options are a promise (await is missing)'],
])('refuses %o', (options, message) => {
  expect(() => check(options)).toThrow(OptionError);
  expect(() => check(options)).toThrow(message);
});

it('what has no options is called without', () => {
  const none = (options: unknown): void => checkOptionNames('zeros', options, []);
  expect(() => none(3)).toThrow('zeros: its options are 3, but must be a record. Write zeros().');
  expect(() => none({ a: 1 })).toThrow("zeros: there is no option 'a'. It has none.");
});

it('an option with a name of a million characters is told in a line', () => {
  expect(() => check({ ['a'.repeat(1e6)]: 1 })).toThrow(
    new OptionError(`sgd: there is no option '${'a'.repeat(60)}...'. Known: learningRate, momentum.`),
  );
});

it('a proxy that was revoked is refused', () => {
  const { proxy, revoke } = Proxy.revocable<object>({}, {});
  revoke();
  expect(() => check(proxy)).toThrow(OptionError);
});
