// Every kind of every family: to JSON and back, and what is wrong with its options is refused.
import { fromRecord, ops, recordOf, type AnyKind, type Family, type Form, type Option } from '@striate/core';
import * as layers from '@striate/layers';
import * as regularizers from '@striate/regularizers';
import * as train from '@striate/train';
import { describe, expect, it } from 'vitest';

const families: readonly Family[] = [
  layers.initializers,
  regularizers.penalties,
  regularizers.constraints,
  ops.activations,
  layers.layers,
  train.optimizers,
  train.schedules,
  train.losses,
  train.metrics,
];
const definitions: Readonly<Record<string, (definition: never) => unknown>> = {
  defineInitializer: layers.defineInitializer,
  definePenalty: regularizers.definePenalty,
  defineConstraint: regularizers.defineConstraint,
  defineActivation: ops.defineActivation,
  defineLayerKind: layers.defineLayerKind,
  defineOptimizer: train.defineOptimizer,
  defineSchedule: train.defineSchedule,
  defineLoss: train.defineLoss,
  defineMetric: train.defineMetric,
};

/** A value that an option could have: in a wrapper, a layer. */
function exampleOf({ default: otherwise, example, form }: Option): unknown {
  return otherwise ?? example ?? (form.is === 'kind' ? layers.dense({ units: 3 }) : null);
}

/** Options of a kind: all of them, or those that must be given. */
function optionsOf(kind: AnyKind, which: 'all' | 'required'): Record<string, unknown> {
  const entries = Object.entries(kind.options).filter(([, { when }]) => which === 'all' || when === 'required');
  return Object.fromEntries(entries.map(([name, option]) => [name, exampleOf(option)]));
}

/** Values that an option cannot have. */
function wrongValues(form: Form): unknown[] {
  const always = [Symbol('stranger'), { stranger: true }, new Date(0)];
  switch (form.is) {
    case 'number': {
      const { minimum, maximum, above, below, whole } = form;
      return [
        ...always,
        NaN,
        Infinity,
        'three',
        null,
        ...(minimum === undefined ? [] : [minimum - 1]),
        ...(maximum === undefined ? [] : [maximum + 1]),
        ...(above === undefined ? [] : [above]),
        ...(below === undefined ? [] : [below]),
        ...(whole ? [1.5] : []),
      ];
    }
    case 'flag':
      return [...always, 'true', 1, null];
    case 'text':
      return [...always, '', 3];
    case 'choice':
      return [...always, `${form.names[0]}x`, 3, null];
    case 'list':
      return [...always, 'none', 3, ...wrongValues(form.of).map((value) => [value])];
    case 'kind':
      return [...always, { type: 'stranger' }, 3, null];
    default:
      return always;
  }
}

const misspelt = (name: string): string => `${name.slice(0, 2)}${name.slice(3)}${name.at(-1)}`;
const nowhere = { where: 'read', kinds: [] };

describe.each(families)('each $noun', (family) => {
  it.each(family.kinds)('$type goes to JSON and back', (kind) => {
    for (const which of ['all', 'required'] as const) {
      const made = kind.from(kind.type, optionsOf(kind, which));
      const record = recordOf(family, 'save', 'value', made);
      const json: unknown = JSON.parse(JSON.stringify(record));
      expect(json).toEqual(record);
      expect(recordOf(family, 'save', 'value', fromRecord(family as Family<never>, json, nowhere))).toEqual(record);
    }
  });

  it.each(family.kinds)('$type says what it and its options are, in a line', (kind) => {
    expect(kind.family).toBe(family.noun);
    for (const doc of [kind.doc, ...Object.values(kind.options).map((option) => option.doc)])
      expect(doc).toMatch(/^[^\n]{1,140}$/);
    for (const [name, option] of Object.entries(kind.options)) {
      const value = exampleOf(option);
      if (value !== null) expect(() => option.check(kind.type, name, value)).not.toThrow();
    }
  });

  it.each(family.kinds.filter(({ options }) => Object.keys(options).length > 0))(
    '$type refuses what its options cannot be',
    (kind) => {
      const right = optionsOf(kind, 'required');
      const faults: string[] = [];
      for (const [name, option] of Object.entries(kind.options)) {
        const wrong = wrongValues(option.form).map((value) => ({ ...right, [name]: value }));
        const { [name]: _, ...rest } = right;
        if (option.when === 'required') wrong.push(rest);
        for (const [place, options] of wrong.entries()) {
          const message = refusal(() => kind.from('here', options));
          if (!message?.startsWith('here: ') || !message.includes(name)) faults.push(`${name}, ${place}: ${message}`);
        }
        const typo = misspelt(name);
        const told = refusal(() => kind.from('here', { ...right, [typo]: exampleOf(option) }));
        const isNear = name.length < 4 || told?.includes(`Did you mean '${name}'?`);
        if (!told?.startsWith(`here: there is no option '${typo}'.`) || !isNear) faults.push(`${typo}: ${told}`);
      }
      expect(faults).toEqual([]);
    },
  );

  it('of an unknown type is told with the nearest', () => {
    const { type } = family.kinds.toSorted((a, b) => b.type.length - a.type.length)[0]!;
    const read = (): unknown => fromRecord(family as Family<never>, { type: misspelt(type), options: {} }, nowhere);
    expect(read).toThrow(`is of the unknown type '${misspelt(type)}'. Did you mean '${type}'?`);
    expect(read).toThrow(`kinds: [${misspelt(type)}]`);
  });
});

/** The message of our error; undefined if there is none. */
function refusal(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof Error && error.name === 'OptionError' ? error.message : String(error);
  }
}

it.each(Object.entries(definitions))('%s refuses a type without a namespace', (where, define) => {
  const definition = { type: 'mine', doc: 'Mine.', options: {}, make: () => () => 1 };
  expect(() => define(definition as never)).toThrow(`${where}: type is "mine", but must have a namespace`);
});
