import { OptionError, checkFunction, describe, isRecord } from '@striate/core';
import { checkRecord, isRecordOf, named, type RecordKind } from '../check-record.ts';
import type { Metric } from './metric.ts';

const kind: RecordKind = {
  what: 'a metric',
  functions: ['compute'],
  names: ['type', 'name', 'options', 'check', 'compute', 'count'],
  options: { accuracy: [], binaryAccuracy: [], topK: ['k'] },
  examples: 'metrics: [accuracy(), topK(5)]',
};

/** What a record of the history has besides metrics. */
const taken: ReadonlySet<string> = new Set(['loss', 'epoch', 'step', 'seconds', 'imagesPerSecond']);

/** Whether a value can be used as a metric. */
export function isMetric(value: unknown): value is Metric {
  return isRecordOf(kind, value);
}

/** @throws {OptionError} unless it is a list of metrics of different names, saying what to write */
export function checkMetrics(where: string, value: unknown): asserts value is readonly Metric[] {
  if (!Array.isArray(value)) {
    const found = isMetric(value) ? `the metric ${value.type} itself` : named(value);
    throw new OptionError(`${where} is ${found}, but must be a list. Write ${kind.examples}.`);
  }
  const metrics: readonly unknown[] = value;
  for (const [place, metric] of metrics.entries()) {
    // Losses can be computed too.
    if (isRecord(metric) && ('takes' in metric || 'outputMeaning' in metric))
      throw new OptionError(
        `${where}[${place}] is the loss ${describe(metric['type'])}, but must be a metric. The history has the loss already, as 'loss'. Write ${kind.examples}.`,
      );
    checkRecord(`${where}[${place}]`, kind, metric);
    const { name, count } = metric as Metric;
    if (typeof name !== 'string')
      throw new OptionError(`${where}[${place}]: its name is ${describe(name)}, but must be a text.`);
    if (taken.has(name))
      throw new OptionError(
        `${where}[${place}] is called '${name}', which the history has already. Give it another name.`,
      );
    if (count !== undefined) checkFunction(`${where}[${place}]`, 'count', count);
  }
}
