import { expect, test } from 'vitest';
import { oneOf, positiveNumber, share, wholeNumber } from './parse.ts';

test.each(['1', '64', ' 7 '])('%j is a whole number', (text) => {
  expect(wholeNumber(1)(text)).toBe(Number(text));
});

test.each(['0', '-1', '1.5', '', ' ', 'ten', '1e400', 'NaN', '0x10', '0b1', '1_000'])(
  '%j is no whole number of at least 1',
  (text) => {
    expect(() => wholeNumber(1)(text)).toThrow('It must be a whole number of at least 1.');
  },
);

test('a whole number may have an upper end', () => {
  expect(wholeNumber(0, 10)('10')).toBe(10);
  expect(() => wholeNumber(0, 10)('11')).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: It must be a whole number from 0 to 10.]`,
  );
});

test.each(['0', '0.05', '.5', '0.999'])('%j is a share', (text) => {
  expect(share(text)).toBe(Number(text));
});

test.each(['1', '-0.1', '', 'half', '5%', '0x0'])('%j is no share', (text) => {
  expect(() => share(text)).toThrow('It must be a share from 0 to below 1, such as 0.05.');
});

test.each(['1e-3', '1e6', '3'])('%j is a number above 0', (text) => {
  expect(positiveNumber(text)).toBe(Number(text));
});

test.each(['0', '-1', 'Infinity', 'NaN', '', 'fast', '0x10'])('%j is no number above 0', (text) => {
  expect(() => positiveNumber(text)).toThrow('It must be a number above 0.');
});

test('an unknown name is answered with the nearest', () => {
  const read = oneOf(['lenet5', 'mlp']);
  expect(read('mlp')).toBe('mlp');
  expect(() => read('lenet')).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: Did you mean 'lenet5'? Known: lenet5, mlp.]`,
  );
  expect(() => read('toString')).toThrow('Known: lenet5, mlp.');
});
