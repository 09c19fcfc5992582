import { OptionError } from '@striate/core';
import { expect, it } from 'vitest';
import { createModel, lenet5, mlp, mnistCnn, resnet20, resnetCifar, srivastavaCnn } from './index.ts';

type Call = (...given: never[]) => unknown;

it.each<[Call, unknown, string]>([
  [resnet20, { class: 10 }, "resnet20: there is no option 'class'. Did you mean 'classes'?"],
  [resnet20, { depth: 56 }, "resnet20: there is no option 'depth'."],
  [resnetCifar, { depth: '20' }, 'resnetCifar: depth is "20", but must be 6n + 2'],
  [resnetCifar, { depth: NaN }, 'resnetCifar: depth is NaN'],
  [lenet5, 10, 'lenet5: its options are 10, but must be a record.'],
  [lenet5, null, 'lenet5: its options are null'],
  [lenet5, { classes: 0 }, 'lenet5: classes is 0, but must be a whole number of at least 1.'],
  [lenet5, { classes: NaN }, 'lenet5: classes is NaN'],
  [lenet5, { classes: '10' }, 'lenet5: classes is "10"'],
  [lenet5, { inputShape: 28 }, 'lenet5: inputShape is 28, but must be a list of three sizes'],
  [lenet5, { inputShape: [28, 28] }, 'lenet5: inputShape is [28,28]'],
  [lenet5, { inputShape: [28, '28', 1] }, 'lenet5: inputShape is [28,"28",1]'],
  [lenet5, { activation: 'Relu' }, 'lenet5: activation is "Relu". Did you mean \'relu\'?'],
  [mnistCnn, { dropout: 0.3 }, "mnistCnn: there is no option 'dropout'. Did you mean 'dropoutRate'?"],
  [mnistCnn, { dropoutRate: '0.3' }, 'mnistCnn: dropoutRate is "0.3"'],
  [mlp, { hidden: 128 }, 'mlp: hidden is 128, but must be a list of sizes'],
  [mlp, { hidden: [0] }, 'dense: units is 0'],
  [mlp, [128], 'mlp: its options are [128]'],
  [srivastavaCnn, { filters: [1, 2] }, 'srivastavaCnn: filters is [1,2], but must be three numbers'],
  [srivastavaCnn, { variant: 'constructor' }, 'srivastavaCnn: variant is "constructor"'],
  [createModel, undefined, 'createModel: there is no model undefined.'],
  [createModel, lenet5, 'createModel: there is no model a function.'],
  [createModel, '__proto__', 'createModel: there is no model "__proto__".'],
])('%o of %o is refused', (call, given, message) => {
  expect(() => call(given as never)).toThrow(OptionError);
  expect(() => call(given as never)).toThrow(message);
});

it('options reach the model that is made by its name', () => {
  expect(() => createModel('lenet5', { class: 10 } as never)).toThrow("lenet5: there is no option 'class'.");
});
