import { checkOptionNames, isRecord } from '../check-options.ts';
import { checkFunction, checkText } from '../check-values.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { AnyKind, Arguments, Given, Kind, Option, Options, Settings } from './kind.ts';

/** What all kinds of a family have in common, whoever defines them. */
export interface Contract<Made, Value> {
  /** For errors: 'penalty'. */
  readonly noun: string;
  /** Options of every kind in it. */
  readonly options?: Options;
  /** What a function in place of a value looks like, if it is taken: '(x) => scalar'. It cannot be saved. */
  readonly bare?: string;
  /** Whether a type alone stands for the kind with its defaults: 'relu'. */
  readonly names?: true;
  /** Members of a value that no kind made; `true` for functions that it must have. Left out: none is taken. */
  readonly byHand?: Readonly<Record<string, boolean>>;
  /**
   * The value of a kind: of its type, its options as data, and what it made. Left out: the value is the record, and
   * what it does is made where it is used.
   */
  build?(type: string, options: Readonly<Record<string, unknown>>, made: Made): Value;
}

type Loose<Of> = { [Name in keyof Of]?: Of[Name] | undefined };

/** What defines a kind. */
export interface Definition<Of extends Options, Made, Shared, Args extends readonly unknown[]> {
  /** 'l2'; of others with a namespace, 'me/focal'. */
  readonly type: string;
  /** What it is, in a line. */
  readonly doc: string;
  readonly options: Of;
  /** What is wrong with options that are possible one by one; undefined if nothing is. */
  refuse?(settings: Settings<Of> & Shared): string | undefined;
  /** How a call looks, for errors, where it has a shorthand with what is required: 'topK(5)'. */
  readonly call?: string;
  /** Options of the arguments of a call. Left out: the only argument is the options. */
  shorthand?(...args: Args): Loose<Given<Of>> & Shared;
  make(settings: Settings<Of> & Shared): Made;
}

/** Defines kinds of one family; `Shared` are options that all of them have. */
export type DefineKind<Made, Value, Shared extends object = object> = <
  const Of extends Options,
  Args extends readonly unknown[] = Arguments<Given<Of> & Shared>,
>(
  definition: Definition<Of, Made, Shared, Args>,
) => Kind<Given<Of> & Shared, Value, NoInfer<Args>>;

// The same in every copy of this file: a page may hold two.
const mark = Symbol.for('@striate/kind');

/** The kind that made a value, if a factory of a kind did. */
export function kindOf(value: unknown): AnyKind | undefined {
  if (typeof value !== 'function' && !isRecord(value)) return undefined;
  return (value as { readonly [mark]?: AnyKind })[mark];
}

/** Whether a value is the factory of a kind. */
export function isKind(value: unknown): value is AnyKind {
  return typeof value === 'function' && kindOf(value) === (value as unknown);
}

/** {@link DefineKind} for one of our families: types have no namespace. */
export function ownKinds<Made, Value, Shared extends object = object>(
  contract: Contract<Made, Value>,
): DefineKind<Made, Value, NoInfer<Shared>> {
  return (definition) => makeKind(contract, definition);
}

/**
 * {@link DefineKind} for those who add to a family. Their types have a namespace of their own, `me/focal`, so that they
 * never clash with ours or those of others.
 *
 * @param where the name of the function, for errors
 */
export function foreignKinds<Made, Value, Shared extends object = object>(
  where: string,
  contract: Contract<Made, Value>,
): DefineKind<Made, Value, NoInfer<Shared>> {
  return (definition) => {
    checkDefinition(where, definition as object as Definition<Options, never, never, never>);
    const kind = makeKind(contract, definition);
    for (const [name, option] of Object.entries(kind.options)) {
      if (!isRecord(option) || typeof option.check !== 'function')
        throw new OptionError(
          `${where}: the option ${name} is ${describe(option)}, but must be one of option.number, option.flag, option.choice, ...`,
        );
      const value = option.when === 'filled' ? option.default : option.example;
      if (option.when !== 'open')
        option.check(`${where}: the ${option.when === 'filled' ? 'default' : 'example'} of`, name, value);
    }
    return kind;
  };
}

function checkDefinition(where: string, definition: Definition<Options, never, never, never>): void {
  const known = ['type', 'doc', 'options', 'refuse', 'call', 'shorthand', 'make'];
  checkOptionNames(where, definition, known, `${where}({ type: 'me/mine', doc: '...', options: {}, make })`);
  const { type, doc, options, refuse, call, shorthand, make } = definition;
  checkText(where, 'type', type);
  if (!/^[A-Za-z][\w.-]*\/[A-Za-z]\w*$/.test(type))
    throw new OptionError(
      `${where}: type is ${describe(type)}, but must have a namespace, so that it never clashes with others: 'me/${type.replaceAll(/\W/g, '')}'.`,
    );
  checkText(where, 'doc', doc);
  checkFunction(where, 'make', make);
  if (call !== undefined) checkText(where, 'call', call);
  if (refuse !== undefined) checkFunction(where, 'refuse', refuse);
  if (shorthand !== undefined) checkFunction(where, 'shorthand', shorthand);
  if (!isRecord(options))
    throw new OptionError(`${where}: options is ${describe(options)}, but must be a record of options.`);
}

function makeKind<Made, Value, Of extends Options, Shared extends object, Args extends readonly unknown[]>(
  contract: Contract<Made, Value>,
  { type, doc, options: own, refuse, call, shorthand, make }: Definition<Of, Made, Shared, Args>,
): Kind<Given<Of> & Shared, Value, Args> {
  const options: Options = { ...own, ...contract.options };
  const kind = Object.assign((...args: Args): Value => kind.from(type, shorthand ? shorthand(...args) : args[0]), {
    family: contract.noun,
    type,
    doc,
    options,
    names: Object.keys(options),
    call: call ?? exampleCall(type, options),
    complete(where: string, given: unknown): Settings<Of> & Shared {
      const settings = completed(where, given, kind) as Settings<Of> & Shared; // checked by the options
      const flaw = refuse?.(settings);
      if (flaw !== undefined) throw new OptionError(`${where}: ${flaw}.`);
      return settings;
    },
    keep(where: string, given: object): Value {
      kind.complete(where, given);
      return marked({ type, ...given }, kind) as object as Value; // of a family of records
    },
    from(where: string, given: unknown): Value {
      const settings = kind.complete(where, given);
      const value = contract.build?.(type, asData(options, settings), make(settings)) ?? { type, ...settings };
      return marked(value as Value & object, kind);
    },
    make,
  });
  Object.defineProperty(kind, 'name', { value: type });
  return marked(kind, kind) as unknown as Kind<Given<Of> & Shared, Value, Args>; // its call and options are typed by the definition
}

/** Hidden, so that values are as they look: equal to what was written by hand, and plain JSON. */
function marked<Value extends object>(value: Value, kind: unknown): Value {
  return Object.defineProperty(value, mark, { value: kind, configurable: true });
}

/** Given options with defaults filled in; throws {@link OptionError} for unknown, missing and impossible ones. */
export function completed(
  where: string,
  given: unknown,
  kind: Pick<AnyKind, 'type' | 'options' | 'call'>,
): Record<string, unknown> {
  const { options, call } = kind;
  const record = given === undefined ? {} : given;
  if (!isRecord(record)) checkOptionNames(where, record, [], callWithOptions(kind));
  checkOptionNames(where, record, Object.keys(options));
  const settings: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const value = (record as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) {
      if (option.when === 'required') throw new OptionError(`${where}: the option ${name} is missing. Write ${call}.`);
      if (option.when === 'filled') settings[name] = option.follows ? option.follows(settings) : option.default;
      continue;
    }
    option.check(where, name, value);
    settings[name] = value;
  }
  return settings;
}

/** Options with what is no data as its record. */
function asData(options: Options, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      options[name]!.toData ? options[name]!.toData(value) : value,
    ]),
  );
}

/** A call with all that is required: 'constant({ value: 0.1 })', 'adam()'. */
export function exampleCall(type: string, options: Options): string {
  return callWith(
    type,
    Object.entries(options).filter(([, { when }]) => when === 'required'),
  );
}

/** A call that shows how options are written: {@link exampleCall}, or with the first option if none is required. */
function callWithOptions({ type, options, call }: Pick<AnyKind, 'type' | 'options' | 'call'>): string {
  const filled = Object.entries(options).filter(([, { when }]) => when === 'filled');
  return call === `${type}()` ? callWith(type, filled.slice(0, 1)) : call;
}

function callWith(type: string, options: readonly [string, Option][]): string {
  const texts = options.map(([name, option]) => `${name}: ${inCode(option.default ?? option.example)}`);
  return `${type}(${texts.length > 0 ? `{ ${texts.join(', ')} }` : ''})`;
}

function inCode(value: unknown): string {
  const made = kindOf(value);
  if (made) return made.call;
  return typeof value === 'string' ? `'${value}'` : describe(value);
}
