import { describe, expect, it } from 'vitest';
import { add } from '../layers/add.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { globalAveragePool2d } from '../layers/global-average-pool2d.ts';
import { input } from '../layers/input.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { model } from './model.ts';
import { sequential } from './sequential.ts';
import { summarize, summary } from './summary.ts';

describe('summary', () => {
  it('is a table', () => {
    const network = sequential([
      input([28, 28, 1]),
      conv2d({ filters: 32, kernelSize: 3, groups: 1, useBias: false }),
      batchNorm({ activation: 'relu' }),
      maxPool2d(),
      globalAveragePool2d(),
      dense({ units: 10 }),
    ]);
    expect(`\n${summary(network)}\n`).toMatchInlineSnapshot(`
      "
      layer                type                 output        neurons  parameters  multiply-adds   sees
      -------------------  -------------------  ------------  -------  ----------  -------------  -----
      input                input                [28, 28, 1]                                         1x1
      conv2d               conv2d               [26, 26, 32]   21,632         288        194,688    3x3
      batchNorm            batchNorm            [26, 26, 32]                  128                   3x3
      maxPool2d            maxPool2d            [13, 13, 32]                                        4x4
      globalAveragePool2d  globalAveragePool2d  [32]                                              28x28
      dense                dense                [10]               10         330            320  28x28
      -------------------  -------------------  ------------  -------  ----------  -------------  -----
      total                                                    21,642         746        195,008
      trainable parameters: 682; not trainable: 64
      "
    `);
  });

  it('counts a shared layer once, and its work twice', () => {
    const x = input([6]);
    const shared = dense({ units: 6 });
    const rows = summarize(model({ inputs: x, outputs: add()([shared(shared(x)), x]) }));
    expect(
      rows.map(({ name, inputs, parameters, multiplyAdds, neurons }) => ({
        name,
        inputs,
        parameters,
        multiplyAdds,
        neurons,
      })),
    ).toEqual([
      { name: 'input', inputs: [], parameters: 0, multiplyAdds: 0, neurons: 0 },
      { name: 'dense', inputs: ['input'], parameters: 42, multiplyAdds: 36, neurons: 6 },
      { name: 'dense:2', inputs: ['dense'], parameters: 0, multiplyAdds: 36, neurons: 6 },
      { name: 'add', inputs: ['dense:2', 'input'], parameters: 0, multiplyAdds: 0, neurons: 0 },
    ]);
  });

  it('counts grouped convolutions and leaves open what is not known', () => {
    const grouped = summarize(
      sequential([input([8, 8, 4]), conv2d({ filters: 6, kernelSize: 3, groups: 2, strides: 2, padding: 1 })]),
    )[1]!;
    expect(grouped).toMatchObject({
      neurons: 4 * 4 * 6,
      parameters: 3 * 3 * 2 * 6 + 6,
      multiplyAdds: 4 * 4 * 6 * 3 * 3 * 2,
    });
    const open = sequential([input([null, null, 4]), conv2d({ filters: 6, kernelSize: 3 })]);
    expect(summarize(open)[1]).toMatchObject({ neurons: null, multiplyAdds: null, outputShapes: [[null, null, 6]] });
    expect(summary(open)).toContain('[?, ?, 6]');
  });

  it('shows the columns that are asked for', () => {
    const network = sequential([
      input([24, 20, 1]),
      conv2d({ filters: 4, kernelSize: [3, 5], strides: 2, padding: 'same', trainable: false }),
      batchNorm({ activation: 'relu' }),
      conv2d({ filters: 4, kernelSize: 3 }),
      globalAveragePool2d(),
    ]);
    expect(
      `\n${summary(network, { columns: ['layer', 'inputs', 'trainable', 'memory', 'receptiveField', 'stride', 'centre'] })}\n`,
    ).toMatchInlineSnapshot(`
      "
      layer                inputs     trainable  bytes kept   sees  stride  centre
      -------------------  ---------  ---------  ----------  -----  ------  ------
      input                                           1,920    1x1     1x1    0, 0
      conv2d               input                      1,920    3x5     2x2    1, 1
      batchNorm            conv2d             8       1,920    3x5     2x2    1, 1
      conv2d_1             batchNorm        148       1,280    7x9     2x2    3, 3
      globalAveragePool2d  conv2d_1                      16  25x23   20x16  12, 10
      -------------------  ---------  ---------  ----------  -----  ------  ------
      total                                 156       7,056
      trainable parameters: 156; not trainable: 72
      "
    `);
    expect(() => summary(network, { columns: ['bytes' as never] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: summary: there is no column "bytes". Known: layer, type, inputs, output, neurons, parameters, trainable, multiplyAdds, memory, receptiveField, stride, centre.]`,
    );
  });

  it('fits into 100 columns, or as many as there are', () => {
    const longName = 'inception_3a/branch_with_a_rather_long_name_that_goes_on_and_on/convolution';
    const network = sequential([
      input([1024, 1024, 3]),
      conv2d({ filters: 512, kernelSize: 7, padding: 'same', name: longName }),
      conv2d({ filters: 512, kernelSize: 7, padding: 'same', name: 'another' }),
    ]);
    const widest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length));
    for (const width of [100, 90, 80, 70]) expect(widest(summary(network, { width }))).toBeLessThanOrEqual(width);
    expect(summary(network)).toMatch(/^inception\S*…\S*convolution /m);
    expect(summary(network, { width: 200 })).toContain(longName);
    expect(summary(network, { width: 200 }).split('\n')[0]).toMatch(/sees +bytes kept$/);
  });

  it("counts the lectures' examples: 28 parameters of a 3x3x3 filter, and 34,944 of the first layer of AlexNet", () => {
    const parameters = (size: number, filters: number, kernelSize: number, strides: number): number =>
      summarize(sequential([input([size, size, 3]), conv2d({ filters, kernelSize, strides })]))[1]!.parameters;
    expect(parameters(32, 1, 3, 1)).toBe(28);
    expect(parameters(227, 96, 11, 4)).toBe(34_944);
  });
});
