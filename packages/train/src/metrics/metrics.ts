import {
  OptionError,
  checkFunction,
  checkMember,
  describe,
  isKind,
  isMember,
  isRecord,
  type Family,
} from '@striate/core';
import { accuracy } from './accuracy.ts';
import { binaryAccuracy } from './binary-accuracy.ts';
import { metricContract, type Metric, type MetricFunctions } from './metric.ts';
import { topK } from './top-k.ts';

/** The metrics that come with us. */
export const metrics: Family<MetricFunctions, Metric> = {
  ...metricContract,
  kinds: [accuracy, topK, binaryAccuracy],
};

const form = 'Write metrics: [accuracy(), topK(5)].';

/** What a record of the history has besides metrics. */
const taken: ReadonlySet<string> = new Set(['loss', 'epoch', 'step', 'seconds', 'imagesPerSecond']);

/** @throws {OptionError} unless it is a list of metrics, saying what to write */
export function checkMetrics(where: string, option: string, value: unknown): asserts value is readonly Metric[] {
  if (!Array.isArray(value)) {
    const found = isKind(value)
      ? `the function ${value.type} itself, which was not called`
      : isMember(metricContract, value)
        ? `the metric ${(value as Metric).type} itself`
        : describe(value);
    throw new OptionError(`${where}: ${option} is ${found}, but must be a list. ${form}`);
  }
  for (const [place, metric] of (value as readonly unknown[]).entries()) {
    const name = `${option}[${place}]`;
    // Losses can be computed too.
    if (isRecord(metric) && ('takes' in metric || 'outputMeaning' in metric))
      throw new OptionError(
        `${where}: ${name} is the loss ${describe(metric['type'])}, but must be a metric. The history has the loss already, as 'loss'. ${form}`,
      );
    checkMember(metrics, where, name, metric);
    checkFunctions(`${where}: ${name}`, metric as Metric);
  }
}

function checkFunctions(where: string, { name, count }: Metric): void {
  if (typeof name !== 'string') throw new OptionError(`${where}: its name is ${describe(name)}, but must be a text.`);
  if (taken.has(name))
    throw new OptionError(`${where} is called '${name}', which the history has already. Give it another name.`);
  if (count !== undefined) checkFunction(where, 'count', count);
}
