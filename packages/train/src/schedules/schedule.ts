import {
  foreignKinds,
  isRecord,
  functionOf,
  ownKinds,
  type Contract,
  type DefineKind,
  type KindRecord,
} from '@striate/core';

/** The learning rate of a step, of which `step` have been done before: at least 0. */
export type Schedule = (step: number) => number;

/** A number, or the record of a schedule, which gives one for each step. */
export type LearningRate = number | KindRecord;

/** What all schedules have in common. */
export const scheduleContract: Contract<Schedule, KindRecord> = { noun: 'schedule' };

/** Defines one of our schedules. */
export const scheduleKind: DefineKind<Schedule, KindRecord> = ownKinds(scheduleContract);

/**
 * Defines a schedule of your own, which works wherever one of ours does. `make` gets the options and gives the rate of each
 * step; it should depend on nothing else, so that a resumed training goes on with the same rates.
 *
 * @throws {OptionError} for a type without a namespace, or a definition in which something is missing
 * @example
 * const inverseTime = defineSchedule({
 *   type: 'me/inverseTime',
 *   doc: 'Falls as one over the steps.',
 *   options: { first: option.number({ doc: 'At step 0.', default: 0.1, minimum: 0 }) },
 *   make: ({ first }) => (step) => first / (1 + step),
 * });
 * const optimizer = sgd({ learningRate: inverseTime({ first: 0.2 }) });
 */
export const defineSchedule: DefineKind<Schedule, KindRecord> = foreignKinds('defineSchedule', scheduleContract);

/** What a schedule holds another in place of, as a function of the step: the rate that stays, or that of the schedule. */
export function scheduleWithin(where: string, name: string, rate: LearningRate): Schedule {
  if (!isRecord(rate)) return () => rate;
  return functionOf<Schedule>({ ...scheduleContract, kinds: [] }, where, name, rate);
}
