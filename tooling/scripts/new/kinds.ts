import { addExport, addToList, type Change, type Names } from './changes.ts';

/** How the files of a kind are made. */
interface Family {
  /** Folder of the kinds. */
  folder: string;
  /** The kind, without imports of its own tests. */
  file(names: Names): string;
  test(names: Names): string;
  /** Files that list it. */
  lists(names: Names): readonly Change[];
}

const train = 'packages/train/src';
const regularizers = 'packages/regularizers/src';
const layers = 'packages/layers/src';

/** What stands above a kind. */
const head = (what: string): string => `/**
 * What it computes, as a formula; shapes, units and ranges.
 *
 * Source: TODO
 *
 * @throws {OptionError} for an unknown option, or an impossible value
 * @example
 * ${what}
 */`;

/** A test of a record: that it goes to its family and does what it says. */
const recordTest = ({ name, file }: Names, test: { imports: string; body: string }): string =>
  `${test.imports}import { expect, it } from 'vitest';
import { ${name} } from './${file}.ts';

it('does what its formula says', async () => {
${test.body}
});
`;

/** The families of kinds, by what `pnpm new` calls one. */
export const families: Readonly<Record<string, Family>> = {
  layer: {
    folder: `${layers}/layers`,
    file: ({ name, type }) => `import { identity } from '../identity.ts';
import { onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import type { Kind } from '@striate/core';

/** Options of {@link ${name}}. */
export interface ${type}Options extends LayerOptions {}

${head(`const y = ${name}()(x);`)}
export const ${name}: Kind<${type}Options, LayerFunction> = layerKind({
  type: '${name}',
  doc: 'What it computes, in a line.',
  options: {},
  make: () => ({
    outputShapes: (inputs) => [onlyInput('${name}', inputs)],
    apply: ([x]) => ({ outputs: [identity(x!)] }),
  }),
});
`,
    test: ({ name, file }) => `import { it } from 'vitest';
import { checkLayer } from '../testing/check-layer.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { ${name} } from './${file}.ts';

onEachBackend('${name}', () => {
  it('has gradients, and a saved form that computes the same', async () => {
    await checkLayer({ layer: ${name}(), inputShapes: [[5, 6, 4]], outputShape: [5, 6, 4], parameterCount: 0 });
  });
});
`,
    lists: ({ name, type, file }) => [
      addExport(`${layers}/layers/index.ts`, `export { ${name}, type ${type}Options } from './${file}.ts';`),
    ],
  },
  initializer: {
    folder: `${layers}/initializers`,
    file: ({ name }) => `import { sizeOf, type Kind, type KindRecord } from '@striate/core';
import { initializerKind } from '../initializer-kind.ts';

${head(`dense({ units: 10, kernelInitializer: ${name}() });`)}
export const ${name}: Kind<Record<never, never>, KindRecord> = initializerKind({
  type: '${name}',
  doc: 'What it draws, in a line.',
  options: {},
  make: () => (shape) => new Float32Array(sizeOf(shape)),
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { initialValues } from '../initial-values.ts';\n`,
        body: `  expect(initialValues(${names.name}(), [2, 3], { seed: 1, name: 'a/kernel' })).toEqual(new Float32Array(6));`,
      }),
    lists: ({ name, file }) => [
      addExport(`${layers}/initializers/index.ts`, `export { ${name} } from './${file}.ts';`),
      addToList(`${layers}/initial-values.ts`, `own.${name}`),
    ],
  },
  penalty: {
    folder: `${regularizers}/penalties`,
    file: ({ name }) => `import { ops, type Kind, type KindRecord } from '@striate/core';
import { factor, type FactorOption } from '../factor.ts';
import { penaltyKind } from '../penalty-kind.ts';

${head(`dense({ units: 10, kernelRegularizer: ${name}() });`)}
export const ${name}: Kind<FactorOption, KindRecord> = penaltyKind({
  type: '${name}',
  doc: 'What it punishes, in a line.',
  options: { factor },
  make: (settings) => (x) => ops.penalty(x, { l1: settings.factor, l2: 0 }),
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { tensor, use } from '@striate/core';\nimport { cpu } from '@striate/core/testing';\nimport { penalty } from '../penalty.ts';\n`,
        body: `  await use(cpu());\n  expect(await penalty(${names.name}({ factor: 1 }), tensor([1, -2])).data()).toEqual(new Float32Array([3]));`,
      }),
    lists: ({ name, file }) => [
      addExport(`${regularizers}/index.ts`, `export { ${name} } from './penalties/${file}.ts';`),
      addToList(`${regularizers}/penalty.ts`, name, `./penalties/${file}.ts`),
    ],
  },
  constraint: {
    folder: `${regularizers}/constraints`,
    file: ({ name }) => `import { ops, type Kind, type KindRecord } from '@striate/core';
import { constraintKind } from '../constraint-kind.ts';

${head(`dense({ units: 10, kernelConstraint: ${name}() });`)}
export const ${name}: Kind<Record<never, never>, KindRecord> = constraintKind({
  type: '${name}',
  doc: 'What it makes of a parameter, in a line.',
  options: {},
  make: () => (x) => ops.reshape(x, x.shape),
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { tensor, use } from '@striate/core';\nimport { cpu } from '@striate/core/testing';\nimport { constrain } from '../constrain.ts';\n`,
        body: `  await use(cpu());\n  expect(await constrain(${names.name}(), tensor([1, -2])).data()).toEqual(new Float32Array([1, -2]));`,
      }),
    lists: ({ name, file }) => [
      addExport(`${regularizers}/index.ts`, `export { ${name} } from './constraints/${file}.ts';`),
      addToList(`${regularizers}/constrain.ts`, name, `./constraints/${file}.ts`),
    ],
  },
  loss: {
    folder: `${train}/losses`,
    file: ({ name }) => `import { ops, type Kind } from '@striate/core';
import { lossKind, type Loss } from './loss.ts';
import { asRows, checkNumberTargets, meanOfRows } from './number-targets.ts';

${head(`await fit(model, { loss: ${name}(), data, epochs: 1, optimizer: adam() });`)}
export const ${name}: Kind<object, Loss> = lossKind({
  type: '${name}',
  doc: 'What it measures, in a line.',
  options: {},
  make: () => ({
    outputMeaning: 'numbers',
    check: (batch) => checkNumberTargets('${name}', batch),
    compute(given) {
      const { outputs, targets } = asRows(given.outputs, given.targets);
      return meanOfRows(ops.subtract(outputs, targets));
    },
  }),
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { tensor, use } from '@striate/core';\nimport { cpu } from '@striate/core/testing';\n`,
        body: `  await use(cpu());
  const [outputs, targets] = [tensor([[3], [5]]), tensor([[1], [1]])];
  expect(await ${names.name}().compute({ outputs, targets }).data()).toEqual(new Float32Array([2, 4]));`,
      }),
    lists: ({ name, file }) => [
      addExport(`${train}/index.ts`, `export { ${name} } from './losses/${file}.ts';`),
      addToList(`${train}/losses/losses.ts`, name, `./${file}.ts`),
    ],
  },
  metric: {
    folder: `${train}/metrics`,
    file: ({ name }) => `import { ops, type Kind } from '@striate/core';
import { checkLargest } from './largest-target.ts';
import { metricKind, type Metric } from './metric.ts';

${head(`await evaluate(network, test, { loss: crossEntropy(), metrics: [${name}()] });`)}
export const ${name}: Kind<object, Metric> = metricKind({
  type: '${name}',
  doc: 'What it measures, in a line.',
  options: {},
  make: () => ({
    name: '${name}',
    check: (batch) => checkLargest('${name}', batch),
    compute: ({ outputs, targets }) => ops.topKCorrect({ logits: outputs, labels: targets }, { k: 1 }),
  }),
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { tensor, use } from '@striate/core';\nimport { cpu } from '@striate/core/testing';\n`,
        body: `  await use(cpu());
  const [outputs, targets] = [tensor([[3, 1], [0, 5]]), tensor([0, 0], [2], 'int32')];
  expect(await ${names.name}().compute({ outputs, targets }).data()).toEqual(new Float32Array([1]));`,
      }),
    lists: ({ name, file }) => [
      addExport(`${train}/index.ts`, `export { ${name} } from './metrics/${file}.ts';`),
      addToList(`${train}/metrics/metrics.ts`, name, `./${file}.ts`),
    ],
  },
  optimizer: {
    folder: `${train}/optimizers`,
    file: ({ name, type }) => `import { ops, type Kind } from '@striate/core';
import { learningRate } from '../schedules/learning-rate.ts';
import type { LearningRate } from '../schedules/schedule.ts';
import { optimizerKind, type Optimizer } from './optimizer.ts';

/** Options of {@link ${name}}. */
export interface ${type}Options {
  /** Step size, at least 0, or a schedule. Default 0.01. */
  learningRate?: LearningRate;
}

${head(`const optimizer = ${name}({ learningRate: 0.1 });`)}
export const ${name}: Kind<${type}Options, Optimizer> = optimizerKind({
  type: '${name}',
  doc: 'How it updates, in a line.',
  options: { learningRate: learningRate(0.01) },
  make: () => ({
    init: () => ({}),
    update({ parameters, gradients, learningRate: rate }) {
      const updated = Object.entries(parameters).map(([path, value]) => {
        const step = ops.rescale(gradients[path]!, { scale: [rate] });
        return [path, ops.subtract(value, step)] as const;
      });
      return { parameters: Object.fromEntries(updated), state: {} };
    },
  }),
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { tensor, use } from '@striate/core';\nimport { cpu } from '@striate/core/testing';\n`,
        body: `  await use(cpu());
  const given = { parameters: { a: tensor([1]) }, gradients: { a: tensor([2]) }, state: {}, kinds: {} };
  const { parameters } = ${names.name}().update({ ...given, step: 1, learningRate: 0.25, weightDecayFactor: 1 });
  expect(await parameters['a']!.data()).toEqual(new Float32Array([0.5]));`,
      }),
    lists: ({ name, type, file }) => [
      addExport(`${train}/index.ts`, `export { ${name}, type ${type}Options } from './optimizers/${file}.ts';`),
      addToList(`${train}/optimizers/optimizers.ts`, name, `./${file}.ts`),
    ],
  },
  schedule: {
    folder: `${train}/schedules`,
    file: ({ name, type }) => `import type { Kind, KindRecord } from '@striate/core';
import { firstRate } from './first-rate.ts';
import { scheduleKind } from './schedule.ts';

/** Options of {@link ${name}}. */
export interface ${type}Options {
  /** At step 0. Default 0.001. */
  initialLearningRate?: number;
}

${head(`const optimizer = adam({ learningRate: ${name}() });`)}
export const ${name}: Kind<${type}Options, KindRecord> = scheduleKind({
  type: '${name}',
  doc: 'How the rate changes, in a line.',
  options: { initialLearningRate: firstRate },
  make:
    ({ initialLearningRate }) =>
    () =>
      initialLearningRate,
});
`,
    test: (names) =>
      recordTest(names, {
        imports: `import { functionOf } from '@striate/core';\nimport { schedules } from './schedules.ts';\n`,
        body: `  const rate = functionOf(schedules, 'test', 'schedule', ${names.name}({ initialLearningRate: 0.5 }));
  expect([0, 1, 100].map((step) => rate(step))).toEqual([0.5, 0.5, 0.5]);`,
      }).replace('async ', ''),
    lists: ({ name, type, file }) => [
      addExport(`${train}/index.ts`, `export { ${name}, type ${type}Options } from './schedules/${file}.ts';`),
      addToList(`${train}/schedules/schedules.ts`, name, `./${file}.ts`),
    ],
  },
};
