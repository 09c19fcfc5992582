import { fromRecord, functionOf, recordOf } from '@striate/core';
import { linearWarmUp, schedules } from '@striate/train';
import { expect, test } from 'vitest';
import { inverseTime } from './schedule.ts';

test('it falls, behind a warm-up of ours too, and after a file as before', () => {
  const own = inverseTime({ initialLearningRate: 0.4, halfLife: 4 });
  const written: unknown = JSON.parse(
    JSON.stringify(recordOf(schedules, 'here', 'schedule', linearWarmUp({ warmUpSteps: 2, next: own }))),
  );
  const warm = fromRecord(schedules, written, { where: 'here', kinds: [inverseTime] });
  const rates = [0, 1, 2, 6, 14].map((step) => functionOf(schedules, 'here', 'schedule', warm)(step));
  expect(rates).toEqual([0, 0.2, 0.4, 0.2, 0.1]);
  expect(() => inverseTime({ halfLife: 0.5 })).toThrow('me/inverseTime: halfLife is 0.5');
});
