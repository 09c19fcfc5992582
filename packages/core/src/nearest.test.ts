import { expect, it } from 'vitest';
import { nearest, suggestion } from './nearest.ts';

it('finds the name that was meant', () => {
  const known = ['lenet5', 'mnist-cnn', 'mlp', 'resnet20'];
  expect(nearest('lenet', known)).toBe('lenet5');
  expect(nearest('MNIST_CNN', known)).toBe('mnist-cnn');
  expect(nearest('resnet50', known)).toBe('resnet20');
  expect(nearest('transformer', known)).toBeUndefined();
});

it('lists what is known', () => {
  expect(suggestion('mpl', ['mlp', 'lenet5'])).toBe("Did you mean 'mlp'? Known: mlp, lenet5.");
  expect(suggestion('transformer', ['mlp'])).toBe('Known: mlp.');
});
