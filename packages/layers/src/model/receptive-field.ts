import { OptionError, checkOptions, describe, suggestion, type AxisWindow, type Shape } from '@striate/core';
import { equalShare } from '../window.ts';
import { checkModel } from './check-model.ts';
import type { ModelGraph, ModelNode } from './model-graph.ts';

/** Which part of an input image an output pixel depends on. All entries are [vertical, horizontal]. */
export interface ReceptiveField {
  /** Pixels that one output pixel sees, as if the image went on behind its border. */
  size: number[];
  /** Distance of the fields of neighbouring output pixels: the product of the strides. */
  stride: number[];
  /** Centre of the first output pixel's field, in pixels counted from 0; padding moves it towards the border. */
  centre: number[];
}

/** Options of {@link receptiveField} and {@link receptiveFields}. */
export interface ReceptiveFieldOptions {
  /** Name of the model's input. Default: the first. */
  input?: string;
}

/**
 * Receptive field of a node by the rule r_l = r_(l-1) + (k - 1) d prod(strides before), for each axis, with d the
 * dilation. Where branches meet, it is the smallest window around all of theirs: the largest, if they are centred alike.
 * Statistics that normalisation takes over the image are not counted.
 *
 * Source: Araujo, Norris, Sim 2019, "Computing receptive fields of convolutional neural networks", Distill.
 *
 * @param options `of`: name of the node (default: that of the first output); `input`: name of the input (default: the first)
 * @throws {OptionError} if there is no such node, it does not depend on the input, or a size that matters is not known
 * @example
 * receptiveField(lenet5(), { of: 'maxPool2d_1' }); // { size: [16, 16], stride: [4, 4], centre: [5.5, 5.5] }
 */
export function receptiveField(model: ModelGraph, given: ReceptiveFieldOptions & { of?: string } = {}): ReceptiveField {
  checkModel('receptiveField', model);
  checkOptions('receptiveField', given, { of: true, input: true });
  const { of, ...options } = given;
  const name = of === undefined ? model.nodes[model.outputs[0]!.node]!.name : of;
  findNode('receptiveField', model, name);
  const field = receptiveFields(model, options)[name];
  if (field) return field;
  throw new OptionError(
    `receptiveField: '${name}' does not depend on the input, or its field depends on a size that is not known. Give the input a size: input([224, 224, 3]).`,
  );
}

/**
 * Receptive fields of all nodes, by name; nodes that do not depend on the input, or whose field is not known because the
 * image may have any size, are left out.
 *
 * @throws {OptionError} if there is no such input
 * @example
 * receptiveFields(lenet5())['conv2d_1']?.size; // [14, 14]
 */
export function receptiveFields(
  model: ModelGraph,
  options: ReceptiveFieldOptions = {},
): Record<string, ReceptiveField> {
  checkModel('receptiveFields', model);
  checkOptions('receptiveFields', options, { input: true });
  const { input = model.nodes[model.inputs[0]!.node]!.name } = options;
  const start = findNode('receptiveField', model, input);
  const axes = Math.max(0, start.outputShapes[0]!.length - 1);
  const fields = new Map<ModelNode, ReceptiveField>();
  const dependent = new Set([start]);
  for (const node of model.nodes) {
    if (node === start) {
      const each = (value: number): number[] => Array.from({ length: axes }, () => value);
      fields.set(node, { size: each(1), stride: each(1), centre: each(0) });
      continue;
    }
    const seen = node.inputs.flatMap(({ node: place }, index) => {
      const source = model.nodes[place]!;
      const field = fields.get(source);
      return dependent.has(source) ? [field && behind(field, node, index)] : [];
    });
    if (seen.length === 0) continue;
    dependent.add(node);
    const known = seen.filter((field) => field !== undefined);
    if (known.length === seen.length) fields.set(node, known.reduce(around));
  }
  return Object.fromEntries([...fields].map(([{ name }, field]) => [name, field]));
}

/** The field of a node's output, through one of its inputs. */
function behind(field: ReceptiveField, node: ModelNode, input: number): ReceptiveField | undefined {
  const axes = field.size.length;
  const before = imageSize(node, node.inputShapes[input]!, axes);
  const after = imageSize(node, node.outputShapes[0]!, axes);
  const { layer } = node;
  const windows = before.flatMap(
    (size, index) => (layer.window ?? equalShare)({ index, count: axes, input: size, output: after[index]! }) ?? [],
  );
  if (windows.length < axes) return undefined;
  const each = (change: (axis: number, window: AxisWindow) => number): number[] =>
    windows.map((window, axis) => change(axis, window));
  return {
    size: each((axis, { reach }) => field.size[axis]! + (reach - 1) * field.stride[axis]!),
    stride: each((axis, { stride }) => field.stride[axis]! * stride),
    centre: each((axis, { middle }) => field.centre[axis]! + middle * field.stride[axis]!),
  };
}

/** Height and width of an image, and 1 for each if it is none. */
function imageSize({ layer }: ModelNode, shape: Shape, axes: number): Shape {
  if (shape.length !== axes + 1) return Array.from({ length: axes }, () => 1);
  return layer.channelsFirst ? shape.slice(1) : shape.slice(0, -1);
}

/** The smallest field around two: their pixels belong together, one by one. */
function around(a: ReceptiveField, b: ReceptiveField): ReceptiveField {
  const ends = ({ centre, size }: ReceptiveField, axis: number): [number, number] => [
    centre[axis]! - (size[axis]! - 1) / 2,
    centre[axis]! + (size[axis]! - 1) / 2,
  ];
  const both = a.size.map((_, axis) => {
    const [[aFirst, aLast], [bFirst, bLast]] = [ends(a, axis), ends(b, axis)];
    return [Math.min(aFirst, bFirst), Math.max(aLast, bLast)] as const;
  });
  return {
    size: both.map(([first, last]) => last - first + 1),
    // One of them may be a single pixel that belongs to all of the other's: a gate.
    stride: a.stride.map((stride, axis) => Math.min(stride, b.stride[axis]!)),
    centre: both.map(([first, last]) => (first + last) / 2),
  };
}

/** @throws {OptionError} if there is no such node, with the nearest name. */
export function findNode(where: string, { nodes }: ModelGraph, name: string): ModelNode {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  const known = nodes.map((candidate) => candidate.name);
  throw new OptionError(`${where}: the model has no node ${describe(name)}. ${suggestion(String(name), known)}`);
}
