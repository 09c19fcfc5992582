// Philox-4x32-10 in WebAssembly, put together here instruction by instruction: JavaScript has no 64-bit product, and
// takes six times as long without.

type Code = readonly number[];

const multipliers = [0xd2511f53n, 0xcd9e8d57n] as const;
const weyls = [0x9e3779b9, 0xbb67ae85] as const;
const rounds = 10;

/** An integer as WebAssembly writes signed ones: 7 bits a byte, the lowest first. */
function signed(value: bigint): number[] {
  const byte = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = (byte & 0x40) === 0 ? rest === 0n : rest === -1n;
  return isLast ? [byte] : [byte | 0x80, ...signed(rest)];
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const int32 = (value: number): Code => [0x41, ...signed(BigInt(value | 0))];
const int64 = (value: bigint): Code => [0x42, ...signed(value)];
const isLess = [0x49]; // i32.lt_u
const isAtLeast = [0x4f]; // i32.ge_u
const add = [0x6a];
const exclusiveOr = [0x73];
const multiply64 = [0x7e];
const shiftRight64 = [0x88];
const lower = [0xa7]; // i32.wrap_i64
const widen = [0xad]; // i64.extend_i32_u
const store8 = (offset: number): Code => [0x3a, 0, offset];

const upper: Code = [...int64(32n), ...shiftRight64, ...lower];

// Parameters, then variables.
const [target, end, sample, call, step, seed, stream, threshold] = [0, 1, 2, 3, 4, 5, 6, 7];
const [block, counter0, counter1, counter2, counter3, product0, product1] = [8, 9, 10, 11, 12, 13, 14];
const words = [counter0, counter1, counter2, counter3];

const product = (word: number, place: 0 | 1): Code => [
  ...get(word),
  ...widen,
  ...int64(multipliers[place]),
  ...multiply64,
];

const roundKey = (word: number, place: 0 | 1, round: number): Code => [
  ...get(word),
  ...int32(Math.imul(weyls[place], round)),
  ...add,
];

const round = (_: unknown, index: number): Code => [
  ...product(counter0, 0),
  ...set(product0),
  ...product(counter2, 1),
  ...tee(product1),
  ...upper,
  ...get(counter1),
  ...exclusiveOr,
  ...roundKey(seed, 0, index),
  ...exclusiveOr,
  ...set(counter0),
  ...get(product0),
  ...upper,
  ...get(counter3),
  ...exclusiveOr,
  ...roundKey(stream, 1, index),
  ...exclusiveOr,
  ...set(counter2),
  ...get(product1),
  ...lower,
  ...set(counter1),
  ...get(product0),
  ...lower,
  ...set(counter3),
];

const increase = (local: number, by: number): Code => [...get(local), ...int32(by), ...add];

const variables: Code = [2, 5, 0x7f, 2, 0x7e]; // five of 32 bits, two of 64
const loop: Code = [0x03, 0x40];

/** do { a block's four words, four bytes at `target` } while (target < end) */
const body: Code = [
  ...variables,
  ...loop,
  ...[block, sample, call, step].flatMap((local, place) => [...get(local), ...set(words[place]!)]),
  ...Array.from({ length: rounds }, round).flat(),
  ...words.flatMap((word, place) => [...get(target), ...get(word), ...get(threshold), ...isAtLeast, ...store8(place)]),
  ...increase(block, 1),
  ...set(block),
  ...increase(target, 4),
  ...tee(target),
  ...get(end),
  ...isLess,
  0x0d, // repeat if so
  0,
  0x0b,
  0x0b,
];

const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const section = (number: number, entries: readonly Code[]): Code => [
  number,
  ...sized([entries.length, ...entries.flat()]),
];
const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);

const magic: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * A module that exports `memory`, and `keep(target, end, sample, call, step, seed, stream, threshold)`: from byte
 * `target` to `end`, and up to three bytes further, it writes whether each random word of the sample is at least the
 * threshold.
 */
export const philoxModule: Uint8Array<ArrayBuffer> = Uint8Array.from([
  ...magic,
  ...section(1, [[0x60, 8, ...new Array<number>(8).fill(0x7f), 0]]),
  ...section(3, [[0]]),
  ...section(5, [[0, 1]]),
  ...section(7, [
    [...name('memory'), 2, 0],
    [...name('keep'), 0, 0],
  ]),
  ...section(10, [sized(body)]),
]);
