import { DataError, type Json } from '@striate/core';
import { l2, maxNorm } from '@striate/regularizers';
import { describe, expect, it } from 'vitest';
import * as layers from './index.ts';

const { conv2d, dense, dropout, input, maxPool2d, modelFromJson, modelToJson, sequential } = layers;
const net = sequential([input([4]), dense({ units: 3 })]);
const window = { filters: 4, kernelSize: 3 };

/** A call, as one may write it in JavaScript, and what its error says. */
const calls: [() => unknown, string][] = [
  [
    () => maxPool2d(2 as never),
    'maxPool2d: its options are 2, but must be a record. Write maxPool2d({ poolSize: 2 }).',
  ],
  [() => maxPool2d(null as never), 'maxPool2d: its options are null'],
  [() => dense(10 as never), 'dense: its options are 10, but must be a record. Write dense({ units: 10 }).'],
  [() => dropout(0.5 as never), 'dropout: its options are 0.5, but must be a record. Write dropout({ rate: 0.5 }).'],
  [
    () => conv2d(undefined as never),
    'conv2d: the option filters is missing. Write conv2d({ filters: 16, kernelSize: 3 }).',
  ],
  [() => conv2d({} as never), 'conv2d: the option filters is missing.'],
  [() => conv2d({ filter: 4 } as never), "conv2d: there is no option 'filter'. Did you mean 'filters'?"],
  [() => conv2d({ ...window, strides: [1] as never }), 'conv2d: strides is [1]'],
  [() => conv2d({ ...window, padding: 'Same' as never }), 'conv2d: padding is "Same"'],
  [() => conv2d({ ...window, useBias: 'no' as never }), 'conv2d: useBias is "no", but must be true or false.'],
  [() => conv2d({ ...window, name: 3 as never }), "conv2d: name is 3, but must be a text without ':'."],
  [() => conv2d({ ...window, trainable: 'no' as never }), 'conv2d: trainable is "no", but must be true or false.'],
  [() => dense({ units: '10' as never }), 'dense: units is "10"'],
  [() => dense({ units: NaN }), 'dense: units is NaN'],
  [() => dense({ units: 3, activation: 'Relu' as never }), "Did you mean 'relu'?"],
  [() => dropout({ rate: '0.5' as never }), 'dropout: rate is "0.5"'],
  [() => dropout({ rate: NaN }), 'dropout: rate is NaN'],
  [() => layers.batchNorm({ momentum: '0.9' as never }), 'batchNorm: momentum is "0.9"'],
  [() => layers.batchNorm({ axes: 1 } as never), "batchNorm: there is no option 'axes'. Did you mean 'axis'?"],
  [() => layers.zeroPadding2d(2 as never), 'zeroPadding2d: its options are 2'],
  [() => layers.weightNorm(undefined as never), 'weightNorm: got undefined, but takes a layer with a kernel first'],
  [() => layers.dropConnect({ rate: 0.5 } as never, {} as never), 'dropConnect: got {"rate":0.5}, but takes a layer'],
  [() => layers.dropConnect(dense({ units: 2 }), undefined as never), 'dropConnect: its options are undefined'],
  [() => layers.spectralNorm(dense({ units: 2 }), 3 as never), 'spectralNorm: its options are 3'],
  [() => input(28 as never), 'input: the shape is 28'],
  [() => input([28, '28', 1] as never), 'input: the shape is [28,"28",1]'],
  [() => input([28, 28, 1], 'image' as never), 'input: its options are "image"'],
  [() => dense({ units: 3 })(undefined as never), 'dense: was called with nothing'],
  [() => dense({ units: 3 })([undefined] as never), 'dense: was called with nothing'],
  [() => layers.outputOf(3 as never, 0), 'outputOf: got a value of type number'],
  [() => layers.outputOf(input([4]), -1), 'and -1, but takes'],
  // Records of initialisers, penalties and constraints.
  [
    () => dense({ units: 3, kernelInitializer: 'heNormal' as never }),
    'dense: kernelInitializer is "heNormal", which is no known initialiser. Write heNormal().',
  ],
  [
    () => dense({ units: 3, kernelInitializer: { type: 'randomNormal', stddev: 5 } }),
    "there is no option 'stddev'. Did you mean 'standardDeviation'? Known: mean, standardDeviation.",
  ],
  [
    () => dense({ units: 3, kernelInitializer: { type: 'heNormal', seed: 1 } }),
    "there is no option 'seed'. It has none.",
  ],
  [
    () => dense({ units: 3, biasInitializer: { type: 'constant', value: 'x' } }),
    'dense: biasInitializer: value is "x", but must be a finite number.',
  ],
  [() => dense({ units: 3, kernelInitializer: { type: '__proto__' } }), 'which is no known initialiser'],
  [
    () => dense({ units: 3, kernelRegularizer: { type: 'l2', factor: 0.1, facto: 3 } }),
    "there is no option 'facto'. Did you mean 'factor'?",
  ],
  [
    () => dense({ units: 3, kernelRegularizer: 'l2' as never }),
    'dense: kernelRegularizer is "l2", which is no known penalty. Write l2().',
  ],
  [
    () => dense({ units: 3, kernelRegularizer: l2 as never }),
    'dense: kernelRegularizer is the function l2 itself, which was not called. Write l2().',
  ],
  [() => dense({ units: 3, kernelConstraint: maxNorm as never }), 'Write maxNorm().'],
  [
    () => dense({ units: 3, kernelInitializer: layers.heNormal as never }),
    'dense: kernelInitializer is the function heNormal itself, which was not called. Write heNormal().',
  ],
  [() => layers.regularize(net, { kernel: l2 as never }), 'which was not called. Write l2().'],
  [() => layers.initialValues(layers.heNormal as never, [3], { seed: 1, name: 'a' }), 'Write heNormal().'],
  [() => dense({ units: 3, kernelInitializer: 'he_normal' as never }), "Did you mean 'heNormal'? Known: "],
  [() => dense({ units: 3, activation: 'swish' as never }), "Did you mean 'silu'?"],
  [() => dense({ units: 3, kernelConstraint: 3 as never }), 'dense: kernelConstraint is 3'],
  [() => layers.randomNormal(0.1 as never), 'randomNormal: its options are 0.1'],
  [() => layers.randomNormal({ stddev: 0.1 } as never), "randomNormal: there is no option 'stddev'."],
  [() => layers.randomNormal({ mean: null as never }), 'randomNormal: mean is null'],
  [() => layers.truncatedNormal({ standardDeviation: -1 }), 'truncatedNormal: standardDeviation is -1'],
  [
    () => layers.randomUniform({ minimum: 1, maximum: 0 }),
    'randomUniform: minimum is 1, but must not exceed maximum, which is 0.',
  ],
  [
    () => layers.varianceScaling({ mode: 'fan_in' as never }),
    'varianceScaling: mode is "fan_in". Did you mean \'fanIn\'?',
  ],
  [() => layers.constant(undefined as never), 'constant: the option value is missing. Write constant({ value: 0.1 }).'],
  [() => layers.constant({} as never), 'constant: the option value is missing.'],
  [() => layers.heNormal({ seed: 1 } as never), 'heNormal: there is no option'],
  [() => layers.zeros(3 as never), 'zeros: its options are 3, but must be a record. Write zeros().'],
  [() => layers.initialValues(layers.heNormal(), [3, 4], { seed: 1 } as never), 'initialValues: name is undefined'],
  // Models.
  [() => sequential(dense({ units: 3 }) as never), 'sequential: got the layer dense, but takes a list'],
  [() => sequential([input([4]), {} as never]), 'sequential: entry 2 (counted from 1) is {}, which is not a layer.'],
  [
    () => sequential([input([4]), dense as never]),
    'sequential: entry 2 (counted from 1) is the function dense, which is not a layer.',
  ],
  [
    () => sequential([input([4]), dense({ units: 3 })], { nam: 'a' } as never),
    "sequential: there is no option 'nam'. Did you mean 'name'?",
  ],
  [() => layers.model({ input: input([4]) } as never), "model: there is no option 'input'. Did you mean 'inputs'?"],
  [() => layers.model({ inputs: input([4]) } as never), 'model: outputs is or holds undefined'],
  [
    () => layers.model(undefined as never),
    'model: its options are undefined, but must be a record. Write model({ inputs: x, outputs: y }).',
  ],
  [
    () => layers.initialize(net, undefined as never),
    'initialize: its options are undefined, but must be a record. Write initialize(model, { seed: 1 }).',
  ],
  [() => layers.initialize(net, { seed: -1 }), 'seed is -1'],
  [
    () => layers.initialize({ model: net } as never, { seed: 1 }),
    'initialize: got {"model":"function"}, but a model is needed. Write network.model.',
  ],
  [
    () => layers.freeze([] as never, () => true),
    'freeze: got [] as the model. Write sequential([input([28, 28, 1]), ..., dense({ units: 10 })]).',
  ],
  [() => layers.freeze(net, 'conv2d' as never), 'freeze: isFrozen is "conv2d", but must be a function.'],
  [() => layers.regularize(net, {}), 'regularize: there is no penalty.'],
  [
    () => layers.summary(net, { column: ['layer'] } as never),
    "summary: there is no option 'column'. Did you mean 'columns'?",
  ],
  [() => layers.summary(undefined as never), 'summary: got undefined, but a model is needed.'],
  [() => layers.receptiveField(net, 'dense' as never), 'receptiveField: its options are "dense"'],
  [() => layers.receptiveField(net, { of: 3 as never }), 'receptiveField: the model has no node 3.'],
  [() => layers.layersFor(288 as never), 'layersFor: its options are 288'],
  [
    () => layers.layersFor({ receptiveField: 9, kernelSize: 3, stride: 2 } as never),
    "layersFor: there is no option 'stride'. Did you mean 'strides'?",
  ],
  [
    () => layers.foldBatchNorm(net as never),
    'foldBatchNorm: got a model, but a network is needed. A model has no weights yet. Write foldBatchNorm(initialize(model, { seed: 1 }), ...).',
  ],
  [() => layers.forward(net, { inputs: [] } as never), 'forward: parameters is undefined'],
  [
    () => layers.forward(net, { parameters: {}, state: {}, inputs: [], train: true } as never),
    "forward: there is no option 'train'. Did you mean 'training'?",
  ],
  [() => layers.defineLayer({ type: 'mine' } as never), "defineLayer: layer 'mine': options is undefined"],
  [
    () => layers.defineInitializer({ type: 'me/mine', doc: 'Mine.', options: {} } as never),
    'defineInitializer: make is undefined, but must be a function.',
  ],
];

describe('a wrong call is refused, by what is wrong with it', () => {
  it.each(calls)('%s', (call, message) => {
    const error = errorOf(call);
    expect(error.name).toMatch(/^(Option|Shape)Error$/);
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1000);
  });
});

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was accepted');
}

describe('a saved model that is none is refused', () => {
  type Saved = {
    formatVersion: number;
    layers: Record<string, unknown>[];
    nodes: Record<string, unknown>[];
    inputs: unknown[];
    outputs: unknown[];
  };
  const whole = (): Saved => JSON.parse(JSON.stringify(modelToJson(net)));
  const changed = (change: (saved: Saved) => void) => (): unknown => {
    const saved = whole();
    change(saved);
    return modelFromJson(saved as unknown as Json);
  };
  const nested = (depth: number): unknown =>
    depth === 0
      ? { type: 'dense', options: { units: 3 } }
      : { type: 'weightNorm', options: { layer: nested(depth - 1) } };
  const damages: [string, () => unknown, string][] = [
    ['null', () => modelFromJson(null), 'this is no saved model: it is null'],
    ['a list', () => modelFromJson([]), 'this is no saved model'],
    ['version -1', changed((saved) => (saved.formatVersion = -1)), 'formatVersion is -1, but must be 1.'],
    ['version x', changed((saved) => (saved.formatVersion = 'x' as never)), 'formatVersion is "x"'],
    ['version too new', changed((saved) => (saved.formatVersion = 2)), 'Update @striate/layers.'],
    ['no nodes', changed((saved) => delete (saved as Partial<Saved>).nodes), 'nodes is missing.'],
    [
      'a type that is a list',
      changed((saved) => (saved.layers[1]!['type'] = ['dense'])),
      'layers[1].type is ["dense"], but must be a text of at most 300 characters.',
    ],
    [
      'options null',
      changed((saved) => (saved.layers[1]!['options'] = null)),
      'layers[1].options is null, but must be a record of options.',
    ],
    ['trainable no', changed((saved) => (saved.layers[1]!['trainable'] = 'no')), 'layers[1].trainable is "no"'],
    [
      'a layer twice',
      changed((saved) => saved.layers.push(saved.layers[1]!)),
      "two of its layers or nodes are 'dense'.",
    ],
    ['a node twice', changed((saved) => saved.nodes.push(saved.nodes[1]!)), "two of its layers or nodes are 'dense'."],
    [
      'a cycle',
      changed((saved) => (saved.nodes[1]!['inputs'] = [['dense', 0]])),
      "a node 'dense' is used before it is made.",
    ],
    [
      'an input that is text',
      changed((saved) => (saved.nodes[1]!['inputs'] = ['input'])),
      'nodes[1].inputs[0] is "input"',
    ],
    [
      'half an input',
      changed((saved) => (saved.nodes[1]!['inputs'] = [['input', 0.5]])),
      'nodes[1].inputs[0][1] is 0.5',
    ],
    [
      'an output out of range',
      changed((saved) => (saved.outputs = [['dense', 7]])),
      "output 7 of layer 'dense' is used, but it has 1.",
    ],
    ['type __proto__', changed((saved) => (saved.layers[1]!['type'] = '__proto__')), "of the unknown type '__proto__'"],
    [
      'type constructor',
      changed((saved) => (saved.layers[1]!['type'] = 'constructor')),
      "of the unknown type 'constructor'",
    ],
    [
      'an option __proto__',
      changed((saved) => (saved.layers[1]!['options'] = JSON.parse('{"units":3,"__proto__":{"a":1}}'))),
      "there is no option '__proto__'",
    ],
    [
      'layers within layers',
      changed((saved) => Object.assign(saved.layers[1]!, nested(2000))),
      'more than 20 within each other',
    ],
    [
      'a layer within without options',
      changed((saved) =>
        Object.assign(saved.layers[1]!, { type: 'weightNorm', options: { layer: { type: 'dense', options: null } } }),
      ),
      'holds one without options',
    ],
    [
      'a wrapper of nothing',
      changed((saved) => Object.assign(saved.layers[1]!, { type: 'weightNorm', options: {} })),
      'the option layer is missing. Write weightNorm(dense({ units: 10 })).',
    ],
    [
      'an initialiser with an option too many',
      changed((saved) =>
        Object.assign(saved.layers[1]!['options'] as object, { kernelInitializer: { type: 'zeros', a: 1 } }),
      ),
      "there is no option 'a'. It has none.",
    ],
    [
      'kinds that are none',
      () => modelFromJson(modelToJson(net), { kinds: [3 as never] }),
      'kinds[0] is 3, but must be a kind',
    ],
    [
      'misspelt options',
      () => modelFromJson(modelToJson(net), { kind: [] } as never),
      "there is no option 'kind'. Did you mean 'kinds'?",
    ],
  ];
  it.each(damages)('%s', (_, call, message) => {
    const error = errorOf(call);
    expect(error.name).toMatch(/^(Option|Shape|Data)Error$/);
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1000);
  });

  it('and what is whole is not', () => {
    expect(modelToJson(modelFromJson(whole() as unknown as Json))).toEqual(whole());
    expect(() => modelFromJson(null)).toThrow(DataError);
  });
});
