import { checkChoice, checkCounts, checkFlag, checkRange, checkText } from '../check-values.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Contract } from './define-kind.ts';
import { article, checkMember, fromRecord, isMember, type Family } from './family.ts';
import type { Pair } from '../shape.ts';
import type { Form, KindRecord, Option, Presence, RecordApart } from './kind.ts';

/** What all options say: what they do, and what they are where they are left out. */
interface Basics<Value, Default extends Value | undefined> {
  /** What it does, in a line. */
  doc: string;
  /** What it is where it is left out. Left out: the option is required. */
  default?: Default;
  /** A value that it could have, if it has no default. */
  example?: Value;
}

/** An option with a default need not be given. */
type When<Default> = [Default] extends [undefined] ? 'required' : 'filled';

/** Limits of a number. */
export interface Limits {
  /** The least that is allowed. */
  minimum?: number;
  /** The most that is allowed. */
  maximum?: number;
  /** It must be more than this. */
  above?: number;
  /** It must be less than this. */
  below?: number;
}

/**
 * A finite number.
 *
 * @example
 * option.number({ doc: 'Share of the last step that is kept.', default: 0, minimum: 0, below: 1 });
 */
export function number<Default extends number | undefined = undefined>(
  given: Basics<number, Default> & Limits,
): Option<number, When<NoInfer<Default>>> {
  const { minimum, maximum, above, below } = given;
  const form: Form = { is: 'number', ...limits({ minimum, maximum, above, below }) };
  return option(given, form, (where, name, value) => checkNumber(where, name, value, given));
}

/**
 * A whole number of at least 1, or of another minimum.
 *
 * @example
 * option.count({ doc: 'Number of outputs.', example: 10 });
 */
export function count<Default extends number | undefined = undefined>(
  given: Basics<number, Default> & Pick<Limits, 'minimum' | 'maximum'>,
): Option<number, When<NoInfer<Default>>> {
  const { minimum = 1, maximum } = given;
  const form: Form = { is: 'number', whole: true, ...limits({ minimum, maximum }) };
  return option(given, form, (where, name, value) => {
    if (minimum === 1 && maximum === undefined) return checkCounts(where, { [name]: value as number });
    if (Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= (maximum ?? Infinity))
      return;
    const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be a whole number ${range}.`);
  });
}

/**
 * A whole number of at least 1, or two of them for height and width.
 *
 * @example
 * option.pair({ doc: 'Step of the window.', default: 1 });
 */
export function pair<Default extends number | Pair | undefined = undefined>(
  given: Basics<number | Pair, Default>,
): Option<number | Pair, When<NoInfer<Default>>> {
  const form: Form = { is: 'number', whole: true, pair: true, minimum: 1 };
  return option(given, form, (where, name, value) => checkCounts(where, { [name]: value as number | Pair }));
}

/** True or false. */
export function flag<Default extends boolean | undefined = undefined>(
  given: Basics<boolean, Default>,
): Option<boolean, When<NoInfer<Default>>> {
  return option(given, { is: 'flag' }, (where, name, value) => checkFlag(where, name, value as boolean));
}

/** A text that is not empty. */
export function text<Default extends string | undefined = undefined>(
  given: Basics<string, Default>,
): Option<string, When<NoInfer<Default>>> {
  return option(given, { is: 'text' }, (where, name, value) => checkText(where, name, value as string));
}

/**
 * One of some names.
 *
 * @example
 * option.choice({ doc: 'What is orthogonal.', names: ['rows', 'columns'], default: 'rows' });
 */
export function choice<const Name extends string, Default extends Name | undefined = undefined>(
  given: Basics<NoInfer<Name>, Default> & { names: readonly Name[] },
): Option<NoInfer<Name>, When<NoInfer<Default>>> {
  const { names } = given;
  const form: Form = { is: 'choice', names };
  return option(given, form, (where, name, value) => checkChoice(where, name, value as string, names));
}

/** A list of what another option may be, with the same words about each. */
export function list<Value, Default extends readonly Value[] | undefined = undefined>(
  given: Basics<readonly Value[], Default> & { of: Option<Value> },
): Option<readonly Value[], When<NoInfer<Default>>> {
  const { of } = given;
  return option(given, { is: 'list', of: of.form }, (where, name, value) => {
    if (!Array.isArray(value)) {
      const example = describe([of.example ?? of.default]);
      throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be a list, such as ${example}.`);
    }
    for (const [place, entry] of (value as unknown[]).entries()) of.check(where, `${name}[${place}]`, entry);
  });
}

/**
 * Something that none of the others describes.
 *
 * @example
 * option.value({ doc: 'Sizes.', wanted: 'a list of whole numbers', fits: isSizes, example: [28, 28, 1] });
 */
export function value<Value, Default extends Value | undefined = undefined>(
  given: Basics<Value, Default> & {
    /** What it must be, in words: 'a list of sizes'. */
    wanted: string;
    fits(value: unknown): boolean;
  },
): Option<Value, When<NoInfer<Default>>> {
  const { wanted, fits } = given;
  return option(given, { is: 'value', wanted }, (where, name, value) => {
    if (!fits(value)) throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be ${wanted}.`);
  });
}

/** Like {@link value}, with a check that makes an error of its own. */
export function checked<Value, Default extends Value | undefined = undefined>(
  given: Basics<Value, Default> & {
    /** What it must be, in words: 'a list of sizes'. */
    wanted: string;
    /** @throws {OptionError} for what it cannot be */
    check(where: string, name: string, value: unknown): void;
  },
): Option<Value, When<NoInfer<Default>>> {
  const { wanted, check } = given;
  return option(given, { is: 'value', wanted }, check);
}

/**
 * A value of a family: an initialiser in a layer.
 *
 * @example
 * option.nested(initializers, { doc: 'First values of the kernel.', default: glorotUniform() });
 */
export function nested<Value, Default extends Value | undefined = undefined>(
  family: Family<never, Value>,
  given: Basics<NoInfer<Value>, Default>,
): Option<Value, When<NoInfer<Default>>> {
  return {
    ...option(given, { is: 'kind', family: family.noun }, (where, name, value) =>
      checkMember(family, where, name, value),
    ),
    fromJson: (json, reading) => fromRecord(family, json, reading),
    ...(family.build && { toData: recordApart }),
  };
}

/** A value of the same family as the kind: a layer in a wrapper. Written by hand, its record is not taken. */
export function sibling<Value, Default extends Value | undefined = undefined>(
  contract: Contract<never, Value>,
  given: Basics<NoInfer<Value>, Default>,
): Option<Value, When<NoInfer<Default>>> {
  const { noun, build } = contract;
  const form: Form = { is: 'kind', family: noun };
  return {
    ...option(given, form, (where, name, value) => {
      if (isMember(contract, value)) return;
      throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be ${article(noun)}.`);
    }),
    fromJson: (json, reading) => reading.sibling!(json, reading), // set by fromRecord
    ...(build && { toData: recordApart }),
  };
}

/** What fits one of several options of different forms: a number or a schedule. */
export function either<One, Other, Default extends One | Other | undefined = undefined>(
  given: Basics<One | Other, Default> & {
    of: readonly [Option<One>, Option<Other>];
    /** Whether a value is meant to be the second: it is checked as that, and else as the first. */
    isSecond(value: unknown): boolean;
  },
): Option<One | Other, When<NoInfer<Default>>> {
  const { of, isSecond } = given;
  const chosen = (value: unknown): Option => of[isSecond(value) ? 1 : 0];
  return {
    ...option(given, { is: 'either', of: of.map(({ form }) => form) }, (where, name, value) =>
      chosen(value).check(where, name, value),
    ),
    fromJson: (json, reading) => chosen(json).fromJson?.(json, reading) ?? json,
    toData: (value) => chosen(value).toData?.(value) ?? value,
  };
}

/**
 * An option whose default depends on the options before it.
 *
 * @example
 * option.following(option.pair({ doc: 'Step of the window.', default: 2 }), ({ poolSize }) => poolSize as number);
 */
export function following<Value>(
  of: Option<Value, 'filled'>,
  follows: (settings: Readonly<Record<string, unknown>>) => Value,
): Option<Value, 'filled'> {
  return { ...of, follows };
}

/** An option that may be left out, and then is not there. */
export function optional<Value>(of: Option<Value>): Option<Value, 'open'> {
  const { default: usual, ...rest } = of;
  return { ...rest, ...(usual !== undefined && { example: usual }), when: 'open' };
}

function option<Value, Default extends Value | undefined>(
  { doc, default: otherwise, example }: Basics<Value, Default>,
  form: Form,
  check: Option['check'],
): Option<Value, When<NoInfer<Default>>> {
  const when: Presence = otherwise === undefined ? 'required' : 'filled';
  return {
    doc,
    when: when as When<Default>, // by the same rule
    ...(otherwise !== undefined && { default: otherwise }),
    ...(example !== undefined && { example }),
    form,
    check,
  };
}

const recordApart = (value: unknown): RecordApart | KindRecord => {
  const { type, options } = value as RecordApart;
  return { type, options };
};

function limits(all: { [Name in keyof Limits]: Limits[Name] | undefined }): Limits {
  return Object.fromEntries(Object.entries(all).filter(([, limit]) => limit !== undefined));
}

function checkNumber(where: string, name: string, value: unknown, { minimum, maximum, above, below }: Limits): void {
  if (above === undefined && maximum === undefined && minimum !== undefined)
    return checkRange(where, name, value as number, minimum, below ?? Infinity);
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity);
  if (!fits)
    throw new OptionError(
      `${where}: ${name} is ${describe(value)}, but must be ${range({ minimum, maximum, above, below })}.`,
    );
}

function range({ minimum, maximum, above, below }: { [Name in keyof Limits]: Limits[Name] | undefined }): string {
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  const parts = [
    minimum !== undefined && `at least ${minimum}`,
    above !== undefined && `above ${above}`,
    maximum !== undefined && `at most ${maximum}`,
    below !== undefined && `less than ${below}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'a finite number' : `finite and ${parts.join(' and ')}`;
}
