import {
  OptionError,
  checkCounts,
  checkOptions,
  describe,
  sizeOf,
  suggestion,
  type ParameterSpec,
  type Shape,
} from '@striate/core';
import { formatShape } from '../input-shapes.ts';
import { checkModel } from './check-model.ts';
import type { ModelGraph, ModelNode } from './model-graph.ts';
import { receptiveFields, type ReceptiveField } from './receptive-field.ts';

/** One line of a model's summary. */
export interface SummaryRow {
  /** The node's name; in a nested model after the name of that: 'block/conv2d'. */
  name: string;
  /** The layer's type. */
  type: string;
  /** Names of the nodes that it gets its inputs from. */
  inputs: string[];
  /** Without the batch axis. */
  outputShapes: readonly Shape[];
  /** Outputs of a layer with trained weights; 0 for others, null where the shape is not known. */
  neurons: number | null;
  /** Weights, frozen ones included; a shared layer's are counted at its first call. */
  parameters: number;
  /** Of those, the ones that training changes: all of them, or none of a frozen layer's. */
  trainable: number;
  /** Values that are not trained by gradients: moving statistics. */
  statistics: number;
  /** Multiplications with addition for one sample; null where a shape is not known. */
  multiplyAdds: number | null;
  /**
   * Bytes of outputs that training keeps for the backward pass, for one sample; 0 where the layer is computed in one
   * pass with the next, null where a shape is not known. An estimate.
   */
  activationBytes: number | null;
  /** What an output pixel sees of the first input; null where there is no such image, or its size matters and is not known. */
  receptiveField: ReceptiveField | null;
}

/** What a summary can show of each layer. */
export type SummaryColumn =
  | 'layer'
  | 'type'
  | 'inputs'
  | 'output'
  | 'neurons'
  | 'parameters'
  | 'trainable'
  | 'multiplyAdds'
  | 'memory'
  | 'receptiveField'
  | 'stride'
  | 'centre';

/** Options of {@link summary}. */
export interface SummaryOptions {
  /**
   * Which columns, in which order. Default: layer, type, output, neurons, parameters, multiplyAdds, receptiveField and
   * memory, as many as `width` has room for: memory is left out first, then type, receptiveField and neurons.
   */
  columns?: readonly SummaryColumn[];
  /** Characters in a line, as far as `columns` are not chosen. Longer names of layers are shortened. Default 100. */
  width?: number;
}

interface ColumnFormat {
  title: string;
  /** Numbers stand at the right. */
  align?: 'right';
  cell(row: SummaryRow): string;
  total?(rows: readonly SummaryRow[]): string;
}

/**
 * What each layer of a model gives and costs.
 *
 * @example
 * summarize(lenet5()).reduce((sum, row) => sum + row.parameters, 0); // 61,706
 */
export function summarize(model: ModelGraph): SummaryRow[] {
  checkModel('summary', model);
  const fields = model.inputs.length > 0 && model.inputShapes[0]!.length > 1 ? receptiveFields(model) : {};
  const computed = new Set(model.steps.map(({ node }) => node));
  return model.nodes.map((node, place) => {
    const isFirstCall = node.name === node.layerName;
    const parameters = isFirstCall ? count(node.parameters) : 0;
    return {
      name: node.name,
      type: node.layer.type,
      inputs: node.inputs.map((source) => model.nodes[source.node]!.name),
      outputShapes: node.outputShapes,
      neurons: neurons(node),
      parameters,
      trainable: node.trainable ? parameters : 0,
      statistics: isFirstCall ? count(node.state) : 0,
      multiplyAdds: isKnown([...node.inputShapes, ...node.outputShapes])
        ? (node.layer.multiplyAdds?.(node.inputShapes) ?? 0)
        : null,
      activationBytes: computed.has(place) ? outputBytes(node) : 0,
      receptiveField: fields[node.name] ?? null,
    };
  });
}

const columnFormats: Readonly<Record<SummaryColumn, ColumnFormat>> = {
  layer: { title: 'layer', cell: ({ name }) => name, total: () => 'total' },
  type: { title: 'type', cell: ({ type }) => type },
  inputs: { title: 'inputs', cell: ({ inputs }) => inputs.join(' ') },
  output: { title: 'output', cell: ({ outputShapes }) => outputShapes.map(formatShape).join(' ') },
  neurons: numbers('neurons', ({ neurons: value }) => value),
  parameters: numbers('parameters', ({ parameters, statistics }) => parameters + statistics),
  trainable: numbers('trainable', ({ trainable }) => trainable),
  multiplyAdds: numbers('multiply-adds', ({ multiplyAdds }) => multiplyAdds),
  memory: numbers('bytes kept', ({ activationBytes }) => activationBytes),
  receptiveField: field('sees', ({ size }) => size, 'x'),
  stride: field('stride', ({ stride }) => stride, 'x'),
  centre: field('centre', ({ centre }) => centre, ', '),
};

/** Which columns are left out where the line is too narrow, in this order. */
const leftOutFirst: readonly SummaryColumn[] = ['memory', 'type', 'receptiveField', 'neurons'];

const defaultColumns: readonly SummaryColumn[] = [
  'layer',
  'type',
  'output',
  'neurons',
  'parameters',
  'multiplyAdds',
  'receptiveField',
  'memory',
];
/**
 * A model as a table: layer, type, output shape, neurons, parameters, multiply-adds, receptive field (the size, under
 * 'sees') and bytes kept for the backward pass, all for one sample, with totals. Layers of nested models are lines of
 * their own.
 *
 * @returns lines of text, at most `width` characters wide unless the columns were chosen
 * @throws {OptionError} for an unknown column, with the nearest name
 * @example
 * console.log(summary(lenet5(), { columns: ['layer', 'output', 'receptiveField', 'stride', 'centre'] }));
 */
export function summary(model: ModelGraph, options: SummaryOptions = {}): string {
  checkModel('summary', model);
  checkOptions('summary', options, { columns: true, width: true });
  const { columns, width = 100 } = options;
  checkCounts('summary', { width });
  if (columns !== undefined && !(Array.isArray(columns) && columns.length > 0))
    throw new OptionError(`summary: columns is ${describe(columns)}, but must be a list, such as ['layer', 'output'].`);
  for (const column of columns ?? []) {
    if (Object.hasOwn(columnFormats, column)) continue;
    throw new OptionError(
      `summary: there is no column ${describe(column)}. ${suggestion(String(column), Object.keys(columnFormats))}`,
    );
  }
  const rows = summarize(model);
  const sum = (key: 'parameters' | 'trainable' | 'statistics'): number =>
    rows.reduce((total, row) => total + row[key], 0);
  const lines = columns ? table(rows, columns) : fittingTable(rows, width);
  const frozen = sum('parameters') - sum('trainable') + sum('statistics');
  return [
    ...lines,
    `trainable parameters: ${format(sum('trainable'), '0')}; not trainable: ${format(frozen, '0')}`,
  ].join('\n');
}

function fittingTable(rows: readonly SummaryRow[], width: number): string[] {
  let columns = defaultColumns;
  let lines = table(rows, columns);
  for (const column of leftOutFirst) {
    if (widthOf(lines) <= width) break;
    columns = columns.filter((kept) => kept !== column);
    lines = table(rows, columns);
  }
  const surplus = widthOf(lines) - width;
  if (surplus <= 0) return lines;
  const longest = Math.max(...rows.map(({ name }) => name.length));
  return table(rows, columns, Math.max(8, longest - surplus));
}

function table(rows: readonly SummaryRow[], columns: readonly SummaryColumn[], longestName = Infinity): string[] {
  const formats = columns.map((column) => columnFormats[column]);
  const cells = [
    formats.map(({ title }) => title),
    ...rows.map((row) => formats.map(({ cell }) => cell({ ...row, name: shortened(row.name, longestName) }))),
    formats.map(({ total }) => total?.(rows) ?? ''),
  ];
  const widths = formats.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (formats[column]!.align ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [lines[0]!, rule, ...lines.slice(1, -1), rule, lines.at(-1)!];
}

/** A name with its middle left out. */
function shortened(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const end = Math.ceil((longest - 1) / 2);
  return `${name.slice(0, longest - 1 - end)}…${name.slice(-end)}`;
}

function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map(({ length }) => length));
}

function numbers(title: string, value: (row: SummaryRow) => number | null): ColumnFormat {
  return {
    title,
    align: 'right',
    cell: (row) => format(value(row)),
    total(rows) {
      const values = rows.map(value);
      return values.includes(null)
        ? '?'
        : format(
            (values as number[]).reduce((sum, each) => sum + each, 0),
            '0',
          );
    },
  };
}

/** One entry of the receptive field, for both axes. */
function field(title: string, entry: (field: ReceptiveField) => readonly number[], between: string): ColumnFormat {
  return {
    title,
    align: 'right',
    cell({ receptiveField }) {
      if (!receptiveField) return '';
      const rounded = entry(receptiveField).map((value) => String(Math.round(value * 100) / 100));
      return rounded.join(between);
    },
  };
}

function format(value: number | null, zero = ''): string {
  if (value === null) return '?';
  return value === 0 ? zero : value.toLocaleString('en-US');
}

function neurons({ parameters, outputShapes }: ModelNode): number | null {
  if (!Object.values(parameters).some(({ kind }) => kind === 'kernel')) return 0;
  if (!isKnown(outputShapes)) return null;
  return outputShapes.reduce((sum, shape) => sum + sizeOf(shape as readonly number[]), 0);
}

function outputBytes({ outputShapes }: ModelNode): number | null {
  if (!isKnown(outputShapes)) return null;
  return 4 * outputShapes.reduce((sum, shape) => sum + sizeOf(shape as readonly number[]), 0);
}

function count(specs: Readonly<Record<string, ParameterSpec>>): number {
  return Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function isKnown(shapes: readonly Shape[]): boolean {
  return shapes.every((shape) => !shape.includes(null));
}
