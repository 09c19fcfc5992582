import { OptionError, describe, isRecord } from '@striate/core';
import { checkRecord, isRecordOf, named, type RecordKind } from '../check-record.ts';
import type { Metric } from './metric.ts';

const kind: RecordKind = {
  what: 'a metric',
  functions: ['compute'],
  names: ['type', 'name', 'options', 'check', 'compute'],
  options: { accuracy: [], binaryAccuracy: [], topK: ['k'] },
  examples: 'metrics: [accuracy(), topK(5)]',
};

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
    const { name } = metric as Metric;
    if (typeof name !== 'string')
      throw new OptionError(`${where}[${place}]: its name is ${describe(name)}, but must be a text.`);
  }
}
