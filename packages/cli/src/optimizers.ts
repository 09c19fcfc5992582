import { OptionError, suggestion, type AnyKind, type Options } from '@striate/core';
import { exampleOf, optionsFromTexts, splitBackend } from '@striate/core/backend';
import {
  optimizers as optimizerFamily,
  schedules as scheduleFamily,
  type LearningRate,
  type Optimizer,
} from '@striate/train';
import { hyphenated } from './hyphenated.ts';

/** A kind of optimiser or schedule, as the command line has it. */
export interface NamedKind<Value> {
  kind: AnyKind<Value>;
  /** Options that can be written behind its name. */
  options: Options;
}

type Kinds<Value> = Readonly<Record<string, NamedKind<Value>>>;

/** What the command line chooses otherwise than the kind. */
const usual: Readonly<Record<string, object>> = { sgd: { momentum: 0.9 } };
/** Options that are set by others: --learning-rate and, if they are not written, --epochs. */
const rates: readonly string[] = ['initialLearningRate', 'next'];
const steps = 'decaySteps';

/** Optimisers by name, 'adamw'; options may follow: 'sgd,momentum=0.5,nesterov'. */
export const optimizers: Kinds<Optimizer> = byName(optimizerFamily.kinds, (type) => type.toLowerCase());

/** Schedules of the learning rate by name, 'cosine'; options may follow: 'exponential,decayRate=0.1'. */
export const schedules: Kinds<LearningRate> = byName(scheduleFamily.kinds, (type) =>
  hyphenated(type.replace(/Decay$/, '')),
);

/** Names of schedules; 'constant' is none. */
export const scheduleNames: readonly string[] = ['constant', ...Object.keys(schedules)];

/** What is trained with. */
export interface TrainingRate {
  optimizer: string;
  schedule: string;
  /** Default: the optimiser's. */
  learningRate?: number;
}

/**
 * The optimiser that the command line asks for.
 *
 * @param allSteps of the training, over which a schedule goes unless it has other steps
 * @throws {OptionError} for unknown names, and options that are unknown, missing or impossible
 */
export function makeOptimizer({ optimizer, schedule, learningRate }: TrainingRate, allSteps: number): Optimizer {
  const { name, chosen, given } = choose('optimizer', optimizers, optimizer);
  const rate = learningRate ?? (chosen.kind.options['learningRate']!.default as number);
  return chosen.kind.from(name, { ...usual[name], ...given, learningRate: rateOf(schedule, rate, allSteps) });
}

/** @throws {OptionError} unless it is an optimiser's name with options, or without */
export function optimizerText(text: string): string {
  makeOptimizer({ optimizer: text, schedule: 'constant' }, 1);
  return text;
}

/** @throws {OptionError} unless it is a schedule's name with options, or without */
export function scheduleText(text: string): string {
  rateOf(text, 0.001, 1);
  return text;
}

/** Names and options with their words, for a help text. */
export function describeKinds(kinds: Kinds<unknown>): string[] {
  return Object.entries(kinds).flatMap(([name, { kind, options }]) => [
    ...inTwoColumns(`  ${name}`, kind.doc),
    ...Object.entries(options).flatMap(([option, { form, doc, default: own }]) => {
      const value = (usual[name] as Readonly<Record<string, unknown>> | undefined)?.[option] ?? own;
      const fallback = option === steps ? ' (default: all)' : value === undefined ? '' : ` (default: ${String(value)})`;
      return inTwoColumns(`    ${option}=${exampleOf(form)}`, `${doc}${fallback}`);
    }),
  ]);
}

/** Words beside what they are about, in lines of 80 places at most. */
function inTwoColumns(left: string, words: string): string[] {
  const lines = [left.padEnd(28)];
  for (const word of words.split(' ')) {
    const { length } = lines;
    if (lines[length - 1]!.length + word.length > 80) lines.push(' '.repeat(28));
    lines[lines.length - 1] += `${word} `;
  }
  return lines.map((line) => line.trimEnd());
}

function rateOf(schedule: string, rate: number, allSteps: number): LearningRate {
  if (schedule === 'constant') return rate;
  const { name, chosen, given } = choose('schedule', schedules, schedule, scheduleNames);
  const own = (option: string): boolean => Object.hasOwn(chosen.kind.options, option);
  const set = Object.fromEntries([
    ...rates.filter(own).map((option) => [option, rate]),
    ...(own(steps) ? [[steps, allSteps]] : []),
  ]) as object;
  return chosen.kind.from(name, { ...set, ...given });
}

function choose<Value>(
  what: string,
  kinds: Kinds<Value>,
  text: string,
  names: readonly string[] = Object.keys(kinds),
): { name: string; chosen: NamedKind<Value>; given: Record<string, unknown> } {
  const { name, options: texts } = splitBackend(text);
  if (!Object.hasOwn(kinds, name)) throw new OptionError(suggestion(name, names));
  const chosen = kinds[name]!;
  const given = optionsFromTexts(name, texts, chosen.options);
  const missing = Object.entries(chosen.options).find(
    ([option, { when }]) => when === 'required' && option !== steps && given[option] === undefined,
  );
  if (missing)
    throw new OptionError(
      `${name}: ${missing[0]} is missing. Write --${what} ${name},${missing[0]}=${String(missing[1].example)}.`,
    );
  return { name, chosen, given };
}

/** Those whose required options can be written as texts. */
function byName<Value>(kinds: readonly AnyKind<Value>[], nameOf: (type: string) => string): Kinds<Value> {
  const isWritable = (name: string, options: Options): boolean =>
    !rates.includes(name) && ['number', 'flag', 'choice', 'text'].includes(options[name]!.form.is);
  const named = kinds.map((kind): [string, NamedKind<Value>] => {
    const written = Object.entries(kind.options).filter(([name]) => isWritable(name, kind.options));
    return [nameOf(kind.type), { kind, options: Object.fromEntries(written) }];
  });
  const isWhole = ({ kind, options }: NamedKind<Value>): boolean =>
    Object.entries(kind.options).every(([name, { when }]) => when !== 'required' || Object.hasOwn(options, name));
  return Object.fromEntries(named.filter(([, own]) => isWhole(own)));
}
