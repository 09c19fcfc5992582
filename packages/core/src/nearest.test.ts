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

it.each([
  ['swish', ['relu', 'silu'], "Did you mean 'silu'?"],
  ['decay', ['learningRate', 'weightDecay', 'decays'], "Did you mean 'weightDecay'?"],
  ['betas', ['beta1', 'beta2'], 'Write beta1 and beta2.'],
  ['batch_size', ['size', 'seed'], "Did you mean 'size'?"],
  ['batchSize', ['size', 'seed'], "Did you mean 'size'?"],
  ['drop_last', ['size', 'lastBatch'], "Write lastBatch: 'drop'."],
  ['bias', ['filters', 'useBias', 'biasInitializer'], "Did you mean 'useBias'?"],
  ['out_channels', ['filters', 'kernelSize'], "Did you mean 'filters'?"],
  ['out_features', ['units', 'useBias'], "Did you mean 'units'?"],
  ['p', ['rate', 'noiseShape'], "Did you mean 'rate'?"],
  ['size', ['poolSize', 'strides'], "Did you mean 'poolSize'?"],
  ['kernel_size', ['poolSize', 'strides'], "Did you mean 'poolSize'?"],
  ['class_weight', ['data', 'optimizer', 'loss', 'lossWeights'], 'Weights of samples come with the batches'],
  ['sampleWeight', ['data', 'optimizer', 'loss', 'lossWeights'], 'Weights of samples come with the batches'],
  ['sample_weights', ['inputs', 'targets', 'weights'], "Did you mean 'weights'?"],
  ['lr', ['data', 'optimizer', 'loss'], 'It is an option of the optimizer'],
  ['lr', ['learningRate', 'momentum'], "Did you mean 'learningRate'?"],
  ['from_logits', ['labelSmoothing'], 'The loss always takes logits'],
  ['from_logits', [], 'The loss always takes logits'],
])("knows other libraries' %s among %j", (name, known, advice) => {
  expect(suggestion(name, known).startsWith(advice)).toBe(true);
});

it('a name of another library is none where nothing of ours is it', () => {
  expect(suggestion('swish', ['mlp'])).toBe('Known: mlp.');
  expect(suggestion('a', [])).toBe('It has none.');
});
