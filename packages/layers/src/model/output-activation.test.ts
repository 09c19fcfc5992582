import { expect, it } from 'vitest';
import {
  activation,
  add,
  average,
  batchNorm,
  concatenate,
  conv2d,
  dense,
  dropConnect,
  dropout,
  flatten,
  globalAveragePool2d,
  input,
  model,
  outputActivation,
  permute,
  reshape,
  sequential,
  spectralNorm,
  weightNorm,
  type LayerFunction,
  type Model,
} from '../index.ts';

const chain = (...layers: LayerFunction[]): Model => sequential([input([2, 2, 1]), ...layers]);
const soft = dense({ units: 3, activation: 'softmax' });
const image = conv2d({ filters: 3, kernelSize: 2, activation: 'softmax' });
const merged = (merge: LayerFunction, ...kinds: ('softmax' | 'sigmoid')[]): Model => {
  const x = input([4]);
  return model({ inputs: x, outputs: merge(kinds.map((kind) => dense({ units: 2, activation: kind })(x))) });
};

it.each<[string, Model, string | undefined]>([
  ['logits', chain(flatten(), dense({ units: 3 })), undefined],
  ['softmax in the last layer', chain(flatten(), soft), 'softmax'],
  ['as a record', chain(flatten(), dense({ units: 3, activation: { type: 'softmax' } })), 'softmax'],
  ['as a layer', chain(flatten(), dense({ units: 3 }), activation({ activation: 'softmax' })), 'softmax'],
  ['sigmoid', chain(flatten(), dense({ units: 3, activation: 'sigmoid' })), 'sigmoid'],
  ['inside weightNorm', chain(flatten(), weightNorm(soft)), 'softmax'],
  ['inside spectralNorm', chain(flatten(), spectralNorm(soft)), 'softmax'],
  ['inside dropConnect', chain(flatten(), dropConnect(soft, { rate: 0.1 })), 'softmax'],
  ['inside two wrappers', chain(flatten(), dropConnect(weightNorm(soft), { rate: 0.1 })), 'softmax'],
  ['before flatten', chain(image, flatten()), 'softmax'],
  ['before reshape', chain(image, reshape({ targetShape: [3] })), 'softmax'],
  ['before permute', chain(image, permute({ dims: [3, 1, 2] })), 'softmax'],
  ['before global average pooling', chain(image, globalAveragePool2d()), 'softmax'],
  ['before dropout', chain(flatten(), soft, dropout({ rate: 0.5 })), 'softmax'],
  ['before a linear activation', chain(flatten(), soft, activation({ activation: 'linear' })), 'softmax'],
  ['before many', chain(image, flatten(), dropout({ rate: 0.5 }), activation({ activation: 'linear' })), 'softmax'],
  ['in a nested model', sequential([input([2, 2, 1]), chain(flatten(), soft)]), 'softmax'],
  [
    'before a nested model that hands it on',
    sequential([input([2, 2, 1]), image, sequential([input([1, 1, 3]), flatten()])]),
    'softmax',
  ],
  ['before batch norm', chain(flatten(), soft, batchNorm()), undefined],
  ['before another dense layer', chain(flatten(), soft, dense({ units: 3 })), undefined],
  ['average of softmaxes', merged(average(), 'softmax', 'softmax'), 'softmax'],
  ['labels side by side', merged(concatenate(), 'sigmoid', 'sigmoid'), 'sigmoid'],
  ['average of both', merged(average(), 'softmax', 'sigmoid'), undefined],
  ['sum of softmaxes', merged(add(), 'softmax', 'softmax'), undefined],
  ['softmax, then a sigmoid', chain(flatten(), soft, activation({ activation: 'sigmoid' })), 'sigmoid'],
])('sees what makes outputs probabilities: %s', (_, graph, wanted) => {
  expect(outputActivation(graph, graph.outputs[0]!)).toBe(wanted);
});
