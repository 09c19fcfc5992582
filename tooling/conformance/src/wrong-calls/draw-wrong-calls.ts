import { createDraw, type Draw } from '../draw.ts';
import { kindOf, type Kind, type RightCall } from './right-call.ts';

/** A call that must be refused. */
export interface WrongCall {
  /** 'adam: option learningRate misspelt as leaarningRate' */
  readonly title: string;
  args(): readonly unknown[];
}

/** A value of each kind that is wrong even where its kind is right, but for switches and functions. */
const strangers: Readonly<Record<Kind, unknown>> = {
  undefined: undefined,
  null: null,
  'true or false': true,
  number: NaN,
  text: 'no such thing',
  symbol: Symbol('stranger'),
  function: () => 'stranger',
  list: [{ stranger: true }],
  record: { stranger: true },
  date: new Date(0),
  bytes: new Uint16Array([1, 2, 3]),
  tensor: undefined, // never drawn: a tensor of a wrong shape or type is each op's own matter
};
const kinds = Object.keys(strangers).filter((kind) => kind !== 'tensor') as Kind[];

/**
 * Wrong calls of a function, drawn from its right one: an argument or an option of a wrong kind, missing, unknown or
 * misspelt. Each way that the call has is drawn at least once if `times` allows.
 */
export function drawWrongCalls(right: RightCall, seed: number, times: number): WrongCall[] {
  const draw = createDraw(seed);
  const ways = waysOf(right);
  if (ways.length === 0) return [];
  const wrong = new Map<string, WrongCall>();
  for (let attempt = 0; wrong.size < times && attempt < 20 * times; attempt++) {
    const call = (attempt < ways.length ? ways[attempt]! : draw.pick(ways))(draw);
    if (call) wrong.set(call.title, call);
  }
  return [...wrong.values()];
}

type Way = (draw: Draw) => WrongCall | undefined;

function waysOf({ name, args, options, required = [], needs, also = {} }: RightCall): Way[] {
  const given = args();
  const record = options === undefined ? {} : (given[options] as Record<string, unknown>);
  const needed = needs ?? (options === undefined ? given.length : options + (required.length > 0 ? 1 : 0));
  const withArgument = (place: number, value: unknown): unknown[] =>
    args().map((arg, at) => (at === place ? value : arg));
  const withOptions = (change: (record: Record<string, unknown>) => unknown): (() => unknown[]) => {
    return () => withArgument(options!, change({ ...(args()[options!] as object) }));
  };
  const ways: Way[] = given.map((right, place) => (draw) => {
    const kind = draw.pick(
      wrongKinds(right, [...(also[`#${place}`] ?? []), ...(place >= needed ? ['undefined' as const] : [])]),
    );
    return { title: `${name}: argument ${place} is ${kind}`, args: () => withArgument(place, strangers[kind]) };
  });
  if (needed > 0) {
    ways.push((draw) => {
      const count = draw.integer(0, needed - 1);
      return { title: `${name}: ${count} of ${needed} arguments`, args: () => args().slice(0, count) };
    });
  }
  if (options === undefined) return ways;
  ways.push(
    (draw) => {
      const extra = draw.pick(['stranger', 'lr', 'verbose', '__proto', 'sizes', 'batch_size']);
      if (extra in record) return undefined;
      return { title: `${name}: option ${extra} too many`, args: withOptions((rest) => ({ ...rest, [extra]: 1 })) };
    },
    (draw) => {
      const option = pickOption(draw, record);
      const misspelt = option && misspell(draw, option);
      if (!misspelt || misspelt in record || Object.hasOwn(also, misspelt)) return undefined;
      return {
        title: `${name}: option ${option} misspelt as ${misspelt}`,
        args: withOptions((all) => ({ ...without(all, option), [misspelt]: all[option] })),
      };
    },
    ...Array.from({ length: Math.min(3, Object.keys(record).length) }, (): Way => (draw) => {
      const option = pickOption(draw, record)!;
      const optional = required.includes(option) ? [] : (['undefined'] as const);
      const kind = draw.pick(wrongKinds(record[option], [...(also[option] ?? []), ...optional]));
      return {
        title: `${name}: option ${option} is ${kind}`,
        args: withOptions((rest) => ({ ...rest, [option]: strangers[kind] })),
      };
    }),
  );
  if (required.length > 0) {
    ways.push((draw) => {
      const option = draw.pick(required);
      return { title: `${name}: option ${option} missing`, args: withOptions((rest) => without(rest, option)) };
    });
  }
  return ways;
}

/** Kinds of which a stranger may be what was meant, where the right value is of that kind. */
const interchangeable: ReadonlySet<Kind> = new Set(['true or false', 'function', 'undefined', 'null', 'symbol']);

function wrongKinds(right: unknown, also: readonly Kind[]): Kind[] {
  const kind = kindOf(right);
  return kinds.filter((candidate) => !also.includes(candidate) && (candidate !== kind || !interchangeable.has(kind)));
}

const without = (record: object, option: string): object =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== option));

const pickOption = (draw: Draw, record: object): string | undefined => {
  const names = Object.keys(record);
  return names.length === 0 ? undefined : draw.pick(names);
};

/** A slip of the finger: a letter twice, one left out, two in the wrong order, or another style. */
function misspell(draw: Draw, word: string): string {
  const at = draw.integer(1, Math.max(1, word.length - 2));
  const [before, letter, after] = [word.slice(0, at), word.charAt(at), word.slice(at + 1)];
  return draw.pick([
    `${before}${letter}${letter}${after}`,
    `${before}${after}`,
    `${before}${after.charAt(0)}${letter}${after.slice(1)}`,
    word.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
  ]);
}
