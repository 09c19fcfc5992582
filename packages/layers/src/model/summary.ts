import { sizeOf, type ParameterSpec, type Shape } from '@striate/core';
import { formatShape } from '../input-shapes.ts';
import type { Model, ModelNode } from './model.ts';

/** One line of a model's summary. */
export interface SummaryRow {
  /** The node's name. */
  name: string;
  /** The layer's type. */
  type: string;
  /** Names of the nodes that it gets its inputs from. */
  inputs: string[];
  /** Without the batch axis. */
  outputShapes: readonly Shape[];
  /** Outputs of a layer with trained weights; 0 for others, null where the shape is not known. */
  neurons: number | null;
  /** Trained parameters; a shared layer's are counted at its first call. */
  parameters: number;
  /** Values that are not trained by gradients: moving statistics. */
  statistics: number;
  /** Multiplications with addition for one sample; null where a shape is not known. */
  multiplyAdds: number | null;
}

/**
 * What each layer of a model gives and costs.
 *
 * @example
 * summarize(lenet5()).reduce((sum, row) => sum + row.parameters, 0); // 61,706
 */
export function summarize(model: Model): SummaryRow[] {
  return model.nodes.map((node) => {
    const isFirstCall = node.name === node.layerName;
    return {
      name: node.name,
      type: node.layer.type,
      inputs: node.inputs.map((source) => model.nodes[source.node]!.name),
      outputShapes: node.outputShapes,
      neurons: neurons(node),
      parameters: isFirstCall ? count(node.parameters) : 0,
      statistics: isFirstCall ? count(node.state) : 0,
      multiplyAdds: isKnown([...node.inputShapes, ...node.outputShapes])
        ? (node.layer.multiplyAdds?.(node.inputShapes) ?? 0)
        : null,
    };
  });
}

/**
 * A model as a table: layer, type, output shape, neurons, parameters and multiply-adds, with totals.
 *
 * @returns lines of text
 * @example
 * console.log(summary(lenet5()));
 */
export function summary(model: Model): string {
  const rows = summarize(model);
  const total = (key: 'neurons' | 'parameters' | 'statistics' | 'multiplyAdds'): number | null =>
    rows.reduce<number | null>((sum, row) => (sum === null || row[key] === null ? null : sum + row[key]), 0);
  const header = ['layer', 'type', 'output', 'neurons', 'parameters', 'multiply-adds'];
  const body = rows.map((row) => [
    row.name,
    row.type,
    row.outputShapes.map(formatShape).join(' '),
    format(row.neurons),
    format(row.parameters + row.statistics),
    format(row.multiplyAdds),
  ]);
  const trained = total('parameters')!;
  const statistics = total('statistics')!;
  const footer = [
    'total',
    '',
    '',
    format(total('neurons'), '0'),
    format(trained + statistics, '0'),
    format(total('multiplyAdds'), '0'),
  ];
  const ends = `trainable parameters: ${format(trained, '0')}; not trainable: ${format(statistics, '0')}`;
  return [...table([header, ...body, footer]), ends].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [lines[0]!, rule, ...lines.slice(1, -1), rule, lines.at(-1)!];
}

function format(count: number | null, zero = ''): string {
  if (count === null) return '?';
  return count === 0 ? zero : count.toLocaleString('en-US');
}

function neurons({ parameters, outputShapes }: ModelNode): number | null {
  if (!Object.values(parameters).some(({ kind }) => kind === 'kernel')) return 0;
  if (!isKnown(outputShapes)) return null;
  return outputShapes.reduce((sum, shape) => sum + sizeOf(shape as readonly number[]), 0);
}

function count(specs: Readonly<Record<string, ParameterSpec>>): number {
  return Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function isKnown(shapes: readonly Shape[]): boolean {
  return shapes.every((shape) => !shape.includes(null));
}
