import type { Json } from '../json.ts';

/** An initialiser, a penalty and so on as data: its type and its options. */
export interface KindRecord {
  readonly type: string;
  readonly [option: string]: Json | undefined;
}

/** A layer, an optimiser and so on as data: its options are apart, since it has functions beside them. */
export interface RecordApart {
  readonly type: string;
  readonly options: { readonly [option: string]: Json | undefined };
}

/** What a value is made from, besides its record: kinds of others, and where it stands, for errors. */
export interface Reading {
  /** The beginning of errors: "load: layer 'a'". */
  readonly where: string;
  /** Kinds that do not come with us, of any family. */
  readonly kinds: readonly AnyKind[];
  /** Makes a value of the family that is being read, which may hold others of its own family. */
  readonly sibling?: (record: unknown, reading: Reading) => unknown;
}

/** Whether an option must be given, has a default, or may stay away. */
export type Presence = 'required' | 'filled' | 'open';

/** What an option of a kind may be; enough to make a flag, a form or a schema of it. */
export interface Option<Value = unknown, When extends Presence = Presence> {
  /** What it does, in a line. */
  readonly doc: string;
  readonly when: When;
  /** What it is where it is left out. */
  readonly default?: Value;
  /** Its default where that depends on the options before it; `default` is the usual one. */
  follows?(settings: Readonly<Record<string, unknown>>): Value;
  /** A value that it could have, where it has no default. */
  readonly example?: Value;
  /** What it is, and its limits. */
  readonly form: Form;
  /** @throws {OptionError} for a value that it cannot have; `where` is what the error begins with */
  check(where: string, name: string, value: unknown): void;
  /** Its value from JSON. Left out: the JSON is the value. */
  fromJson?(json: unknown, reading: Reading): unknown;
  /** Its value as data. Left out: it is data. */
  toData?(value: unknown): unknown;
}

/** What an option is, as data. Limits of numbers are part of what is allowed, but for `above` and `below`. */
export type Form =
  | {
      readonly is: 'number';
      readonly whole?: true;
      /** Two of them are taken too: [vertical, horizontal]. */
      readonly pair?: true;
      readonly minimum?: number;
      readonly maximum?: number;
      readonly above?: number;
      readonly below?: number;
    }
  | { readonly is: 'flag' | 'text' }
  | { readonly is: 'choice'; readonly names: readonly string[] }
  | { readonly is: 'list'; readonly of: Form }
  | { readonly is: 'either'; readonly of: readonly Form[] }
  /** A value of a family: 'initializer'. */
  | { readonly is: 'kind'; readonly family: string }
  /** Something else, in words: 'a shape'. */
  | { readonly is: 'value'; readonly wanted: string };

/** The options of a kind, by name. */
export type Options = Readonly<Record<string, Option>>;

type Value<Of> = Of extends Option<infer Value> ? Value : never;
type Named<Of extends Options, When extends Presence> = {
  [Name in keyof Of as Of[Name] extends Option<unknown, infer Is> ? (Is extends When ? Name : never) : never]: Value<
    Of[Name]
  >;
};

type Flat<Of> = { [Name in keyof Of]: Of[Name] };

/** Options for all members of a type: `OptionsOf<RegularizationOptions, 'open'>`. */
export type OptionsOf<Of, When extends Presence> = {
  readonly [Name in keyof Of]-?: Option<Exclude<Of[Name], undefined>, When>;
};

/** What people give for such options. */
export type Given<Of extends Options> = Flat<Named<Of, 'required'> & Partial<Named<Of, 'filled' | 'open'>>>;

/** What a kind is made from: options with their defaults filled in. */
export type Settings<Of extends Options> = Flat<Named<Of, 'required' | 'filled'> & Partial<Named<Of, 'open'>>>;

/** The arguments of a factory with such options: a record, which may be left out unless something in it is required. */
export type Arguments<Options extends object> = [keyof Options] extends [never]
  ? [options?: Readonly<Record<string, never>>]
  : object extends Options
    ? [options?: Options]
    : [options: Options];

/** A kind, whatever its options. */
export interface AnyKind<Value = unknown> {
  /** The noun of its family: 'penalty'. */
  readonly family: string;
  /** 'l2'; of others with their namespace, 'me/focal'. */
  readonly type: string;
  /** What it is, in a line. */
  readonly doc: string;
  readonly options: Options;
  /** How a call looks, for errors: 'adam({ learningRate: 0.001 })'. */
  readonly call: string;
  /** Options with their defaults filled in. @throws {OptionError} for unknown, missing and impossible ones */
  complete(where: string, given: unknown): Readonly<Record<string, unknown>>;
  /** The value of some options, after the same checks. */
  from(where: string, given: unknown): Value;
  /** A record as it was written, without defaults, after the same checks: what is read from a file stays as it is. */
  keep(where: string, given: object): Value;
  /** What the value does, of complete options. */
  make(settings: never): unknown;
}

/**
 * A kind of penalty, layer, optimiser and so on: plain data about its options, and the factory that people call, typed
 * by them. `Names` sees to it that the type of the options has each option that there is, and no other.
 */
export type Kind<
  Options extends object,
  Value,
  Args extends readonly unknown[] = Arguments<Options>,
  Names extends string = keyof Options & string,
> = AnyKind<Value> & {
  (...args: Args): Value;
  readonly options: { readonly [Name in Names]: Option };
  /** The names of its options. */
  readonly names: readonly Names[];
};
