import { checkOptionNames, isRecord } from '../check-options.ts';
import { clipped, describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import { isKind, kindOf, type Contract } from './define-kind.ts';
import type { AnyKind, KindRecord, Reading, RecordApart } from './kind.ts';

/** A family: what its kinds have in common, and those that come with us. Anybody can bring more. */
export interface Family<Made = unknown, Value = unknown> extends Contract<Made, Value> {
  readonly kinds: readonly AnyKind<Value>[];
}

/** The types of the kinds that come with a family. */
export const typesOf = ({ kinds }: Family): string[] => kinds.map(({ type }) => type);

/**
 * Checks a value of a family: made by the factory of a kind, a record written by hand of a kind that comes with the
 * family, or where the family takes it a bare function, or an object with the functions that are needed.
 *
 * @param where what the error begins with: 'conv2d'
 * @param name the option or argument: 'kernelInitializer'
 * @throws {OptionError} for anything else: what it is, the nearest name, what to write
 */
export function checkMember(family: Family, where: string, name: string, value: unknown): void {
  if (kindOf(value)?.family === family.noun && !isKind(value)) return;
  if (typeof value === 'function' && !isKind(value) && family.bare !== undefined && !('type' in value)) return;
  if (family.build && !kindOf(value) && hasFunctions(family, value))
    return checkMembers(family, `${where}: ${name}`, value);
  const kind = family.build ? undefined : ownKind(family, value);
  if (!kind) throw new OptionError(`${where}: ${name} is ${refusal(family, value)}`);
  const { type: _, ...options } = asRecord(value);
  kind.complete(`${where}: ${name}`, options);
}

/** A record, of which a family of names has the type alone. */
const asRecord = (value: unknown): KindRecord => (typeof value === 'string' ? { type: value } : (value as KindRecord));

/** The kind of a record, unless another family's factory made it. */
function ownKind({ noun, kinds, names }: Family, value: unknown): AnyKind | undefined {
  if (names && typeof value === 'string') return kinds.find(({ type }) => type === value);
  const made = kindOf(value);
  if (made) return made.family === noun && !isKind(value) ? made : undefined;
  return isRecord(value) ? kinds.find(({ type }) => type === value['type']) : undefined;
}

/**
 * What a value of a family of records does.
 *
 * @throws {OptionError} as {@link checkMember}
 */
export function functionOf<Made>(family: Family<Made>, where: string, name: string, value: unknown): Made {
  const kind = ownKind(family, value);
  if (!kind) {
    checkMember(family, where, name, value);
    return value as Made; // a bare function
  }
  const { type: _, ...options } = asRecord(value);
  return kind.make(kind.complete(`${where}: ${name}`, options) as never) as Made; // complete
}

/**
 * The record of a value, with defaults filled in, as files hold it: `{ type, ...options }`, or where values have functions
 * beside their options (layers, optimisers, losses, metrics) `{ type, options }`. {@link fromRecord} makes it again.
 *
 * @throws {OptionError} for a bare function, which has none, and for what is no value of the family
 */
export function recordOf(family: Family, where: string, name: string, value: unknown): KindRecord | RecordApart {
  checkMember(family, where, name, value);
  if (typeof value === 'function' && !('type' in value)) {
    throw new OptionError(
      `${where}: ${name} is a function, which cannot be saved. Use one of ${typesOf(family).join(', ')}, or define a kind of your own.`,
    );
  }
  if (family.build) {
    const { type, options } = value as RecordApart;
    return { type, options };
  }
  const { type, ...options } = asRecord(value);
  return { type, ...(ownKind(family, value)!.complete(`${where}: ${name}`, options) as object) };
}

/**
 * A value from its record.
 *
 * @param reading `kinds`: of others, of any family; those that are not this family's are passed over
 * @throws {OptionError} for an unknown type, with the nearest name and what to pass, and for unknown, missing and
 *   impossible options
 * @example
 * const optimizer = fromRecord(optimizers, { type: 'me/lion', options: {} }, { where: 'readCheckpoint', kinds: [lion] });
 */
export function fromRecord<Value>(family: Family<never, Value>, record: unknown, reading: Reading): Value {
  const { where, kinds } = reading;
  const known = [...family.kinds, ...kinds.filter((kind) => kind.family === family.noun)];
  const isName = family.names && typeof record === 'string';
  const type = isRecord(record) ? record['type'] : isName ? record : undefined;
  const kind = known.find((candidate) => candidate.type === type);
  if (!kind) throw new OptionError(`${where} is ${unknownType(family, type, record, known)}`);
  // As it was written, where it is found again.
  if (isName) return (family.kinds.includes(kind as AnyKind<Value>) ? record : kind.from(where, {})) as Value;
  const own: Reading = { ...reading, sibling: (other, inner) => fromRecord(family, other, inner) };
  const { type: _, ...flat } = record as KindRecord;
  if (!family.build) return kind.keep(where, read(kind, flat, own)) as Value; // of the family
  checkOptionNames(where, flat, ['options'], `{ type: '${kind.type}', options: {} }`);
  const { options }: { options?: unknown } = flat;
  return kind.from(where, isRecord(options) ? read(kind, options, own) : options) as Value; // of the family
}

function read({ options }: AnyKind, given: Readonly<Record<string, unknown>>, reading: Reading): object {
  return Object.fromEntries(
    Object.entries(given).map(([name, json]) => {
      const option = Object.hasOwn(options, name) ? options[name] : undefined;
      const inner = { ...reading, where: `${reading.where}: ${name}` };
      return [name, option?.fromJson && json !== undefined ? option.fromJson(json, inner) : json];
    }),
  );
}

/**
 * Checks kinds that somebody brings to where something is read.
 *
 * @throws {OptionError} unless it is a list of kinds, no two of one family and type
 */
export function checkKinds(where: string, kinds: unknown): asserts kinds is readonly AnyKind[] {
  if (!Array.isArray(kinds))
    throw new OptionError(`${where}: kinds is ${describe(kinds)}, but must be a list of kinds: kinds: [mine].`);
  const known = new Set<string>();
  for (const [place, kind] of (kinds as unknown[]).entries()) {
    if (!isKind(kind)) {
      throw new OptionError(
        `${where}: kinds[${place}] is ${describe(kind)}, but must be a kind, as defineLayerKind, definePenalty and so on give it.`,
      );
    }
    if (!kind.type.includes('/'))
      throw new OptionError(
        `${where}: kinds[${place}] is the ${kind.family} ${kind.type}, which is known anyway. Leave it out.`,
      );
    const name = `${kind.family} ${kind.type}`;
    if (known.has(name)) throw new OptionError(`${where}: two of the kinds are the ${name}.`);
    known.add(name);
  }
}

/** Whether a value was made by a kind of the family, or could be one made by hand. */
export function isMember(family: Contract<never, unknown>, value: unknown): boolean {
  const made = kindOf(value);
  return made ? made.family === family.noun && !isKind(value) : hasFunctions(family, value);
}

/** Whether a value has the functions that one made by hand needs. */
function hasFunctions({ byHand = {} }: Contract<never, unknown>, value: unknown): value is RecordApart {
  const needed = Object.keys(byHand).filter((name) => byHand[name]);
  const has = value as Readonly<Record<string, unknown>>;
  return (
    needed.length > 0 &&
    (isRecord(value) || typeof value === 'function') &&
    needed.every((name) => typeof has[name] === 'function')
  );
}

/** A value that somebody wrote by hand, or a class of theirs made. */
function checkMembers(family: Family, where: string, value: RecordApart): void {
  const { type, options } = value;
  if (typeof type !== 'string') throw new OptionError(`${where}: its type is ${describe(type)}, but must be a text.`);
  checkOptionNames(where, options, Object.keys(options ?? {}), `{ type: 'me/mine', options: {}, ... }`);
  // What belongs to a class of somebody's own is its own business.
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  checkOptionNames(where, value, ['type', 'options', ...Object.keys(family.byHand!)]);
  family.kinds.find((kind) => kind.type === type)?.complete(`${where}: options of ${type}`, options);
}

/** What a value is that is none of the family, and what to write. */
function refusal(family: Family, value: unknown): string {
  const { noun, kinds, bare } = family;
  const also = bare === undefined ? '' : ` A function ${bare} works too.`;
  if (isKind(value)) return `the function ${value.type} itself, which was not called. Write ${value.call}.`;
  const made = kindOf(value);
  if (made)
    return `the ${made.family} ${made.type}, but must be ${article(noun)}. Known: ${typesOf(family).join(', ')}.${also}`;
  const type = isRecord(value) ? value['type'] : typeof value === 'string' ? value : undefined;
  const named = typeof type === 'string' ? kinds.find((kind) => kind.type === type) : undefined;
  const what = describe(isRecord(value) && type !== undefined ? { type } : value);
  if (named) return `${what}, which is no known ${noun}. Write ${named.call}.${also}`;
  return `${what}, which is no known ${noun}. ${knownTypes(type, typesOf(family))}${also}`;
}

function unknownType(family: Family, type: unknown, record: unknown, known: readonly AnyKind[]): string {
  if (typeof type !== 'string')
    return `${describe(record)}, but must be ${article(family.noun)}'s record: { type: '${known[0]?.type ?? 'mine'}' }.`;
  const name = /\w+$/.exec(type)?.[0] ?? 'mine';
  const types = known.map((kind) => kind.type);
  // The nearest of ours to a name of others is none that was meant.
  const isOurs = !type.includes('/') || types.some((other) => other.includes('/'));
  return `of the unknown type '${clipped(type)}'. ${isOurs ? suggestion(type, types) : `Known: ${types.join(', ')}.`} If it is ${article(family.noun)} of your own or of another package, pass its kind: kinds: [${clipped(name)}].`;
}

function knownTypes(type: unknown, known: readonly string[]): string {
  return typeof type === 'string' ? suggestion(type, known) : `Known: ${known.join(', ')}.`;
}

/** 'an initializer' */
export const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
