import { ops, option, sizeOf, type Json } from '@striate/core';
import { describe, expect, it } from 'vitest';
import { defineInitializer } from '../initializer-kind.ts';
import { initialValues } from '../initial-values.ts';
import { defineLayerKind } from '../layer-kind.ts';
import { add } from '../layers/add.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { input } from '../layers/input.ts';
import { weightNorm } from '../layers/weight-norm.ts';
import type { Model } from './model-graph.ts';
import { model } from './model.ts';
import { modelFromJson, modelToJson } from './saving.ts';
import { sequential } from './sequential.ts';

const scale = defineLayerKind({
  type: 'me/scale',
  doc: 'A multiple.',
  options: { factor: option.number({ doc: 'By what.', example: 3 }) },
  make: ({ factor }) => ({
    outputShapes: ([x]) => [x!],
    apply: ([x]) => ({ outputs: [ops.rescale(x!, { scale: [factor] })] }),
  }),
});

const throughText = (json: Json): Json => JSON.parse(JSON.stringify(json)) as Json;

describe('a saved model', () => {
  it('is readable', () => {
    const json = modelToJson(
      sequential([input([4]), dense({ units: 2, name: 'head', kernelInitializer: { type: 'heNormal' } })]),
    );
    expect(json).toMatchInlineSnapshot(`
      {
        "formatVersion": 1,
        "inputs": [
          "input",
        ],
        "layers": [
          {
            "name": "input",
            "options": {
              "shape": [
                4,
              ],
            },
            "type": "input",
          },
          {
            "name": "head",
            "options": {
              "activation": "linear",
              "biasInitializer": {
                "type": "zeros",
              },
              "kernelInitializer": {
                "type": "heNormal",
              },
              "name": "head",
              "units": 2,
              "useBias": true,
            },
            "type": "dense",
          },
        ],
        "nodes": [
          {
            "inputs": [],
            "layer": "input",
            "name": "input",
          },
          {
            "inputs": [
              [
                "input",
                0,
              ],
            ],
            "layer": "head",
            "name": "head",
          },
        ],
        "outputs": [
          [
            "head",
            0,
          ],
        ],
      }
    `);
  });

  it('comes back with the same names, sharing, inputs and outputs', () => {
    const [left, right] = [input([null, 4], { name: 'left' }), input([5, 4])];
    const shared = dense({ units: 2 });
    const graph = model({
      inputs: [right, left],
      outputs: [shared(left), dense({ units: 3 })(add()([shared(right), dense({ units: 2, name: 'dense_1' })(right)]))],
    });
    const again = modelFromJson(throughText(modelToJson(graph)));
    expect(modelToJson(again)).toEqual(modelToJson(graph));
    expect(again.nodes.map(({ name }) => name)).toEqual(graph.nodes.map(({ name }) => name));
    expect(again.outputShapes).toEqual(graph.outputShapes);
    expect(again.inputs).toEqual(graph.inputs);
    expect(new Set(again.nodes.map(({ layer }) => layer)).size).toBe(
      new Set(graph.nodes.map(({ layer }) => layer)).size,
    );
  });

  it("keeps a layer's number even if the numbering would now differ", () => {
    const json = throughText(modelToJson(sequential([input([4]), dense({ units: 2 })]))) as {
      layers: { name: string }[];
      nodes: Record<string, unknown>[];
      outputs: unknown[];
    };
    json.layers[1]!.name = 'dense_7';
    json.nodes[1] = { ...json.nodes[1], name: 'dense_7', layer: 'dense_7' };
    json.outputs = [['dense_7', 0]];
    expect(modelFromJson(json as unknown as Json).nodes[1]!.name).toBe('dense_7');
  });

  it('may hold layers of others', () => {
    const json = throughText(modelToJson(sequential([input([4]), scale({ factor: 3 })])));
    expect(modelFromJson(json, { kinds: [scale] }).nodes[1]!.layer.options).toEqual({ factor: 3 });
    // The list of known types grows with the package.
    expect(() => modelFromJson(json)).toThrow(
      /^modelFromJson: layer 'scale' is of the unknown type 'me\/scale'\. Known: activation, .* pass its kind: kinds: \[scale\]\.$/,
    );
    expect(() => modelFromJson(json, { kinds: [conv2d] })).toThrow(
      'modelFromJson: kinds[0] is the layer conv2d, which is known anyway. Leave it out.',
    );
  });

  it('cannot hold a function', () => {
    const graph = sequential([
      input([8, 8, 1]),
      conv2d({ filters: 1, kernelSize: 3, kernelInitializer: () => new Float32Array(9) }),
    ]);
    expect(() => modelToJson(graph)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: modelToJson: kernelInitializer of layer 'conv2d' is a function, which cannot be saved. Use a record, such as heNormal(), or define a kind of your own: defineInitializer, definePenalty, defineConstraint, defineActivation.]`,
    );
  });

  it('may hold kinds of others, within each other too', () => {
    const striped = defineInitializer({
      type: 'me/striped',
      doc: 'Plus and minus in turns.',
      options: { size: option.number({ doc: 'Its magnitude.', example: 3 }) },
      make:
        ({ size }) =>
        (shape) =>
          Float32Array.from({ length: sizeOf(shape) }, (_, place) => (place % 2 === 0 ? size : -size)),
    });
    const graph = sequential([
      input([2]),
      dense({ units: 2, kernelInitializer: striped({ size: 3 }), biasInitializer: striped({ size: 5 }) }),
    ]);
    const json = throughText(modelToJson(graph));
    expect(JSON.stringify(json)).toContain('{"type":"me/striped","size":3}');
    const again = modelFromJson(json, { kinds: [striped] });
    expect(throughText(modelToJson(again))).toEqual(json);
    const { kernel, bias } = again.nodes[1]!.parameters;
    const random = { seed: 1, name: 'a' };
    expect(initialValues(kernel!.initializer, [2, 2], random)).toEqual(new Float32Array([3, -3, 3, -3]));
    expect(initialValues(bias!.initializer, [2], random)).toEqual(new Float32Array([5, -5]));
    expect(() => modelFromJson(json)).toThrow(
      /^modelFromJson: layer 'dense': kernelInitializer is of the unknown type 'me\/striped'\..* pass its kind: kinds: \[striped\]\.$/,
    );
    const wrapped = throughText(
      modelToJson(sequential([input([2]), weightNorm(dense({ units: 2, kernelInitializer: striped({ size: 2 }) }))])),
    );
    expect(throughText(modelToJson(modelFromJson(wrapped, { kinds: [striped] })))).toEqual(wrapped);
    expect(() => modelFromJson(wrapped)).toThrow(
      "modelFromJson: layer 'weightNorm': layer: kernelInitializer is of the",
    );
  });

  it('is refused when it is damaged', () => {
    const whole = throughText(modelToJson(sequential([input([4]), flatten()]))) as Record<string, Json>;
    expect(() => modelFromJson(null)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: modelFromJson: this is no saved model: it is null, but must be an object.]`,
    );
    expect(() => modelFromJson({ ...whole, formatVersion: 99 })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: modelFromJson: the model is of format 99, but this version reads up to 1. Update @striate/layers.]`,
    );
    expect(() => modelFromJson({ ...whole, outputs: [['dense', 0]] })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: modelFromJson: a node 'dense' is used before it is made.]`,
    );
    expect(() => modelFromJson({ ...whole, layers: [] })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: modelFromJson: node 'input' is a call of a layer 'input', which is not in the file.]`,
    );
  });
});

it('saves names that can be read again, and no longer ones', () => {
  const named = (length: number): Model => sequential([input([2]), dense({ units: 1, name: 'd'.repeat(length) })]);
  expect(modelFromJson(modelToJson(named(300))).nodes.at(-1)!.name).toHaveLength(300);
  expect(() => modelToJson(named(301))).toThrow(
    /^modelToJson: the name "d{59}\.\.\. has 301 characters, but at most 300/,
  );
});
