import {
  OptionError,
  checkOptions,
  describe,
  dispose,
  fill,
  ops,
  requireBackend,
  sizeOf,
  tensor,
  valueAndGradients,
  type Tensor,
  type Values,
} from '@striate/core';
import { fans } from '../fans.ts';
import { withoutZeroSlopes } from '../without-zero-slopes.ts';
import { forward } from './forward.ts';
import type { Model } from './model-graph.ts';
import { parameterSpecs, stateSpecs } from './parameter-specs.ts';
import { checkModel } from './check-model.ts';
import { findNode } from './receptive-field.ts';
import { replaceLayers } from './replace-layers.ts';

/** Options of {@link measureReceptiveField}. */
export interface MeasureReceptiveFieldOptions {
  /** Name of the node. Default: that of the first output. */
  of?: string;
  /** Which output pixel, [row, column]. Default: the one in the middle. */
  at?: readonly number[];
}

/** What one output pixel was found to depend on; all entries are [vertical, horizontal]. */
export interface MeasuredField {
  /** The output pixel. */
  at: number[];
  /** First and last pixel of the input that change it. */
  first: number[];
  last: number[];
  /** Pixels from the first to the last. */
  size: number[];
}

/**
 * Finds by gradients which pixels of the (only) input change an output pixel, on the active backend. So that no
 * derivative is 0 by accident, all weights are made positive, activations linear, and maxima averages; normalisation by
 * statistics of the image is left out. What lies behind the border is not seen, unlike in {@link receptiveField}.
 *
 * @throws {OptionError} if there is no such node or pixel, the model has several inputs, its image may have any size, or
 * the channels come first
 * @example
 * await measureReceptiveField(lenet5(), { of: 'conv2d_1' }); // { at: [5, 5], first: [8, 8], last: [21, 21], size: [14, 14] }
 */
export async function measureReceptiveField(
  model: Model,
  options: MeasureReceptiveFieldOptions = {},
): Promise<MeasuredField> {
  checkModel('measureReceptiveField', model);
  checkOptions('measureReceptiveField', options, { of: true, at: true });
  const { of, at } = options;
  if (at !== undefined && !Array.isArray(at))
    throw new OptionError(`measureReceptiveField: at is ${describe(at)}, but must be a pixel [row, column].`);
  requireBackend('measureReceptiveField');
  const name = of === undefined ? model.nodes[model.outputs[0]!.node]!.name : of;
  const node = findNode('measureReceptiveField', model, name);
  const shape = model.inputShapes[0]!;
  if (model.inputs.length !== 1 || shape.includes(null)) {
    throw new OptionError(
      `measureReceptiveField: the model has ${model.inputs.length} inputs, the first of [${shape.map((size) => size ?? '?').join(', ')}], but must have one of known size.`,
    );
  }
  const turned = model.nodes.find(({ layer }) => layer.channelsFirst);
  if (turned) {
    throw new OptionError(
      `measureReceptiveField: '${turned.layerName}' puts the channels first, but only images [H, W, C] can be measured. receptiveField computes it for both.`,
    );
  }
  const inputShape = shape as readonly number[];
  const outputShape = node.outputShapes[0] as readonly number[];
  const axes = inputShape.length - 1;
  const places = outputShape.length === axes + 1 ? outputShape.slice(0, -1) : inputShape.slice(0, -1).map(() => 1);
  const pixel = [...(at ?? places.map((size) => Math.floor(size / 2)))];
  if (
    pixel.length !== axes ||
    pixel.some((place, axis) => !(Number.isInteger(place) && place >= 0 && place < places[axis]!))
  ) {
    throw new OptionError(
      `measureReceptiveField: at is [${pixel.join(', ')}], but '${name}' has ${places.join(' x ')} pixels.`,
    );
  }

  const smooth = replaceLayers(model, withoutZeroSlopes);
  const values = positiveValues(smooth);
  const image = fill([1, ...inputShape], 1);
  const chosen = selection(outputShape, places, pixel);
  const { loss, auxiliary, gradients } = valueAndGradients(
    ({ x }) => {
      const options = { ...values, inputs: [x!], features: [name], fuse: false };
      const row = ops.reshape(forward(smooth, options).features[name]!, [1, sizeOf(outputShape)]);
      return { loss: ops.reshape(ops.matMul({ a: row, b: chosen }, {}), []) };
    },
    { x: image },
  );
  try {
    const gradient = gradients['x'] ? await gradients['x'].data<'float32'>() : new Float32Array();
    return { at: pixel, ...extent(gradient, inputShape) };
  } finally {
    dispose(image, chosen, loss, auxiliary, gradients, values.parameters, values.state);
  }
}

/** Weights of which each path counts about as much as each other: products over many layers stay in range. */
function positiveValues(model: Model): { parameters: Values; state: Values } {
  const value = (kind: string, name: string, shape: readonly number[]): number => {
    if (kind === 'bias' || /mean$/i.test(name)) return 0;
    return kind === 'kernel' && shape.length > 2 ? Math.sqrt(sizeOf(shape.slice(0, -2))) / fans(shape).fanIn : 1;
  };
  const make = (specs: ReturnType<typeof parameterSpecs>): Values =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { kind, shape }]) => [name, fill([...shape], value(kind, name, shape))]),
    );
  return { parameters: make(parameterSpecs(model)), state: make(stateSpecs(model)) };
}

/** A column that adds up the channels of one pixel. */
function selection(shape: readonly number[], places: readonly number[], pixel: readonly number[]): Tensor {
  const channels = sizeOf(shape) / sizeOf(places);
  const place = pixel.reduce((sum, index, axis) => sum * places[axis]! + index, 0);
  const column = new Float32Array(sizeOf(shape)).fill(1, place * channels, (place + 1) * channels);
  return tensor(column, [column.length, 1]);
}

function extent(gradient: Float32Array, shape: readonly number[]): Omit<MeasuredField, 'at'> {
  const sizes = shape.slice(0, -1);
  const first = sizes.map(() => Infinity);
  const last = sizes.map(() => -Infinity);
  for (const [place, value] of gradient.entries()) {
    if (value === 0) continue;
    let rest = Math.floor(place / shape.at(-1)!);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const index = rest % sizes[axis]!;
      rest = Math.floor(rest / sizes[axis]!);
      first[axis] = Math.min(first[axis]!, index);
      last[axis] = Math.max(last[axis]!, index);
    }
  }
  return { first, last, size: first.map((from, axis) => last[axis]! - from + 1) };
}
