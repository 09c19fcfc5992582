import { sha256 } from '@striate/core';
import { initialValues, parameterSpecs, stateSpecs, type Model } from '@striate/layers';
import { expect, test } from 'vitest';
import { lenet5, mlp, mnistCnn, resnet20, resnetCifar, srivastavaCnn, type SrivastavaVariant } from './index.ts';

const srivastava = (variant: SrivastavaVariant): Model =>
  srivastavaCnn({ variant, inputShape: [8, 8, 1], filters: [2, 3, 4], units: 6, classes: 5 });

const models: Record<string, () => Model> = {
  lenet5,
  'lenet5, average pooling': () => lenet5({ pooling: 'average' }),
  mlp,
  'mlp of three hidden layers': () => mlp({ hidden: [8, 7, 6] }),
  mnistCnn,
  resnet20,
  'resnet32, plain': () => resnetCifar({ depth: 32, shortcut: 'none' }),
  resnet56: () => resnetCifar({ depth: 56 }),
  ...Object.fromEntries(
    (['maxPooling', 'stochasticPooling', 'dropoutInDense', 'dropoutEverywhere', 'maxout'] as const).map((variant) => [
      `srivastavaCnn, ${variant}`,
      () => srivastava(variant),
    ]),
  ),
};

/** Numbers that hang on names, as saved files and seeds of others do. */
async function startingWeights(model: Model): Promise<string> {
  const lines: string[] = [];
  for (const [name, { shape, initializer }] of Object.entries({ ...parameterSpecs(model), ...stateSpecs(model) })) {
    const values = initialValues(initializer, shape, { seed: 1, name });
    lines.push(`${name} ${await sha256(new Uint8Array(values.buffer))}`);
  }
  return sha256(new TextEncoder().encode(lines.join('\n')));
}

test.each(Object.entries(models))('%s keeps its names, their order and its starting weights', async (_, create) => {
  const model = create();
  expect({
    names: model.nodes.map(({ name }) => name).join(' '),
    weights: await startingWeights(model),
  }).toMatchSnapshot();
});

test.each(Object.entries(models))('%s writes every name down', (_, create) => {
  for (const { name, layer } of create().nodes) expect(layer.options['name'], name).toBe(name);
});
