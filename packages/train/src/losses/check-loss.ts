import { checkRecord, isRecordOf, type RecordKind } from '../check-record.ts';
import type { Loss } from './loss.ts';

const kind: RecordKind = {
  what: 'a loss',
  functions: ['check', 'compute'],
  names: ['type', 'options', 'takes', 'outputMeaning', 'check', 'compute'],
  options: { crossEntropy: ['labelSmoothing'], binaryCrossEntropy: [], meanSquaredError: [] },
  examples: 'loss: crossEntropy() for classes, binaryCrossEntropy() for yes or no, meanSquaredError() for numbers',
};

/** Whether a value can be used as a loss. */
export function isLoss(value: unknown): value is Loss {
  return isRecordOf(kind, value);
}

/** @throws {OptionError} unless it is a loss, saying what to write */
export function checkLoss(where: string, value: unknown): asserts value is Loss {
  checkRecord(where, kind, value);
}
