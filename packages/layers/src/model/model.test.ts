import { describe, expect, it } from 'vitest';
import { defineLayer, outputOf, type LayerFunction } from '../layer-function.ts';
import { add } from '../layers/add.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { input } from '../layers/input.ts';
import { model } from './model.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';
import { sequential } from './sequential.ts';

const names = (options: Parameters<typeof model>[0]): string[] => model(options).nodes.map(({ name }) => name);

describe('names', () => {
  it('are numbered in each model, as Keras does', () => {
    const chain = () =>
      sequential([
        input([8]),
        dense({ units: 2 }),
        dense({ units: 2, name: 'middle' }),
        dense({ units: 2 }),
        flatten(),
        dense({ units: 2 }),
      ]);
    const wanted = ['input', 'dense', 'middle', 'dense_1', 'flatten', 'dense_2'];
    expect(chain().nodes.map(({ name }) => name)).toEqual(wanted);
    expect(chain().nodes.map(({ name }) => name)).toEqual(wanted);
  });
  it('avoid those that were given', () => {
    const x = input([8]);
    expect(names({ inputs: x, outputs: dense({ units: 1 })(dense({ units: 2, name: 'dense' })(x)) })).toEqual([
      'input',
      'dense',
      'dense_1',
    ]);
  });
  it('given twice are refused', () => {
    const x = input([8]);
    const twice = dense({ units: 1, name: 'a' })(dense({ units: 2, name: 'a' })(x));
    expect(() => model({ inputs: x, outputs: twice })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: two layers have the name 'a'.]`,
    );
    expect(() => model({ inputs: x, outputs: dense({ units: 1, name: 'a:b' })(x) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: dense: name is "a:b", but must be a text without ':'.]`,
    );
  });
});

describe('parameters and state', () => {
  it('are named by paths', () => {
    const network = sequential([
      input([8, 8, 3]),
      conv2d({ filters: 4, kernelSize: 3, name: 'stem' }),
      batchNorm(),
      flatten(),
      dense({ units: 2 }),
    ]);
    const shapes = Object.entries(parameterSpecs(network)).map(([path, { shape, kind }]) => [path, shape, kind]);
    expect(shapes).toEqual([
      ['stem/kernel', [3, 3, 3, 4], 'kernel'],
      ['stem/bias', [4], 'bias'],
      ['batchNorm/gamma', [4], 'scale'],
      ['batchNorm/beta', [4], 'bias'],
      ['dense/kernel', [144, 2], 'kernel'],
      ['dense/bias', [2], 'bias'],
    ]);
    expect(Object.keys(stateSpecs(network))).toEqual(['batchNorm/movingMean', 'batchNorm/movingVariance']);
  });
  it('of a shared layer exist once', () => {
    const [left, right] = [input([6]), input([6])];
    const shared = dense({ units: 4 });
    const network = model({ inputs: [left, right], outputs: add()([shared(left), shared(right)]) });
    expect(network.nodes.map(({ name }) => name)).toEqual(['input', 'dense', 'input_1', 'dense:2', 'add']);
    expect(Object.keys(parameterSpecs(network))).toEqual(['dense/kernel', 'dense/bias']);
    expect(network.inputShapes).toEqual([[6], [6]]);
  });
  it('of a shared layer must fit all its calls', () => {
    const [left, right] = [input([6]), input([7])];
    const shared = dense({ units: 4 });
    expect(() =>
      model({ inputs: [left, right], outputs: [shared(left), shared(right)] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: layer 'dense' is shared, but its calls need different parameters: kernel [6, 4], bias [4] for [6], kernel [7, 4], bias [4] for [7].]`,
    );
  });
  it('may not end up under one path', () => {
    const twoPaths = (): LayerFunction =>
      defineLayer({
        type: 'odd',
        options: { name: 'a' },
        outputShapes: ([x]) => [x!],
        parameters: () => ({ 'b/kernel': { shape: [1], initializer: { type: 'zeros' }, kind: 'kernel' } }),
        apply: () => ({ outputs: [] }),
      });
    const x = input([3]);
    expect(() =>
      model({ inputs: x, outputs: dense({ units: 1, name: 'a/b' })(twoPaths()(x)) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: two layers have a parameter 'a/b/kernel'. Give them other names.]`,
    );
  });
});

describe('graphs that cannot be', () => {
  const [x, other] = [input([4]), input([4])];
  it('are refused', () => {
    expect(() => model({ inputs: x, outputs: add()([x, other]) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: the outputs depend on an input that is not among the inputs.]`,
    );
    expect(() => model({ inputs: [x, other], outputs: flatten()(x) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: no output depends on input number 2 (counted from 1). Leave it out.]`,
    );
    expect(() => model({ inputs: [x, x], outputs: flatten()(x) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: an input is listed twice.]`,
    );
    expect(() => model({ inputs: flatten()(x), outputs: flatten()(x) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: an input comes out of a flatten layer, but it must be made by input([...]).]`,
    );
    expect(() => model({ inputs: x, outputs: [] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: there are no outputs.]`,
    );
    expect(() =>
      model({ inputs: x, outputs: flatten()(outputOf(flatten()(x), 1)) }),
    ).toThrowErrorMatchingInlineSnapshot(`[OptionError: model: output 1 of layer 'flatten' is used, but it has 1.]`);
    expect(() => model({ inputs: x, outputs: outputOf(flatten()(x), 1) })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: model: output 1 of layer 'flatten' is used, but it has 1.]`,
    );
    expect(() => flatten()(flatten() as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: flatten: was called with the layer flatten itself, but a layer takes symbolic tensors: input([28, 28, 1]), or what another layer gave.]`,
    );
    expect(() => flatten()([])).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: flatten: was called with nothing, but a layer takes symbolic tensors: input([28, 28, 1]), or what another layer gave.]`,
    );
    for (const chain of [[input([4]), flatten()], [input([4])]] as const) {
      expect(() => (sequential as (...chain: unknown[]) => unknown)(...chain)).toThrow(
        /^sequential: got an input, but takes a list .* Put the layers into one: sequential\(\[input\(.*\]\)\.$/,
      );
    }
    expect(() => sequential(flatten() as never)).toThrow('sequential: got the layer flatten, but takes a list');
    expect(() => sequential([input([4])], flatten() as never)).toThrow(
      "sequential: its options are the layer flatten, but must be a record. Write sequential([...], { name: 'encoder' }).",
    );
    expect(() => sequential([flatten()] as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: sequential: the first entry must be an input, such as input([28, 28, 1]).]`,
    );
    expect(() => sequential([input([4]), input([4])] as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: sequential: entry 2 (counted from 1) is an input or what a layer gave, which is not a layer.]`,
    );
  });
  it('deep ones are no problem', () => {
    let y = input([2]);
    const inputs = y;
    for (let depth = 0; depth < 20_000; depth++) y = flatten()(y);
    expect(model({ inputs, outputs: y }).nodes).toHaveLength(20_001);
  });
});
